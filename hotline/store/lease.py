"""Who of all workers does a thing that only one may do at a time, in Redis; whoever dies loses it after a while."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast

from redis.exceptions import RedisError

from hotline.store.connection import RedisClient

SECONDS = 10
BEAT_SECONDS = 2.0

# KEYS: the lease. ARGV: holder, seconds (0 gives it up). Of another's lease nothing is changed.
_BEAT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return 1
"""


class Lease:
    """Raises RedisError where Redis is out of reach, in every method but `held`."""

    def __init__(self, redis: RedisClient, key: str) -> None:
        self._redis = redis
        self._key = key

    def take(self, holder: str) -> bool:
        """False where somebody has it."""
        return bool(self._redis.set(self._key, holder, nx=True, ex=SECONDS))

    def holder(self) -> str | None:
        found = cast("bytes | None", self._redis.get(self._key))
        return found.decode() if found else None

    @contextmanager
    def held(self, holder: str) -> Iterator[None]:
        """Keeps what was taken while the block lasts, then gives it up."""
        over = threading.Event()

        def beat() -> None:
            while not over.wait(BEAT_SECONDS):
                with suppress(RedisError):
                    self._redis.eval(_BEAT, 1, self._key, holder, str(SECONDS))

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            with suppress(RedisError):
                self._redis.eval(_BEAT, 1, self._key, holder, "0")
