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

# KEYS: draft, version, log, then the history of each thing. ARGV: version expected, then for each thing its key, its
# change ("" takes it out), and the entry of the log. Gives 0 where the draft has another version.
_CHANGE = """
if (redis.call('GET', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
for i = 4, #KEYS do
  local key, change, entry = ARGV[3 * i - 10], ARGV[3 * i - 9], ARGV[3 * i - 8]
  if change == '' then redis.call('HDEL', KEYS[1], key) else redis.call('HSET', KEYS[1], key, change) end
  redis.call('RPUSH', KEYS[3], entry)
  redis.call('RPUSH', KEYS[i], entry)
end
redis.call('INCR', KEYS[2])
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

    def to_json(self) -> str:
        """As it stands in Redis."""
        return json.dumps(self.to_fields())

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

    def count(self) -> int:
        """How many changes there are."""
        return int(self._redis.hlen(DRAFT))

    def version(self) -> int:
        return int(cast("bytes | None", self._redis.get(VERSION)) or 0)

    def put(self, change: Change, *, version: int, entry: Entry) -> bool:
        """Makes a change part of the draft. False, and nothing has happened, where the draft is not of `version`."""
        return self.change({change.key: (change, entry)}, version=version)

    def drop(self, key: str, *, version: int, entry: Entry) -> bool:
        """Takes a change out of the draft. False as in `put`."""
        return self.change({key: (None, entry)}, version=version)

    def change(self, changes: Mapping[str, tuple[Change | None, Entry]], *, version: int) -> bool:
        """Makes several changes in one step, by the keys of the things; None takes one out. False as in `put`."""
        arguments = [
            argument
            for key, (change, entry) in changes.items()
            for argument in (key, change.to_json() if change else "", kept_entry(entry))
        ]
        keys = (DRAFT, VERSION, LOG, *map(history_key, changes))
        return bool(self._redis.eval(_CHANGE, len(keys), *keys, str(version), *arguments))
