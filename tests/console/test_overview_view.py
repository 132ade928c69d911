from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from time import monotonic

from hotline.channels.audio.recordings import digest_of
from hotline.channels.voices import recorded_as
from hotline.console.naming import Home
from hotline.console.overview_view import Matrix, columns_of, matrix_of, needed, recorded_in
from hotline.dialogue.reply import Say
from hotline.releases.changes import recording_path
from hotline.releases.drafting import Drafted
from hotline.script.model import Script
from hotline.script.notice import Notice
from tests.console.drafting import FOUR, drafted

TITLE = "topic.ice-at-door.title"
TODAY = FOUR.date()


def matrix(made: Drafted, today: date = TODAY) -> Matrix:
    return matrix_of(made, recorded_in(made), today)


def test_every_message_is_in_one_column(script: Script) -> None:
    columns = columns_of(script)
    ids = [id for column in columns for id in column.messages]
    assert sorted(ids) == sorted(script.messages)
    assert [column.slug for column in columns if column.home is Home.TOPIC][:2] == ["ice-at-door", "ice-street"]
    assert {column.home for column in columns} == set(Home)


def test_a_language_that_is_ready_has_everything_translated(script: Script) -> None:
    found = matrix(drafted())
    assert list(found.rows) == list(script.languages)
    for code, cell in found.sums.items():
        assert (cell.messages, cell.translated, cell.stale, cell.missing) == (
            len(script.messages),
            len(script.messages),
            0,
            0,
        ), code
    assert found.sums["en"].reviewed == len(script.messages)


def test_a_new_english_makes_its_translations_stale_until_they_are_made_anew() -> None:
    changes = {f"text:{TITLE}": {"text": "In my house", "meaning": "changed"}}
    found = matrix(drafted({**changes, f"translation:es:{TITLE}": {"text": "En mi casa", "of": "In my house"}}))
    door = next(place for place, column in enumerate(found.columns) if column.slug == "ice-at-door")
    assert (found.rows["es"][door].stale, found.rows["fr"][door].stale) == (0, 1)
    assert (found.sums["es"].stale, found.sums["fr"].stale) == (0, 1)
    assert found.rows["fr"][door].translated == found.rows["fr"][door].messages - 1


def test_what_is_reviewed_overdue_and_recorded_is_counted() -> None:
    made = drafted({f"reviewed:es:{TITLE}": {"text": "En mi casa"}})
    assert not made.refused
    found = matrix(made)
    assert (found.sums["es"].reviewed, found.sums["fr"].reviewed) == (1, 0)
    late = matrix(made, TODAY + timedelta(days=3000))
    provenances = [message for message in made.content.script.messages.values() if message.provenance]
    assert late.sums["es"].overdue == late.sums["en"].overdue == len(provenances)
    recorded = matrix(with_recording(made, "ht", TITLE))
    assert (recorded.sums["ht"].recorded, recorded.sums["es"].recorded) == (1, 0)


def with_recording(made: Drafted, language: str, id: str) -> Drafted:
    """As if somebody had recorded a message."""
    said = made.content.spoken.utterances(Say(id), language)
    spoken_in, words = recorded_as(said, made.content.script.source_language)
    return replace(made, files={**made.files, recording_path(spoken_in, digest_of(words)): b"a sound"})


def test_what_a_person_should_do_next_is_told_by_language() -> None:
    made = drafted({f"text:{TITLE}": {"text": "In my house", "meaning": "changed"}})
    script = made.content.script
    found = needed(script, matrix(made), None, FOUR)
    assert found.stale == dict.fromkeys(made.content.catalogs.languages, 1)
    assert found.missing == {}
    assert found.unreviewed == dict.fromkeys(made.content.catalogs.languages, len(script.messages) - 1)
    assert found.for_a_lawyer > 0
    assert found.overdue == ()
    assert needed(script, matrix(made), None, FOUR + timedelta(days=3000)).overdue


def test_a_notice_is_told_with_its_end_and_when_it_is_over(script: Script) -> None:
    until = FOUR + timedelta(hours=4)
    notice, table = Notice(until, {"en": "The office is closed."}), matrix(drafted())
    assert needed(script, table, None, FOUR).notice_until is None
    running = needed(script, table, notice, FOUR)
    assert (running.notice_until, running.notice_over) == (until, False)
    assert needed(script, table, notice, until).notice_over


def test_the_matrix_is_drawn_fast() -> None:
    made = drafted()
    began = monotonic()
    matrix(made)
    assert monotonic() - began < 1
