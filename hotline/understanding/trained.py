"""What was learned from the examples, as one file: `hotline understand train` writes it, the line reads it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hotline.shared import Shared
from hotline.understanding.arrays import Arrays, ArraysError, arrays_in, read_bytes, texts_in, write_arrays
from hotline.understanding.encoder import Linear
from hotline.understanding.languages import LanguageCounts
from hotline.understanding.lessons import EXAMPLES, UnderstandingError
from hotline.understanding.table import RowsByText
from hotline.understanding.topics import Looks, TopicModel

TRAINED_FILE = Path(__file__).parent / "data" / "trained.npz"
REMEDY = "run: hotline understand train"


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Trained:
    """`known` gives of each example, by its marked words with one blank between, the topic's position in the model.

    `sound` turns the encoder's vectors to logits, one for each language. `examples` has the digest of each
    language's file that it was learned from; `hints` are phrases to listen for, by language.
    """

    topics: TopicModel
    languages: LanguageCounts
    sound: Linear
    known: RowsByText
    hints: Mapping[str, tuple[str, ...]]
    examples: Mapping[str, str]


_SHARED = Shared[Trained]()


def digest_of_examples(locales: Path, language: str) -> str:
    """Of the bytes of a language's examples; a missing file counts as empty."""
    path = locales / language / EXAMPLES
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()


def require_current(trained: Trained, locales: Path, languages: Iterable[str]) -> None:
    """Raises UnderstandingError where examples of these languages are others than those that it was learned from."""
    changed = [code for code in languages if trained.examples.get(code) != digest_of_examples(locales, code)]
    if changed:
        raise UnderstandingError(f"examples have changed since they were learned ({', '.join(changed)}); {REMEDY}")


def write_trained(trained: Trained, path: Path) -> None:
    """The same bytes for the same content."""
    looks = trained.topics.looks
    texts = {
        "topics": trained.topics.topics,
        "languages": trained.languages.languages,
        "examples": tuple(trained.examples[language] for language in trained.languages.languages),
        **{f"hints.{language}": hints for language, hints in trained.hints.items()},
    }
    arrays = {
        **{name: np.array(values, dtype=np.str_) for name, values in texts.items()},
        **_table("looks", looks.table),
        **_table("words", trained.languages.words),
        **_table("pieces", trained.languages.pieces),
        **_table("known", trained.known),
        "rarity": looks.rarity.astype(np.float16),
        "scale": looks.scale,
        "bias": looks.bias,
        "meaning": trained.topics.meaning.weight.astype(np.float16),
        "meaning_bias": trained.topics.meaning.bias,
        "sound": trained.sound.weight.astype(np.float16),
        "sound_bias": trained.sound.bias,
    }
    write_arrays(path, arrays)


def read_trained(path: Path = TRAINED_FILE) -> Trained:
    """Raises UnderstandingError where the file is missing or damaged."""
    try:
        content = read_bytes(path)
        return _SHARED.of(content, lambda: _trained_of(arrays_in(content, path.name)))
    except ArraysError as error:
        raise UnderstandingError(f"{error}; {REMEDY}") from error
    except (ValueError, KeyError, IndexError) as error:
        raise UnderstandingError(f"{path.name} is of another version ({type(error).__name__}); {REMEDY}") from error


def _trained_of(arrays: Arrays) -> Trained:
    looks = Looks(
        table=_read_table(arrays, "looks"),
        rarity=np.asarray(arrays["rarity"], np.float32),
        scale=np.asarray(arrays["scale"], np.float32),
        bias=np.asarray(arrays["bias"], np.float32),
    )
    return Trained(
        topics=TopicModel(texts_in(arrays, "topics"), looks, _read_linear(arrays, "meaning")),
        languages=LanguageCounts(
            texts_in(arrays, "languages"), _read_table(arrays, "words"), _read_table(arrays, "pieces")
        ),
        sound=_read_linear(arrays, "sound"),
        known=_read_table(arrays, "known"),
        hints={language: texts_in(arrays, f"hints.{language}") for language in texts_in(arrays, "languages")},
        examples=dict(zip(texts_in(arrays, "languages"), texts_in(arrays, "examples"), strict=True)),
    )


def _table(name: str, table: RowsByText) -> dict[str, npt.NDArray[np.generic]]:
    return {f"{name}.checksums": table.checksums, f"{name}.rows": table.rows}


def _read_table(arrays: Arrays, name: str) -> RowsByText:
    return RowsByText(np.asarray(arrays[f"{name}.checksums"], np.uint32), arrays[f"{name}.rows"])


def _read_linear(arrays: Arrays, name: str) -> Linear:
    return Linear(np.asarray(arrays[name], np.float32), np.asarray(arrays[f"{name}_bias"], np.float32))
