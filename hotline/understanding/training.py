"""Learns from the examples which topic a text is about, by its looks and its meaning, and which language it is in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from sklearn.linear_model import LogisticRegression

from hotline.script.model import Script
from hotline.understanding.encoder import Floats, Linear
from hotline.understanding.features import features_of
from hotline.understanding.hints import hints_of
from hotline.understanding.languages import count_languages
from hotline.understanding.lessons import UnderstandingError, read_examples
from hotline.understanding.places import places_of
from hotline.understanding.table import checksums_of, rows_by_text
from hotline.understanding.topics import Looks, TopicModel
from hotline.understanding.trained import Trained, digest_of_examples
from hotline.understanding.vectors import Progress, Vectors, silently

# Both measured on the development set: with less freedom it reads too little out of what it sees; with more, it learns
# slips of the pen by heart.
_LOOKS_FREEDOM = 40.0
_MEANING_FREEDOM = 0.01
_LOOKS_ROUNDS = 40
_MEANING_ROUNDS = 300
_GOOD_ENOUGH = 0.01
_SEED = 0
_MOST_OF_A_BYTE = 127

Classes = npt.NDArray[np.uint8]
# Is told how much of the learning is done once the vectors are known, from 0 to 1.
Tell = Callable[[float], None]
# How much of it is done after each step, measured.
_BEGUN, _LOOKS_LEARNED, _MEANING_LEARNED, _LANGUAGES_LEARNED = 0.1, 0.55, 0.65, 0.75


def unheard(share: float) -> None:
    """For whoever does not want to know how far it is."""


def train(
    script: Script, locales: Path, vectors: Vectors, progress: Progress = silently, tell: Tell = unheard
) -> Trained:
    """Learns from `locales/<language>/examples.toml` of the script's languages; minutes where no vector is known yet.

    The same examples give the same content. Raises UnderstandingError, or OSError.
    """
    examples = read_examples(script, locales)
    if not examples:
        raise UnderstandingError(f"{script.source_language}/examples.toml: there are no examples; add some")
    topics = tuple(sorted({example.topic for example in examples}))
    meant = np.array([topics.index(example.topic) for example in examples], np.uint8)
    languages = tuple(script.languages)
    places = places_of(script)
    marked = [places.marked(example.words) for example in examples]
    encoded = vectors.of([example.text for example in examples], progress)
    tell(_BEGUN)
    looks = _learn_looks(marked, meant)
    tell(_LOOKS_LEARNED)
    meaning = _learn_meaning(encoded, meant)
    tell(_MEANING_LEARNED)
    counts = count_languages((example.words, example.language) for example in examples)
    sound = _learn_meaning(encoded, np.array([languages.index(example.language) for example in examples], np.uint8))
    tell(_LANGUAGES_LEARNED)
    hints: dict[str, tuple[str, ...]] = {}
    for number, language in enumerate(languages, 1):
        hints[language] = hints_of(example for example in examples if example.language == language)
        tell(_LANGUAGES_LEARNED + (1 - _LANGUAGES_LEARNED) * number / len(languages))
    return Trained(
        topics=TopicModel(topics, looks, meaning),
        languages=counts,
        sound=sound,
        known=rows_by_text([" ".join(words) for words in marked], meant[:, None]),
        hints=hints,
        examples={language: digest_of_examples(locales, language) for language in script.languages},
    )


def _learn_looks(marked: Sequence[Sequence[str]], meant: Classes) -> Looks:
    """Logistic regression over features weighed by how rare they are (tf-idf)."""
    counted = [features_of(words) for words in marked]
    in_texts = Counter(feature for features in counted for feature in features)
    names = list(in_texts)
    column_of = {feature: column for column, feature in enumerate(names)}
    rarity = 1 + np.log((1 + len(counted)) / (1 + np.fromiter(in_texts.values(), np.float32, len(names))))
    # As it is stored, so that what it learns with is what it is used with.
    rarity = rarity.astype(np.float16).astype(np.float32)
    ends = np.cumsum([0, *map(len, counted)], dtype=np.int32)
    columns = np.fromiter((column_of[feature] for features in counted for feature in features), np.int32, ends[-1])
    times = np.fromiter((count for features in counted for count in features.values()), np.float32, ends[-1])
    weights = (1 + np.log(times)) * rarity[columns]
    weights /= np.repeat(np.sqrt(np.add.reduceat(np.square(weights), ends[:-1])), np.diff(ends))
    texts = csr_array((weights, columns, ends), shape=(len(counted), len(names)))
    logits = _logits(
        LogisticRegression(
            C=_LOOKS_FREEDOM, solver="saga", max_iter=_LOOKS_ROUNDS, tol=_GOOD_ENOUGH, random_state=_SEED
        ).fit(texts, meant)
    )
    scale = (np.abs(logits.weight).max(axis=0) / _MOST_OF_A_BYTE).astype(np.float32)
    table = rows_by_text(names, np.rint(logits.weight / scale).astype(np.int8))
    order = np.unique(checksums_of(names), return_index=True)[1]
    return Looks(table, np.asarray(rarity[order], np.float32), scale, logits.bias)


def _learn_meaning(encoded: Floats, meant: Classes) -> Linear:
    """Logistic regression over the encoder's vectors, each of whose numbers is first brought to the same spread."""
    middle, spread = encoded.mean(axis=0), encoded.std(axis=0)
    logits = _logits(
        LogisticRegression(C=_MEANING_FREEDOM, max_iter=_MEANING_ROUNDS).fit((encoded - middle) / spread, meant)
    )
    weight = (logits.weight / spread[:, None]).astype(np.float32)
    # As it is stored, so that what is learned now and what is read later are the same.
    return Linear(weight.astype(np.float16).astype(np.float32), logits.bias - middle @ weight)


def _logits(learned: LogisticRegression) -> Linear:
    """A column for each class; of two classes scikit-learn keeps one alone."""
    weight, bias = learned.coef_, learned.intercept_
    if len(learned.classes_) == 2:  # noqa: PLR2004 - the case that is named
        weight, bias = np.vstack([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2
    return Linear(np.ascontiguousarray(weight.T, np.float32), np.asarray(bias, np.float32))
