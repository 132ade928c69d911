"""Which language a text is in, by what the pieces of its words look like in the examples of each language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from hotline.understanding.encoder import Floats
from hotline.understanding.normal import LATIN, alphabet, grams
from hotline.understanding.table import RowsByText, rows_by_text

_SHORTEST_PIECE = 1
_LONGEST_PIECE = 4
_SMOOTHING = 0.3
# All in natural logarithms of odds. One word alone proves no more than _MOST_OF_A_WORD.
_MOST_OF_A_WORD = 3.0
_SESSION_PRIOR = 2.0
_LEAST_MARGIN = 1.0
# In a text of fewer words, words that several languages use prove nothing.
_ENOUGH_WORDS = 3
# More tell no more.
_MOST_WORDS = 60
# Of what a text sounds like to the encoder. Measured on the development sets and on mixed texts.
_SOUNDS_COUNT = 2.0
_MOST_OF_SOUNDS = 8.0
_UNMISTAKABLE = 2
_AT_HOME = 0.85
_MOST_COUNTED = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True)
class LanguageCounts:
    """How often the examples of each language hold each word, and each piece of a word: a column for each language."""

    languages: tuple[str, ...]
    words: RowsByText
    pieces: RowsByText

    def of(self, languages: Iterable[str]) -> LanguageCounts:
        """Those of these languages alone."""
        columns = [column for column, language in enumerate(self.languages) if language in set(languages)]
        names = tuple(self.languages[column] for column in columns)
        return LanguageCounts(names, self.words.columns(columns), self.pieces.columns(columns))


class LanguageModel:
    """Tells the language of a text by counts of examples; `source` is spoken where no language is known."""

    def __init__(self, all_counts: LanguageCounts, languages: Iterable[str], source: str) -> None:
        """Of these languages alone."""
        counts = all_counts.of(languages)
        self.languages = counts.languages
        self._columns = {language: all_counts.languages.index(language) for language in self.languages}
        self._source = source
        self._words = counts.words
        self._pieces = counts.pieces
        times = np.asarray(counts.pieces.rows, np.float64) + _SMOOTHING
        total = times.sum(axis=0)
        self._likelihoods = np.log(times / total).astype(np.float32)
        self._unseen = np.log(_SMOOTHING / total).astype(np.float32)

    def language(self, text_words: Sequence[str], spoken: str | None, sounds: Floats | None = None) -> str | None:
        """The language of a text in a conversation held in `spoken`; None where the text does not tell.

        `sounds` is what the encoder makes of it: the logarithm of each language's probability.
        """
        read = text_words[:_MOST_WORDS]
        telling = _of_other_alphabet([word for word in read if word.isalpha() and self._has_known_letter(word)])
        if len(telling) < _ENOUGH_WORDS:
            # What others share, but not the source language, tells at least that it is not that one.
            foreign = [word for word in telling if not self._times(word).get(self._source)]
            telling = [word for word in telling if not self._is_shared(word)] or ([] if spoken else foreign)
        evidence = {language: _SESSION_PRIOR if language == spoken else 0.0 for language in self.languages}
        told = False
        for word in telling:
            for language, odds in self._odds(word).items():
                evidence[language] += odds
                told = told or odds < -_LEAST_MARGIN
        if sounds is not None and len(telling) >= _ENOUGH_WORDS:
            for language, column in self._columns.items():
                evidence[language] += _SOUNDS_COUNT * max(float(sounds[column]), -_MOST_OF_SOUNDS)
        ranked = sorted(evidence, key=lambda language: -evidence[language])
        # Somebody who writes something between Spanish and Portuguese is better answered in either than in English.
        rivals = ranked[1:2] if spoken or ranked[0] == self._source else [self._source]
        if not told or any(evidence[ranked[0]] - evidence[rival] < _LEAST_MARGIN for rival in rivals):
            return None
        if spoken in {None, ranked[0]} or len(telling) >= _ENOUGH_WORDS:
            return ranked[0]
        # One foreign word changes nothing; two may, where both are of that language alone.
        several = len(telling) > 1 and all(self._only(word, ranked[0]) for word in telling)
        return ranked[0] if several else None

    def _has_known_letter(self, word: str) -> bool:
        return len(self._pieces.find(tuple(word))[0]) > 0

    def _times(self, word: str) -> dict[str, int]:
        """How often each language's examples hold the word."""
        places, _ = self._words.find((word,))
        counts = self._words.rows[places[0]].tolist() if len(places) else [0] * len(self.languages)
        return dict(zip(self.languages, counts, strict=True))

    def _only(self, word: str, language: str) -> bool:
        """Whether the word is seen more than once, and in this language alone."""
        return self._times(word)[language] >= _UNMISTAKABLE and not self._is_shared(word)

    def _odds(self, word: str) -> dict[str, float]:
        """How much less likely than in the likeliest language the word is in each: 0 to -_MOST_OF_A_WORD."""
        pieces = list(grams(word, _SHORTEST_PIECE, _LONGEST_PIECE))
        places, known = self._pieces.find(pieces)
        likelihood = self._likelihoods[places].sum(axis=0) + self._unseen * np.count_nonzero(~known)
        # Pieces overlap, so that together they prove less than their sum.
        part = len(word) ** 0.5 / len(pieces)
        odds = np.maximum((likelihood - likelihood.max()) * part * 2, -_MOST_OF_A_WORD)
        return dict(zip(self.languages, odds.tolist(), strict=True))

    def _is_shared(self, word: str) -> bool:
        counts = self._times(word).values()
        return any(counts) and max(counts) < _AT_HOME * sum(counts)


def _of_other_alphabet(telling: list[str]) -> list[str]:
    """The words that are not in Latin letters, if there are several: speakers of all languages mix in English words."""
    others = [word for word in telling if alphabet(word) != LATIN]
    return others if len(others) > 1 else telling


def count_languages(texts: Iterable[tuple[Sequence[str], str]]) -> LanguageCounts:
    """The counts of texts, each given as its words and its language."""
    words: dict[str, Counter[str]] = {}
    for text_words, language in texts:
        words.setdefault(language, Counter()).update(filter(str.isalpha, text_words))
    pieces: dict[str, Counter[str]] = {language: Counter() for language in words}
    for language, counted in words.items():
        for word, times in counted.items():
            for piece in grams(word, _SHORTEST_PIECE, _LONGEST_PIECE):
                pieces[language][piece] += times
    return LanguageCounts(tuple(words), _table(list(words.values())), _table(list(pieces.values())))


def _table(counted: Sequence[Counter[str]]) -> RowsByText:
    """A row for each text that is counted anywhere, a column for each counter."""
    texts = list(dict.fromkeys(text for counter in counted for text in counter))
    rows = np.array([[min(counter[text], _MOST_COUNTED) for counter in counted] for text in texts], np.uint16)
    return rows_by_text(texts, rows.reshape(len(texts), len(counted)))
