"""What the line learns from, language by language: examples of what people text, and the words that steer it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from hotline.script.model import Script
from hotline.script.tables import Table, TableError, read_toml
from hotline.understanding.normal import plain
from hotline.understanding.understood import EMERGENCY, GREETING, NONE

EXAMPLES: Final = "examples.toml"
KEYS = tuple("0123456789*#")
COMMANDS: Final = ("menu", "back", "more", "repeat", "forget", "language", "card")
# What a release from before they were there does not have.
NEWER_COMMANDS: Final = frozenset({"card"})


class UnderstandingError(Exception):
    """A file of examples or commands is wrong. Says which file and word, and what to do."""


@dataclass(frozen=True, slots=True)
class Example:
    """What somebody may text, in which language, and the topic that is meant (a slug, EMERGENCY, GREETING or NONE)."""

    text: str
    words: tuple[str, ...]
    language: str
    topic: str


@dataclass(frozen=True, slots=True)
class Steering:
    """The words that steer. `names` are the plain names that people call the languages by; the rest is by language.

    `commands` are plain texts, `keys` the plain words for the keys, `beside_keys` those that may stand next to them.
    """

    commands: Mapping[str, Mapping[str, str]]
    names: Mapping[str, str]
    keys: Mapping[str, Mapping[str, str]]
    beside_keys: Mapping[str, frozenset[str]]


def read_examples(script: Script, locales: Path) -> tuple[Example, ...]:
    """What stands in `locales/<language>/examples.toml` for every language of the script. Raises UnderstandingError."""
    try:
        return tuple(example for language in script.languages for example in _examples(script, locales, language))
    except TableError as error:
        raise UnderstandingError(str(error)) from error


def read_steering(script: Script, locales: Path) -> Steering:
    """What stands in `locales/<language>/commands.toml` for every language. Raises UnderstandingError."""
    try:
        tables = {language: _command_table(locales, language) for language in script.languages}
        key_tables = {language: _key_table(language, table) for language, table in tables.items()}
        return Steering(
            commands={language: _commands(script, table) for language, table in tables.items()},
            names=_names(script, tables),
            keys={language: _keys(table) for language, table in key_tables.items()},
            beside_keys={language: _beside_keys(table) for language, table in key_tables.items()},
        )
    except TableError as error:
        raise UnderstandingError(str(error)) from error


def _examples(script: Script, locales: Path, language: str) -> Iterator[Example]:
    table = _table(locales, language, EXAMPLES)
    topics: dict[str, str] = {}
    for topic in (*script.topics, EMERGENCY, GREETING, NONE):
        for text in table.texts(topic) if table.has(topic) else ():
            form = _plain(table, text)
            meaning = topics.setdefault(form, topic)
            if meaning != topic:
                raise UnderstandingError(f"{table.place}: {text!r} stands under {meaning!r} and {topic!r}; keep one")
            yield Example(text, tuple(form.split(" ")), language, topic)
    table.end()


def _commands(script: Script, table: Table) -> dict[str, str]:
    commands: dict[str, str] = {}
    for command in COMMANDS:
        for word in table.texts(command) if table.has(command) or command not in NEWER_COMMANDS else ():
            meaning = commands.setdefault(_free(script, table, word), command)
            if meaning != command:
                raise UnderstandingError(f"{table.place}: {word!r} stands under {meaning!r} and {command!r}; keep one")
    return commands


def _names(script: Script, tables: Mapping[str, Table]) -> dict[str, str]:
    names: dict[str, str] = {}
    for language, table in tables.items():
        for name in table.texts("names"):
            meant = names.setdefault(_free(script, table, name), language)
            if meant != language:
                raise UnderstandingError(f"{table.place}: {name!r} is a name of {meant!r} too; keep one")
    return names


def _keys(table: Table) -> dict[str, str]:
    keys: dict[str, str] = {}
    for key in KEYS:
        for word in table.texts(key):
            meant = keys.setdefault(_plain(table, word), key)
            if meant != key:
                raise UnderstandingError(f"{table.place}: {word!r} stands for {meant!r} and {key!r}; keep one")
    return keys


def _beside_keys(table: Table) -> frozenset[str]:
    return frozenset(_plain(table, word) for word in table.texts("beside"))


def _key_table(language: str, commands: Table) -> Table:
    fields = commands.fields.get("keys")
    if not isinstance(fields, dict):
        raise UnderstandingError(f"{language}/commands.toml: [keys] is missing: the words for the keys 0 to 9, * and #")
    return Table(f"{language}/commands.toml [keys]", fields)


def _command_table(locales: Path, language: str) -> Table:
    table = _table(locales, language, "commands.toml")
    unknown = sorted(set(table.fields) - {*COMMANDS, "names", "keys"})
    if unknown:
        raise UnderstandingError(f"{table.place}: no such command: {', '.join(unknown)}")
    return table


def _table(locales: Path, language: str, file: str) -> Table:
    place = f"{language}/{file}"
    return Table(place, read_toml(locales / language / file, place))


def _free(script: Script, table: Table, word: str) -> str:
    """The plain form of a command's word, which no carrier may own."""
    form = _plain(table, word)
    if form in _plain_words(script.carrier_words):
        raise UnderstandingError(
            f"{table.place}: {word!r} belongs to the carriers and never reaches the line; remove it"
        )
    return form


@cache
def _plain_words(words: frozenset[str]) -> frozenset[str]:
    return frozenset(map(plain, words))


def _plain(table: Table, text: str) -> str:
    form = plain(text)
    if not form:
        raise UnderstandingError(f"{table.place}: {text!r} holds no word; remove it")
    return form
