"""The records at Twilio that are yet to be deleted: a queue in Redis of their SIDs, which tell nothing by themselves.

Redis's clock decides what is due, so that no other needs to be right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

from hotline.store.connection import RedisClient
from hotline.store.scripts import LuaScript

# Whoever takes a record and dies leaves it to others after so long.
LEASE_SECONDS = 120
# Longer than any record is tried, so that nothing stays if the feature is switched off.
KEPT_SECONDS = 40 * 24 * 3600
# So long those that could not be deleted are shown.
SHOWN_SECONDS = 30 * 24 * 3600
# What is wrong with all of them is known anew as often as they are tried.
TROUBLE_SECONDS = 900
# A record that was due so long ago waits for a worker that does not run, or is too slow.
LATE_SECONDS = 900

_WAITING, _TRIES, _GIVEN_UP, _TROUBLE = (
    f"{{deletions}}:{name}" for name in ("waiting", "tries", "given-up", "trouble")
)

# KEYS: waiting. ARGV: seconds that the key is kept, then for each record seconds from now and SID.
_ADD = LuaScript("""
local now = tonumber(redis.call('TIME')[1])
for i = 2, #ARGV, 2 do
  local due, known = now + tonumber(ARGV[i]), redis.call('ZSCORE', KEYS[1], ARGV[i + 1])
  if not known or due < tonumber(known) then redis.call('ZADD', KEYS[1], due, ARGV[i + 1]) end
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 1
""")

# KEYS: waiting, tries. ARGV: how many at most, seconds of the lease. Gives SIDs, each with how often it was tried.
_CLAIM = LuaScript("""
local now = tonumber(redis.call('TIME')[1])
local claimed = {}
for _, sid in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])) do
  redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), sid)
  table.insert(claimed, sid)
  table.insert(claimed, redis.call('HGET', KEYS[2], sid) or '0')
end
return claimed
""")

# KEYS: waiting, tries. ARGV: SID, seconds from now, how often it was tried, seconds that the keys are kept.
_LATER = LuaScript("""
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return 1
""")

# KEYS: waiting, tries, given up. ARGV: SID, reason, seconds that it is shown.
_GIVE_UP = LuaScript("""
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[3]))
redis.call('ZADD', KEYS[3], now, ARGV[1] .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return 1
""")

# KEYS: waiting, given up. ARGV: seconds that the key is kept.
_ADD_AGAIN = LuaScript("""
local now, again = tonumber(redis.call('TIME')[1]), 0
for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
  redis.call('ZADD', KEYS[1], now, string.match(member, '^%S+'))
  redis.call('EXPIRE', KEYS[1], ARGV[1])
  redis.call('ZREM', KEYS[2], member)
  again = again + 1
end
return again
""")

# KEYS: waiting, given up, trouble. ARGV: seconds that what was given up is shown.
_STATE = LuaScript("""
local now = tonumber(redis.call('TIME')[1])
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {
  redis.call('ZCARD', KEYS[1]),
  first[2] and math.max(0, now - tonumber(first[2])) or 0,
  redis.call('GET', KEYS[3]) or '',
  redis.call('ZRANGEBYSCORE', KEYS[2], now - tonumber(ARGV[1]), '+inf'),
}
""")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A record to delete, and how often that was tried in vain."""

    sid: str
    tries: int


@dataclass(frozen=True, slots=True)
class DeletionsState:
    """`given_up` are reasons by SID: Twilio's error codes. `trouble` is why nothing can be deleted now, or empty."""

    waiting: int
    overdue_seconds: int
    trouble: str
    given_up: Mapping[str, str]

    @property
    def is_late(self) -> bool:
        """Whether no worker takes what has long been due."""
        return self.overdue_seconds > LATE_SECONDS

    @property
    def is_good(self) -> bool:
        return not (self.is_late or self.trouble or self.given_up)

    @property
    def reasons(self) -> Mapping[str, int]:
        """How many were given up for each reason, the most frequent first."""
        return dict(Counter(self.given_up.values()).most_common())


class Deletions:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def add(self, seconds: Mapping[str, float]) -> None:
        """Records by SID, and in how many seconds each is due; one that waits already is due at the earlier time."""
        pairs = [value for sid, wait in seconds.items() for value in (int(wait), sid)]
        if pairs:
            _ADD.run(self._redis, [_WAITING], [KEPT_SECONDS, *pairs])

    def claim(self, most: int) -> tuple[Claimed, ...]:
        """Some that are due, which nobody else gets for LEASE_SECONDS."""
        found = cast("list[bytes]", _CLAIM.run(self._redis, [_WAITING, _TRIES], [most, LEASE_SECONDS]))
        return tuple(Claimed(sid, int(tries)) for sid, tries in _pairs(found))

    def done(self, sid: str) -> None:
        """It is deleted, so there is no trouble with the others either."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.zrem(_WAITING, sid)
            pipeline.hdel(_TRIES, sid)
            pipeline.delete(_TROUBLE)
            pipeline.execute()

    def later(self, sid: str, seconds: float, tries: int) -> None:
        """It is due again in so many seconds, after so many tries."""
        _LATER.run(self._redis, [_WAITING, _TRIES], [sid, int(seconds), tries, KEPT_SECONDS])

    def give_up(self, sid: str, reason: str) -> None:
        """It is shown from now on, with a reason of one word."""
        _GIVE_UP.run(self._redis, [_WAITING, _TRIES, _GIVEN_UP], [sid, reason, SHOWN_SECONDS])

    def add_again(self) -> int:
        """What was given up is due now; how many those are."""
        return cast("int", _ADD_AGAIN.run(self._redis, [_WAITING, _GIVEN_UP], [KEPT_SECONDS]))

    def troubled(self, reason: str) -> None:
        """Nothing can be deleted at the moment, for a reason of one word."""
        self._redis.set(_TROUBLE, reason, ex=TROUBLE_SECONDS)

    def state(self) -> DeletionsState:
        found = _STATE.run(self._redis, [_WAITING, _GIVEN_UP, _TROUBLE], [SHOWN_SECONDS])
        waiting, overdue, trouble, given_up = cast("tuple[int, int, bytes, list[bytes]]", found)
        reasons = (member.decode().partition(" ") for member in given_up)
        return DeletionsState(waiting, overdue, trouble.decode(), {sid: reason for sid, _, reason in reasons})


def _pairs(found: list[bytes]) -> Iterator[tuple[str, str]]:
    texts = [one.decode() for one in found]
    yield from zip(texts[::2], texts[1::2], strict=True)
