"""The vectors of examples, kept in a file between trainings: to encode all takes minutes, a few new ones seconds."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from hotline.understanding.arrays import ArraysError, read_arrays, write_arrays
from hotline.understanding.encoder import ENCODER_FILE, Encoder, Floats

VECTORS_FILE = ENCODER_FILE.with_name("vectors.npz")
_DIGEST_BYTES = 12

# Goes through vectors as they are made; the number says how many there will be.
Progress = Callable[[Iterable[Floats], int], Iterable[Floats]]


def silently(vectors: Iterable[Floats], _: int) -> Iterable[Floats]:
    return vectors


class Vectors:
    """Vectors by text, of one encoder, whose file's `digest` tells it from others."""

    def __init__(self, encoder: Encoder, digest: str, path: Path) -> None:
        self._encoder = encoder
        self._digest = digest
        self._path = path

    def of(self, texts: Sequence[str], progress: Progress = silently) -> Floats:
        """A row for each text. `progress` is shown those that are made anew."""
        known = self._read()
        keys = [_key(text) for text in texts]
        missing = dict(zip(keys, texts, strict=True))
        for key in known.keys() & missing.keys():
            del missing[key]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            made = progress(pool.map(self._encoder.encode, missing.values()), len(missing))
            # What is computed now and what is read later are the same number.
            known |= {key: vector.astype(np.float16) for key, vector in zip(missing, made, strict=True)}
        if missing:
            self._write({key: known[key] for key in dict.fromkeys(keys)})
        return np.array([known[key] for key in keys], np.float32)

    def _read(self) -> dict[bytes, np.ndarray[tuple[int], np.dtype[np.float16]]]:
        """What is kept of this encoder; nothing where there is no file, or one that cannot be read."""
        try:
            arrays = read_arrays(self._path)
            if str(arrays["encoder"]) != self._digest:
                return {}
            vectors = np.asarray(arrays["vectors"], np.float16)
            return dict(zip(map(bytes, arrays["keys"]), vectors, strict=True))
        except (ArraysError, KeyError, ValueError):
            return {}

    def _write(self, vectors: dict[bytes, np.ndarray[tuple[int], np.dtype[np.float16]]]) -> None:
        keys = np.frombuffer(b"".join(vectors), np.uint8).reshape(-1, _DIGEST_BYTES)
        rows = np.array(list(vectors.values()))
        write_arrays(self._path, {"encoder": np.array(self._digest), "keys": keys, "vectors": rows})


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
