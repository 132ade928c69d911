from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline.script.model import Script
from hotline.understanding import cli
from hotline.understanding.development import Case
from hotline.understanding.trained import TRAINED_FILE, read_trained
from hotline.understanding.understanding import Understanding
from tests.understanding.few_examples import write_examples


@pytest.fixture(autouse=True)
def _learn_once(monkeypatch: pytest.MonkeyPatch, script: Script, understanding: Understanding) -> None:
    monkeypatch.setattr(cli, "load_script", lambda *_: script)
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
    monkeypatch.setattr(cli, "load_script", lambda *_: script)
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
    monkeypatch.setattr(cli, "load_script", lambda *_: script)
    for name, path in {"LOCALES": "locales", "TRAINED_FILE": "trained.npz", "VECTORS_FILE": "vectors.npz"}.items():
        monkeypatch.setattr(cli, name, tmp_path / path)
    write_examples(tmp_path / "locales")
    (tmp_path / "locales" / "es" / "examples.toml").write_text('notopic = ["hola"]', encoding="utf-8")
    result = CliRunner().invoke(cli.understand, ["train"])
    assert result.exit_code == 1
    assert result.stderr == "Error: es/examples.toml: no such field: notopic\n"
    assert not (tmp_path / "trained.npz").exists()


def test_a_program_that_lets_it_learn_is_told_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Script
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(cli, "load_script", lambda *_: script)
    monkeypatch.setattr(cli, "TOLD_EVERY", 6)
    write_examples(tmp_path / "locales")
    output = tmp_path / "learned" / "trained.npz"
    arguments = ["--locales", str(tmp_path / "locales"), "--output", str(output), "--vectors", str(tmp_path / "v.npz")]
    result = CliRunner().invoke(cli.understand, ["--json", "train", *arguments])
    assert result.exit_code == 0
    told = [json.loads(line) for line in result.stderr.splitlines()]
    assert [one["done"] for one in told if one["step"] == "reading"] == [0, 6, 12]
    learning = [one["done"] for one in told if one["step"] == "learning"]
    assert learning == sorted(learning)
    assert learning[-1] == 1
    assert set(read_trained(output).topics.topics) == {"ice-at-door", "detained", "none"}


def test_a_folder_that_cannot_be_written_to_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: Script
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(cli, "load_script", lambda *_: script)
    write_examples(tmp_path / "locales")
    (tmp_path / "file").touch()
    arguments = ["--locales", str(tmp_path / "locales"), "--vectors", str(tmp_path / "file" / "vectors.npz")]
    result = CliRunner().invoke(cli.understand, ["train", "--output", str(tmp_path / "out.npz"), *arguments])
    assert result.exit_code == 1
    assert "Error:" in result.stderr


def test_what_was_learned_is_scored_on_texts_that_nobody_learned_from(
    monkeypatch: pytest.MonkeyPatch, script: Script
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(cli, "load_script", lambda *_: script)
    monkeypatch.setattr(cli, "read_cases", lambda _: [Case("se llevaron a mi papa", "es", "detained")])
    twice = [str(TRAINED_FILE), str(TRAINED_FILE)]
    scored = CliRunner().invoke(cli.understand, ["--json", "score", *twice])
    expected = {"es": {"texts": 1, "understood": 1, "offered": 1, "urgent": 1, "alarmed": 1}}
    assert [json.loads(line) for line in scored.stdout.splitlines()] == [expected, expected]
    shown = CliRunner().invoke(cli.understand, ["score"])
    assert shown.stdout.splitlines()[1].split() == ["es", "1", "100.0%", "100.0%", "100.0%"]
