"""Which language a text is in, by what the pieces of its words look like in the examples of each language."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hotline.understanding.normal import grams

_SHORTEST_PIECE = 1
_LONGEST_PIECE = 4
_SMOOTHING = 0.3
# All in natural logarithms of odds. One word alone proves no more than _MOST_OF_A_WORD.
_MOST_OF_A_WORD = 3.0
_SESSION_PRIOR = 2.0
_LEAST_MARGIN = 1.0
# In a text of fewer words, words that several languages use prove nothing.
_ENOUGH_WORDS = 3
_UNMISTAKABLE = 2
_AT_HOME = 0.95


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """`words` and `pieces` count by language what its examples hold; `source` is spoken where no language is known."""

    source: str
    words: Mapping[str, Mapping[str, int]]
    pieces: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    kinds: int

    def language(self, text_words: tuple[str, ...], spoken: str | None) -> str | None:
        """The language of a text in a conversation held in `spoken`; None where the text does not tell."""
        telling = [word for word in text_words if word.isalpha() and any(letter in self.pieces for letter in word)]
        if len(telling) < _ENOUGH_WORDS:
            # What others share, but not the source language, tells at least that it is not that one.
            foreign = [word for word in telling if self.source not in self.words.get(word, {})]
            telling = [word for word in telling if not self._is_shared(word)] or ([] if spoken else foreign)
        evidence = {language: _SESSION_PRIOR if language == spoken else 0.0 for language in self.totals}
        told = False
        for word in telling:
            for language, odds in self._odds(word).items():
                evidence[language] += odds
                told = told or odds < -_LEAST_MARGIN
        ranked = sorted(evidence, key=lambda language: -evidence[language])
        # Somebody who writes something between Spanish and Portuguese is better answered in either than in English.
        rivals = ranked[1:2] if spoken or ranked[0] == self.source else [self.source]
        if not told or any(evidence[ranked[0]] - evidence[rival] < _LEAST_MARGIN for rival in rivals):
            return None
        if spoken in {None, ranked[0]} or len(telling) >= _ENOUGH_WORDS:
            return ranked[0]
        # One foreign word changes nothing; two may, where both are of that language alone.
        several = len(telling) > 1 and all(self._only(word, ranked[0]) for word in telling)
        return ranked[0] if several else None

    def _only(self, word: str, language: str) -> bool:
        """Whether the word is seen more than once, and in this language alone."""
        return self.words.get(word, {}).get(language, 0) >= _UNMISTAKABLE and not self._is_shared(word)

    def _odds(self, word: str) -> dict[str, float]:
        """How much less likely than in the likeliest language the word is in each: 0 to -_MOST_OF_A_WORD."""
        pieces = list(grams(word, _SHORTEST_PIECE, _LONGEST_PIECE))
        likelihood = dict.fromkeys(self.totals, 0.0)
        for piece in pieces:
            counts = self.pieces.get(piece, {})
            for language, total in self.totals.items():
                likelihood[language] += math.log(
                    (counts.get(language, 0) + _SMOOTHING) / (total + _SMOOTHING * self.kinds)
                )
        # Pieces overlap, so that together they prove less than their sum.
        likeliest, part = max(likelihood.values()), len(word) ** 0.5 / len(pieces)
        return {
            language: max((value - likeliest) * part * 2, -_MOST_OF_A_WORD) for language, value in likelihood.items()
        }

    def _is_shared(self, word: str) -> bool:
        counts = self.words.get(word, {}).values()
        return bool(counts) and max(counts) < _AT_HOME * sum(counts)


def learn_languages(texts: Iterable[tuple[tuple[str, ...], str]], source: str) -> LanguageModel:
    """The model of texts, each given as its words and its language."""
    said: dict[str, Counter[str]] = {}
    for text_words, language in texts:
        said.setdefault(language, Counter()).update(filter(str.isalpha, text_words))
    words: dict[str, dict[str, int]] = defaultdict(dict)
    pieces: dict[str, dict[str, int]] = defaultdict(dict)
    totals: dict[str, int] = {}
    for language, counted in said.items():
        of_language: Counter[str] = Counter()
        for word, times in counted.items():
            words[word][language] = times
            for piece in grams(word, _SHORTEST_PIECE, _LONGEST_PIECE):
                of_language[piece] += times
        for piece, times in of_language.items():
            pieces[piece][language] = times
        totals[language] = of_language.total()
    return LanguageModel(source, words, pieces, totals, len(pieces))
