from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hotline.script.model import Script
from hotline.understanding import cli
from hotline.understanding.understanding import Understanding


@pytest.fixture(autouse=True)
def _learn_once(monkeypatch: pytest.MonkeyPatch, script: Script, understanding: Understanding) -> None:
    monkeypatch.setattr(cli, "load_script", lambda: script)
    monkeypatch.setattr(cli, "Understanding", lambda _script, _locales: understanding)


def test_a_text_is_described_as_json() -> None:
    result = CliRunner().invoke(cli.understand, ["--json", "la", "migra", "esta", "tocando", "la", "puerta"])
    answer = json.loads(result.stdout)
    assert list(answer) == ["text", "language", "topic", "confidence", "alternatives"]
    assert (answer["text"], answer["language"], answer["topic"]) == (
        "la migra esta tocando la puerta",
        "es",
        "ice-at-door",
    )
    assert all(set(other) == {"topic", "confidence"} for other in answer["alternatives"])


def test_each_line_of_standard_input_gives_one_line() -> None:
    texts = b"menu\r\n\nespa\xc3\xb1ol\n\xff\xfe\x00\nsepar\xe2\x80\xa8ated\nlast"
    result = CliRunner().invoke(cli.understand, ["--json"], input=texts)
    assert result.exception is None
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["topic"] for answer in answers[:3]] == ["command:menu", "none", "command:language"]
    assert [answer["text"] for answer in answers][-2:] == ["separ\u2028ated", "last"]
    assert len(answers) == 6


def test_without_json_a_line_is_for_people() -> None:
    result = CliRunner().invoke(cli.understand, ["menu"])
    assert result.stdout == "-  command:menu 1.00  menu\n"


def test_broken_characters_are_carried() -> None:
    result = CliRunner().invoke(cli.understand, ["--json", "\udcff hola"])
    assert json.loads(result.stdout)["text"] == "\udcff hola"
    assert CliRunner().invoke(cli.understand, ["\udcff hola"]).exit_code == 0
