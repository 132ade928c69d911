"""Files of named arrays."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

Arrays = Mapping[str, npt.NDArray[np.generic]]


class ArraysError(Exception):
    """A file of arrays is missing or damaged."""


def read_arrays(path: Path) -> Arrays:
    """Raises ArraysError."""
    return arrays_in(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """Raises ArraysError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ArraysError(f"{path.name} cannot be read ({type(error).__name__})") from error


def arrays_in(content: bytes, name: str) -> Arrays:
    """Those of a file's content. Raises ArraysError, which names the file."""
    try:
        with np.load(BytesIO(content), allow_pickle=False) as arrays:
            return dict(arrays)
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile) as error:
        raise ArraysError(f"{name} cannot be read ({type(error).__name__})") from error


def write_arrays(path: Path, arrays: Arrays) -> None:
    """The same bytes for the same arrays; whoever reads meanwhile sees the file of before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial.npz")
    np.savez_compressed(partial, allow_pickle=False, **arrays)
    partial.replace(path)


def texts_in(arrays: Arrays, name: str) -> tuple[str, ...]:
    return tuple(map(str, arrays[name].tolist()))
