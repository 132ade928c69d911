"""Publishing with a real Redis server: what a release remembers, and what is put back where Redis has lost it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.releases.divergence import Divergence, divergence
from hotline.releases.files import Manifest, manifest_of, packaged_files
from hotline.releases.publishing import PublishError
from hotline.store.connection import RedisClient
from hotline.store.releases import Pointer
from tests.console.newsroom import TITLE, Newsroom, newsroom_at, wait_until, watching

TOPIC = "script/topics/ice-at-door.toml"


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Iterator[Newsroom]:
    with watching(newsroom_at(redis, tmp_path)) as newsroom:
        yield newsroom


def live_title(room: Newsroom) -> str:
    return room.desk.live.content.script.messages[TITLE].text


@pytest.mark.slow
def test_a_release_remembers_what_was_before_and_what_git_knows(room: Newsroom) -> None:
    desk = room.desk
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    release = room.publish()
    wait_until(lambda: live_title(room) == "In my house")
    assert release.before == {f"text:{TITLE}": {"text": "At my home"}}
    kept = desk.releases.release(release.number)
    assert kept == release
    packaged = manifest_of(packaged_files())
    agreed = Manifest.from_json(desk.releases.manifest(release.agreed))
    found = divergence(desk.drafted().base.manifest, packaged, agreed)
    assert TOPIC in found.live
    assert (found.packaged, found.both) == ((), ())
    desk.publishing.restore(release.number, by="ana", note="again")
    assert desk.releases.release(2).agreed == release.agreed  # type: ignore[union-attr]  # it was just made
    assert divergence(packaged, packaged, agreed) == Divergence()


@pytest.mark.slow
def test_what_redis_has_lost_is_put_back_as_it_is_spoken(room: Newsroom, redis: RedisClient) -> None:
    desk = room.desk
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    first = room.publish()
    wait_until(lambda: live_title(room) == "In my house")
    room.save(f"text:{TITLE}", {"text": "Where I live", "meaning": "same"})
    second = room.publish()
    wait_until(lambda: live_title(room) == "Where I live")
    redis.flushdb()
    wait_until(lambda: desk.live.trouble == "Redis holds no release")
    back = desk.publishing.put_back(by="bo", note="Redis was emptied.")
    assert (back.number, back.manifest) == (1, second.manifest)
    wait_until(lambda: desk.live.speaking.pointer == Pointer(1, second.manifest) and not desk.live.trouble)
    assert live_title(room) == "Where I live"
    assert set(Manifest.from_json(desk.releases.manifest(second.manifest)).digests) >= {TOPIC}
    assert desk.history.log(1)[0].note == "Redis was emptied."
    with pytest.raises(PublishError, match="no release 2"):
        desk.publishing.restore(2, by="bo", note="")
    assert first.manifest != second.manifest
    room.save(f"text:{TITLE}", {"text": "In my flat", "meaning": "same"})
    assert room.publish().number == 2


def test_nothing_is_put_back_where_nothing_was_published(room: Newsroom) -> None:
    with pytest.raises(PublishError, match="Nothing was published"):
        room.desk.publishing.put_back(by="bo", note="")


@pytest.mark.slow
def test_nothing_is_put_back_over_a_release_that_redis_holds(room: Newsroom) -> None:
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    room.publish()
    wait_until(lambda: live_title(room) == "In my house")
    with pytest.raises(PublishError, match="holds a release"):
        room.desk.publishing.put_back(by="bo", note="")
