from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from redis.exceptions import RedisError

from hotline.console.attempts import Attempts
from hotline.store.connection import RedisClient, connect
from tests.conftest import NOW
from tests.console.signing import Clock, keys_in

SECRET = "a secret of the tests"
ADDRESS = "203.0.113.7"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def attempts(redis: RedisClient, clock: Clock) -> Attempts:
    return Attempts(redis, SECRET, clock.now)


def test_a_name_has_ten_attempts_in_a_quarter_of_an_hour(attempts: Attempts, clock: Clock) -> None:
    for number in range(10):
        assert attempts.at_sign_in("ana", f"203.0.113.{number}", None) is None
        clock.wait(seconds=10)
    wait = attempts.at_sign_in("ana", ADDRESS, None)
    assert wait == timedelta(minutes=15) - timedelta(seconds=99)
    assert attempts.at_sign_in("ben", ADDRESS, None) is None
    clock.time += wait - timedelta(seconds=2)
    assert attempts.at_sign_in("ana", ADDRESS, None)
    clock.wait(seconds=2)
    assert attempts.at_sign_in("ana", ADDRESS, None) is None
    assert attempts.at_sign_in("ana", ADDRESS, None)


def test_an_address_has_thirty(attempts: Attempts, clock: Clock) -> None:
    for number in range(30):
        assert attempts.at_sign_in(f"name{number}", ADDRESS, None) is None
    assert attempts.at_sign_in("ana", ADDRESS, None) == timedelta(minutes=15, seconds=1)
    assert attempts.at_sign_in("ana", "203.0.113.8", None) is None
    clock.wait(minutes=15, seconds=1)
    assert attempts.at_sign_in("ana", ADDRESS, None) is None


def test_a_browser_that_is_known_has_its_own(attempts: Attempts) -> None:
    for number in range(40):
        attempts.at_sign_in("ana", f"198.51.100.{number}", None)
        attempts.at_sign_in(f"name{number}", ADDRESS, None)
    assert attempts.at_sign_in("ana", ADDRESS, None)
    for _ in range(10):
        assert attempts.at_sign_in("ana", ADDRESS, "known") is None
    assert attempts.at_sign_in("ana", ADDRESS, "known")


def test_a_household_with_many_addresses_is_one(attempts: Attempts) -> None:
    for number in range(30):
        attempts.at_sign_in(f"name{number}", f"2001:db8:1:2::{number:x}", None)
    assert attempts.at_sign_in("ana", "2001:db8:1:2:ffff::1", None)
    assert attempts.at_sign_in("ana", "2001:db8:1:3::1", None) is None


def test_an_address_is_the_same_in_both_ways_of_writing_it(attempts: Attempts) -> None:
    for number in range(30):
        attempts.at_sign_in(f"name{number}", ADDRESS, None)
    assert attempts.at_sign_in("ana", "::ffff:203.0.113.7", None)


@pytest.mark.parametrize("name", ["", "\0", "\u202e", "\udcff", "a" * 100_000])
def test_any_name_and_any_address_can_be_counted(attempts: Attempts, name: str) -> None:
    assert attempts.at_sign_in(name, name, None) is None
    assert attempts.at_account(name) is None


def test_attempts_of_who_is_signed_in_are_counted_by_themselves(attempts: Attempts) -> None:
    for _ in range(10):
        assert attempts.at_account("ana") is None
    assert attempts.at_account("ana")
    assert attempts.at_sign_in("ana", ADDRESS, None) is None


def test_redis_holds_neither_names_nor_addresses_and_forgets(attempts: Attempts, redis: RedisClient) -> None:
    attempts.at_sign_in("ana", ADDRESS, None)
    attempts.at_sign_in("ana", ADDRESS, "known")
    attempts.at_account("ana")
    keys = keys_in(redis)
    assert len(keys) == 4
    for key in keys:
        assert key.startswith(b"{operators}:attempts:")
        assert not {b"ana", ADDRESS.encode(), b"known"} & set(key.replace(b"/", b":").split(b":"))
        assert 0 < redis.ttl(key) <= 15 * 60


def test_keys_differ_by_the_secret_of_the_line(redis: RedisClient, clock: Clock) -> None:
    for secret in ("one", "two"):
        Attempts(redis, secret, clock.now).at_account("ana")
    assert len(keys_in(redis)) == 2


def test_of_many_at_once_ten_are_let_through(attempts: Attempts) -> None:
    with ThreadPoolExecutor(16) as pool:
        waits = list(pool.map(lambda _: attempts.at_account("ana"), range(64)))
    assert waits.count(None) == 10


def test_an_outage_is_told() -> None:
    with pytest.raises(RedisError):
        Attempts(connect("redis://127.0.0.1:9"), SECRET, lambda: NOW).at_account("ana")
