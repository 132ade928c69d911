from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from time import monotonic

import pytest

from hotline.channels.audio.espeak import Espeak, EspeakError
from hotline.channels.audio.library import AudioLibrary, Synthesis, synthesis_of
from hotline.channels.audio.sound import decoded
from hotline.channels.utterances import Utterance
from hotline.script.loader import load_script

KALM = Synthesis("ht", "Rete kalm.", "ht", 175)
SAID = [replace(KALM, words=words) for words in ("Rete kalm.", "Wi.", "Non.", "Peze 1.")]


@pytest.fixture
def library(espeak: Espeak, tmp_path: Path) -> AudioLibrary:
    return AudioLibrary(tmp_path / "audio", espeak, lambda: SAID)


@pytest.mark.parametrize(
    "other",
    [
        replace(KALM, words="Rete kalm"),
        replace(KALM, words="rete kalm."),
        replace(KALM, language="fr"),
        replace(KALM, voice="fr"),
        replace(KALM, words_a_minute=131),
        replace(KALM, english=("kalm",)),
        replace(KALM, words="Rete", english=("kalm.",)),
        Synthesis("ht", "Rete kalm.", "ht1", 75),
    ],
)
def test_all_that_decides_the_sound_decides_the_digest(other: Synthesis) -> None:
    assert other.digest != KALM.digest
    assert replace(KALM).digest == KALM.digest


def test_what_is_said_slowly_has_another_digest() -> None:
    language = load_script().languages["uk"]
    usual = synthesis_of(Utterance("uk", "Так.", english=("ICE",)), language)
    slow = synthesis_of(Utterance("uk", "Так.", slowly=True, english=("ICE",)), language)
    assert (usual.voice, usual.english, usual.words_a_minute) == ("uk", ("ICE",), language.words_a_minute)
    assert slow == replace(usual, words_a_minute=round(language.words_a_minute * 0.75))
    assert slow.digest != usual.digest


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
    assert decoded(found.read_bytes()).seconds > 0.5


@pytest.mark.parametrize(
    ("language", "digest"),
    [
        ("sq", KALM.digest),
        ("ht", "0" * 32),
        ("ht", ""),
        ("ht", "../../etc/passwd"),
        ("ht", KALM.digest.upper()),
        ("ht", f"{KALM.digest}\n"),
        ("ht", KALM.digest.replace(KALM.digest[0], "٣")),
        ("..", KALM.digest),
    ],
)
def test_what_the_line_does_not_say_is_not_found(library: AudioLibrary, language: str, digest: str) -> None:
    assert library.find(language, digest) is None


def test_what_is_not_said_any_more_is_deleted(library: AudioLibrary) -> None:
    old, kept = library.file(KALM), library.file(replace(KALM, words="Wi."))
    assert library.prune([replace(KALM, words="Wi.")]) == 1
    assert (old.exists(), kept.exists()) == (False, True)


def test_nothing_is_deleted_where_nothing_was_made(library: AudioLibrary) -> None:
    assert library.prune([]) == 0


def test_several_at_once_leave_one_whole_file(library: AudioLibrary, tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        paths = set(threads.map(lambda _: library.file(KALM), range(16)))
    assert len(paths) == 1
    assert [path.name for path in (tmp_path / "audio" / "ht").iterdir()] == [f"{KALM.digest}.wav"]


def test_two_processes_on_one_folder_leave_each_sound_once_and_whole(library: AudioLibrary, tmp_path: Path) -> None:
    code = (
        "import json, sys; from pathlib import Path\n"
        "from hotline.channels.audio.espeak import espeak_of_this_process\n"
        "from hotline.channels.audio.library import AudioLibrary, Synthesis\n"
        "library = AudioLibrary(Path(sys.argv[1]), espeak_of_this_process(), lambda: ())\n"
        "for one in json.loads(sys.argv[2]): library.file(Synthesis(**one))"
    )
    arguments = [sys.executable, "-c", code, str(tmp_path / "audio"), json.dumps([asdict(one) for one in SAID])]
    others = [subprocess.Popen(arguments) for _ in range(2)]
    for one in SAID:
        assert decoded(library.file(one).read_bytes()).seconds > 0.3
    assert [other.wait() for other in others] == [0, 0]
    names = sorted(path.name for path in (tmp_path / "audio" / "ht").iterdir())
    assert names == sorted(f"{one.digest}.wav" for one in SAID)


def test_a_file_that_was_left_half_written_is_not_taken_for_the_sound(library: AudioLibrary, tmp_path: Path) -> None:
    half = tmp_path / "audio" / "ht" / f"{KALM.digest}.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"RIFF")
    assert not library.has(KALM)
    assert decoded(library.file(KALM).read_bytes()).seconds > 0.5


def test_a_folder_that_takes_no_files_is_an_error(espeak: Espeak, tmp_path: Path) -> None:
    (tmp_path / "audio").write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError):  # noqa: PT011 - which one is the system's
        AudioLibrary(tmp_path / "audio", espeak, lambda: ()).file(KALM)


def test_what_cannot_be_spoken_leaves_nothing(library: AudioLibrary, tmp_path: Path) -> None:
    with pytest.raises(EspeakError):
        library.file(replace(KALM, voice="xx"))
    assert not list((tmp_path / "audio").rglob("*"))


def test_whoever_is_in_a_hurry_does_not_wait_and_the_sound_is_made_all_the_same(library: AudioLibrary) -> None:
    with pytest.raises(TimeoutError):
        library.file(KALM, 0.0)
    until = monotonic() + 10
    while not library.has(KALM):
        assert monotonic() < until
    assert library.file(KALM, 0.0).is_file()


def test_many_who_are_in_a_hurry_have_a_sound_made_once(library: AudioLibrary, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    say = Espeak.say

    def counted(espeak: Espeak, words: str, *how: object) -> object:
        made.append(words)
        return say(espeak, words, *how)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Espeak, "say", counted)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: library.file(KALM, 10.0), range(8)))
    assert made == [KALM.words]


def test_where_sounds_cannot_be_kept_whoever_is_in_a_hurry_does_not_try_each_time(
    espeak: Espeak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "audio").write_text("no folder")
    library = AudioLibrary(tmp_path / "audio", espeak, lambda: SAID)
    with pytest.raises(OSError, match="audio"):
        library.file(KALM, 10.0)
    monkeypatch.setattr(Espeak, "say", None)
    with pytest.raises(TimeoutError):
        library.file(KALM, 10.0)
