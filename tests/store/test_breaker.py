from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import ReadOnlyError
from redis.exceptions import TimeoutError as TooSlow

from hotline.store.breaker import MOST_FAILURES, REST_SECONDS, Breaker, Spared


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(clock)


def fail(breaker: Breaker, error: Exception, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(type(error)), breaker.asking():
            raise error


def asks(breaker: Breaker) -> bool:
    try:
        with breaker.asking():
            return True
    except Spared:
        return False


def test_a_single_failure_is_let_pass(breaker: Breaker) -> None:
    fail(breaker, TooSlow(), MOST_FAILURES - 1)
    assert asks(breaker)
    fail(breaker, Unreachable(), MOST_FAILURES - 1)
    assert asks(breaker)


@pytest.mark.parametrize("error", [TooSlow(), Unreachable()])
def test_after_several_in_a_row_nobody_asks(breaker: Breaker, error: Exception) -> None:
    fail(breaker, error, MOST_FAILURES)
    assert breaker.is_open
    assert not asks(breaker)


def test_after_a_rest_one_asks_and_the_others_wait_for_what_becomes_of_it(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, TooSlow(), MOST_FAILURES)
    clock.now += 1.3 * REST_SECONDS
    with breaker.asking():
        assert not asks(breaker)
    assert asks(breaker)
    assert not breaker.is_open


def test_who_asks_in_vain_has_the_others_rest_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, TooSlow(), MOST_FAILURES)
    clock.now += 1.3 * REST_SECONDS
    fail(breaker, TooSlow())
    assert not asks(breaker)


def test_an_answer_that_is_an_error_is_an_answer(breaker: Breaker) -> None:
    fail(breaker, TooSlow(), MOST_FAILURES - 1)
    fail(breaker, ReadOnlyError("READONLY"))
    fail(breaker, TooSlow(), MOST_FAILURES - 1)
    assert asks(breaker)


def test_one_of_many_threads_asks_after_the_rest(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, TooSlow(), MOST_FAILURES)
    clock.now += 1.3 * REST_SECONDS
    together = Barrier(16)

    def ask(_: int) -> bool:
        together.wait()
        try:
            with breaker.asking():
                together.wait(5)
                return True
        except Spared:
            together.wait(5)
            return False

    with ThreadPoolExecutor(16) as pool:
        assert sum(pool.map(ask, range(16))) == 1


def test_workers_do_not_all_come_back_at_the_same_instant(clock: Clock) -> None:
    breakers = [Breaker(clock) for _ in range(50)]
    for breaker in breakers:
        fail(breaker, TooSlow(), MOST_FAILURES)
    clock.now += REST_SECONDS
    assert 0 < sum(map(asks, breakers)) < len(breakers)
