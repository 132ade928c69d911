from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline.script.model import Script
from hotline.understanding import cli
from hotline.understanding.trained import read_trained
from hotline.understanding.understanding import Understanding
from tests.understanding.few_examples import write_examples


@pytest.fixture(autouse=True)
def _learn_once(monkeypatch: pytest.MonkeyPatch, script: Script, understanding: Understanding) -> None:
    monkeypatch.setattr(cli, "load_script", lambda: script)
    monkeypatch.setattr(cli, "load_understanding", lambda _script: understanding)


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


def test_what_operators_add_is_learned_and_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Script
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(cli, "load_script", lambda: script)
    for name, path in {"LOCALES": "locales", "TRAINED_FILE": "trained.npz", "VECTORS_FILE": "vectors.npz"}.items():
        monkeypatch.setattr(cli, name, tmp_path / path)
    write_examples(tmp_path / "locales")
    first = CliRunner().invoke(cli.understand, ["train"])
    assert first.stdout == "Learned 18 examples of 2 languages.\n"
    assert "Reading 18 new examples" in first.stderr
    with (tmp_path / "locales" / "es" / "examples.toml").open("a", encoding="utf-8") as examples:
        examples.write('scams = ["me vendio un papel falso", "el notario me robo"]\n')
    second = CliRunner().invoke(cli.understand, ["train"])
    assert second.stdout == "Learned 20 examples of 2 languages.\n"
    assert "Reading 2 new examples" in second.stderr
    assert "scams" in read_trained(tmp_path / "trained.npz").topics.topics


def test_a_wrong_example_is_named_and_nothing_is_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Script
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(cli, "load_script", lambda: script)
    for name, path in {"LOCALES": "locales", "TRAINED_FILE": "trained.npz", "VECTORS_FILE": "vectors.npz"}.items():
        monkeypatch.setattr(cli, name, tmp_path / path)
    write_examples(tmp_path / "locales")
    (tmp_path / "locales" / "es" / "examples.toml").write_text('notopic = ["hola"]', encoding="utf-8")
    result = CliRunner().invoke(cli.understand, ["train"])
    assert result.exit_code == 1
    assert result.stderr == "Error: es/examples.toml: no such field: notopic\n"
    assert not (tmp_path / "trained.npz").exists()
