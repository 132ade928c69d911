from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hotline.channels.audio.files import write_whole


@contextmanager
def no_file_longer_than(bytes_: int) -> Iterator[None]:
    """As on a disk that is nearly full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_file_is_written_with_its_folders_for_everybody_to_read(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "c.wav"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_a_disk_that_is_full_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "c.wav"
    write_whole(path, b"before")
    with no_file_longer_than(1000), pytest.raises(OSError, match="File too large"):
        write_whole(path, b"x" * 2000)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("folder", ["file", "/proc/nowhere", "x" * 300])
def test_a_folder_that_takes_no_files_is_an_error(tmp_path: Path, folder: str) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's
        write_whole(tmp_path / folder / "c.wav", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_who_reads_while_others_write_finds_one_of_the_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "c.wav"
    write_whole(path, b"0" * 200_000)
    code = (
        "import sys; from pathlib import Path; from hotline.channels.audio.files import write_whole\n"
        "for _ in range(200): write_whole(Path(sys.argv[1]), sys.argv[2].encode() * 200_000)"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(path), sign]) for sign in "12"]
    while any(writer.poll() is None for writer in writers):
        content = path.read_bytes()
        assert len(content) == 200_000
        assert len(set(content)) == 1
    assert [writer.returncode for writer in writers] == [0, 0]
    assert list(tmp_path.iterdir()) == [path]
