"""What became of one thing: who changed it when, from what to what, and in which release that was published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hotline.console.describing import FieldChange, fields_changed
from hotline.releases.changes import kind_of
from hotline.store.drafts import Change, Value
from hotline.store.history import Entry
from hotline.store.releases import Release

CHANGED = "changed"
# How many entries of one thing, and how many releases, are looked through.
MOST_ENTRIES, MOST_RELEASES = 200, 200


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a history. `kind` is that of its key; `fields` are what it changed.

    `text` is what it made of a text, None for other things; `release` is the one that published it, None for none.
    """

    entry: Entry
    kind: str
    fields: tuple[FieldChange, ...]
    text: str | None
    release: Release | None

    @property
    def id(self) -> str:
        """By which the page finds it again."""
        return self.entry.at.isoformat()


def steps_of(entries: Iterable[Entry], releases: Sequence[Release]) -> tuple[Step, ...]:
    """The steps of one thing or several, the latest first."""
    latest_first = sorted(entries, key=lambda entry: entry.at, reverse=True)
    keys = {entry.key for entry in latest_first}
    by_number = sorted(releases, key=lambda release: release.number)
    published = [(change, release) for release in by_number for change in release.changes if change.key in keys]
    return tuple(
        Step(
            entry=entry,
            kind=kind_of(entry.key),
            fields=fields_changed(entry.key, entry.before, entry.after) if entry.what == CHANGED else (),
            text=text_in(entry.after),
            release=_release_of(entry, published),
        )
        for entry in latest_first
    )


def authors_of(entries: Iterable[Entry], text: str) -> frozenset[str]:
    """Who made a text what it is; empty where it came with the package."""
    return frozenset(entry.by for entry in entries if entry.what == CHANGED and text_in(entry.after) == text)


def text_at(steps: Iterable[Step], id: str) -> str | None:
    """What a step made of a text; None where there is no such step."""
    return next((step.text for step in steps if step.id == id), None)


def text_in(value: Value) -> str | None:
    """The text of a change's value, if it is of a text."""
    text = value.get("text") if value else None
    return text if isinstance(text, str) else None


def _release_of(entry: Entry, published: Iterable[tuple[Change, Release]]) -> Release | None:
    """The first release with the very change that an entry tells of."""
    told = (entry.key, entry.by, entry.at)
    return next((release for change, release in published if (change.key, change.by, change.at) == told), None)
