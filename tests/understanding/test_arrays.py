from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hotline.understanding.arrays import ArraysError, read_arrays, texts_in, write_arrays

ARRAYS = {"numbers": np.arange(5, dtype=np.int8), "texts": np.array(["a", "門"])}


def test_what_is_written_is_read_again_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.npz"
    write_arrays(path, ARRAYS)
    arrays = read_arrays(path)
    assert arrays["numbers"].tolist() == [0, 1, 2, 3, 4]
    assert texts_in(arrays, "texts") == ("a", "門")
    assert list(path.parent.iterdir()) == [path]


def test_the_same_arrays_are_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        write_arrays(tmp_path / name, ARRAYS)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


@pytest.mark.parametrize("content", [None, b"", b"no archive", b"PK\x03\x04 broken"])
def test_a_missing_or_damaged_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ArraysError, match=r"file\.npz cannot be read"):
        read_arrays(path)


def test_objects_that_could_run_code_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    np.savez(path, allow_pickle=True, trap=np.array([object()], dtype=object))
    with pytest.raises(ArraysError):
        read_arrays(path)
