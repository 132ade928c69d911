from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from hotline import audio_commands
from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.library import Synthesis
from hotline.channels.audio.recordings import Recordings
from hotline.channels.voices import Played, Voices
from hotline.channels.wording import SpokenWording
from hotline.cli import main
from hotline.dialogue.reply import Say
from hotline.locales import LOCALES
from hotline.releases.files import manifest_of, packaged_files, write_folder
from hotline.script.loader import load_script
from tests.releases.conftest import with_title

SAID = [Synthesis("ht", words, "ht", 175) for words in ("Wi.", "Non.", "Rete kalm.")]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    """The commands of a line that says three things aloud, with folders of its own."""

    def few(_: SpokenWording) -> list[Synthesis]:
        return SAID

    locales = tmp_path / "locales"
    monkeypatch.setattr(audio_commands, "all_syntheses", few)
    monkeypatch.setattr(audio_commands, "RECORDED_IN", locales)
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path / "data"))

    def invoke(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, ["audio", *arguments])
        return result.exit_code, result.output

    return invoke


def test_what_is_missing_is_made_and_what_is_not_said_any_more_deleted(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    code, output = run("fill")
    assert code == 0
    assert "3 sounds made, 0 deleted. In all: Kreyòl Ayisyen 3." in output
    folder = tmp_path / "data" / "audio" / "ht"
    (folder / f"{'0' * 32}.wav").write_bytes(b"old")
    (folder / f"{SAID[0].digest}.wav").unlink()
    assert "1 sounds made, 1 deleted." in run("fill")[1]
    assert "0 sounds made, 0 deleted." in run("fill")[1]


def test_the_sounds_are_those_of_the_release_that_was_live_here_last(
    run: Callable[..., tuple[int, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def titles(wording: SpokenWording) -> list[Synthesis]:
        return [Synthesis("ht", wording.script.messages["topic.ice-at-door.title"].text, "ht", 175)]

    monkeypatch.setattr(audio_commands, "all_syntheses", titles)
    files = with_title(packaged_files(), "Published")
    manifest = manifest_of(files)
    by_digest = {manifest.digests[path]: content for path, content in files.items()}
    releases = tmp_path / "data" / "releases"
    write_folder(releases / manifest.digest, manifest, by_digest.__getitem__)
    (releases / "live").write_text(f"1:{manifest.digest}")
    assert run("fill")[0] == 0
    assert (tmp_path / "data" / "audio" / "ht" / f"{Synthesis('ht', 'Published', 'ht', 175).digest}.wav").exists()


def test_without_espeak_the_remedy_is_named(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.channels.voices.espeak_of_this_process", lambda: None)
    code, output = run("fill")
    assert code == 1
    assert "apt-get install espeak-ng" in output


def test_a_folder_that_takes_no_sounds_is_one_line_to_read(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder", encoding="utf-8")
    code, output = run("fill")
    assert code == 1
    assert "Error: A sound could not be made: " in output
    assert "Traceback" not in output


def test_a_voice_that_does_not_exist_is_one_line_to_read(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audio_commands, "all_syntheses", lambda _: [Synthesis("ht", "Wi.", "xx", 175)])
    assert run("fill")[0] == 1
    assert "does it have the voice xx?" in run("fill")[1]


def take(folder: Path, loud: float) -> Path:
    wave = BytesIO()
    soundfile.write(wave, loud * np.sin(np.arange(44100) / 20), 44100, format="WAV")
    file = folder / "take.wav"
    file.write_bytes(wave.getvalue())
    return file


def test_a_recording_is_kept_for_the_words_that_are_said_and_then_played(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    code, output = run("record", "ht", "menu.here-now.text", str(take(tmp_path, 0.5)))
    assert code == 0, output
    assert "Rete kalm." in output
    (kept,) = (tmp_path / "locales" / "ht" / "recordings").glob("*.wav")
    script = load_script()
    wording = SpokenWording(script, Catalogs(script, LOCALES))
    voices = Voices(script, Recordings(tmp_path / "locales"), None)
    (said,) = voices.of(wording.utterances(Say("menu.here-now.text"), "ht"))
    assert isinstance(said, Played)
    assert voices.recordings
    assert voices.recordings.find("ht", Path(said.path).stem) == kept


def test_a_recording_of_nothing_is_refused(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    code, output = run("record", "ht", "menu.here-now.text", str(take(tmp_path, 0.0)))
    assert code == 1
    assert "Nothing is heard in this recording" in output
    assert not list(tmp_path.rglob("recordings/*"))


def test_what_has_words_of_its_own_by_phone_is_recorded_by_either_id(
    run: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    for message in ("forgotten", "forgotten.voice"):
        code, output = run("record", "ht", message, str(take(tmp_path, 0.5)))
        assert code == 0, output
    assert len(list((tmp_path / "locales" / "ht" / "recordings").glob("*.wav"))) == 1


@pytest.mark.parametrize(
    ("language", "message", "answer"),
    [
        ("xx", "welcome", "the line speaks en, es"),
        ("ht", "nothing", "no such message"),
        ("ht", "opens", "changes from call to call: {day}"),
        ("ht", "welcome", "This is no sound that can be read"),
    ],
)
def test_what_cannot_be_recorded_is_said_with_its_reason(
    run: Callable[..., tuple[int, str]], tmp_path: Path, language: str, message: str, answer: str
) -> None:
    file = tmp_path / "take.wav"
    file.write_bytes(b"no sound")
    code, output = run("record", language, message, str(file))
    assert code != 0
    assert answer in output
