from __future__ import annotations

from pathlib import Path

import pytest

from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.understanding.encoder import load_encoder
from hotline.understanding.lessons import UnderstandingError, read_steering
from hotline.understanding.trained import Trained, read_trained, require_current, write_trained
from hotline.understanding.training import train
from hotline.understanding.understanding import Understanding
from hotline.understanding.vectors import Vectors
from tests.understanding.few_examples import write_examples


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of locales with a few examples of two languages."""
    folder = tmp_path_factory.mktemp("locales")
    write_examples(folder)
    return folder


@pytest.fixture(scope="module")
def trained(script: Script, few: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    return train(script, few, Vectors(load_encoder(), "one", tmp_path_factory.mktemp("vectors") / "vectors.npz"))


def test_what_was_learned_understands_what_it_never_saw(script: Script, trained: Trained) -> None:
    understanding = Understanding(script, read_steering(script, LOCALES), trained, load_encoder())
    for text, language, topic in (
        ("an agent stands at the door of my house", "en", "ice-at-door"),
        ("se llevaron a mi papa", "es", "detained"),
    ):
        understood = understanding.understand(text)
        assert (understood.language, understood.best.topic) == (language, topic)


def test_the_same_examples_give_the_same_bytes(script: Script, few: Path, trained: Trained, tmp_path: Path) -> None:
    again = train(script, few, Vectors(load_encoder(), "one", tmp_path / "vectors.npz"))
    for name, one in (("one.npz", trained), ("two.npz", again)):
        write_trained(one, tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_how_much_is_learned_is_told(script: Script, few: Path, tmp_path: Path) -> None:
    told: list[float] = []
    train(script, few, Vectors(load_encoder(), "one", tmp_path / "vectors.npz"), tell=told.append)
    assert told == sorted(told)
    assert (told[0] < 0.5, told[-1]) == (True, 1.0)


def test_what_is_read_again_is_what_was_written(script: Script, trained: Trained, tmp_path: Path) -> None:
    write_trained(trained, tmp_path / "trained.npz")
    steering, encoder = read_steering(script, LOCALES), load_encoder()
    before = Understanding(script, steering, trained, encoder)
    after = Understanding(script, steering, read_trained(tmp_path / "trained.npz"), encoder)
    for text in ("agents at my door", "se llevaron a mi papa", "nothing of this", ""):
        assert after.understand(text) == before.understand(text)


def test_without_examples_nothing_can_be_learned(script: Script, tmp_path: Path) -> None:
    for language in script.languages:
        (tmp_path / language).mkdir()
        (tmp_path / language / "examples.toml").touch()
    with pytest.raises(UnderstandingError, match="there are no examples; add some"):
        train(script, tmp_path, Vectors(load_encoder(), "one", tmp_path / "vectors.npz"))


def test_the_line_ships_with_what_its_examples_teach() -> None:
    """`hotline understand train` mends it."""
    trained = read_trained()
    require_current(trained, LOCALES, load_script().languages)
    assert trained.languages.languages == tuple(load_script().languages)


def test_every_language_that_is_heard_has_hints_that_twilio_takes() -> None:
    hints = read_trained().hints
    for language, spoken in load_script().languages.items():
        if spoken.hear:
            assert 40 <= len(hints[language]) <= 500
            assert all(len(hint) <= 100 and "," not in hint for hint in hints[language])
