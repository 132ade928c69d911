"""Which topic a text is about: what it looks like and what it means, weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotline.understanding.encoder import Floats, Linear
from hotline.understanding.features import features_of
from hotline.understanding.table import RowsByText

# How much each opinion counts. Fitted to the development set, so that of the answers given with a confidence of 0.7
# about 70 % are right.
_LOOKS_COUNT = 1.2
_MEANING_COUNTS = 0.45
_LOOKS_ALONE_COUNT = 1.3
# A long story is read in stretches of so many words, each half over the one before.
_STRETCH = 24


@dataclass(frozen=True, slots=True)
class Looks:
    """A linear model over features. `table` has a row of weights for each known feature, `rarity` its weight (idf).

    The weights are bytes; times `scale` they are logits, one for each topic.
    """

    table: RowsByText
    rarity: Floats
    scale: Floats
    bias: Floats

    def opinion(self, text_words: Sequence[str]) -> Floats:
        """The logarithm of each topic's probability. Of a long text, of each topic by what speaks most for it."""
        stretches = [log_softmax(self._logits(stretch)) for stretch in _stretches(text_words)]
        return log_softmax(np.max(stretches, axis=0))

    def _logits(self, text_words: Sequence[str]) -> Floats:
        counts = features_of(text_words)
        places, known = self.table.find(list(counts))
        if not len(places):
            return self.bias
        times = np.fromiter(counts.values(), np.float32, len(counts))[known]
        weights = (1 + np.log(times)) * self.rarity[places]
        weights /= np.linalg.norm(weights)
        return np.asarray(weights @ self.table.rows[places].astype(np.float32) * self.scale + self.bias)


@dataclass(frozen=True, slots=True)
class TopicModel:
    """What tells the topics apart. `meaning` turns the encoder's vectors to logits."""

    topics: tuple[str, ...]
    looks: Looks
    meaning: Linear

    def confidences(self, text_words: Sequence[str], vector: Floats | None) -> dict[str, float]:
        """The probability of each topic, of a text given as its folded words and its vector, if there is one."""
        looks = self.looks.opinion(text_words)
        if vector is None:
            weighed = _LOOKS_ALONE_COUNT * looks
        else:
            meaning = log_softmax(self.meaning(vector))
            weighed = _LOOKS_COUNT * looks + _MEANING_COUNTS * meaning
        return dict(zip(self.topics, map(float, np.exp(log_softmax(weighed))), strict=True))


def log_softmax(logits: npt.ArrayLike) -> Floats:
    shifted = np.asarray(logits, np.float32)
    shifted = shifted - shifted.max()
    return np.asarray(shifted - np.log(np.exp(shifted).sum()))


def _stretches(text_words: Sequence[str]) -> list[Sequence[str]]:
    if len(text_words) <= _STRETCH * 3 // 2:
        return [text_words]
    starts = range(0, len(text_words) - _STRETCH // 2, _STRETCH // 2)
    return [text_words[start : start + _STRETCH] for start in starts]
