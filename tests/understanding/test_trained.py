from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from hotline.locales import LOCALES
from hotline.understanding.arrays import read_arrays, write_arrays
from hotline.understanding.lessons import UnderstandingError
from hotline.understanding.trained import TRAINED_FILE, read_trained, require_current

REMEDY = "run: hotline understand train"


def test_a_file_of_another_version_says_how_to_make_it_anew(tmp_path: Path) -> None:
    path = tmp_path / "trained.npz"
    write_arrays(path, {name: array for name, array in read_arrays(TRAINED_FILE).items() if name != "meaning"})
    with pytest.raises(UnderstandingError, match=rf"trained\.npz is of another version .*{REMEDY}"):
        read_trained(path)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(UnderstandingError, match=REMEDY):
        read_trained(tmp_path / "trained.npz")


def test_examples_that_changed_must_be_learned(tmp_path: Path) -> None:
    trained = read_trained()
    require_current(trained, LOCALES, ("en", "es"))
    shutil.copytree(LOCALES / "en", tmp_path / "en")
    require_current(trained, tmp_path, ("en",))
    for content in ('none = ["b"]', ""):
        (tmp_path / "es").mkdir(exist_ok=True)
        (tmp_path / "es" / "examples.toml").write_text(content, encoding="utf-8")
        with pytest.raises(
            UnderstandingError, match=rf"examples have changed since they were learned \(es\); {REMEDY}"
        ):
            require_current(trained, tmp_path, ("en", "es"))


def test_a_language_that_was_never_learned_must_be_learned() -> None:
    with pytest.raises(UnderstandingError, match=r"\(xx\)"):
        require_current(read_trained(), LOCALES, ("en", "xx"))
