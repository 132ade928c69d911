from __future__ import annotations

import subprocess
from pathlib import Path

from hotline.releases.checkout import divergence_here, pull, was_committed
from hotline.releases.divergence import Divergence
from hotline.releases.files import Files, digest_of
from hotline.store.releases import Releases
from tests.releases.conftest import DOOR, Publisher, with_title


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org")
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_a_file_was_committed_as_it_was_at_any_time(tmp_path: Path) -> None:
    file = tmp_path / "menus.toml"
    file.write_text("one")
    assert not was_committed(file, digest_of(b"one"))
    git(tmp_path, "init", "-q")
    assert not was_committed(file, digest_of(b"one"))
    for content in ("one", "two"):
        file.write_text(content)
        git(tmp_path, "add", "menus.toml")
        git(tmp_path, "commit", "-qm", content)
    assert was_committed(file, digest_of(b"one"))
    assert was_committed(file, digest_of(b"two"))
    assert not was_committed(file, digest_of(b"three"))
    assert not was_committed(file, None)
    assert not was_committed(tmp_path / "no-such-folder" / "menus.toml", digest_of(b"one"))


def test_what_is_live_alone_is_told_from_what_is_here_alone(
    releases: Releases, publisher: Publisher, packaged: Files
) -> None:
    live = publisher.publish({**with_title(packaged, "One"), "script/notice.toml": b""})
    assert divergence_here(releases, live) == Divergence(live=("script/notice.toml", DOOR))
    assert divergence_here(releases, publisher.publish(packaged)) == Divergence()


def test_nothing_is_pulled_where_nothing_is_asked_for(
    releases: Releases, publisher: Publisher, packaged: Files
) -> None:
    pull(releases, publisher.publish(packaged), ())
    pull(releases, publisher.publish(packaged), (DOOR,))
