"""Lua scripts that a server runs: by their digest, and by their source where it does not know that yet."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from redis.exceptions import NoScriptError

from hotline.store.connection import RedisClient

Value = bytes | str | int | float


class LuaScript:
    """One script. redis-py's own asks the server for the digest, and keeps whatever a sick one says."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._digest = hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest()

    def run(self, redis: RedisClient, keys: Sequence[str], arguments: Sequence[Value]) -> object:
        """Its answer, in one round trip, or two where the server does not know it. Raises RedisError."""
        try:
            answer: object = redis.evalsha(self._digest, len(keys), *keys, *arguments)
        except NoScriptError:
            answer = redis.eval(self._source, len(keys), *keys, *arguments)
        return answer
