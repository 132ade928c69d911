from __future__ import annotations

import time

import pytest

from hotline.store import lease
from hotline.store.connection import RedisClient
from hotline.store.lease import Lease

KEY = "{content}:lease"


def test_only_one_has_it_until_it_is_given_up(redis: RedisClient) -> None:
    one = Lease(redis, KEY)
    assert one.holder() is None
    assert one.take("a")
    with one.held("a"):
        assert not one.take("b")
        assert one.holder() == "a"
    assert one.take("b")


def test_it_is_kept_as_long_as_the_work_lasts(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1)
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.1)
    one = Lease(redis, KEY)
    assert one.take("a")
    with one.held("a"):
        time.sleep(1.5)
        assert one.holder() == "a"


def test_whoever_dies_loses_it(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "SECONDS", 1)
    one = Lease(redis, KEY)
    assert one.take("a")
    time.sleep(1.2)
    assert one.holder() is None
    assert one.take("b")


def test_what_another_has_taken_meanwhile_stays_the_others(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.05)
    one = Lease(redis, KEY)
    assert one.take("a")
    with one.held("a"):
        redis.set(KEY, "b", px=300)
        time.sleep(0.2)
    assert one.holder() == "b"
    time.sleep(0.2)
    assert one.holder() is None
