from __future__ import annotations

from datetime import date

from hotline.console.use_view import NotUnderstood, Use, not_understood, told, use_of
from hotline.dialogue.reply import Outcome
from hotline.store.counts import BEGUN, TOLD, Counted

FIRST, SECOND = date(2026, 11, 21), date(2026, 11, 22)


def test_days_come_in_order_and_each_channel_has_a_number_for_each() -> None:
    use = use_of(
        {
            SECOND: {Counted("voice", "", BEGUN): 2, Counted("sms", "es", BEGUN): 3, Counted("sms", "ht", BEGUN): 1},
            FIRST: {Counted("voice", "es", BEGUN): 7},
        }
    )
    assert use.days == (FIRST, SECOND)
    assert use.begun == {"sms": (0, 4), "voice": (7, 2)}
    assert use.all_begun == (7, 6)


def test_topics_come_by_how_often_they_were_told() -> None:
    day = {
        Counted("sms", "es", TOLD, "detained"): 1,
        Counted("voice", "en", TOLD, "ice-work"): 4,
        Counted("sms", "en", TOLD, "detained"): 1,
        Counted("sms", "en", TOLD, "alpha"): 2,
    }
    assert list(use_of({FIRST: day}).told.items()) == [("ice-work", 4), ("alpha", 2), ("detained", 2)]


def test_words_of_all_channels_and_those_counted_before_channels_add_up() -> None:
    day = {Counted("", "es", "missed"): 3, Counted("sms", "es", "missed"): 2, Counted("sms", "es", "understood"): 5}
    use = use_of({FIRST: day, SECOND: {Counted("voice", "es", "offered"): 1}})
    assert use.words == {"es": {Outcome.MISSED: 5, Outcome.UNDERSTOOD: 5, Outcome.OFFERED: 1}}
    assert not_understood(use, ("es",)) == (NotUnderstood("es", 11, 5, 5 / 11),)


def test_a_share_that_would_tell_a_small_number_is_not_told() -> None:
    use = use_of({FIRST: {Counted("sms", "es", "missed"): 4, Counted("sms", "es", "understood"): 5}})
    assert not_understood(use, ("es",)) == (NotUnderstood("es", 9, 4, None),)


def test_languages_that_the_line_does_not_speak_any_more_come_last() -> None:
    use = use_of(
        {
            FIRST: {
                Counted("sms", "xx", "missed"): 90,
                Counted("sms", "es", "missed"): 9,
                Counted("sms", "en", "missed"): 10,
            }
        }
    )
    assert [one.language for one in not_understood(use, ("en", "es"))] == ["en", "es", "xx"]


def test_days_without_anything_are_empty() -> None:
    assert use_of({FIRST: {}, SECOND: {}}) == Use((FIRST, SECOND), {}, {}, {})
    assert use_of({FIRST: {}}).is_empty
    assert use_of({FIRST: {}}).all_begun == (0,)


def test_few_are_not_told_exactly() -> None:
    assert [told(number) for number in (0, 1, 4, 5, 1234)] == [0, None, None, 5, 1234]
