"""What a text looks like: its words, words in a row, and pieces of words, so that misspelt words still look alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from hotline.understanding.normal import grams

_SHORTEST_PIECE = 2
_LONGEST_PIECE = 5
# Three words in a row tell something only where a word is one character, as in Chinese.
_SHORT_THREE = 4


def features_of(text_words: Sequence[str]) -> Counter[str]:
    """How often each feature is in a text, given as its folded words."""
    return Counter(_features(text_words))


def _features(text_words: Sequence[str]) -> Iterator[str]:
    yield from text_words
    for left, right in pairwise(text_words):
        yield f"{left} {right}"
    for three in zip(text_words, text_words[1:], text_words[2:], strict=False):
        joined = " ".join(three)
        if len(joined) - 2 <= _SHORT_THREE:
            yield joined
    for word in text_words:
        for piece in grams(word, _SHORTEST_PIECE, _LONGEST_PIECE):
            yield f"~{piece}"
