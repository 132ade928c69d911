from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.channels.audio.espeak import Espeak, espeak_of_this_process
from hotline.channels.audio.library import AudioLibrary, Synthesis
from hotline.channels.audio.recordings import digest_of
from hotline.channels.audio.sound import decoded

KALM = Synthesis("ht", "Rete kalm.", "ht", 175)


def espeak() -> Espeak:
    found = espeak_of_this_process()
    assert found
    return found


@pytest.fixture
def library(tmp_path: Path) -> AudioLibrary:
    return AudioLibrary(tmp_path / "audio", espeak(), lambda: [KALM])


@pytest.mark.parametrize(
    "other",
    [
        replace(KALM, words="Rete kalm"),
        replace(KALM, language="fr"),
        replace(KALM, voice="fr"),
        replace(KALM, words_a_minute=131),
        replace(KALM, english=("kalm",)),
    ],
)
def test_all_that_decides_the_sound_decides_the_digest(other: Synthesis) -> None:
    assert other.digest != KALM.digest
    assert replace(KALM).digest == KALM.digest


def test_a_sound_is_made_once(library: AudioLibrary) -> None:
    assert not library.has(KALM)
    path = library.file(KALM)
    made = path.stat().st_mtime_ns
    assert library.has(KALM)
    assert library.file(KALM).stat().st_mtime_ns == made
    assert decoded(path.read_bytes()).seconds > 0.5


def test_a_sound_that_was_lost_is_made_anew_from_its_digest(library: AudioLibrary) -> None:
    library.file(KALM).unlink()
    found = library.find("ht", KALM.digest)
    assert found
    assert found.read_bytes()


@pytest.mark.parametrize(
    ("language", "digest"),
    [("sq", KALM.digest), ("ht", "0" * 32), ("ht", ""), ("ht", "../../etc/passwd"), ("ht", KALM.digest.upper())],
)
def test_what_the_line_does_not_say_is_not_found(library: AudioLibrary, language: str, digest: str) -> None:
    assert library.find(language, digest) is None


def test_what_is_not_said_any_more_is_deleted(library: AudioLibrary) -> None:
    old, kept = library.file(KALM), library.file(replace(KALM, words="Wi."))
    assert library.prune([replace(KALM, words="Wi.")]) == 1
    assert (old.exists(), kept.exists()) == (False, True)


def test_several_at_once_leave_one_whole_file(library: AudioLibrary, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        paths = set(threads.map(lambda _: library.file(KALM), range(16)))
    assert len(paths) == 1
    assert [path.name for path in (tmp_path / "audio" / "ht").iterdir()] == [f"{KALM.digest}.wav"]


def test_a_folder_that_takes_no_files_is_an_error_that_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's
        AudioLibrary(tmp_path / "audio", espeak(), lambda: ()).file(KALM)


def test_the_name_of_a_recording_is_that_of_its_words() -> None:
    assert digest_of("Rete  kalm.\n") == digest_of("Rete kalm.") != digest_of("Rete kalm")
