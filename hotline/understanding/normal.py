"""One form for all the ways in which people write the same thing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

# Characters; a text message has at most 1,600.
WINDOW = 1200

LATIN, HAN = "latin", "cjk"

# Scripts that put no blanks between words: every character stands for a word.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|(?:(?![\u3040-\u30ff\u3400-\u9fff])[^\W_])+")
_APOSTROPHES = re.compile(r"(?<=\w)['’`´\u02bc](?=\w)")
# Letters with a stroke, which Unicode does not take apart.
_WITHOUT_STROKE = str.maketrans("đłøħ", "dloh")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")


def words(text: str) -> tuple[str, ...]:
    """The words of a text, folded: "¡Qué  TAL!" is ("que", "tal"), "don't" is ("dont",), "heeelp" is ("help",)."""
    return tuple(_WORD.findall(_STRETCHED.sub(r"\1", _APOSTROPHES.sub("", _fold(text)))))


def plain(text: str) -> str:
    """The words of a text with one blank between them; two texts that differ only in dress have the same."""
    return " ".join(words(text))


def grams(word: str, shortest: int, longest: int) -> Iterator[str]:
    """The pieces of a word that are `shortest` to `longest` characters long, its edges marked with "_"."""
    edged = f"_{word}_"
    for length in range(shortest, longest + 1):
        for start in range(len(edged) - length + 1):
            yield edged[start : start + length]


def alphabet(word: str) -> str:
    """Of its first letter: LATIN, HAN, "cyrillic", "arabic"; empty for what is no letter."""
    return unicodedata.name(word[:1] or " ", "").partition(" ")[0].lower()


def _fold(text: str) -> str:
    """A text without case, accents and compatibility forms, at most WINDOW characters."""
    composed = unicodedata.normalize("NFKC", window(text)).casefold()
    if composed.isascii():
        return window(composed)
    # One compatibility character can stand for eighteen, so the window is held after each step.
    letters = unicodedata.normalize("NFD", window(composed))
    bare = "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
    return window(bare.translate(_WITHOUT_STROKE))


def window(text: str) -> str:
    """Of a long text its beginning and its end: what matters most stands there."""
    return text if len(text) <= WINDOW else f"{text[: WINDOW // 2 - 1]} {text[-WINDOW // 2 :]}"
