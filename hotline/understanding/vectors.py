"""The vectors of examples, kept in a file between trainings: to encode all takes minutes, a few new ones seconds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hotline.understanding.arrays import ArraysError, read_arrays, write_arrays
from hotline.understanding.encoder import ENCODER_FILE, Encoder, Floats

VECTORS_FILE = ENCODER_FILE.with_name("vectors.npz")
_DIGEST_BYTES = 8
_MOST_OF_A_BYTE = 127
# Steps of this share of the usual spread cost nothing: what is learned from them tells as many development texts.
_STEP = 0.5
# Of vectors that are all alike, a share of how long they are.
_LEAST_STEP = 0.05

Codes = npt.NDArray[np.int8]
# Goes through vectors as they are made; the number says how many there will be.
Progress = Callable[[Iterable[Floats], int], Iterable[Floats]]


def silently(vectors: Iterable[Floats], _: int) -> Iterable[Floats]:
    return vectors


@dataclass(frozen=True, slots=True, eq=False)
class Rounding:
    """Vectors as bytes: in equal steps along their principal axes, so that most of the numbers are small.

    `axes` has an axis in each column, `middle` is the mean of the vectors.
    """

    middle: Floats
    axes: npt.NDArray[np.float16]
    step: np.float32

    def codes_of(self, vectors: Floats) -> Codes:
        """A row for each vector."""
        steps = np.rint((vectors - self.middle) @ self.axes.astype(np.float32) / self.step)
        return np.asarray(np.clip(steps, -_MOST_OF_A_BYTE, _MOST_OF_A_BYTE), np.int8)

    def vectors_of(self, codes: Codes) -> Floats:
        return np.asarray((codes * self.step) @ self.axes.astype(np.float32).T + self.middle, np.float32)

    def is_same(self, other: Rounding) -> bool:
        pairs = ((self.middle, other.middle), (self.axes, other.axes), (self.step, other.step))
        return all(np.array_equal(one, another) for one, another in pairs)


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file holds: the codes of texts by their keys."""

    rounding: Rounding
    codes: Mapping[bytes, Codes]


class Vectors:
    """Vectors by text, of one encoder, whose file's `digest` tells it from others.

    They are kept in `path`, but for those that the file `packaged` holds already.
    """

    def __init__(self, encoder: Encoder, digest: str, path: Path, packaged: Path | None = None) -> None:
        self._encoder = encoder
        self._digest = digest
        self._path = path
        self._packaged = packaged if packaged != path else None

    def of(self, texts: Sequence[str], progress: Progress = silently) -> Floats:
        """A row for each of one text or more, rounded. `progress` is shown those that are made anew.

        Raises OSError where those cannot be kept.
        """
        packaged = self._read(self._packaged) if self._packaged else None
        own = self._read(self._path)
        if packaged and own and not own.rounding.is_same(packaged.rounding):
            own = None
        codes = {**(own.codes if own else {}), **(packaged.codes if packaged else {})}
        keys = [_key(text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in codes}
        made = self._encoded(list(missing.values()), progress)
        kept = packaged or own
        rounding = kept.rounding if kept else rounding_of(made)
        if missing:
            # What is computed now and what is read later are the same number.
            codes |= zip(missing, rounding.codes_of(made), strict=True)
            elsewhere = packaged.codes if packaged else {}
            self._write(Kept(rounding, {key: codes[key] for key in keys if key not in elsewhere}))
        return rounding.vectors_of(np.array([codes[key] for key in keys]))

    def _encoded(self, texts: Sequence[str], progress: Progress) -> Floats:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.array(list(progress(pool.map(self._encoder.encode, texts), len(texts))), np.float32)

    def _read(self, path: Path) -> Kept | None:
        """What is kept of this encoder; None where there is no file, or one that cannot be read."""
        try:
            arrays = read_arrays(path)
            if str(arrays["encoder"]) != self._digest:
                return None
            middle, axes = np.asarray(arrays["middle"], np.float32), np.asarray(arrays["axes"], np.float16)
            codes = np.asarray(arrays["codes"], np.int8).T
            rounding = Rounding(middle, axes, np.float32(arrays["step"]))
            return Kept(rounding, dict(zip(map(bytes, arrays["keys"]), codes, strict=True)))
        except (ArraysError, KeyError, ValueError, TypeError):
            return None

    def _write(self, kept: Kept) -> None:
        keys = np.frombuffer(b"".join(kept.codes), np.uint8).reshape(-1, _DIGEST_BYTES)
        arrays = {
            "encoder": np.array(self._digest),
            "keys": keys,
            # Axis by axis, which compresses best.
            "codes": np.ascontiguousarray(np.array(list(kept.codes.values())).T),
            "middle": kept.rounding.middle,
            "axes": kept.rounding.axes,
            "step": np.array(kept.rounding.step),
        }
        write_arrays(self._path, arrays)


def rounding_of(vectors: Floats) -> Rounding:
    """The one that suits these vectors."""
    middle = np.asarray(vectors.mean(axis=0), np.float32)
    centred = vectors - middle
    spreads, axes = np.linalg.eigh(centred.T @ centred / len(vectors))
    usual = np.sqrt(max(0.0, float(spreads.mean())))
    step = max(_STEP * usual, _LEAST_STEP * float(np.sqrt(np.square(vectors).mean())))
    return Rounding(middle, np.ascontiguousarray(axes[:, ::-1], np.float16), np.float32(step or 1.0))


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
