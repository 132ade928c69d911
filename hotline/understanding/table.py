"""A table of numbers whose rows are found by text; the texts themselves are not kept, only their checksums."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class RowsByText:
    """`checksums` in rising order; `rows` in the same."""

    checksums: npt.NDArray[np.uint32]
    rows: npt.NDArray[np.generic]

    def find(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
        """The positions of those texts that have a row, in their order, and which of the texts those are."""
        wanted = checksums_of(texts)
        places = np.searchsorted(self.checksums, wanted)
        places[places == len(self.checksums)] = 0
        known = self.checksums[places] == wanted
        return np.asarray(places[known]), np.asarray(known)

    def columns(self, columns: Sequence[int]) -> RowsByText:
        """The table with these columns of its rows alone."""
        return RowsByText(self.checksums, np.ascontiguousarray(self.rows[:, list(columns)]))


def rows_by_text(texts: Sequence[str], rows: npt.NDArray[np.generic]) -> RowsByText:
    """The table of texts and their rows; of texts with the same checksum, the first is kept."""
    checksums, first = np.unique(checksums_of(texts), return_index=True)
    return RowsByText(checksums, rows[first])


def checksums_of(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    return np.fromiter((zlib.crc32(text.encode("utf-8", "surrogatepass")) for text in texts), np.uint32, len(texts))
