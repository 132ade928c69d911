"""A page of the log, of everybody or of one person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from hotline.console.describing import FieldChange, Thing, fields_changed, thing_of
from hotline.script.model import Script
from hotline.store.history import Entry

ON_A_PAGE = 50
# So many entries are looked at for those of one person before the rest is left to the next page.
MOST_READ = 2000
READ_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Done:
    """An entry of the log. `thing` is None where it is of none."""

    entry: Entry
    thing: Thing | None
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class LogPage:
    """`older` is how many entries the next page passes over; None where there is nothing older."""

    done: tuple[Done, ...]
    older: int | None


def page_of(read: Callable[[int, int], tuple[Entry, ...]], script: Script, *, by: str, skip: int, most: int) -> LogPage:
    """`read` gives so many entries, the latest first, after passing over so many; `by` is empty for everybody's."""
    found: list[Entry] = []
    place = skip
    while place - skip < MOST_READ:
        entries = read(READ_AT_ONCE if by else most, place)
        if not entries:
            return LogPage(_shown(found, script), None)
        for entry in entries:
            place += 1
            if by in {"", entry.by}:
                found.append(entry)
            if len(found) == most:
                break
        if len(found) == most:
            break
    return LogPage(_shown(found, script), place if read(1, place) else None)


def _shown(entries: list[Entry], script: Script) -> tuple[Done, ...]:
    return tuple(
        Done(
            entry,
            thing_of(script, entry.key) if entry.key else None,
            fields_changed(entry.key, entry.before, entry.after) if entry.key else (),
        )
        for entry in entries
    )
