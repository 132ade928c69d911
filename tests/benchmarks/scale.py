"""From a town to the whole country: arithmetic from what was measured, checked by a simulation."""

from __future__ import annotations

import heapq
import random
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from hotline.journeys.prices import list_prices
from tests.benchmarks.load import percentile

HOUR_SECONDS = 3600
# At most so much of a worker's time is planned for: beyond, waiting grows fast.
PLANNED_SHARE = 0.6
SIMULATED_TURNS = 200_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured here: seconds that a worker takes for turns, one by one; of Redis for one; and memory."""

    turn_seconds: Sequence[float]
    redis_seconds: float
    worker_bytes: float
    session_bytes: float
    round_trips: float


@dataclass(frozen=True, slots=True)
class Place:
    """Those whom the line is for, which is an assumption, as all that follows from them."""

    name: str
    people: int


# Of all people about one in seven was born abroad (U.S. Census, American Community Survey: 14 % of the country, 15 % of
# Connecticut); from memory, as are the numbers of people.
PLACES = (
    Place("a town of 10,000", 1_500),
    Place("New Haven", 25_000),
    Place("Connecticut", 550_000),
    Place("the whole country", 47_000_000),
)


@dataclass(frozen=True, slots=True)
class Habits:
    """How people use it: assumptions, for nobody has counted. On the day of a raid `rush` of all ask within an hour."""

    rush: float = 0.01
    # The busiest minute of that hour has so many times the turns of an average one.
    peak: float = 3.0
    by_phone: float = 0.4
    turns_of_a_text_conversation: int = 4
    turns_of_a_call: int = 8
    minutes_of_a_call: float = 3.0
    a_month: float = 0.02
    segments_in: int = 4
    segments_out: int = 12
    spoken_characters: int = 1500


@dataclass(frozen=True, slots=True)
class Needs:
    """What one place takes at its worst, and in an ordinary month in US dollars."""

    place: Place
    turns_a_second: float
    workers: int
    share: float
    redis_share: float
    redis_bytes: float
    texts_a_second: float
    calls_at_once: float
    dollars: float


def needs_of(place: Place, measured: Measured, habits: Habits) -> Needs:
    people_in_rush = place.people * habits.rush
    calls, texters = people_in_rush * habits.by_phone, people_in_rush * (1 - habits.by_phone)
    turns = calls * habits.turns_of_a_call + texters * habits.turns_of_a_text_conversation
    rate = turns / HOUR_SECONDS * habits.peak
    busy = rate * mean(measured.turn_seconds)
    workers = max(2, ceil(busy / PLANNED_SHARE))
    of_month = place.people * habits.a_month
    prices = list_prices()
    dollars = of_month * (
        habits.by_phone * prices.call(habits.minutes_of_a_call * 60, habits.spoken_characters)
        + (1 - habits.by_phone) * prices.texts(habits.segments_in, habits.segments_out)
    )
    return Needs(
        place=place,
        turns_a_second=rate,
        workers=workers,
        share=busy / workers,
        redis_share=rate * measured.redis_seconds,
        redis_bytes=people_in_rush * measured.session_bytes,
        texts_a_second=texters * habits.turns_of_a_text_conversation / HOUR_SECONDS * habits.peak,
        # Little's law.
        calls_at_once=calls / HOUR_SECONDS * habits.peak * habits.minutes_of_a_call * 60,
        dollars=dollars,
    )


@dataclass(frozen=True, slots=True)
class Simulated:
    """Shares of the workers' time, and seconds from a turn's arrival to its answer."""

    share: float
    p50: float
    p99: float
    mean_wait: float


def simulate(rate: float, workers: int, seconds: Sequence[float], *, turns: int, seed: int) -> Simulated:
    """Turns that come at random at some rate, each to the first free worker, which takes one of `seconds` for it."""
    chance = random.Random(seed)
    free_at = [0.0] * workers
    now, busy, latencies, waited = 0.0, 0.0, [], 0.0
    for _ in range(turns):
        now += chance.expovariate(rate)
        takes = chance.choice(seconds)
        begins = max(now, heapq.heappop(free_at))
        heapq.heappush(free_at, begins + takes)
        busy += takes
        waited += begins - now
        latencies.append(begins + takes - now)
    end = max(free_at)
    latencies.sort()
    return Simulated(busy / (end * workers), percentile(latencies, 0.5), percentile(latencies, 0.99), waited / turns)


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def report(measured: Measured, habits: Habits) -> str:
    """The page, as Markdown: arithmetic and simulation side by side."""
    rows, people = [], []
    for place in PLACES:
        needs = needs_of(place, measured, habits)
        found = simulate(
            needs.turns_a_second, needs.workers, measured.turn_seconds, turns=SIMULATED_TURNS, seed=place.people
        )
        rows.append(
            f"| {place.name} | {needs.turns_a_second:,.1f} | {needs.workers:,} | {needs.share:.0%} | {found.share:.0%} "
            f"| {found.p50 * 1000:.0f} | {found.p99 * 1000:.0f} | {needs.redis_share:.0%} "
            f"| {needs.redis_bytes / 1e6:,.1f} | {needs.workers * measured.worker_bytes / 1e9:,.1f} |"
        )
        people.append(
            f"| {place.name} | {place.people:,} | {needs.texts_a_second:,.1f} | {needs.calls_at_once:,.0f} "
            f"| {needs.dollars:,.0f} |"
        )
    return "\n".join(
        (
            "# From a town to the whole country",
            f"Measured on this machine: a worker takes {mean(measured.turn_seconds) * 1000:.1f} ms for a turn, Redis "
            f"{measured.redis_seconds * 1e6:.0f} µs in {measured.round_trips:.0f} round trips; a worker holds "
            f"{measured.worker_bytes / 1e6:.0f} MB, a session {measured.session_bytes:.0f} bytes. Everything else is "
            "assumed.",
            "",
            f"**The worst hour**: {habits.rush:.0%} of all those for whom the line is ask within one hour, "
            f"{habits.by_phone:.0%} of them by phone; the busiest minute has {habits.peak:g} times as many turns as an "
            f"average one. A call has {habits.turns_of_a_call} turns in {habits.minutes_of_a_call:g} minutes, a "
            f"conversation by text {habits.turns_of_a_text_conversation}. Workers are planned to be busy "
            f"{PLANNED_SHARE:.0%} of the time, two at least. Nobody has counted any of this.",
            "",
            "| | turns a second | workers | busy, reckoned | busy, simulated | p50 ms | p99 ms | Redis busy "
            "| sessions, MB | workers, GB |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
            "Workers hold nothing, so they stand behind any balancer. One Redis serves until it is busy; beyond, a "
            "cluster shares the numbers among its masters, since all keys of a number are in one slot.",
            "",
            "| | people | texts a second out | calls at once | Twilio's list prices, US$ a month |",
            "|---|--:|--:|--:|--:|",
            *people,
            "",
            f"A month: {habits.a_month:.0%} of the people, each once. What Twilio lets through is from memory and not "
            "verified: a toll-free number 3 segments a second, a local number by its campaign's score some 4 to 75 a "
            "second, a short code 100; incoming calls have no fixed limit. More numbers, or a short code, carry more.",
            "",
        )
    )
