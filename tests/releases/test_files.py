from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hotline.releases.files import (
    TRAINED,
    Manifest,
    digest_of,
    files_in,
    is_path,
    manifest_of,
    packaged_files,
    write_folder,
)

FILES = {"script/menus.toml": b"one", "locales/es/LC_MESSAGES/hotline.po": b"two", TRAINED: b"three"}
MANIFEST = manifest_of(FILES)
CONTENTS = {digest_of(content): content for content in FILES.values()}


def test_the_package_is_a_release_by_its_files() -> None:
    files = packaged_files()
    assert all(map(is_path, files))
    assert {"script/menus.toml", "script/topics/ice-at-door.toml", "locales/en/examples.toml", TRAINED} <= set(files)
    assert "locales/es/LC_MESSAGES/hotline.po" in files
    assert not any(path.endswith(".pot") for path in files)


def test_a_manifest_is_the_same_for_the_same_content_in_any_order() -> None:
    assert manifest_of(dict(reversed(FILES.items()))).digest == MANIFEST.digest
    assert manifest_of({**FILES, TRAINED: b"four"}).digest != MANIFEST.digest
    assert Manifest.from_json(MANIFEST.to_json()) == MANIFEST


def test_manifests_are_apart_where_content_is_another_or_missing() -> None:
    other = manifest_of({"script/menus.toml": b"one", TRAINED: b"four", "script/notice.toml": b"five"})
    assert MANIFEST.apart(other) == other.apart(MANIFEST)
    assert MANIFEST.apart(other) == {TRAINED, "script/notice.toml", "locales/es/LC_MESSAGES/hotline.po"}
    assert MANIFEST.apart(MANIFEST) == frozenset()


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "script", "script/..", "script/../x", "../script/x", "/script/x", "script//x", "script/./x"),
        *("locales/x\0", "other/x", "understanding/other.npz", "script/x/"),
    ],
)
def test_a_path_leads_nowhere_else(path: str) -> None:
    assert not is_path(path)
    with pytest.raises(ValueError, match="no manifest"):
        Manifest.from_json(f'{{"{path}":"a"}}'.replace("\0", "\\u0000").encode())


@pytest.mark.parametrize("text", [b"[]", b"1", b"nonsense", b"\xff"])
def test_what_is_no_manifest_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Manifest.from_json(text)


def test_a_folder_holds_what_the_manifest_names(tmp_path: Path) -> None:
    write_folder(tmp_path / "release", MANIFEST, CONTENTS.__getitem__)
    assert files_in(tmp_path / "release") == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


def test_what_is_near_is_linked_where_it_is_the_same(tmp_path: Path) -> None:
    write_folder(tmp_path / "first", MANIFEST, CONTENTS.__getitem__)
    changed = {**FILES, "script/menus.toml": b"another"}
    asked = []

    def content_of(digest: str) -> bytes:
        asked.append(digest)
        return b"another"

    write_folder(tmp_path / "second", manifest_of(changed), content_of, tmp_path / "first")
    assert files_in(tmp_path / "second") == changed
    assert files_in(tmp_path / "first") == FILES
    assert asked == [digest_of(b"another")]


def test_a_file_that_was_damaged_is_not_linked(tmp_path: Path) -> None:
    write_folder(tmp_path / "first", MANIFEST, CONTENTS.__getitem__)
    (tmp_path / "first" / TRAINED).write_bytes(b"damaged")
    write_folder(tmp_path / "second", MANIFEST, CONTENTS.__getitem__, tmp_path / "first")
    assert files_in(tmp_path / "second") == FILES


def test_a_folder_that_cannot_be_finished_is_not_there_at_all(tmp_path: Path) -> None:
    def content_of(digest: str) -> bytes:
        if digest == digest_of(b"three"):
            raise OSError("gone")
        return CONTENTS[digest]

    with pytest.raises(OSError, match="gone"):
        write_folder(tmp_path / "release", MANIFEST, content_of)
    assert list(tmp_path.iterdir()) == []


def test_workers_that_make_the_same_folder_at_once_all_find_it(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: write_folder(tmp_path / "release", MANIFEST, CONTENTS.__getitem__), range(32)))
    assert files_in(tmp_path / "release") == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere; run the tests as another user")
def test_a_folder_that_may_not_be_written_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OSError, match=r"."):
        write_folder(tmp_path / "release", MANIFEST, CONTENTS.__getitem__)
