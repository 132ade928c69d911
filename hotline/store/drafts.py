"""The draft in Redis: changes, each to one thing, that are not published yet. It is one for all operators."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TypeAlias, cast

from hotline.store.connection import RedisClient
from hotline.store.history import LOG, Entry, history_key, kept_entry

DRAFT = "{content}:draft"
VERSION = "{content}:draft-version"

# What a thing is changed to; None where it is removed.
Value: TypeAlias = Mapping[str, object] | None

# KEYS: draft, version, log, history of the thing. ARGV: version expected, key, change ("" takes it out), entry of the
# log. Gives 0 where the draft has another version.
_CHANGE = """
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[2]) else redis.call('HSET', KEYS[1], ARGV[2], ARGV[3]) end
redis.call('INCR', KEYS[2])
redis.call('RPUSH', KEYS[3], ARGV[4])
redis.call('RPUSH', KEYS[4], ARGV[4])
return 1
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing is to be `value`. `seen` is the digest of what its author saw before."""

    key: str
    value: Value
    by: str
    at: datetime
    seen: str = ""

    def to_fields(self) -> dict[str, object]:
        return {**asdict(self), "at": self.at.isoformat()}

    @classmethod
    def from_fields(cls, fields: Mapping[str, object]) -> Change:
        at = datetime.fromisoformat(str(fields["at"]))
        return cls(**{**fields, "at": at})  # type: ignore[arg-type]  # the fields are those that to_fields() wrote


@dataclass(frozen=True, slots=True)
class Draft:
    """All changes in the order in which they were made; the `version` grows with each."""

    version: int
    changes: tuple[Change, ...]

    def change(self, key: str) -> Change | None:
        return next((change for change in self.changes if change.key == key), None)


class Drafts:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def read(self) -> Draft:
        with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.get(VERSION)
            pipeline.hgetall(DRAFT)
            version, fields = cast("tuple[bytes | None, Mapping[bytes, bytes]]", tuple(pipeline.execute()))
        changes = [Change.from_fields(json.loads(text)) for text in fields.values()]
        return Draft(int(version or 0), tuple(sorted(changes, key=lambda change: (change.at, change.key))))

    def version(self) -> int:
        return int(cast("bytes | None", self._redis.get(VERSION)) or 0)

    def put(self, change: Change, *, version: int, entry: Entry) -> bool:
        """Makes a change part of the draft. False, and nothing has happened, where the draft is not of `version`."""
        return self._change(change.key, json.dumps(change.to_fields()), version, entry)

    def drop(self, key: str, *, version: int, entry: Entry) -> bool:
        """Takes a change out of the draft. False as in `put`."""
        return self._change(key, "", version, entry)

    def _change(self, key: str, change: str, version: int, entry: Entry) -> bool:
        keys = (DRAFT, VERSION, LOG, history_key(key))
        return bool(self._redis.eval(_CHANGE, 4, *keys, str(version), key, change, kept_entry(entry)))
