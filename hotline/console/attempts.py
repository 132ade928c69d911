"""How often somebody may try a password: limits of the `limits` library, kept in the line's own Redis.

The library would open a connection of its own, by URLs of which it knows only some; so it is given the client.
"""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address

import redis as redis_library
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import RedisStorage, Storage
from limits.strategies import MovingWindowRateLimiter

from hotline.store.connection import RedisClient

WINDOW_MINUTES = 15
PER_NAME = RateLimitItemPerMinute(10, WINDOW_MINUTES)
PER_ADDRESS = RateLimitItemPerMinute(30, WINDOW_MINUTES)
# A household has as many IPv6 addresses as it likes, in one network of this size.
HOUSEHOLD_BITS = 64


class Attempts:
    """Raises RedisError where Redis is out of reach. Nothing in Redis tells whose attempts they are."""

    def __init__(self, redis: RedisClient, secret: str, now: Callable[[], datetime]) -> None:
        self._limiter = MovingWindowRateLimiter(_OwnRedis(redis, now))
        self._secret = secret
        self._now = now

    def at_sign_in(self, name: str, address: str, browser: str | None) -> timedelta | None:
        """Counts an attempt. None if it may be made, otherwise how long to wait.

        `browser` is one that signed in under this name before: it has attempts of its own, so that nobody can use up
        those of an operator by guessing.
        """
        if browser:
            return self._counted(PER_NAME, "browser", browser)
        return self._counted(PER_ADDRESS, "address", _household(address)) or self._counted(PER_NAME, "name", name)

    def at_account(self, name: str) -> timedelta | None:
        """Counts an attempt of somebody who is signed in to prove who they are; as at_sign_in()."""
        return self._counted(PER_NAME, "account", name)

    def _counted(self, limit: RateLimitItem, kind: str, whose: str) -> timedelta | None:
        message = f"{kind}\0{whose}".encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._secret.encode(), message, "sha256")[:16].hex()
        if self._limiter.hit(limit, digest):
            return None
        reset = self._limiter.get_window_stats(limit, digest).reset_time
        return timedelta(seconds=max(1, math.floor(reset - self._now().timestamp()) + 1))


class _OwnRedis(RedisStorage):
    """The library's storage with a client and a clock of ours."""

    STORAGE_SCHEME = None  # type: ignore[assignment]  # no URL leads to it

    def __init__(self, client: RedisClient, now: Callable[[], datetime]) -> None:
        Storage.__init__(self)
        self.key_prefix = "{operators}:attempts"
        self.target_server = "redis"
        self.dependency = redis_library
        self.storage = client
        self._now = now
        self.initialize_storage("")

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        arguments = [self._now().timestamp(), limit, expiry, amount]
        return bool(self.lua_acquire_moving_window([self.prefixed_key(key)], arguments))

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = self._now().timestamp()
        found = self.lua_moving_window([self.prefixed_key(key)], [now - expiry, limit])
        return (float(found[0]), int(found[1])) if found else (now, 0)


def _household(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or IPv6Network((parsed, HOUSEHOLD_BITS), strict=False))
