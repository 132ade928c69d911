from __future__ import annotations

import logging
import shutil
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from hotline.releases import live as module
from hotline.releases.content import packaged_content
from hotline.releases.files import Files, files_in
from hotline.releases.live import KEPT_ON_DISK, Live
from hotline.store.connection import RedisClient, connect
from hotline.store.releases import Pointer, Releases
from tests.conftest import DATA
from tests.releases.conftest import DOOR, NOW, Publisher, with_title

TITLE = "topic.ice-at-door.title"


def title_of(live: Live) -> str:
    return live.content.script.messages[TITLE].text


def again(tmp_path: Path, releases: Releases) -> Live:
    """A worker that starts with what the one before left on disk."""
    return Live(releases, tmp_path / "releases", DATA / "audio", lambda: NOW)


def test_a_worker_speaks_from_the_package_until_something_is_published(live: Live) -> None:
    live.look()
    assert live.speaking.pointer is None
    assert live.content is packaged_content(DATA / "audio")
    assert live.trouble == ""


def test_what_is_published_is_taken_up_wholly(live: Live, publisher: Publisher, packaged: Files) -> None:
    before = live.content
    release = publisher.publish(with_title(packaged, "At the door"))
    live.look()
    assert live.speaking.pointer == Pointer(release.number, release.manifest)
    assert title_of(live) == "At the door"
    assert before.script.messages[TITLE].text != "At the door"
    assert live.contents == (live.content, before)


def test_what_is_made_ready_is_not_said_before_it_is_live(
    live: Live, releases: Releases, publisher: Publisher, packaged: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = with_title(packaged, "At the door")
    releases.announce(publisher.keep(files))
    live.look()
    assert title_of(live) != "At the door"
    monkeypatch.setattr(module, "content_in", None)
    publisher.publish(files)
    live.look()
    assert title_of(live) == "At the door"


def test_what_is_ready_is_taken_up_before_the_next_is_made_ready(
    live: Live, releases: Releases, publisher: Publisher, packaged: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = with_title(packaged, "At the door")
    releases.announce(publisher.keep(files))
    live.look()
    publisher.publish(files)
    releases.announce(publisher.keep(with_title(packaged, "Next")))
    # Were it loaded again, residents would hear what was before for as long.
    monkeypatch.setattr(module, "content_in", None)
    with pytest.raises(TypeError):
        live.look()
    assert title_of(live) == "At the door"


def test_texts_are_understood_anew_only_where_a_release_understands_them_otherwise(
    live: Live, publisher: Publisher, packaged: Files
) -> None:
    publisher.publish(with_title(packaged, "First"))
    live.look()
    first = live.content.understanding
    publisher.publish(with_title(packaged, "Second"))
    live.look()
    assert live.content.understanding is first
    commands = "locales/es/commands.toml"
    publisher.publish({**with_title(packaged, "Second"), commands: packaged[commands] + b"\n# Another."})
    live.look()
    assert live.content.understanding is not first


def test_a_release_that_is_brought_back_is_taken_up(live: Live, publisher: Publisher, packaged: Files) -> None:
    first, second = with_title(packaged, "First"), with_title(packaged, "Second")
    for files, title in ((first, "First"), (second, "Second"), (first, "First")):
        number = publisher.publish(files).number
        live.look()
        assert title_of(live) == title
        assert live.speaking.pointer
        assert live.speaking.pointer.number == number


def test_the_same_content_under_a_new_number_is_not_loaded_again(
    live: Live, publisher: Publisher, packaged: Files
) -> None:
    publisher.publish(with_title(packaged, "First"))
    live.look()
    content = live.content
    publisher.publish(with_title(packaged, "First"))
    live.look()
    assert live.content is content
    assert live.speaking.pointer
    assert live.speaking.pointer.number == 2


def test_a_release_that_cannot_be_served_is_refused_and_the_one_before_stays(
    live: Live, publisher: Publisher, packaged: Files, caplog: pytest.LogCaptureFixture
) -> None:
    publisher.publish(with_title(packaged, "First"))
    live.look()
    with caplog.at_level(logging.WARNING):
        publisher.publish({**packaged, DOOR: b"nonsense"})
        live.look()
        live.look()
    assert title_of(live) == "First"
    assert "ice-at-door.toml" in live.trouble
    assert len([record for record in caplog.records if "cannot be taken up" in record.message]) == 1
    publisher.publish(with_title(packaged, "Second"))
    live.look()
    assert (title_of(live), live.trouble) == ("Second", "")


@pytest.mark.parametrize("lost", ["manifest", "blob"])
def test_a_release_of_which_redis_has_lost_a_part_is_refused(
    live: Live, publisher: Publisher, packaged: Files, redis: RedisClient, lost: str
) -> None:
    publisher.publish(with_title(packaged, "First"))
    redis.delete(*redis.scan_iter(f"{{content}}:{lost}:*"))
    live.look()
    assert live.speaking.pointer is None
    assert "Redis does not hold" in live.trouble


def test_when_redis_is_emptied_the_worker_goes_on_and_says_so(
    live: Live, publisher: Publisher, packaged: Files, redis: RedisClient
) -> None:
    publisher.publish(with_title(packaged, "First"))
    live.look()
    redis.flushdb()
    live.look()
    assert (title_of(live), live.trouble) == ("First", "Redis holds no release")


def test_a_worker_starts_from_its_disk_where_redis_is_empty_or_out_of_reach(
    live: Live, publisher: Publisher, packaged: Files, redis: RedisClient, tmp_path: Path
) -> None:
    releases = Releases(redis)
    publisher.publish(with_title(packaged, "First"))
    live.look()
    redis.flushdb()
    restarted = again(tmp_path, releases)
    assert title_of(restarted) == "First"
    restarted.look()
    assert (title_of(restarted), restarted.trouble) == ("First", "Redis holds no release")
    nowhere = again(tmp_path, Releases(connect(f"unix://{tmp_path}/gone.sock")))
    nowhere.look()
    assert title_of(nowhere) == "First"
    assert nowhere.trouble.startswith("Redis does not answer")


def test_a_worker_starts_from_its_disk_and_takes_up_what_was_published_meanwhile(
    live: Live, publisher: Publisher, packaged: Files, releases: Releases, tmp_path: Path
) -> None:
    publisher.publish(with_title(packaged, "First"))
    live.look()
    publisher.publish(with_title(packaged, "Second"))
    restarted = again(tmp_path, releases)
    assert title_of(restarted) == "First"
    restarted.look()
    assert title_of(restarted) == "Second"


@pytest.mark.parametrize("damage", ["gone", "half", "no pointer", "nonsense pointer", "not ours"])
def test_what_is_damaged_on_disk_is_left_aside(
    live: Live, publisher: Publisher, packaged: Files, tmp_path: Path, damage: str
) -> None:
    release = publisher.publish(with_title(packaged, "First"))
    live.look()
    folder = tmp_path / "releases" / release.manifest
    pointer = tmp_path / "releases" / "live"
    match damage:
        case "gone":
            shutil.rmtree(folder)
        case "half":
            (folder / DOOR).write_bytes(b"half a se")
        case "no pointer":
            pointer.unlink()
        case "nonsense pointer":
            pointer.write_bytes(b"\xff\xfe")
        case _:
            pointer.write_text("1:../../etc")
    restarted = again(tmp_path, publisher.releases)
    assert restarted.speaking.pointer is None
    assert title_of(restarted) != "First"


def test_only_the_last_releases_stay_on_disk(live: Live, publisher: Publisher, packaged: Files, tmp_path: Path) -> None:
    for number in range(KEPT_ON_DISK + 3):
        release = publisher.publish(with_title(packaged, f"Title {number}"))
        live.look()
    folders = [path for path in (tmp_path / "releases").iterdir() if path.is_dir()]
    assert len(folders) == KEPT_ON_DISK
    assert files_in(tmp_path / "releases" / release.manifest)[DOOR].startswith(b'title = "Title 7"')


@pytest.mark.timed
def test_a_worker_that_watches_reports_and_takes_up_within_a_second(
    live: Live, publisher: Publisher, packaged: Files, releases: Releases
) -> None:
    files = with_title(packaged, "First")
    with live.watched():
        began = monotonic()
        while not releases.workers(NOW) and monotonic() - began < 10:
            sleep(0.02)
        (worker,) = releases.workers(NOW)
        assert (worker.live, worker.ready, worker.trouble) == ("", "", "")
        releases.announce(publisher.keep(files))
        while not releases.workers(NOW)[0].ready and monotonic() - began < 10:
            sleep(0.02)
        release = publisher.publish(files)
        published = monotonic()
        while title_of(live) != "First" and monotonic() - published < 10:
            sleep(0.01)
        assert monotonic() - published < 1
        while releases.workers(NOW)[0].live != f"1:{release.manifest}" and monotonic() - published < 10:
            sleep(0.02)
        assert releases.workers(NOW)[0].live == f"1:{release.manifest}"
    assert releases.workers(NOW + timedelta(seconds=1)) == ()


def test_a_worker_tells_which_candidate_it_cannot_load(
    live: Live, publisher: Publisher, packaged: Files, releases: Releases
) -> None:
    manifest = publisher.keep({**packaged, DOOR: b"nonsense"})
    releases.announce(manifest)
    with live.watched():
        began = monotonic()
        while not any(worker.refused for worker in releases.workers(NOW)) and monotonic() - began < 10:
            sleep(0.02)
        (worker,) = releases.workers(NOW)
    assert worker.refused == manifest
    assert "ice-at-door.toml" in worker.trouble
