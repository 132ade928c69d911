from __future__ import annotations

from pathlib import Path

import pytest

from hotline.script.model import Script
from hotline.understanding.lessons import UnderstandingError, read_examples, read_steering

EXAMPLES = 'detained = ["they took him"]\nnone = ["hello moon"]\n'
KEYS = "[keys]\n" + "".join(f'"{key}" = ["{name}"]\n' for key, name in zip("0123456789*#", "abcdefghijkl", strict=True))
KEYS += 'beside = ["press"]\n'
COMMANDS = "".join(f'{name} = ["{name}"]\n' for name in ("menu", "back", "more", "repeat", "forget", "language"))


@pytest.fixture
def locales(tmp_path: Path) -> Path:
    for code, name in {"en": "english", "es": "español"}.items():
        (tmp_path / code).mkdir()
        (tmp_path / code / "examples.toml").write_text(EXAMPLES, encoding="utf-8")
        (tmp_path / code / "commands.toml").write_text(f'{COMMANDS}names = ["{name}"]\n{KEYS}', encoding="utf-8")
    return tmp_path


def test_examples_commands_and_names_are_read(script: Script, locales: Path) -> None:
    examples, steering = read_examples(script, locales), read_steering(script, locales)
    assert [(example.language, example.topic, example.text) for example in examples][:2] == [
        ("en", "detained", "they took him"),
        ("en", "none", "hello moon"),
    ]
    assert steering.commands["es"]["back"] == "back"
    assert steering.names == {"english": "en", "espanol": "es"}
    assert steering.keys["es"]["b"] == "1"
    assert steering.beside_keys["en"] == {"press"}


@pytest.mark.parametrize("word", ["STOP", "Yes!", "opt out", "hélp"])
def test_a_word_of_the_carriers_is_refused(script: Script, locales: Path, word: str) -> None:
    _replace(locales / "es" / "commands.toml", '["back"]', f'["back", "{word}"]')
    with pytest.raises(UnderstandingError, match=rf"es/commands\.toml.*{word}.*carriers"):
        read_steering(script, locales)


def test_a_carriers_word_is_refused_among_names_too(script: Script, locales: Path) -> None:
    _replace(locales / "en" / "commands.toml", '"english"', '"info"')
    with pytest.raises(UnderstandingError, match=r"en/commands\.toml.*info"):
        read_steering(script, locales)


@pytest.mark.parametrize(
    ("file", "change", "complaint"),
    [
        ("examples.toml", ("detained", "detaned"), "no such field: detaned"),
        ("examples.toml", ("hello moon", "They  TOOK him"), "stands under 'detained' and 'none'"),
        ("examples.toml", ("hello moon", "?!"), "holds no word"),
        ("examples.toml", ('["hello moon"]', "3"), "none"),
        ("examples.toml", ("]", ""), "cannot be read"),
        ("commands.toml", ("repeat =", "repaet ="), "no such command: repaet"),
        ("commands.toml", ('["repeat"]', '["back"]'), "stands under 'back' and 'repeat'"),
        ("commands.toml", ('forget = ["forget"]', ""), "'forget' is missing"),
        ("commands.toml", ("english", "español"), "is a name of 'en' too"),
    ],
)
def test_a_mistake_in_a_file_is_named(
    script: Script, locales: Path, file: str, change: tuple[str, str], complaint: str
) -> None:
    _replace(locales / "en" / file, *change)
    read = read_examples if file == "examples.toml" else read_steering
    with pytest.raises(UnderstandingError, match=complaint) as raised:
        read(script, locales)
    assert file in str(raised.value)


def test_a_missing_file_is_named(script: Script, locales: Path) -> None:
    (locales / "es" / "examples.toml").unlink()
    with pytest.raises(UnderstandingError, match=r"es/examples\.toml: the file is missing"):
        read_examples(script, locales)


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
