"""Keeps left-to-right words in order inside a right-to-left text, with Unicode's isolates (UAX #9, section 2.4)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

LEFT_TO_RIGHT, END = "\u2066", "\u2069"

_ISOLATED = re.compile(f"({LEFT_TO_RIGHT}[^{END}]*{END})")
# An Arabic comma is a neutral mark for Unicode, but belongs to no left-to-right phrase.
_KINDS = {"\n": "N", "+": "P", "#": "P", "،": "R"}
_KIND_OF_CLASS = {"L": "L", "EN": "D", "R": "R", "AL": "R", "AN": "R", "WS": "S"}

# Over the kinds: L letter, D digit, R right to left, S blank, P sign before a number, M any other mark.
_WORD = re.compile(r"P?[LD]+(?:[MP]{1,2}[LD]+)*")
_BETWEEN_WORDS = re.compile(r"[MP]{0,2}S[MP]?")
_END_OF_QUOTATION = re.compile(r"[.?!…]+(?=[\"'”’»])")


def isolated(text: str) -> str:
    """A text of a right-to-left language with every left-to-right phrase in isolates, but for plain numbers.

    What stands in isolates already stays as it is.
    """
    return "".join(piece if piece.startswith(LEFT_TO_RIGHT) else _isolated(piece) for piece in _ISOLATED.split(text))


def _isolated(text: str) -> str:
    kinds = _kinds(text)
    if "R" not in kinds and "N" not in kinds and _can_turn_around(kinds):
        return _in_isolates(text)
    pieces, done = [], 0
    for start, end in _phrases(text):
        pieces += [text[done:start], _in_isolates(text[start:end])]
        done = end
    return "".join((*pieces, text[done:]))


def _phrases(text: str) -> Iterator[tuple[int, int]]:
    """Where the left-to-right phrases of a text begin and end."""
    kinds = _kinds(text)
    spans: list[tuple[int, int]] = []
    for word in _WORD.finditer(kinds):
        if spans and _goes_on(kinds, spans[-1], word):
            spans[-1] = (spans[-1][0], word.end())
        else:
            spans.append(word.span())
    for start, end in spans:
        if _can_turn_around(kinds[start:end]):
            mark = _END_OF_QUOTATION.match(text, end)
            yield start, mark.end() if mark else end


def _goes_on(kinds: str, phrase: tuple[int, int], word: re.Match[str]) -> bool:
    """Whether a word goes on with a phrase: two numbers do not, and over a mark only letters do."""
    between = kinds[phrase[1] : word.start()]
    last = kinds[phrase[0] : phrase[1]].rpartition("S")[2]
    with_letters = ["L" in last, "L" in word[0]]
    needed = all if set(between) - {"S"} else any
    return bool(_BETWEEN_WORDS.fullmatch(between)) and needed(with_letters)


def _can_turn_around(kinds: str) -> bool:
    """Whether it holds more than digits, which keep their order anyway."""
    return "L" in kinds or bool(re.search("D.*[^D].*D", kinds))


def _kinds(text: str) -> str:
    return "".join(_KINDS.get(sign) or _KIND_OF_CLASS.get(unicodedata.bidirectional(sign), "M") for sign in text)


def _in_isolates(text: str) -> str:
    return f"{LEFT_TO_RIGHT}{text}{END}"
