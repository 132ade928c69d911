"""The English of a script as the checks see it: its words, and which of them are names that stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from hotline.script.model import Script
from hotline.script.placeholders import fill

WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
# A web address that a text writes out, such as ctlawhelp.org/rights.
HOST = re.compile(r"\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b(?:/[\w/-]*)?")
_PIECE = re.compile(r"[^\W_]+")
# What may stand before the first word of a sentence.
_BEGINNING = re.compile(r"(?:^|\n\s*|[.?!:]\s+|[\"“(]\s*)$")
_CAPITALS = 2


@dataclass(frozen=True)
class English:
    """The texts of a script by message id, without what the line fills in, and the names that are data of it.

    `labels` are message ids by their texts: choices of two words or more, which other texts may name.
    """

    texts: Mapping[str, str]
    labels: Mapping[str, str]
    named: tuple[str, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Words that stand with a capital letter within a sentence, or hold two or a digit, and their pieces."""
        # A choice that a text names begins with a capital letter too, and is translated.
        found = {word for text in self.texts.values() for word in _names_in(without(text, self.labels))}
        found.update(word for name in self.named for word in WORD.findall(name))
        return frozenset(word for word in found | pieces_of(" ".join(found)) if not word.islower())

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Every word that is no name, in small letters."""
        words = {word for text in self.texts.values() for word in WORD.findall(text)}
        return frozenset(word.casefold() for word in words - self.names)


def english_of(script: Script) -> English:
    """What the checks need to know of a script's English."""
    return English(
        texts={key: without_placeholders(message.text) for key, message in script.messages.items()},
        labels={
            message.text: key
            for key, message in script.messages.items()
            if message.is_label and message.text[:1].isupper() and len(WORD.findall(message.text)) > 1
        },
        named=tuple(
            sorted(
                {
                    *(organisation.name for organisation in script.organisations.values()),
                    *(town.name for town in script.towns.values()),
                    *(language.name for language in script.languages.values()),
                },
                # The longest first, so that none is cut out of another.
                key=lambda name: (-len(name), name),
            )
        ),
    )


def without_placeholders(text: str) -> str:
    """A text whose placeholders are line breaks: nothing goes on across them. As it is where its braces are wrong."""
    try:
        return fill(text, lambda _: "\n")
    except ValueError:
        return text


def begins_sentence(text: str, position: int) -> bool:
    """Whether what stands at `position` begins a sentence, a quotation or a line."""
    return bool(_BEGINNING.search(text, max(0, position - 4), position))


def pieces_of(text: str) -> set[str]:
    """The words of a text, and what hyphens and apostrophes part in them."""
    return {*WORD.findall(text), *_PIECE.findall(text)}


def without(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = text.replace(name, " ")
    return text


def _names_in(text: str) -> Iterator[str]:
    for match in WORD.finditer(text):
        word = match[0]
        capitals = sum(letter.isupper() for letter in word)
        is_name = capitals >= _CAPITALS or any(letter.isdigit() for letter in word)
        if word != "I" and (is_name or (capitals and not begins_sentence(text, match.start()))):
            yield word
