from __future__ import annotations

import timeit
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from hotline.catalogs.findings import Severity
from hotline.console.notice_view import (
    LONGEST,
    AskedNotice,
    MergedNotice,
    clocks_change,
    comes_twice,
    looked_at,
    merged_notice,
    notice_page,
    numbers_offered,
    posted_of,
    read_notice,
    seen_over_notice,
    until_in,
    usual_end,
)
from hotline.script.notice import MOST_NOTICE_CHARACTERS
from hotline.script.organisations import CONNECTICUT
from hotline.store.drafts import Value
from tests.console.drafting import FOUR, base, drafted

CONTENT = base().content
IN_SPANISH = "Hoy ICE está en la corte. Llame al {phone.referral_line}."
TOMORROW = {"day": ["2026-11-24"], "time": ["16:00"]}


def read(posted: Mapping[str, list[str]] | None = None, *, now: datetime = FOUR) -> AskedNotice:
    return read_notice({**TOMORROW, "text.es": [IN_SPANISH], **(posted or {})}, CONTENT, now)


def ending(day: str, time: str, *, now: datetime = FOUR) -> AskedNotice:
    return read({"day": [day], "time": [time]}, now=now)


def test_a_notice_has_the_languages_in_which_something_was_written() -> None:
    found = read({"text.fr": [" Avis \n du jour. "], "text.pl": ["  "]})
    assert not found.errors
    assert found.value == {
        "until": "2026-11-24T16:00:00-05:00",
        "texts": {"es": IN_SPANISH, "fr": "Avis du jour."},
    }


def test_what_is_saved_is_what_the_draft_then_holds() -> None:
    value = read().value
    draft = drafted({"notice": value})
    assert not draft.refused
    assert draft.value("notice") == value
    assert drafted({"notice": None}).content.script.notice is None


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"text.es": [""]}, "text.en"),
        ({"text.es": ["x" * (MOST_NOTICE_CHARACTERS + 1)]}, "text.es"),
        ({"text.es": ["x" * 100_000]}, "text.es"),
        ({"text.es": ["Llame {phone.nobody}"]}, "text.es"),
        ({"text.es": ["Llame {phone.nhlaa}"]}, "text.es"),
        ({"text.es": ["Llame {date}"]}, "text.es"),
        ({"text.es": ["{"]}, "text.es"),
        ({"text.es": ["{0!r:>9}"]}, "text.es"),
        ({"text.es": ["a\0b"]}, "text.es"),
        ({"text.es": ["a\u202eb"]}, "text.es"),
        ({"text.ar": ["\u2067a"]}, "text.ar"),
        ({"day": [""]}, "day"),
        ({"day": ["2026-12-08"]}, "day"),
        ({"day": ["2026-11-22"]}, "day"),
        ({"day": ["0001-01-01"]}, "day"),
        ({"day": ["9999-12-31"]}, "day"),
        ({"time": [""]}, "time"),
        ({"time": ["25:00"]}, "time"),
        ({"day": ["2026-11-23"], "time": ["16:00"]}, "time"),
        ({"day": ["2026-12-07"], "time": ["16:01"]}, "time"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(posted: dict[str, list[str]], field: str) -> None:
    assert field in read(posted).errors


def test_a_notice_may_last_fourteen_days_to_the_minute() -> None:
    assert ending("2026-12-07", "16:00").until == FOUR + LONGEST


def test_an_unverified_number_is_never_given_out_and_the_remedy_is_told() -> None:
    assert "not verified" in read({"text.es": ["Llame {phone.nhlaa}"]}).errors["text.es"]


def test_when_the_clocks_go_forward_a_time_that_is_left_out_is_no_end() -> None:
    friday = datetime(2027, 3, 12, 12, tzinfo=CONNECTICUT)
    assert "forward" in ending("2027-03-14", "02:30", now=friday).errors["time"]
    found = ending("2027-03-14", "03:30", now=friday).until
    assert found
    assert found.isoformat() == "2027-03-14T03:30:00-04:00"
    assert clocks_change(friday, found)
    assert not clocks_change(friday, friday + timedelta(hours=9))


def test_when_the_clocks_go_back_a_time_that_comes_twice_is_the_second_one() -> None:
    friday = datetime(2027, 11, 5, 12, tzinfo=CONNECTICUT)
    found = ending("2027-11-07", "01:30", now=friday).until
    assert found
    assert found.isoformat() == "2027-11-07T01:30:00-05:00"
    assert comes_twice(found)
    assert comes_twice(datetime.fromisoformat("2027-11-07T01:30:00-05:00"))
    assert not comes_twice(FOUR)


@pytest.mark.parametrize("hour", range(24))
def test_every_hour_of_the_nights_on_which_the_clocks_change_is_one_time_or_none(hour: int) -> None:
    for day in (datetime(2027, 3, 14, tzinfo=CONNECTICUT), datetime(2027, 11, 7, tzinfo=CONNECTICUT)):
        until = until_in(day.date(), day.replace(hour=hour, tzinfo=None).time())
        assert (until is None) == (day.month == 3 and hour == 2)
        assert until is None or until.astimezone(UTC).astimezone(CONNECTICUT).hour == hour


def test_a_new_notice_is_offered_a_day() -> None:
    assert usual_end(FOUR + timedelta(minutes=7)) == FOUR + timedelta(days=1)


def test_a_text_is_shown_as_the_first_text_that_begins_with_it_and_what_it_adds() -> None:
    found = looked_at(CONTENT, "es", IN_SPANISH, FOUR)
    assert found.reading
    assert found.reading.written == "Hoy ICE está en la corte. Llame al 1-800-798-0671."
    assert found.reading.first[0].text.startswith(found.reading.written + "\n\n¿Qué necesita?")
    assert "1, 8 0 0, 7 9 8, 0 6 7 1." in found.reading.spoken
    assert found.reading.segments_added > 0
    assert found.reading.price_added > 0


def test_a_curly_quote_is_a_warning_and_no_error() -> None:
    found = looked_at(CONTENT, "en", "Don’t open the door.", FOUR)
    assert {remark.severity for remark in found.remarks} == {Severity.WARNING}
    assert not found.is_wrong
    assert found.reading
    assert found.reading.first[0].segments.encoding == "UCS-2"
    assert not read({"text.en": ["Don’t open the door."]}).errors


def test_letters_that_only_look_so_are_a_warning() -> None:
    (remark,) = looked_at(CONTENT, "ru", "IСE рядом.", FOUR).remarks
    assert "look alike" in remark.what


def test_marks_of_direction_are_fine_in_arabic() -> None:
    assert not looked_at(CONTENT, "ar", "\u200fاتصلوا الآن.", FOUR).is_wrong


def test_an_empty_text_is_nothing() -> None:
    found = looked_at(CONTENT, "es", " \n ", FOUR)
    assert (found.text, found.remarks, found.reading) == ("", (), None)


def test_only_numbers_that_may_be_given_out_are_offered_the_referral_line_first() -> None:
    found = numbers_offered(CONTENT)
    assert found[0].placeholder == "{phone.referral_line}"
    assert {one.placeholder for one in found} == {
        f"{{phone.{one.id}}}" for one in CONTENT.script.organisations.values() if one.may_be_dialled
    }


@pytest.mark.timed
def test_all_languages_are_looked_at_fast() -> None:
    def look() -> None:
        for code in CONTENT.script.languages:
            looked_at(CONTENT, code, "1 {phone.referral_line}", FOUR)

    assert min(timeit.repeat(look, number=1, repeat=3)) < 0.2


def notice(until: str = "2026-11-24T16:00:00-05:00", **texts: str) -> Value:
    return {"until": until, "texts": texts}


def test_two_people_write_in_two_languages_at_once_and_both_texts_are_kept() -> None:
    found = merged_notice(None, notice(es="Aviso."), None)
    assert found == MergedNotice(notice(es="Aviso."), is_clashing=False)
    found = merged_notice(notice(en="Now."), notice(en="Now.", es="Aviso."), notice(en="Now.", ht="Avi."))
    assert found == MergedNotice(notice(en="Now.", es="Aviso.", ht="Avi."), is_clashing=False)


def test_two_texts_of_one_language_or_two_ends_clash() -> None:
    assert merged_notice(notice(en="Now."), notice(en="Mine."), notice(en="Theirs.")).is_clashing
    assert merged_notice(None, notice(es="Aviso."), notice("2026-11-25T16:00:00-05:00", ht="Avi.")).is_clashing
    assert merged_notice(notice(en="Now."), notice(en="Mine."), None).is_clashing


def test_sent_again_after_a_clash_mine_stands_in_it_and_theirs_elsewhere() -> None:
    seen, mine, theirs = notice(en="Now."), notice(en="Mine."), notice(en="Theirs.", ht="Avi.")
    again = merged_notice(seen_over_notice(seen, mine, theirs), mine, theirs)
    assert again == MergedNotice(notice(en="Mine.", ht="Avi."), is_clashing=False)


def test_when_all_texts_are_taken_away_there_is_no_notice() -> None:
    found = merged_notice(notice(en="A.", es="B."), notice(en="A."), notice(es="B."))
    assert found.value is None


def test_a_form_that_is_opened_and_saved_is_the_notice_that_it_showed() -> None:
    value = read().value
    again = read_notice(posted_of(value, FOUR), CONTENT, FOUR)
    assert again.value == value


def test_an_empty_form_ends_in_a_day() -> None:
    assert posted_of(None, FOUR) == {"day": ("2026-11-24",), "time": ("16:00",)}


def test_the_page_says_what_is_live_what_is_drafted_and_who_has_nothing() -> None:
    draft = drafted({"notice": read().value})
    found = notice_page(draft, posted_of(draft.value("notice"), FOUR), FOUR)
    assert (found.live, found.is_changed) == (None, True)
    assert found.drafted
    assert [(language.code, text) for language, text in found.drafted.read] == [
        ("es", "Hoy ICE está en la corte. Llame al 1-800-798-0671.")
    ]
    assert len(found.drafted.silent) == 11
    assert not found.drafted.is_over
    later = notice_page(draft, {}, FOUR + timedelta(days=1)).drafted
    assert later
    assert later.is_over


def test_without_a_notice_the_page_has_an_empty_text_for_every_language() -> None:
    found = notice_page(drafted(), {}, FOUR)
    assert (found.live, found.drafted, found.is_changed) == (None, None, False)
    assert [looked.text for looked in found.looked] == [""] * 12
    assert (found.earliest.isoformat(), found.latest.isoformat()) == ("2026-11-23", "2026-12-07")
