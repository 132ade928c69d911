"""How often the line understood, by day and language: numbers alone, never what was written or by whom."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import cast

from redis.exceptions import RedisError

from hotline.dialogue.reply import Outcome
from hotline.store.connection import RedisClient

KEPT_SECONDS = 400 * 24 * 3600
# Counts are sent together, so that no resident waits for them; a worker that is killed loses those of so many seconds.
SEND_AFTER_SECONDS = 5.0

log = logging.getLogger(__name__)


class Counts:
    """Counts turns in this process and adds them to Redis every few seconds. Nothing is raised."""

    def __init__(self, redis: RedisClient, *, send_after: float | None = None) -> None:
        """`send_after` in seconds, SEND_AFTER_SECONDS if it is not named."""
        self._redis = redis
        self._send_after = SEND_AFTER_SECONDS if send_after is None else send_after
        self._lock = threading.Lock()
        self._counted: Counter[tuple[date, str]] = Counter()
        self._waiting = False

    def add(self, day: date, language: str, outcome: Outcome) -> None:
        """Counts one text or sentence that was heard in a conversation in `language`."""
        with self._lock:
            self._counted[day, f"{language}:{outcome.value}"] += 1
            begins, self._waiting = not self._waiting, True
        if begins:
            timer = threading.Timer(self._send_after, self.send)
            timer.daemon = True
            timer.start()

    def send(self) -> None:
        """Adds what was counted to Redis; where it is out of reach, what was counted is sent with the next."""
        with self._lock:
            counted, self._counted, self._waiting = self._counted, Counter(), False
        for day in {day for day, _ in counted}:
            of_day = Counter({key: times for key, times in counted.items() if key[0] == day})
            try:
                self._add(day, {field: times for (_, field), times in of_day.items()})
            except RedisError as error:
                log.warning("counts not sent: %s", type(error).__name__)
                with self._lock:
                    self._counted += of_day

    def _add(self, day: date, fields: Mapping[str, int]) -> None:
        key = _key(day)
        with self._redis.pipeline(transaction=False) as pipeline:
            for field, times in fields.items():
                pipeline.hincrby(key, field, times)
            pipeline.expire(key, KEPT_SECONDS)
            pipeline.execute()

    def read(self, days: Iterable[date]) -> Counter[tuple[str, Outcome]]:
        """How often each outcome came in each language in those days. Raises RedisError."""
        total: Counter[tuple[str, Outcome]] = Counter()
        for day in days:
            fields = cast("Mapping[bytes, bytes]", self._redis.hgetall(_key(day)))
            for field, times in fields.items():
                language, _, outcome = field.decode("ascii", "replace").partition(":")
                if outcome in set(Outcome):
                    total[language, Outcome(outcome)] += int(times)
        return total


def _key(day: date) -> str:
    return f"counts:{day.isoformat()}"
