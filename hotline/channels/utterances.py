"""What is said, in pieces of one language each: an English voice says the English names in another language."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Private characters around what is English; no catalog holds them.
_BEGIN, _END = "\ue000", "\ue001"
_ENGLISH = re.compile(f"{_BEGIN}([^{_BEGIN}{_END}]*){_END}")
_MARKS = str.maketrans(dict.fromkeys((_BEGIN, _END)))
# What closes a phrase before it, and so does not begin the next one; and what opens the next.
_LEADING = re.compile(r"^[-\s\"'.,:;!?)،؛؟。，：；、）”»]+")
_PAUSE = re.compile(r"[,.:;(،؛。，：；、（]")
_TRAILING = re.compile(r"[\s\"'(（“«]+$")


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words of one language, said in one breath; `slowly` for somebody who did not follow.

    `english` are those among them that every language takes from English, such as ICE.
    """

    language: str
    words: str
    slowly: bool = False
    english: tuple[str, ...] = ()


def marked(english: str) -> str:
    """English that stands inside a text of another language."""
    return f"{_BEGIN}{english}{_END}"


def plain(text: str) -> str:
    """A text without the marks."""
    return text.translate(_MARKS)


def utterances(text: str, language: str, english: str, *, slowly: bool = False) -> tuple[Utterance, ...]:
    """The pieces of a text with marks, in order. `english` is the code of the language of what is marked."""
    pieces: list[Utterance] = []
    pause = ""
    for position, words in enumerate(_ENGLISH.split(text)):
        spoken = " ".join(_TRAILING.sub("", _LEADING.sub("", words) if pieces else words).split())
        code = english if position % 2 else language
        if not any(character.isalnum() for character in spoken):
            pause = "," if _PAUSE.search(words) else ""
            continue
        if pieces and pieces[-1].language == code:
            spoken = f"{pieces.pop().words}{pause} {spoken}"
        pieces.append(Utterance(code, spoken, slowly))
    return tuple(pieces)
