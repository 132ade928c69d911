from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest

from hotline.understanding.arrays import read_arrays
from hotline.understanding.encoder import Floats
from hotline.understanding.vectors import Vectors, rounding_of

# Of vectors as short as these.
NEAR = 0.1


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
    assert first[:, 0] == pytest.approx([1, 2, 1], abs=NEAR)
    assert second[:, 0] == pytest.approx([2, 3, 1], abs=NEAR)
    assert sorted(encoder.asked) == ["a", "bb", "ccc"]
    assert np.array_equal(first[0], second[2])


def test_what_is_packaged_is_neither_encoded_nor_kept_again(tmp_path: Path) -> None:
    encoder, packaged, own = Lengths(), tmp_path / "packaged.npz", tmp_path / "data" / "own.npz"
    shipped = Vectors(encoder, "one", packaged).of(["a", "bb"])
    before = packaged.read_bytes()
    both = Vectors(encoder, "one", own, packaged).of(["a", "ccc", "bb"])
    assert sorted(encoder.asked) == ["a", "bb", "ccc"]
    assert np.array_equal(both[[0, 2]], shipped)
    assert packaged.read_bytes() == before
    assert read_arrays(own)["keys"].shape[0] == 1
    assert np.array_equal(Vectors(encoder, "one", own, packaged).of(["ccc"]), both[1:2])
    assert sorted(encoder.asked) == ["a", "bb", "ccc"]


def test_what_was_kept_beside_another_package_is_made_anew(tmp_path: Path) -> None:
    encoder, own = Lengths(), tmp_path / "own.npz"
    for name, texts in (("old.npz", ["a", "bb"]), ("new.npz", ["dddd", "bb", "a"])):
        packaged = tmp_path / name
        Vectors(encoder, "one", packaged).of(texts)
        assert Vectors(encoder, "one", own, packaged).of(["ccc"])[0, 0] == pytest.approx(3, abs=5 * NEAR)
    assert encoder.asked.count("ccc") == 2


def test_rounding_keeps_vectors_close_and_says_each_number_in_a_byte() -> None:
    random = np.random.default_rng(1)
    vectors = (random.normal(size=(500, 24)) @ random.normal(size=(24, 24)) + 5).astype(np.float32)
    rounding = rounding_of(vectors)
    codes = rounding.codes_of(vectors)
    assert codes.dtype == np.int8
    error = rounding.vectors_of(codes) - vectors
    assert np.sqrt(np.square(error).mean()) < 0.16 * vectors.std(axis=0).mean()
    assert np.array_equal(rounding.codes_of(rounding.vectors_of(codes)), codes)


def test_the_vectors_of_another_encoder_are_not_taken(tmp_path: Path) -> None:
    encoder, path = Lengths(), tmp_path / "vectors.npz"
    Vectors(encoder, "one", path).of(["a"])
    Vectors(encoder, "two", path).of(["a"])
    assert encoder.asked == ["a", "a"]


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "vectors.npz"
    path.write_bytes(b"broken")
    assert Vectors(Lengths(), "one", path).of(["abc"])[0, 0] == pytest.approx(3, abs=NEAR)


def test_progress_is_told_how_many_are_made_anew(tmp_path: Path) -> None:
    told: list[int] = []

    def progress(vectors: Iterable[Floats], count: int) -> Iterable[Floats]:
        told.append(count)
        return vectors

    for texts in (["a"], ["a", "b"], ["b"]):
        Vectors(Lengths(), "one", tmp_path / "vectors.npz").of(texts, progress)
    assert told == [1, 1, 0]
