from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hotline.store.connection import RedisClient
from hotline.store.drafts import Change, Drafts
from hotline.store.history import Entry, History
from hotline.store.releases import LostReleaseError, Pointer, Release, Releases, Worker

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
CHANGE = Change("text:a", {"text": "b"}, "ana", NOW)
RELEASE = Release("d" * 64, "ana", NOW, "A court has decided.")
PUBLISHED = Entry(NOW, "ana", "published", note=RELEASE.note)


def publish(releases: Releases, live: Pointer | None = None, **fields: object) -> Release | None:
    release = replace(RELEASE, **fields)  # type: ignore[arg-type]  # the tests name fields of Release
    releases.keep({}, release.manifest, b"{}")
    return releases.publish(release, live=live, entry=PUBLISHED)


def test_at_first_nothing_is_live(redis: RedisClient) -> None:
    releases = Releases(redis)
    assert releases.pointers() == (None, None)
    assert (releases.count(), releases.latest(5), releases.release(1)) == (0, (), None)


def test_what_is_published_is_live_and_has_the_next_number(redis: RedisClient) -> None:
    releases = Releases(redis)
    first = publish(releases)
    assert first == replace(RELEASE, number=1)
    second = publish(releases, Pointer(1, RELEASE.manifest), manifest="e" * 64, note="Once more.")
    assert second is not None
    assert releases.live() == Pointer(2, "e" * 64)
    assert releases.release(1) == first
    assert releases.latest(5) == (second, first)
    assert releases.latest(1) == (second,)
    assert releases.latest(5, before=2) == (first,)
    assert releases.latest(5, before=1) == ()
    assert releases.release(3) is None
    assert releases.release(0) is None
    assert releases.release(-1) is None


def test_publishing_takes_its_changes_out_of_the_draft_and_leaves_the_others(redis: RedisClient) -> None:
    drafts = Drafts(redis)
    other = replace(CHANGE, key="text:other")
    drafts.put(CHANGE, version=0, entry=PUBLISHED)
    drafts.put(other, version=1, entry=PUBLISHED)
    released = publish(Releases(redis), changes=(CHANGE,), before={CHANGE.key: {"text": "a"}}, agreed="f" * 64)
    assert released == Releases(redis).release(1)
    assert drafts.read().changes == (other,)
    assert drafts.version() == 3
    assert History(redis).log(1) == (PUBLISHED,)


@pytest.mark.parametrize(
    ("live", "change"),
    [
        (Pointer(1, "x"), CHANGE),
        (None, replace(CHANGE, value={"text": "c"})),
        (None, replace(CHANGE, by="bo")),
        (None, replace(CHANGE, key="text:taken-back")),
    ],
)
def test_nothing_is_published_over_what_was_not_looked_at(
    redis: RedisClient, live: Pointer | None, change: Change
) -> None:
    Drafts(redis).put(CHANGE, version=0, entry=PUBLISHED)
    releases = Releases(redis)
    assert publish(releases, live, changes=(change,)) is None
    assert releases.pointers() == (None, None)
    assert releases.count() == 0
    assert Drafts(redis).read().changes == (CHANGE,)


def test_what_else_is_done_to_the_draft_meanwhile_does_not_hold_it_up(redis: RedisClient) -> None:
    drafts = Drafts(redis)
    drafts.put(CHANGE, version=0, entry=PUBLISHED)
    (looked_at,) = drafts.read().changes
    drafts.put(replace(CHANGE, key="text:other"), version=1, entry=PUBLISHED)
    assert publish(Releases(redis), changes=(looked_at,))


def test_nothing_is_published_that_redis_does_not_hold(redis: RedisClient) -> None:
    assert Releases(redis).publish(RELEASE, live=None, entry=PUBLISHED) is None
    assert Releases(redis).live() is None


def test_of_many_who_publish_at_once_one_does(redis: RedisClient) -> None:
    releases = Releases(redis)
    with ThreadPoolExecutor(16) as pool:
        published = list(pool.map(lambda number: publish(releases, note=f"by {number}"), range(32)))
    (done,) = [one for one in published if one]
    assert releases.count() == 1
    assert releases.latest(9) == (done,)


def test_what_is_kept_is_found_by_its_digest(redis: RedisClient) -> None:
    releases = Releases(redis)
    releases.keep({"a1": b"one" * 1000, "b2": b""}, "m1", b'{"script/x.toml":"a1"}')
    assert releases.blob("a1") == b"one" * 1000
    assert releases.blob("b2") == b""
    assert releases.manifest("m1") == b'{"script/x.toml":"a1"}'
    with pytest.raises(LostReleaseError):
        releases.blob("c3")
    with pytest.raises(LostReleaseError):
        releases.manifest("m2")


def test_all_of_it_is_in_one_slot_of_a_cluster_and_does_not_expire(redis: RedisClient) -> None:
    releases = Releases(redis)
    Drafts(redis).put(CHANGE, version=0, entry=PUBLISHED)
    releases.keep({"a1": b"one"}, "m1", b"{}")
    publish(releases, changes=(CHANGE,))
    releases.report(Worker("w1", NOW, "", ""))
    keys = list(redis.scan_iter())
    assert len(keys) >= 8
    assert all(key.startswith(b"{content}:") for key in keys)
    assert {redis.ttl(key) for key in keys} == {-1}


def test_a_candidate_is_announced_until_something_is_published(redis: RedisClient) -> None:
    releases = Releases(redis)
    releases.announce("m1")
    assert releases.pointers() == (None, "m1")
    publish(releases)
    assert releases.pointers() == (Pointer(1, RELEASE.manifest), None)


def test_a_candidate_that_nobody_publishes_is_forgotten(redis: RedisClient) -> None:
    Releases(redis).announce("m1")
    assert 110 < redis.ttl("{content}:next") <= 120


def test_workers_that_are_heard_of_are_listed(redis: RedisClient) -> None:
    releases = Releases(redis)
    here = Worker("w1", NOW, "1:d", "m1", "m0", "a release cannot be taken up")
    silent = Worker("w2", NOW - timedelta(seconds=6), "", "")
    gone = Worker("w3", NOW - timedelta(hours=2), "", "")
    for worker in (here, silent, gone):
        releases.report(worker)
    assert releases.workers(NOW) == (here,)
    assert set(redis.hkeys("{content}:workers")) == {b"w1", b"w2"}
    releases.leave("w1")
    assert releases.workers(NOW) == ()


@pytest.mark.parametrize("text", ["", "1", "1:", ":d", "x:d", "-1:d", "²:d"])
def test_what_is_no_pointer_is_none(text: str) -> None:
    assert Pointer.of(text) is None


def test_a_pointer_reads_as_it_is_written() -> None:
    assert Pointer.of(str(Pointer(12, "d" * 64))) == Pointer(12, "d" * 64)
