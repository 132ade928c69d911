from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.releases.content import packaged_content
from hotline.releases.files import Files, manifest_of, packaged_files
from hotline.releases.live import Live
from hotline.store.connection import RedisClient
from hotline.store.drafts import Drafts
from hotline.store.history import Entry
from hotline.store.releases import Release, Releases
from tests.conftest import DATA

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
DOOR = "script/topics/ice-at-door.toml"


@pytest.fixture(scope="session")
def packaged() -> Files:
    return packaged_files()


@pytest.fixture
def releases(redis: RedisClient) -> Releases:
    return Releases(redis)


@pytest.fixture
def live(releases: Releases, tmp_path: Path) -> Live:
    """A worker that has spoken from nothing but the package."""
    return Live(releases, tmp_path / "releases", DATA / "audio", lambda: NOW, packaged_content)


def with_title(files: Files, title: str) -> dict[str, bytes]:
    """The files with another title of the first topic."""
    lines = files[DOOR].decode().splitlines()
    assert lines[0].startswith("title = ")
    return {**files, DOOR: "\n".join([f'title = "{title}"', *lines[1:]]).encode()}


@dataclass(frozen=True, slots=True)
class Publisher:
    """Makes files live without any check."""

    releases: Releases
    drafts: Drafts

    def keep(self, files: Files) -> str:
        """Keeps files in Redis; the digest of their manifest."""
        manifest = manifest_of(files)
        by_digest = {manifest.digests[path]: content for path, content in files.items()}
        self.releases.keep(by_digest, manifest.digest, manifest.to_json())
        return manifest.digest

    def publish(self, files: Files) -> Release:
        agreed = manifest_of(packaged_files())
        self.releases.keep({}, agreed.digest, agreed.to_json())
        release = Release(self.keep(files), "ana", NOW, "note", agreed=agreed.digest)
        entry = Entry(NOW, "ana", "published", note="note")
        published = self.releases.publish(release, live=self.releases.live(), entry=entry)
        assert published
        return published


@pytest.fixture
def publisher(redis: RedisClient, releases: Releases) -> Publisher:
    return Publisher(releases, Drafts(redis))
