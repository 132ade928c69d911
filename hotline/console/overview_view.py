"""What the overview shows of the draft: what a person should do next, and how far each language is. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from hotline.catalogs.catalog import State
from hotline.catalogs.freshness import Due, due
from hotline.console.messages_view import is_overdue, is_recorded
from hotline.console.naming import Home, groups_of
from hotline.releases.drafting import Drafted
from hotline.script.model import Script
from hotline.script.notice import Notice


@dataclass(frozen=True, slots=True)
class Cell:
    """How far a language is with the messages of a topic: how many there are, and how many of them are what."""

    messages: int
    translated: int
    stale: int
    reviewed: int
    overdue: int
    recorded: int

    @property
    def missing(self) -> int:
        return self.messages - self.translated - self.stale

    def __add__(self, other: Cell) -> Cell:
        return Cell(
            self.messages + other.messages,
            self.translated + other.translated,
            self.stale + other.stale,
            self.reviewed + other.reviewed,
            self.overdue + other.overdue,
            self.recorded + other.recorded,
        )


@dataclass(frozen=True, slots=True)
class Column:
    """The messages of a topic, or of all that is no topic and of one home.

    `slug` is what the list of messages calls it; all menus together have none. `title` is a topic's English one.
    """

    home: Home
    slug: str
    title: str
    messages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """A row of cells for each language, in the order of the columns, and the sum of each row."""

    columns: tuple[Column, ...]
    rows: Mapping[str, tuple[Cell, ...]]
    sums: Mapping[str, Cell]


@dataclass(frozen=True, slots=True)
class Needed:
    """What a person should look at. `stale`, `missing` and `unreviewed` say how many messages wait in each language.

    `for_a_lawyer` is how many statements wait for a lawyer's review.
    """

    stale: Mapping[str, int]
    missing: Mapping[str, int]
    unreviewed: Mapping[str, int]
    overdue: tuple[Due, ...]
    for_a_lawyer: int
    notice_until: datetime | None
    notice_over: bool


def columns_of(script: Script) -> tuple[Column, ...]:
    """The topics as the choices lead through them, then all the rest."""
    groups = groups_of(script)
    menus = tuple(name.id for group in groups if group.home is Home.MENU for name in group.names)
    columns = [
        Column(group.home, group.slug, group.title, tuple(name.id for name in group.names))
        for group in groups
        if group.home is not Home.MENU
    ]
    topics = [column for column in columns if column.home is Home.TOPIC]
    others = [column for column in columns if column.home is not Home.TOPIC]
    return (*topics, Column(Home.MENU, "", "", menus), *others)


def recorded_in(drafted: Drafted) -> Mapping[str, frozenset[str]]:
    """The messages that somebody has recorded, by language. With many recordings it takes half a second."""
    script, files = drafted.content.script, drafted.files
    return {
        code: frozenset(id for id in script.messages if is_recorded(drafted.content, files, code, id))
        for code in script.languages
    }


def matrix_of(drafted: Drafted, recorded: Mapping[str, frozenset[str]], today: date) -> Matrix:
    """`recorded` are the messages that are, by language."""
    script = drafted.content.script
    columns = columns_of(script)
    overdue = frozenset(message.id for message in script.messages.values() if is_overdue(message, today))
    rows = {
        code: tuple(_cell(drafted, code, column, overdue, recorded[code]) for column in columns)
        for code in script.languages
    }
    return Matrix(columns, rows, {code: sum(row[1:], row[0]) for code, row in rows.items()})


def needed(script: Script, matrix: Matrix, notice: Notice | None, now: datetime) -> Needed:
    """`notice` is the live one; all else is of the draft, in which it may be done already."""
    sums = {code: cell for code, cell in matrix.sums.items() if code != script.source_language}
    return Needed(
        stale={code: cell.stale for code, cell in sums.items() if cell.stale},
        missing={code: cell.missing for code, cell in sums.items() if cell.missing},
        unreviewed={
            code: cell.translated - cell.reviewed for code, cell in sums.items() if cell.translated > cell.reviewed
        },
        overdue=due(script, now.date()),
        for_a_lawyer=sum(provenance.needs_lawyer_review for provenance in script.provenances),
        notice_until=notice.until if notice else None,
        notice_over=notice is not None and now >= notice.until,
    )


def _cell(drafted: Drafted, code: str, column: Column, overdue: frozenset[str], recorded: frozenset[str]) -> Cell:
    catalogs, ids = drafted.content.catalogs, column.messages
    states = [catalogs.state(code, id) for id in ids]
    current = [id for id, state in zip(ids, states, strict=True) if state is State.CURRENT]
    entries = [catalogs.entry(code, id) for id in current]
    is_source = code == drafted.content.script.source_language
    return Cell(
        messages=len(ids),
        translated=len(current),
        stale=states.count(State.STALE),
        reviewed=len(current) if is_source else sum(entry is not None and entry.reviewed for entry in entries),
        overdue=len(overdue.intersection(ids)),
        recorded=len(recorded.intersection(ids)),
    )
