from __future__ import annotations

from pathlib import Path

import pytest

from hotline.releases.content import content_in, packaged_content
from hotline.releases.files import TRAINED, Files, manifest_of, write_folder
from hotline.script.loader import ScriptError
from tests.conftest import DATA
from tests.releases.conftest import DOOR, with_title

AUDIO = DATA / "audio"


def written(folder: Path, files: Files) -> Path:
    manifest = manifest_of(files)
    write_folder(folder, manifest, {manifest.digests[path]: content for path, content in files.items()}.__getitem__)
    return folder


def test_the_package_is_loaded_once_for_a_process() -> None:
    assert packaged_content(AUDIO) is packaged_content(AUDIO)


def test_a_release_is_loaded_from_its_folder_alone(tmp_path: Path, packaged: Files) -> None:
    content = content_in(written(tmp_path / "one", with_title(packaged, "At the door")), AUDIO)
    assert content.script.messages["topic.ice-at-door.title"].text == "At the door"
    assert content.catalogs.path("es").is_relative_to(tmp_path)
    assert content.written.script is content.spoken.script is content.script
    assert content.understanding.understand("la migra esta en la puerta").best.topic == "ice-at-door"


def test_without_what_was_learned_that_of_the_package_is_taken(tmp_path: Path, packaged: Files) -> None:
    files = {path: content for path, content in packaged.items() if path != TRAINED}
    content = content_in(written(tmp_path / "one", files), AUDIO)
    assert content.understanding.understand("la migra esta en la puerta").best.topic == "ice-at-door"


def test_a_release_that_is_broken_is_not_loaded(tmp_path: Path, packaged: Files) -> None:
    with pytest.raises(ScriptError, match="ice-at-door"):
        content_in(written(tmp_path / "one", {**packaged, DOOR: b"nonsense"}), AUDIO)
