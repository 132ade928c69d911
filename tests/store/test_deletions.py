"""The queue of records at Twilio that are to be deleted, on a real server."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from hotline.store import deletions as module
from hotline.store.connection import RedisClient
from hotline.store.deletions import LATE_SECONDS, LEASE_SECONDS, Claimed, Deletions

TEXT, CALL = f"SM{'a' * 32}", f"CA{'b' * 32}"
WAITING, TRIES, GIVEN_UP = ("{deletions}:waiting", "{deletions}:tries", "{deletions}:given-up")


@pytest.fixture
def deletions(redis: RedisClient) -> Deletions:
    return Deletions(redis)


def due_in(redis: RedisClient, sid: str) -> float:
    return float(redis.zscore(WAITING, sid)) - float(redis.time()[0])  # type: ignore[arg-type]  # redis-py types it as awaitable, too


def test_nothing_is_claimed_before_it_is_due(deletions: Deletions) -> None:
    deletions.add({TEXT: 0, CALL: 3600})
    assert deletions.claim(10) == (Claimed(TEXT, 0),)


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(deletions: Deletions, redis: RedisClient) -> None:
    deletions.add({TEXT: 0})
    assert deletions.claim(10)
    assert deletions.claim(10) == ()
    assert due_in(redis, TEXT) == pytest.approx(LEASE_SECONDS, abs=2)


def test_whoever_claims_and_dies_leaves_it_to_others(deletions: Deletions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEASE_SECONDS", 0)
    deletions.add({TEXT: 0})
    assert deletions.claim(10) == deletions.claim(10) == (Claimed(TEXT, 0),)


def test_a_record_is_due_at_the_earliest_time_that_was_named(deletions: Deletions, redis: RedisClient) -> None:
    for seconds in (3600, 60, 7200):
        deletions.add({CALL: seconds})
    assert due_in(redis, CALL) == pytest.approx(60, abs=2)


def test_what_is_refused_is_due_later_and_its_tries_are_counted(deletions: Deletions, redis: RedisClient) -> None:
    deletions.add({TEXT: 0})
    deletions.claim(1)
    deletions.later(TEXT, 60, 3)
    assert due_in(redis, TEXT) == pytest.approx(60, abs=2)
    deletions.later(TEXT, 0, 4)
    assert deletions.claim(1) == (Claimed(TEXT, 4),)


def test_of_what_is_deleted_nothing_stays(deletions: Deletions, redis: RedisClient) -> None:
    deletions.add({TEXT: 0})
    deletions.later(TEXT, 0, 4)
    deletions.troubled("20003")
    deletions.done(TEXT)
    assert redis.keys() == []


def test_what_is_given_up_is_shown_and_can_be_tried_again(deletions: Deletions) -> None:
    deletions.add({TEXT: 0, CALL: 0})
    deletions.give_up(TEXT, "20009")
    assert deletions.state().given_up == {TEXT: "20009"}
    assert deletions.state().reasons == {"20009": 1}
    assert deletions.state().waiting == 1
    assert deletions.add_again() == 1
    assert deletions.state().given_up == {}
    assert set(deletions.claim(10)) == {Claimed(TEXT, 0), Claimed(CALL, 0)}


def test_what_was_given_up_a_month_ago_is_shown_no_more(deletions: Deletions, monkeypatch: pytest.MonkeyPatch) -> None:
    deletions.give_up(TEXT, "20009")
    monkeypatch.setattr(module, "SHOWN_SECONDS", -1)
    assert deletions.state().given_up == {}
    deletions.give_up(CALL, "20009")
    monkeypatch.setattr(module, "SHOWN_SECONDS", 60)
    assert TEXT not in deletions.state().given_up


def test_every_key_has_an_end(deletions: Deletions, redis: RedisClient) -> None:
    deletions.add({TEXT: 0, CALL: 5})
    deletions.later(TEXT, 5, 1)
    deletions.give_up(CALL, "20009")
    deletions.troubled("20003")
    keys = redis.keys()
    assert len(keys) == 4
    assert all(redis.ttl(key) > 0 for key in keys)


def test_the_state_tells_whether_anybody_deletes(deletions: Deletions, redis: RedisClient) -> None:
    assert deletions.state().is_good
    deletions.add({TEXT: 0})
    redis.zincrby(WAITING, -LATE_SECONDS - 60, TEXT)
    assert deletions.state().is_late
    deletions.claim(1)
    assert deletions.state().is_good
    deletions.troubled("20003")
    assert not deletions.state().is_good


def test_nobody_claims_what_another_claims_at_the_same_moment(deletions: Deletions) -> None:
    sids = [f"SM{number:032x}" for number in range(1000)]
    deletions.add(dict.fromkeys(sids, 0))
    with ThreadPoolExecutor(8) as threads:
        claimed = [one.sid for some in threads.map(lambda _: deletions.claim(20), range(60)) for one in some]
    assert sorted(claimed) == sids
