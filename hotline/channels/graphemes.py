"""Splits text into grapheme clusters (what a reader takes for one character), as Twilio's segment calculator does.

The rules are those of UAX #29 for Unicode 10 as npm grapheme-splitter 1.0.4 reads them. It differs in rare sequences:
a flag keeps one mark only, and at most one mark may stand between an emoji and its skin tone.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files

_HANGUL_SYLLABLES = range(0xAC00, 0xD7A4)
_SYLLABLES_PER_VOWEL = 28


def _read_classes() -> dict[int, str]:
    table = tomllib.loads(files("hotline.channels").joinpath("graphemes.toml").read_text(encoding="utf-8"))
    classes = dict.fromkeys(_HANGUL_SYLLABLES, "B") | dict.fromkeys(_HANGUL_SYLLABLES[::_SYLLABLES_PER_VOWEL], "A")
    for letter, ranges in table.items():
        for item in ranges.split():
            first, _, last = item.partition("-")
            classes.update(dict.fromkeys(range(int(first, 16), int(last or first, 16) + 1), letter))
    return classes


_CLASS_OF = _read_classes()

# Over the class letters of graphemes.toml; A and B are Hangul syllables without and with a final consonant, O the rest.
_MARK = r"[SZ] | (?<=Z)[GH]"
_CLUSTER = re.compile(
    rf"""
      C
    | [PR]R [XSZ]?
    | (?=.) P* (?: (?: L*(?:V+|AV*|B)T* | L+ | T+ | [^CX] ) (?: {_MARK} | (?<=[EH])M )* )?
      (?: {_MARK} | X(?:(?<=[EH]X)M)? )*
    """,
    re.VERBOSE,
)


def graphemes(text: str) -> list[str]:
    """The clusters of `text` in order; joined, they are `text`. CR LF are two clusters, as in a text message."""
    classes = "".join(_CLASS_OF.get(ord(character), "O") for character in text)
    return [text[match.start() : match.end()] for match in _CLUSTER.finditer(classes)]
