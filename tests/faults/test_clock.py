"""The clock of the machine is moved by years, back and forth, while people text and call."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from hotline.app import create_app
from hotline.phone.line import Line
from hotline.store.connection import RedisClient
from tests.conftest import NOW, line_at, served, settings_for
from tests.faults.residents import Town, town_of

pytestmark = pytest.mark.slow

MOVES = (timedelta(0), timedelta(days=900), timedelta(days=-2000), timedelta(days=20_000), timedelta(hours=-1))


class MovedClock:
    """Another time whenever it is asked."""

    def __init__(self) -> None:
        self.is_moved = False

    def __call__(self) -> datetime:
        return NOW + random.choice(MOVES) if self.is_moved else NOW


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def moved(redis_url: str, redis: RedisClient, clock: MovedClock) -> Iterator[tuple[Line, Town]]:
    """A line whose clock is right until it is known what people are answered."""
    assert redis.ping()
    settings = settings_for(redis_url)
    with served(create_app(settings, now=clock)) as address:
        line = line_at(address, settings)
        town = town_of(line)
        clock.is_moved = True
        yield line, town


def test_everybody_is_answered_in_their_language_whatever_the_time_is(moved: tuple[Line, Town]) -> None:
    line, town = moved
    for number in range(16):
        town.person(line, random.Random(number))
