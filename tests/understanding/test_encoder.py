from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hotline.understanding.arrays import read_arrays, write_arrays
from hotline.understanding.encoder import ENCODER_FILE, EncoderError, TunedEncoder, digest_of, load_encoder, unpacked


@pytest.fixture(scope="module")
def encoder() -> TunedEncoder:
    return load_encoder()


def test_texts_that_mean_the_same_lie_closer_than_others_in_whatever_language(encoder: TunedEncoder) -> None:
    door, porta, person = (
        encoder.encode(text)
        for text in (
            "agents are knocking at my door",
            "tem agentes batendo na minha porta",
            "can i talk to a human please",
        )
    )
    assert _likeness(door, porta) > _likeness(door, person) + 0.2


def test_case_and_compatibility_forms_mean_nothing(encoder: TunedEncoder) -> None:
    assert np.array_equal(encoder.encode("LA MIGRA"), encoder.encode("la  ｍigra"))


def test_threads_do_not_disturb_each_other(encoder: TunedEncoder) -> None:
    texts = [f"text number {number} about the door" for number in range(40)]
    alone = [encoder.encode(text) for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(encoder.encode, texts))
    assert all(np.array_equal(one, other) for one, other in zip(alone, together, strict=True))


def test_any_text_has_finite_numbers(encoder: TunedEncoder) -> None:
    for text in ("", "\x00", "🚨", "\ud800", "a" * 5000, "門" * 5000, "a " * 5000):
        assert np.isfinite(encoder.encode(text)).all()


def test_four_bits_are_taken_apart_low_halves_first() -> None:
    packed = np.full((1, 16), 0x2F, np.uint8)
    numbers = unpacked(packed, np.array([[0.5]], np.float16))
    assert numbers.tolist() == [[3.5] * 16 + [-3.0] * 16]


@pytest.mark.timed
def test_the_encoder_is_there_within_a_second() -> None:
    start = time.perf_counter()
    load_encoder()
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize("missing", ["pieces", "words", "layer0.norm.scale", "layers"])
def test_an_incomplete_file_is_refused(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "encoder.npz"
    write_arrays(path, {name: array for name, array in read_arrays(ENCODER_FILE).items() if name != missing})
    with pytest.raises(EncoderError, match=r"encoder\.npz cannot be read \(KeyError\); check it out again"):
        load_encoder(path)


def test_a_missing_file_has_no_digest(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="FileNotFoundError"):
        digest_of(tmp_path / "encoder.npz")


def _likeness(
    one: np.ndarray[tuple[int], np.dtype[np.float32]], other: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
