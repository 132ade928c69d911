from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from hotline.understanding.encoder import Floats
from hotline.understanding.vectors import Vectors


class Lengths:
    """Encodes a text as its length, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, text: str) -> Floats:
        self.asked.append(text)
        return np.array([len(text), 1 / 3], np.float32)


def test_only_texts_that_are_new_are_encoded(tmp_path: Path) -> None:
    encoder, path = Lengths(), tmp_path / "vectors.npz"
    first = Vectors(encoder, "one", path).of(["a", "bb", "a"])
    second = Vectors(encoder, "one", path).of(["bb", "ccc", "a"])
    assert first[:, 0].tolist() == [1, 2, 1]
    assert second[:, 0].tolist() == [2, 3, 1]
    assert sorted(encoder.asked) == ["a", "bb", "ccc"]
    assert np.array_equal(first[0], second[2])


def test_the_vectors_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    encoder, path = Lengths(), tmp_path / "vectors.npz"
    Vectors(encoder, "one", path).of(["a"])
    Vectors(encoder, "two", path).of(["a"])
    assert encoder.asked == ["a", "a"]


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(b"broken")
    assert Vectors(Lengths(), "one", path).of(["abc"])[0, 0] == 3


def test_progress_is_told_how_many_are_made_anew(tmp_path: Path) -> None:
    told: list[int] = []

    def progress(vectors: Iterable[Floats], count: int) -> Iterable[Floats]:
        told.append(count)
        return vectors

    for texts in (["a"], ["a", "b"], ["b"]):
        Vectors(Lengths(), "one", tmp_path / "vectors.npz").of(texts, progress)
    assert told == [1, 1, 0]
