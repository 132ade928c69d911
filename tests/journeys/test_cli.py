from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile
from click.testing import CliRunner

from hotline.cli import main
from hotline.journeys import cli
from hotline.phone.line import Line
from hotline.script.loader import load_script
from tests.conftest import DATA

SCRIPT = load_script()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("HOTLINE_DATA", str(DATA))

    def invoke(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(main, list(arguments))
        return result.exit_code, result.output

    return invoke


def test_a_line_of_its_own_is_called_and_drawn(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    picture = tmp_path / "journeys.svg"
    code, output = run("journeys", "--language", "uk", "--json", "--picture", str(picture))
    assert code == 0, output
    journeys = [json.loads(line) for line in output.splitlines() if line.startswith("{")]
    assert [journey["topic"] for journey in journeys] == list(SCRIPT.topics)
    assert all(journey["keys_after_language"] <= 4 for journey in journeys)
    assert max(journey["useful_seconds"] for journey in journeys) < 90
    assert "ice-at-door" in picture.read_text(encoding="utf-8")


def test_an_unknown_language_is_named_with_those_that_there_are(run: Callable[..., tuple[int, str]]) -> None:
    code, output = run("journeys", "--language", "xx")
    assert code == 2
    assert "en, es, pt" in output


@pytest.mark.usefixtures("redis")
def test_a_call_is_written_as_a_sound_with_its_measures(
    line: Line, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    transcript, out = tmp_path / "call.txt", tmp_path / "call.wav"
    transcript.write_text("call from +12035550123\n[call]\n[4]\n[1]\n", encoding="utf-8")
    cli.write_call(line, transcript, out)
    said = capsys.readouterr().out
    assert "longest silence" in said
    assert "ht, a sound" in said
    assert soundfile.info(out).samplerate == 8000
    assert soundfile.info(out).duration > 20


def test_wav_needs_a_call_to_write(run: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    texts = tmp_path / "texts.txt"
    texts.write_text("text from +12035550123\n> hi\n", encoding="utf-8")
    code, output = run("call", "--wav", str(tmp_path / "x.wav"))
    assert code != 0
    assert "make demo" in output or "--script" in output
