from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from hotline import audio_commands
from hotline.channels.audio.library import Synthesis
from hotline.channels.wording import SpokenWording
from hotline.cli import main

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


def test_without_espeak_the_remedy_is_named(
    run: Callable[..., tuple[int, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.channels.voices.espeak_of_this_process", lambda: None)
    code, output = run("fill")
    assert code == 1
    assert "apt-get install espeak-ng" in output


def test_a_recording_is_kept_for_the_words_that_are_said(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    wave = BytesIO()
    soundfile.write(wave, np.sin(np.arange(44100) / 20), 44100, format="WAV")
    file = tmp_path / "take.wav"
    file.write_bytes(wave.getvalue())
    code, output = run("record", "ht", "menu.here-now.text", str(file))
    assert code == 0, output
    assert "Rete kalm." in output
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
