"""What is wrong with the catalogs of a script, text by text, and what to do about it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hotline.catalogs.catalog import Catalogs, Entry, same_placeholders
from hotline.catalogs.pofile import UNPRINTABLE
from hotline.script.model import Message, Script
from hotline.script.placeholders import fill

_UPDATE = "run: hotline catalog update"
_NUMBER = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Finding:
    language: str
    message_id: str
    what: str
    remedy: str


def check(script: Script, catalogs: Catalogs) -> tuple[Finding, ...]:
    """Everything that is wrong, language by language in the script's order; empty where nothing is."""
    names = _names(script)
    return tuple(
        Finding(language, message.id, what, remedy)
        for language in (script.source_language, *catalogs.languages)
        for message in script.messages.values()
        for what, remedy in (
            _source(message)
            if language == script.source_language
            else _translation(message, catalogs.entry(language, message.id), str(catalogs.path(language)), names)
        )
    )


def _source(message: Message) -> Iterator[tuple[str, str]]:
    if UNPRINTABLE.search(message.id + message.text):
        yield "the text holds an invisible character that a catalog cannot carry", f"delete it in {message.file}"


def _translation(message: Message, entry: Entry | None, file: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    if entry is None:
        yield "the message is missing", f"{_UPDATE}, then translate it in {file}"
        return
    if not entry.text.strip():
        yield "the translation is empty", f"translate it in {file}"
        return
    if entry.source != message.text:
        yield "the English has changed since it was translated", f"{_UPDATE}, then revise it in {file}"
    elif entry.fuzzy:
        yield "the translation is marked as fuzzy", f"revise it in {file}, then remove 'fuzzy' and the lines with #|"
    else:
        yield from _text(message.text, entry.text, file, names)


def _text(source: str, text: str, file: str, names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """What is wrong with a translation of today's English."""
    if not same_placeholders(source, text):
        yield (
            "the placeholders are not those of the English",
            f"write each name in braces as the English has it, in {file}",
        )
    elif _numbers(source) != _numbers(text):
        yield "the numbers are not those of the English", f"write the same numbers, in digits, in {file}"
    elif source == text and _words(source, names) > 1:
        yield "the text is still English", f"translate it in {file}"
    if text != text.strip():
        yield "the text begins or ends with a blank", f"delete the blank in {file}"
    if UNPRINTABLE.search(text):
        yield "the text holds an invisible character that a phone cannot carry", f"delete it in {file}"


def _numbers(text: str) -> Counter[str]:
    """The numbers outside of placeholders, in whatever script their digits are."""
    found: list[str] = _NUMBER.findall(_without_placeholders(text))
    return Counter("".join(str(unicodedata.digit(digit)) for digit in number) for number in found)


def _words(text: str, names: tuple[str, ...]) -> int:
    """How many words of a text are neither placeholders nor parts of names."""
    rest = _without_placeholders(text)
    for name in names:
        rest = rest.replace(name, " ")
    return len(_WORD.findall(rest))


def _without_placeholders(text: str) -> str:
    return fill(text, lambda _: " ")


def _names(script: Script) -> tuple[str, ...]:
    """Names that stand in every language as they are, the longest first, so that none is cut out of another."""
    found = {
        *(organisation.name for organisation in script.organisations.values()),
        *(town.name for town in script.towns.values()),
        *(language.name for language in script.languages.values()),
    }
    return tuple(sorted(found, key=lambda name: (-len(name), name)))
