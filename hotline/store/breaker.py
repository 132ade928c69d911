"""Spares those who wait for an answer a store that does not give one."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from redis.exceptions import ConnectionError as Unreachable
from redis.exceptions import TimeoutError as TooSlow

# So many failures in a row are no chance; fewer are let pass, since each costs somebody's place in a conversation.
MOST_FAILURES = 3
REST_SECONDS = 0.5


class Spared(Unreachable):
    """The store was not asked: it did not answer just now."""


class Breaker:
    """Asks no more after several failures in a row, for a moment; then one asks, and the others once that one got it.

    Shared by the threads of a process. `clock` gives seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._rests_until = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the store is not asked at the moment."""
        return self._failures >= MOST_FAILURES

    @contextmanager
    def asking(self) -> Iterator[None]:
        """Around one question to the store. Raises Spared where it is not to be asked.

        That the store cannot be reached, or not in time, is a failure; whatever else it answers is none.
        """
        self._enter()
        try:
            yield
        except (Unreachable, TooSlow):
            self._failed()
            raise
        except BaseException:
            self._answered()
            raise
        self._answered()

    def _enter(self) -> None:
        # Nothing is locked where all is well.
        if self._failures < MOST_FAILURES:
            return
        with self._lock:
            if self._failures < MOST_FAILURES:
                return
            now = self._clock()
            if now < self._rests_until:
                raise Spared("The store did not answer just now, so it is not asked.")
            # This one asks; the others wait for what becomes of it.
            self._rest(now)

    def _failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._rest(self._clock())

    def _answered(self) -> None:
        if self._failures:
            with self._lock:
                self._failures = 0

    def _rest(self, now: float) -> None:
        # Not all workers come back at the same instant.
        self._rests_until = now + REST_SECONDS * random.uniform(0.8, 1.2)  # noqa: S311 - nobody is to guess nothing
