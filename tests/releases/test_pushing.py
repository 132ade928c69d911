from __future__ import annotations

from pathlib import Path

import pytest

from hotline.releases.drafting import Drafting
from hotline.releases.files import Files
from hotline.releases.live import Live
from hotline.releases.pushing import PushError, push
from hotline.store.connection import RedisClient
from hotline.store.drafts import Drafts
from hotline.store.releases import Releases
from tests.conftest import DATA
from tests.releases.conftest import DOOR, NOW, Publisher, with_title

SOURCES = "script/sources.toml"


@pytest.fixture
def drafting(live: Live, releases: Releases, redis: RedisClient, tmp_path: Path) -> Drafting:
    return Drafting(live, releases, Drafts(redis), tmp_path / "drafts", DATA / "audio")


def test_files_of_the_package_become_changes_of_the_draft(
    drafting: Drafting, live: Live, publisher: Publisher, packaged: Files, redis: RedisClient
) -> None:
    publisher.publish({**with_title(packaged, "Live"), "locales/es/recordings/a.wav": b"RIFF"})
    live.look()
    push(drafting, Drafts(redis), (DOOR, "locales/es/recordings/a.wav"), by="ana", at=NOW)
    drafted = drafting.now()
    assert drafted.files[DOOR] == packaged[DOOR]
    assert "locales/es/recordings/a.wav" not in drafted.files
    assert drafted.changed_paths == {DOOR, "locales/es/recordings/a.wav"}


def test_nothing_is_pushed_where_nothing_is_asked_for(drafting: Drafting, redis: RedisClient) -> None:
    push(drafting, Drafts(redis), (), by="ana", at=NOW)
    assert Drafts(redis).read().version == 0


def test_files_that_do_not_fit_what_is_live_are_refused(
    drafting: Drafting, live: Live, publisher: Publisher, packaged: Files, redis: RedisClient
) -> None:
    door = packaged[DOOR].replace(b'sources = ["', b'sources = ["new", "', 1)
    new = b'\n[new]\ntitle = "New"\nurl = "https://example.org/"\n'
    publisher.publish({**packaged, SOURCES: packaged[SOURCES] + new, DOOR: door})
    live.look()
    assert live.trouble == ""
    with pytest.raises(PushError, match="new"):
        push(drafting, Drafts(redis), (SOURCES,), by="ana", at=NOW)
    assert Drafts(redis).count() == 0
