from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from hotline.catalogs.catalog import State
from hotline.channels.audio.recordings import digest_of
from hotline.console.messages_view import Asked, Listed, Show, is_heard_whole, listed, translated
from hotline.releases.changes import recording_path
from hotline.releases.drafting import Drafted
from tests.console.drafting import FOUR, base, drafted

TODAY = FOUR.date()
MAIN, FIRST = "menu.main.text", "topic.ice-at-door.first"
ENGLISH = base().content.script.messages[MAIN].text


@cache
def unchanged() -> Drafted:
    return drafted()


def ids(found: Listed) -> list[str]:
    return [row.name.id for rows in found.groups for row in rows.rows]


def found(text: str = "", today: date = TODAY, **asked: str) -> list[str]:
    show = Show(asked.pop("show", "all"))
    return ids(listed(unchanged(), Asked(text, show=show, **asked), today))


def test_all_messages_are_listed_with_their_english() -> None:
    everything = listed(unchanged(), Asked(), TODAY)
    assert everything.shown == everything.counts[Show.ALL] == len(base().content.script.messages)
    assert everything.groups[0].rows[1].text == ENGLISH


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("What do you NEED", MAIN),
        ("menu.main.text", MAIN),
        ("que necesita", MAIN),
        ("¿QUÉ NECESITA?", MAIN),
        ("您需要", MAIN),
        ("at my home", FIRST),
        ("1-800-798-0671", "goodbye"),
        ("{phone.referral_line}", "goodbye"),
        ("{", "goodbye"),
    ],
)
def test_a_message_is_found_by_its_words_in_any_language_its_id_and_its_numbers(text: str, id: str) -> None:
    assert id in found(text)
    assert len(found(text)) < len(base().content.script.messages)


@pytest.mark.parametrize("text", ["xyzzy", "\x00", "<script>alert(1)</script>", "\u202e", "☎"])
def test_what_stands_nowhere_is_found_nowhere(text: str) -> None:
    assert found(text) == []


def test_a_topic_is_listed_alone() -> None:
    assert found(group="ice-at-door") == [id for id in found() if id.startswith("topic.ice-at-door.")]
    assert found(group="no-such-topic") == []


def test_english_that_was_changed_makes_its_translations_stale() -> None:
    changed = drafted({f"text:{MAIN}": {"text": "What is happening?", "meaning": "changed"}})
    assert ids(listed(changed, Asked(show=Show.STALE), TODAY)) == [MAIN]
    assert ids(listed(changed, Asked(show=Show.CHANGED), TODAY)) == [MAIN]
    (row,) = listed(changed, Asked(show=Show.STALE), TODAY).groups[0].rows
    assert row.stale == base().content.catalogs.languages


def test_english_that_was_only_reworded_keeps_its_translations_and_marks_them() -> None:
    changed = drafted({f"text:{MAIN}": {"text": "What do you need now?", "meaning": "same"}})
    assert ids(listed(changed, Asked(show=Show.STALE), TODAY)) == []
    assert ids(listed(changed, Asked(show=Show.REWORDED), TODAY)) == [MAIN]
    assert translated(changed, "es", MAIN, ()).reworded == TODAY


def test_a_language_is_looked_at_alone() -> None:
    changed = drafted({f"translation:es:{MAIN}": {"text": "¿Qué le pasa?"}})
    assert ids(listed(changed, Asked(language="es", show=Show.CHANGED), TODAY)) == [MAIN]
    assert ids(listed(changed, Asked(language="fr", show=Show.CHANGED), TODAY)) == []
    (row,) = listed(changed, Asked(language="es", show=Show.CHANGED), TODAY).groups[0].rows
    assert row.own
    assert (row.own.text, row.own.state) == ("¿Qué le pasa?", State.CURRENT)


def test_a_statement_past_its_review_date_is_listed() -> None:
    assert found(show="overdue") == []
    overdue = found(show="overdue", today=date(2100, 1, 1))
    assert FIRST in overdue
    assert MAIN not in overdue


def test_what_a_second_person_found_right_is_not_listed_as_unreviewed() -> None:
    text = translated(unchanged(), "es", MAIN, ()).text
    reviewed = drafted({f"reviewed:es:{MAIN}": {"text": text}})
    assert MAIN not in ids(listed(reviewed, Asked(language="es", show=Show.UNREVIEWED), TODAY))
    assert MAIN in ids(listed(reviewed, Asked(language="fr", show=Show.UNREVIEWED), TODAY))


def test_recorded_words_are_found_and_no_others() -> None:
    one = unchanged()
    words = one.content.catalogs.text("es", MAIN)
    assert words
    with_recording = {**one.files, recording_path("es", digest_of(words)): b"RIFF"}
    recorded = Drafted(one.draft, one.base, with_recording, one.content, {})
    assert ids(listed(recorded, Asked(show=Show.RECORDED), TODAY)) == [MAIN]
    assert ids(listed(recorded, Asked(language="es", show=Show.RECORDED), TODAY)) == [MAIN]
    assert ids(listed(recorded, Asked(language="fr", show=Show.RECORDED), TODAY)) == []
    assert Show.RECORDED not in listed(recorded, Asked(), TODAY).counts


@pytest.mark.parametrize(
    ("id", "is_whole"),
    [(MAIN, True), ("menu.here-now.text", False), ("menu.here-now.text.voice", True), ("as-of", False)],
)
def test_what_is_filled_in_or_spoken_otherwise_cannot_be_recorded(id: str, is_whole: bool) -> None:  # noqa: FBT001 - a case
    assert is_heard_whole(base().content, id) is is_whole
