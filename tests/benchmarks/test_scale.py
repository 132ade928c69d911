"""The arithmetic and the simulation, against what theory says of waiting lines."""

from __future__ import annotations

import random
from dataclasses import replace
from math import factorial

import pytest

from tests.benchmarks.scale import PLACES, PLANNED_SHARE, Habits, Measured, Place, needs_of, report, simulate

MEASURED = Measured((0.005,), 0.0001, 100e6, 300, 2)


def erlang_c(rate: float, mean_seconds: float, workers: int) -> float:
    """The mean wait in a line of M/M/c."""
    load = rate * mean_seconds
    last = load**workers / factorial(workers) * workers / (workers - load)
    waits = last / (sum(load**k / factorial(k) for k in range(workers)) + last)
    return waits * mean_seconds / (workers - load)


@pytest.mark.parametrize(("workers", "share"), [(1, 0.5), (2, 0.6), (4, 0.8), (16, 0.9)])
def test_the_simulation_agrees_with_the_formula_for_random_times(workers: int, share: float) -> None:
    chance = random.Random(1)
    seconds = [chance.expovariate(100.0) for _ in range(50_000)]
    rate = share * workers * 100.0
    found = simulate(rate, workers, seconds, turns=300_000, seed=2)
    assert found.share == pytest.approx(share, rel=0.02)
    assert found.mean_wait == pytest.approx(erlang_c(rate, 0.01, workers), rel=0.15)


def test_where_nobody_waits_an_answer_takes_as_long_as_a_turn() -> None:
    found = simulate(0.01, 2, [0.02], turns=2_000, seed=3)
    assert found.p99 == pytest.approx(0.02)


def test_a_thousand_times_the_people_take_a_thousand_times_the_workers() -> None:
    small, large = (needs_of(Place("x", people), MEASURED, Habits()) for people in (100_000_000, 100_000_000_000))
    assert large.turns_a_second == pytest.approx(1000 * small.turns_a_second)
    assert large.workers == pytest.approx(1000 * small.workers, rel=0.2)
    assert small.share <= PLANNED_SHARE
    assert large.dollars == pytest.approx(1000 * small.dollars)


def test_everybody_by_text_makes_no_calls() -> None:
    needs = needs_of(PLACES[0], MEASURED, replace(Habits(), by_phone=0.0))
    assert needs.calls_at_once == 0
    assert needs.texts_a_second == pytest.approx(needs.turns_a_second)


def test_the_page_names_every_place() -> None:
    page = report(MEASURED, Habits())
    assert all(page.count(f"| {place.name} |") == 2 for place in PLACES)
