"""Parts a text that is longer than a channel takes, where a reader or listener would pause."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

from hotline.channels.graphemes import graphemes

_CLOSING = "\"'”’»」』)\\]\u2069"

# The best place first. Chinese sets no blank after its marks.
_PLACES = (
    re.compile(r"\n"),
    re.compile(rf"[.!?؟…][{_CLOSING}]*(?=\s)|[。！？][{_CLOSING}]*"),
    re.compile(rf"[,;:،؛][{_CLOSING}]*(?=\s)|[，；：、][{_CLOSING}]*"),
    re.compile(r"\s"),
)


def parted(text: str, fits: Callable[[str], bool]) -> list[str]:
    """The pieces, each of which `fits`; of the text, only blanks between them are lost.

    `fits` holds for every single character and, where it holds for a text, for each beginning of it.
    """
    pieces = []
    rest = text.strip()
    while rest and not fits(rest):
        cut = _cut(rest, _most(rest, fits))
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*pieces, rest] if rest else pieces


def _most(text: str, fits: Callable[[str], bool]) -> int:
    """How many characters fit; never none."""
    fitting = bisect_left(range(1, len(text) + 1), 1, key=lambda length: 0 if fits(text[:length]) else 1)
    return max(1, fitting)


def _cut(text: str, most: int) -> int:
    """Where to part: after the last of the best marks among the first `most` characters, or between two letters."""
    for place in _PLACES:
        # One character more is looked at, as it may be the blank that makes a mark an end.
        ends = [match.end() for match in place.finditer(text[: most + 1]) if match.end() <= most]
        if ends:
            return ends[-1]
    letters = [end for end in accumulate(map(len, graphemes(text[: most + 1]))) if end <= most]
    return letters[-1] if letters else most
