"""Which words two texts have in common, and which were deleted and inserted."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import Literal, TypeAlias

Kind: TypeAlias = Literal["same", "deleted", "inserted"]
Words: TypeAlias = tuple[tuple[Kind, str], ...]

# Beyond this a comparison takes too long, and nobody would read it.
MOST_TOKENS = 1200
# Placeholders are whole; Chinese has no blanks between words; marks above and below letters are part of theirs.
_TOKEN = re.compile(r"\{[^{}]*\}|[\u3400-\u9fff]|\s+|[\w'’\u0300-\u036f\u064b-\u0670]+|[^\w\s]")


@lru_cache(maxsize=4096)
def word_diff(before: str, after: str) -> Words:
    """Runs of words in reading order, what was deleted before what was inserted in its place."""
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if max(len(old), len(new)) > MOST_TOKENS:
        return _joined([("deleted", before), ("inserted", after)])
    runs: list[tuple[Kind, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            runs.append(("same", "".join(old[a:b])))
        else:
            runs += [("deleted", "".join(old[a:b])), ("inserted", "".join(new[c:d]))]
    return _joined(_without_islands(runs))


def _without_islands(runs: list[tuple[Kind, str]]) -> list[tuple[Kind, str]]:
    """A blank alone between two changes belongs to both: several words in a row then read as one change."""
    whole: list[tuple[Kind, str]] = []
    for place, (kind, text) in enumerate(runs):
        is_island = kind == "same" and not text.strip() and 0 < place < len(runs) - 1
        whole += [("deleted", text), ("inserted", text)] if is_island else [(kind, text)]
    return whole


def _joined(runs: list[tuple[Kind, str]]) -> Words:
    """Neighbouring runs of changes as one deletion and one insertion."""
    joined: list[tuple[Kind, str]] = []
    for is_same, group in groupby(runs, key=lambda run: run[0] == "same"):
        found = list(group)
        kinds: tuple[Kind, ...] = ("same",) if is_same else ("deleted", "inserted")
        joined += [(kind, text) for kind in kinds if (text := "".join(text for of, text in found if of == kind))]
    return tuple(joined)
