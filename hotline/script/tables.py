"""Reads TOML tables field by field, so that every mistake names its file, its table and what belongs there."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path


class TableError(Exception):
    """A field is missing, unknown or of the wrong kind; the text names file, table and field."""


@dataclass(frozen=True, slots=True)
class Table:
    """One TOML table. `place` is where it stands, as a person would look for it."""

    place: str
    fields: Mapping[str, object]
    _read: set[str] = field(default_factory=set)

    def text(self, name: str) -> str:
        """A text with its line breaks and runs of blanks folded into single blanks; never empty."""
        value = self._value(name)
        if not isinstance(value, str) or not value.strip():
            raise TableError(f"{self.place}: {name!r} must be a text in quotes")
        return " ".join(value.split())

    def texts(self, name: str) -> tuple[str, ...]:
        value = self._value(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise TableError(f"{self.place}: {name!r} must be a list of texts in quotes")
        return tuple(value)

    def day(self, name: str) -> date:
        value = self._value(name)
        # A datetime is a date too; only a bare day is meant here.
        if type(value) is not date:
            raise TableError(f"{self.place}: {name!r} must be a day such as 2026-11-22, without quotes")
        return value

    def time(self, name: str) -> datetime:
        """A point in time, with its zone."""
        value = self._value(name)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise TableError(f"{self.place}: {name!r} must be a time such as 2026-11-22T16:00:00-05:00, without quotes")
        return value

    def flag(self, name: str) -> bool:
        """True or false; false where the field is absent."""
        self._read.add(name)
        value = self.fields.get(name, False)
        if not isinstance(value, bool):
            raise TableError(f"{self.place}: {name!r} must be true or false")
        return value

    def number(self, name: str, usual: int) -> int:
        """A whole number above zero; the usual one where the field is absent."""
        self._read.add(name)
        value = self.fields.get(name, usual)
        if type(value) is not int or value <= 0:
            raise TableError(f"{self.place}: {name!r} must be a whole number above zero")
        return value

    def table(self, name: str) -> Table:
        """A table within this one; the caller ends it."""
        value = self._value(name)
        if not isinstance(value, dict):
            raise TableError(f'{self.place}: {name!r} must be a table such as {{ name = "value" }}')
        return Table(f"{self.place}: {name}", value)

    def tables(self, name: str) -> tuple[Mapping[str, object], ...]:
        """A list of tables, written as [[name]]; empty where there is none."""
        self._read.add(name)
        value = self.fields.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise TableError(f"{self.place}: {name!r} is written as [[{name}]]")
        return tuple(value)

    def has(self, name: str) -> bool:
        self._read.add(name)
        return name in self.fields

    def end(self) -> None:
        """Raises TableError where the table holds fields that nobody read."""
        unknown = sorted(set(self.fields) - self._read)
        if unknown:
            raise TableError(f"{self.place}: no such field: {', '.join(unknown)}")

    def _value(self, name: str) -> object:
        self._read.add(name)
        if name not in self.fields:
            raise TableError(f"{self.place}: {name!r} is missing")
        return self.fields[name]


def read_toml(path: Path, place: str) -> Mapping[str, object]:
    """The document at `path`. Raises TableError, naming `place`, where it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise TableError(f"{place}: the file is missing") from None
    except OSError as error:
        raise TableError(f"{place}: cannot be read: {error}") from error
    return toml_of(content, place)


def toml_of(content: bytes, place: str) -> Mapping[str, object]:
    """The document of a file's content. Raises TableError, naming `place`, where it is none."""
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise TableError(f"{place}: cannot be read: {error}") from error
