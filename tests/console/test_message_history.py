from __future__ import annotations

from datetime import timedelta

from hotline.console.message_history import authors_of, steps_of, text_at
from hotline.store.drafts import Change, Value
from hotline.store.history import Entry
from hotline.store.releases import Release
from tests.console.drafting import FOUR

KEY = "translation:es:menu.main.text"


def entry(minutes: int, by: str, before: str | None, after: str | None, *, what: str = "changed") -> Entry:
    def value(text: str | None) -> Value:
        return None if text is None else {"text": text}

    return Entry(FOUR + timedelta(minutes=minutes), by, what, KEY, value(before), value(after))


def release(number: int, minutes: int, by: str, text: str, key: str = KEY) -> Release:
    at = FOUR + timedelta(minutes=minutes)
    return Release("m", "reviewer", at, "note", (Change(key, {"text": text}, by, at),), number=number)


def test_the_latest_step_comes_first_with_its_words() -> None:
    steps = steps_of([entry(0, "ana", "Hola.", "Hola a todos."), entry(5, "ben", "Hola a todos.", "Hola.")], [])
    assert [step.entry.by for step in steps] == ["ben", "ana"]
    assert steps[1].fields[0].words == (("same", "Hola"), ("inserted", " a todos"), ("same", "."))
    assert steps[1].text == "Hola a todos."


def test_a_step_names_the_release_that_published_it() -> None:
    entries = [entry(0, "ana", "A", "B"), entry(5, "ana", "B", "A"), entry(10, "ana", "A", "B")]
    latest, middle, first = steps_of(entries, [release(2, 10, "ana", "B"), release(1, 0, "ana", "B")])
    assert first.release is not None
    assert first.release.number == 1
    assert middle.release is None
    assert latest.release is not None
    assert latest.release.number == 2


def test_a_release_of_another_thing_or_of_somebody_else_is_not_named() -> None:
    other = [release(1, 0, "ben", "B"), release(2, 0, "ana", "B", "translation:fr:menu.main.text")]
    (step,) = steps_of([entry(0, "ana", "A", "B")], other)
    assert step.release is None


def test_what_was_set_aside_keeps_its_text() -> None:
    (step,) = steps_of([entry(0, "ana", "theirs", "mine", what="set aside")], [])
    assert step.text == "mine"
    assert text_at([step], step.id) == "mine"
    assert text_at([step], "2026") is None


def test_whoever_wrote_a_text_is_its_author_and_nobody_wrote_what_was_packaged() -> None:
    entries = [
        entry(0, "ana", "A", "B"),
        entry(5, "ben", "B", "C"),
        entry(6, "eva", "B", "D", what="set aside"),
        entry(9, "ben", "C", "B"),
    ]
    assert authors_of(entries, "B") == {"ana", "ben"}
    assert authors_of(entries, "C") == {"ben"}
    assert authors_of(entries, "D") == authors_of(entries, "A") == frozenset()
