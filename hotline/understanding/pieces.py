"""A text as the pieces of words that the encoder knows: the likeliest way to cut it (SentencePiece's unigram model)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence

from hotline.understanding.normal import window

# Marks the beginning of a word.
BEGINNING = "\u2581"
FIRST, PADDING, LAST, UNKNOWN = range(4)
# Before the pieces of a vocabulary stand those four.
SPECIAL = 4
# How much less likely a sign that no piece holds is than the least likely piece, in natural logarithms.
_UNKNOWN_COSTS = 10.0
_IMPOSSIBLE = -1e30


class Vocabulary:
    """`pieces` in the order of their numbers, from SPECIAL on, and the logarithm of how likely each is."""

    def __init__(self, pieces: Sequence[str], scores: Sequence[float]) -> None:
        self._known: Mapping[str, tuple[int, float]] = {
            piece: (number, score) for number, (piece, score) in enumerate(zip(pieces, scores, strict=True), SPECIAL)
        }
        self._longest = max(map(len, pieces))
        self._unknown = min(scores) - _UNKNOWN_COSTS

    def numbers(self, text: str, most: int) -> list[int]:
        """The numbers of a text's pieces between FIRST and LAST; of more than `most`, the beginning and the end."""
        # One compatibility character can stand for eighteen.
        normal = window(unicodedata.normalize("NFKC", text).lower())
        cut = [number for word in normal.split() for number in self._cut(BEGINNING + word)]
        kept = cut if len(cut) <= most else cut[: most // 2] + cut[len(cut) - most // 2 :]
        return [FIRST, *kept, LAST]

    def _cut(self, word: str) -> list[int]:
        """The likeliest pieces of a word (Viterbi's algorithm: the best way to each place, then back from the end)."""
        best = [0.0, *[_IMPOSSIBLE] * len(word)]
        begins, number_at = [0] * len(best), [UNKNOWN] * len(best)
        for start in range(len(word)):
            if best[start] + self._unknown > best[start + 1]:
                best[start + 1], begins[start + 1], number_at[start + 1] = best[start] + self._unknown, start, UNKNOWN
            for end in range(start + 1, min(len(word), start + self._longest) + 1):
                known = self._known.get(word[start:end])
                if known and best[start] + known[1] > best[end]:
                    best[end], begins[end], number_at[end] = best[start] + known[1], start, known[0]
        numbers: list[int] = []
        end = len(word)
        while end:
            numbers.append(number_at[end])
            end = begins[end]
        return numbers[::-1]
