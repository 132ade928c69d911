from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from threading import Thread
from time import monotonic, sleep

import pytest

from hotline.dialogue.reply import Outcome
from hotline.store.connection import RedisClient, connect
from hotline.store.counts import BEGUN, KEPT_SECONDS, TOLD, Counted, Counts

TODAY, YESTERDAY = date(2026, 11, 22), date(2026, 11, 21)


def words(language: str, outcome: Outcome, channel: str = "sms") -> Counted:
    return Counted(channel, language, outcome.value)


@pytest.fixture
def counts(redis: RedisClient) -> Counts:
    return Counts(redis, send_after=3600)


def test_what_was_understood_is_counted_by_language_and_day(counts: Counts) -> None:
    for day, language, outcome in (
        (TODAY, "es", Outcome.UNDERSTOOD),
        (TODAY, "es", Outcome.UNDERSTOOD),
        (TODAY, "es", Outcome.MISSED),
        (YESTERDAY, "ht", Outcome.OFFERED),
    ):
        counts.add(day, [words(language, outcome)])
    counts.send()
    assert counts.read([TODAY]) == {("es", Outcome.UNDERSTOOD): 2, ("es", Outcome.MISSED): 1}
    assert counts.read([TODAY, YESTERDAY])["ht", Outcome.OFFERED] == 1


def test_a_day_tells_channels_conversations_and_topics(counts: Counts) -> None:
    first = [Counted("voice", "", BEGUN), words("es", Outcome.MISSED, "voice")]
    second = [Counted("sms", "es", BEGUN), Counted("sms", "es", TOLD, "ice-at-door")]
    counts.add(TODAY, first)
    counts.add(TODAY, second)
    counts.add(TODAY, [Counted("sms", "es", TOLD, "ice-at-door")])
    counts.add(TODAY, [])
    counts.send()
    assert counts.by_day([TODAY, YESTERDAY]) == {
        TODAY: {
            Counted("voice", "", BEGUN): 1,
            Counted("voice", "es", "missed"): 1,
            Counted("sms", "es", BEGUN): 1,
            Counted("sms", "es", TOLD, "ice-at-door"): 2,
        },
        YESTERDAY: {},
    }


def test_outcomes_of_all_channels_add_up_with_those_counted_before_channels_were(
    counts: Counts, redis: RedisClient
) -> None:
    redis.hset("counts:2026-11-22", mapping={"es:missed": 3})
    counts.add(TODAY, [words("es", Outcome.MISSED), words("es", Outcome.MISSED, "voice")])
    counts.send()
    assert counts.read([TODAY]) == {("es", Outcome.MISSED): 5}
    assert counts.by_day([TODAY])[TODAY][Counted("", "es", "missed")] == 3


def test_counts_of_several_workers_add_up(redis: RedisClient) -> None:
    for worker in (Counts(redis, send_after=3600), Counts(redis, send_after=3600)):
        worker.add(TODAY, [words("en", Outcome.UNDERSTOOD)])
        worker.send()
    assert Counts(redis).read([TODAY]) == {("en", Outcome.UNDERSTOOD): 2}


def test_counts_of_many_threads_add_up(counts: Counts) -> None:
    def count() -> None:
        for _ in range(500):
            counts.add(TODAY, [words("en", Outcome.OFFERED)])
            counts.send()

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.read([TODAY]) == {("en", Outcome.OFFERED): 2000}


def test_counts_are_sent_by_themselves(redis: RedisClient) -> None:
    counts = Counts(redis, send_after=0.01)
    for times in (1, 2):
        counts.add(TODAY, [words("en", Outcome.UNDERSTOOD)])
        _wait_for(counts, {("en", Outcome.UNDERSTOOD): times})


def test_counts_outlive_an_outage(redis: RedisClient, caplog: pytest.LogCaptureFixture) -> None:
    counts = Counts(connect("unix:///nowhere/redis.sock"), send_after=3600)
    counts.add(TODAY, [words("en", Outcome.UNDERSTOOD)])
    counts.send()
    assert "counts not sent error=ConnectionError" in caplog.text
    counts._redis = redis  # noqa: SLF001 - the server is there again
    counts.add(TODAY, [words("en", Outcome.UNDERSTOOD)])
    counts.send()
    assert counts.read([TODAY]) == {("en", Outcome.UNDERSTOOD): 2}


def test_redis_holds_days_channels_languages_topics_and_numbers_alone_and_not_for_ever(
    counts: Counts, redis: RedisClient
) -> None:
    counts.add(TODAY, [words("es", Outcome.MISSED), Counted("voice", "es", TOLD, "detained")])
    counts.send()
    (key,) = redis.keys("*")
    assert key == b"counts:2026-11-22"
    assert 0 < redis.ttl(key) <= KEPT_SECONDS
    assert redis.hgetall(key) == {b"sms:es:missed": b"1", b"voice:es:told:detained": b"1"}


@pytest.mark.parametrize(
    "field", ["es:guessed", "a:b:guessed", "a:b:told", "a:b:begun:c", "", ":", "a:b:c:d:e", "é:missed:x"]
)
def test_what_another_version_counted_is_passed_over(counts: Counts, redis: RedisClient, field: str) -> None:
    redis.hset("counts:2026-11-22", mapping={field: 3, "es:missed": 1})
    assert counts.by_day([TODAY]) == {TODAY: {Counted("", "es", "missed"): 1}}


def _wait_for(counts: Counts, expected: Mapping[tuple[str, Outcome], int]) -> None:
    until = monotonic() + 10
    while counts.read([TODAY]) != expected:
        assert monotonic() < until, "never sent"
        sleep(0.01)
