"""What operators did, in Redis: one log of all of it, and the history of each thing that was changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from hotline.store.connection import RedisClient

LOG = "{content}:log"
MOST_ENTRIES = 20_000
# What somebody wanted to save, while somebody else was faster.
SET_ASIDE = "set aside"
# It hardly happens that so many are set aside one after the other.
_LOOKED_BACK = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """Who did what, when. `key` names the thing that was changed, from `before` to `after`; empty where it was none.

    `what` is a word such as "changed", "published" or "signed in"; `note` is a sentence for people.
    """

    at: datetime
    by: str
    what: str
    key: str = ""
    before: Mapping[str, object] | None = None
    after: Mapping[str, object] | None = None
    note: str = ""


class History:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def add(self, entry: Entry) -> None:
        """Adds what is no change of the draft; those add themselves."""
        with self._redis.pipeline(transaction=False) as pipeline:
            pipeline.rpush(LOG, kept_entry(entry))
            if entry.key:
                pipeline.rpush(history_key(entry.key), kept_entry(entry))
            pipeline.ltrim(LOG, -MOST_ENTRIES, -1)
            pipeline.execute()

    def log(self, most: int, skip: int = 0) -> tuple[Entry, ...]:
        """Of everything, the latest first."""
        return self._read(LOG, most, skip)

    def of(self, key: str, most: int = 100) -> tuple[Entry, ...]:
        """Of one thing, the latest first."""
        return self._read(history_key(key), most, 0)

    def latest(self, keys: Sequence[str]) -> dict[str, Entry]:
        """What happened last to each of several things, by its key; nothing of a thing that has no history.

        What was set aside did not happen to it.
        """
        with self._redis.pipeline(transaction=False) as pipeline:
            for key in keys:
                pipeline.lrange(history_key(key), -_LOOKED_BACK, -1)
            found = pipeline.execute()
        latest = {}
        for key, texts in zip(keys, found, strict=True):
            entries = (_entry(json.loads(text)) for text in reversed(texts))
            if entry := next((one for one in entries if one.what != SET_ASIDE), None):
                latest[key] = entry
        return latest

    def _read(self, key: str, most: int, skip: int) -> tuple[Entry, ...]:
        found = cast("list[bytes]", self._redis.lrange(key, -most - skip, -skip - 1))
        return tuple(_entry(json.loads(text)) for text in reversed(found))


def kept_entry(entry: Entry) -> str:
    """As it stands in Redis."""
    return json.dumps(
        {
            "at": entry.at.isoformat(),
            "by": entry.by,
            "what": entry.what,
            "key": entry.key,
            "before": entry.before,
            "after": entry.after,
            "note": entry.note,
        }
    )


def history_key(key: str) -> str:
    """Where the history of one thing stands."""
    return f"{{content}}:history:{key}"


def _entry(fields: dict[str, object]) -> Entry:
    at = datetime.fromisoformat(str(fields.pop("at")))
    return Entry(at=at, **fields)  # type: ignore[arg-type]  # the fields are those that kept_entry() wrote
