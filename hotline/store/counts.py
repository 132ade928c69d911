"""How the line is used, by day, channel, language and topic: numbers alone, never what was written or by whom."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TypeAlias, cast

from redis.exceptions import RedisError

from hotline.dialogue.reply import Outcome
from hotline.logs import Log
from hotline.store.connection import RedisClient
from hotline.store.soon import Soon

KEPT_SECONDS = 400 * 24 * 3600
# Counts are sent together, so that no resident waits for them; a worker that is killed loses those of so many seconds.
SEND_AFTER_SECONDS = 5.0

# A conversation began; a topic was told; something went wrong here.
BEGUN, TOLD, FAILED = "begun", "told", "failed"
_EVENTS = frozenset({BEGUN, FAILED})
_WORDS = frozenset(Outcome)

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted, and nothing finer. `what` is BEGUN, TOLD, FAILED or an Outcome; TOLD alone names a `topic`.

    `channel` is empty in what was counted before channels were, `language` where none was chosen yet.
    """

    channel: str
    language: str
    what: str
    topic: str = ""

    def to_field(self) -> str:
        rest = [self.topic] if self.topic else []
        return ":".join([self.channel, self.language, self.what, *rest])

    @classmethod
    def of_field(cls, field: str) -> Counted | None:
        """None for what another version counted."""
        match field.split(":"):
            case [language, what] if what in _WORDS:
                return cls("", language, what)
            case [channel, language, what] if what in _EVENTS or what in _WORDS:
                return cls(channel, language, what)
            case [channel, language, what, topic] if what == TOLD and topic:
                return cls(channel, language, what, topic)
            case _:
                return None


Day: TypeAlias = Mapping[Counted, int]


class Counts:
    """Counts turns in this process and adds them to Redis every few seconds. Nothing is raised but by what reads."""

    def __init__(self, redis: RedisClient, *, send_after: float | None = None) -> None:
        """`send_after` in seconds, SEND_AFTER_SECONDS if it is not named."""
        self._redis = redis
        self._soon = Soon(self.send, SEND_AFTER_SECONDS if send_after is None else send_after)
        self._lock = threading.Lock()
        self._counted: Counter[tuple[date, str]] = Counter()

    def add(self, day: date, counted: Iterable[Counted]) -> None:
        """Counts each once."""
        fields = [(day, one.to_field()) for one in counted]
        if not fields:
            return
        with self._lock:
            self._counted.update(fields)
        self._soon.ask()

    def finish(self) -> None:
        """Sends what was counted: the process ends."""
        self._soon.finish()

    def send(self) -> None:
        """Adds what was counted to Redis; where it is out of reach, what was counted is sent with the next."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        for day in {day for day, _ in counted}:
            of_day = Counter({key: times for key, times in counted.items() if key[0] == day})
            try:
                self._add(day, {field: times for (_, field), times in of_day.items()})
            except RedisError as error:
                log.warning("counts not sent", error=error)
                with self._lock:
                    self._counted += of_day

    def _add(self, day: date, fields: Mapping[str, int]) -> None:
        key = _key(day)
        with self._redis.pipeline(transaction=False) as pipeline:
            for field, times in fields.items():
                pipeline.hincrby(key, field, times)
            pipeline.expire(key, KEPT_SECONDS)
            pipeline.execute()

    def by_day(self, days: Iterable[date]) -> dict[date, Day]:
        """What was counted on each of those days. Raises RedisError."""
        wanted = list(days)
        with self._redis.pipeline(transaction=False) as pipeline:
            for day in wanted:
                pipeline.hgetall(_key(day))
            found = cast("list[Mapping[bytes, bytes]]", pipeline.execute())
        return {day: _day(fields) for day, fields in zip(wanted, found, strict=True)}

    def read(self, days: Iterable[date]) -> Counter[tuple[str, Outcome]]:
        """How often each outcome came in each language in those days. Raises RedisError."""
        total: Counter[tuple[str, Outcome]] = Counter()
        for day in self.by_day(days).values():
            for counted, times in day.items():
                if counted.what in _WORDS:
                    total[counted.language, Outcome(counted.what)] += times
        return total


# A month's days count much the same things.
@lru_cache(maxsize=4096)
def _counted(field: bytes) -> Counted | None:
    return Counted.of_field(field.decode("ascii", "replace"))


def _day(fields: Mapping[bytes, bytes]) -> Day:
    known = {_counted(field): int(times) for field, times in fields.items()}
    return {counted: times for counted, times in known.items() if counted}


def _key(day: date) -> str:
    return f"counts:{day.isoformat()}"
