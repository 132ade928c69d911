from __future__ import annotations

from collections.abc import Callable

import pytest

from hotline.console import log_view as module
from hotline.console.log_view import page_of
from hotline.script.model import Script
from hotline.store.history import Entry
from tests.console.drafting import FOUR

Read = Callable[[int, int], tuple[Entry, ...]]


def log_of(*by: str) -> Read:
    """A log of what these did, the latest first; the note of each tells its place."""
    entries = tuple(
        Entry(FOUR, name, "changed", "town:hamden", {"a": 1}, {"a": 2}, str(n)) for n, name in enumerate(by)
    )
    return lambda most, skip: entries[skip : skip + most]


def notes(read: Read, script: Script, by: str = "", skip: int = 0, most: int = 3) -> tuple[list[str], int | None]:
    page = page_of(read, script, by=by, skip=skip, most=most)
    return [done.entry.note for done in page.done], page.older


def test_pages_follow_each_other(script: Script) -> None:
    read = log_of(*"aaaaaaa")
    assert notes(read, script) == (["0", "1", "2"], 3)
    assert notes(read, script, skip=3) == (["3", "4", "5"], 6)
    assert notes(read, script, skip=6) == (["6"], None)
    assert notes(read, script, skip=7) == ([], None)
    assert notes(log_of(*"aaa"), script) == (["0", "1", "2"], None)
    assert notes(log_of(), script) == ([], None)


def test_of_one_person_the_pages_follow_each_other_too(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "READ_AT_ONCE", 2)
    read = log_of(*"abababa")
    assert notes(read, script, by="b", most=2) == (["1", "3"], 4)
    assert notes(read, script, by="b", most=2, skip=4) == (["5"], None)
    assert notes(read, script, by="nobody") == ([], None)


def test_the_rest_of_a_long_log_is_left_to_the_next_page(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_READ", 4)
    monkeypatch.setattr(module, "READ_AT_ONCE", 2)
    read = log_of(*"aaaaaab")
    assert notes(read, script, by="b") == ([], 4)
    assert notes(read, script, by="b", skip=4) == (["6"], None)


def test_what_was_changed_is_told_and_what_is_no_change_is_not(script: Script) -> None:
    signed_in = Entry(FOUR, "ana", "signed in")
    page = page_of(lambda most, skip: (signed_in,)[skip:], script, by="", skip=0, most=2)  # noqa: ARG005 - as it is called
    (done,) = page.done
    assert (done.thing, done.fields) == (None, ())
    (done,) = page_of(log_of("a"), script, by="", skip=0, most=1).done
    assert done.thing
    assert (done.thing.name, [(field.before, field.after) for field in done.fields]) == ("Hamden", [("1", "2")])
