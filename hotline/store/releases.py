"""Releases in Redis, by what they hold: blobs, manifests, the list of releases, and which of them is live.

All keys are in one slot of a cluster. What is written once under a digest is never changed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import cast

from hotline.store.connection import RedisClient
from hotline.store.drafts import DRAFT, VERSION, Change, Value
from hotline.store.history import LOG, Entry, kept_entry

_LIVE = "{content}:live"
_NEXT = "{content}:next"
_RELEASES = "{content}:releases"
_WORKERS = "{content}:workers"
# Stands for what the hotline came with, where the number of a release is asked for.
PACKAGED = 0
# A candidate that nobody published within this time is forgotten by the workers.
NEXT_SECONDS = 120
# A worker that has not been heard of for so long is gone.
WORKER_SECONDS = 5.0
# A worker's record is dropped after this time.
FORGOTTEN_WORKER = timedelta(hours=1)

# KEYS: live, releases, draft, version, log, next, manifest kept. ARGV: live expected, release, manifest, entry of the
# log, then of each change that is published its key and itself. Gives the number, or 0 where one of these has changed
# meanwhile, or the manifest is gone: a server that crashed may have lost its last second.
_PUBLISH = """
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or redis.call('EXISTS', KEYS[7]) == 0 then return 0 end
for i = 5, #ARGV, 2 do
  if redis.call('HGET', KEYS[3], ARGV[i]) ~= ARGV[i + 1] then return 0 end
end
local number = redis.call('RPUSH', KEYS[2], ARGV[2])
for i = 5, #ARGV, 2 do redis.call('HDEL', KEYS[3], ARGV[i]) end
redis.call('INCR', KEYS[4])
redis.call('RPUSH', KEYS[5], ARGV[4])
redis.call('SET', KEYS[1], number .. ':' .. ARGV[3])
redis.call('DEL', KEYS[6])
return number
"""


class LostReleaseError(Exception):
    """Redis does not hold what a manifest or a pointer names."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A release by its number, from 1, and the digest of its manifest. The packaged content has none."""

    number: int
    manifest: str

    def __str__(self) -> str:
        return f"{self.number}:{self.manifest}"

    @classmethod
    def of(cls, text: str) -> Pointer | None:
        """None for what is no pointer."""
        number, _, manifest = text.partition(":")
        return cls(int(number), manifest) if number.isascii() and number.isdigit() and manifest else None


@dataclass(frozen=True, slots=True)
class Release:
    """What was published, by whom and why. `restores` is the number of the release that it brings back, or PACKAGED.

    `before` is what the things that were changed were until then, by the changes' keys. `agreed` is the digest of the
    manifest of the files in which package and release last agreed, each by itself; empty where that is not known.
    """

    manifest: str
    by: str
    at: datetime
    note: str
    changes: tuple[Change, ...] = ()
    restores: int | None = None
    number: int = 0
    before: Mapping[str, Value] = field(default_factory=dict)
    agreed: str = ""

    def to_json(self) -> str:
        return json.dumps(
            {
                "manifest": self.manifest,
                "by": self.by,
                "at": self.at.isoformat(),
                "note": self.note,
                "changes": [change.to_fields() for change in self.changes],
                "restores": self.restores,
                "before": self.before,
                "agreed": self.agreed,
            }
        )

    @classmethod
    def from_json(cls, text: bytes, number: int) -> Release:
        fields = json.loads(text)
        return cls(
            manifest=fields["manifest"],
            by=fields["by"],
            at=datetime.fromisoformat(fields["at"]),
            note=fields["note"],
            changes=tuple(Change.from_fields(change) for change in fields["changes"]),
            restores=fields["restores"],
            number=number,
            before=fields["before"],
            agreed=fields["agreed"],
        )


@dataclass(frozen=True, slots=True)
class Worker:
    """What a worker process last said of itself: what it speaks from, and what it has made ready to speak from.

    `refused` is a manifest that it could not load; `trouble` says why, or why it does not speak from the live release.
    """

    id: str
    at: datetime
    live: str
    ready: str
    refused: str = ""
    trouble: str = ""


class Releases:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def pointers(self) -> tuple[Pointer | None, str | None]:
        """What is live, and the manifest that is to be made ready because it will be; one round trip."""
        live, coming = cast("list[bytes | None]", self._redis.mget(_LIVE, _NEXT))
        return Pointer.of(live.decode()) if live else None, coming.decode() if coming else None

    def live(self) -> Pointer | None:
        return self.pointers()[0]

    def count(self) -> int:
        return int(self._redis.llen(_RELEASES))

    def release(self, number: int) -> Release | None:
        found = cast("bytes | None", self._redis.lindex(_RELEASES, number - 1)) if number > 0 else None
        return Release.from_json(found, number) if found else None

    def latest(self, most: int, before: int | None = None) -> tuple[Release, ...]:
        """At most so many releases, the latest first, from the one before the number `before` on."""
        end = (before or self.count() + 1) - 1
        first = max(0, end - most)
        if end <= 0:
            return ()
        found = cast("list[bytes]", self._redis.lrange(_RELEASES, first, end - 1))
        return tuple(reversed([Release.from_json(text, first + place) for place, text in enumerate(found, 1)]))

    def keep(self, contents: Mapping[str, bytes], digest: str, manifest: bytes) -> None:
        """Keeps `contents`, by their digests, and then the manifest that names them."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for name in contents:
                pipeline.exists(_blob(name))
            known = pipeline.execute()
        for (name, content), is_known in zip(contents.items(), known, strict=True):
            if not is_known:
                self.keep_blob(name, content)
        self._redis.set(_manifest(digest), manifest, nx=True)

    def keep_blob(self, digest: str, content: bytes) -> None:
        self._redis.set(_blob(digest), zlib.compress(content, 6), nx=True)

    def manifest(self, digest: str) -> bytes:
        """Raises LostReleaseError."""
        found = cast("bytes | None", self._redis.get(_manifest(digest)))
        if found is None:
            raise LostReleaseError("Redis does not hold this release any more")
        return found

    def blob(self, digest: str) -> bytes:
        """The content of a file. Raises LostReleaseError."""
        found = cast("bytes | None", self._redis.get(_blob(digest)))
        if found is None:
            raise LostReleaseError("Redis does not hold all files of this release any more")
        return zlib.decompress(found)

    def announce(self, manifest: str) -> None:
        """Asks all workers to make a manifest ready."""
        self._redis.set(_NEXT, manifest, ex=NEXT_SECONDS)

    def publish(self, release: Release, *, live: Pointer | None, entry: Entry) -> Release | None:
        """Makes a release live, and takes its changes out of the draft, in one step.

        None, and nothing has happened, where another release is live than `live`, where one of the changes is not in
        the draft any more as it is published, or where its manifest is not kept. What else the draft holds does not
        matter.
        """
        number = self._redis.eval(
            _PUBLISH,
            7,
            *(_LIVE, _RELEASES, DRAFT, VERSION, LOG, _NEXT, _manifest(release.manifest)),
            *(str(live or ""), release.to_json(), release.manifest, kept_entry(entry)),
            *(part for change in release.changes for part in (change.key, change.to_json())),
        )
        return replace(release, number=number) if number else None

    def report(self, worker: Worker) -> None:
        """Keeps what a worker says of itself."""
        self._redis.hset(_WORKERS, worker.id, json.dumps({**asdict(worker), "at": worker.at.isoformat()}))

    def leave(self, worker: str) -> None:
        """A worker that ends is waited for no more."""
        self._redis.hdel(_WORKERS, worker)

    def workers(self, now: datetime) -> tuple[Worker, ...]:
        """The workers that live, and are heard of."""
        found = cast("Mapping[bytes, bytes]", self._redis.hgetall(_WORKERS))
        known = [_worker(json.loads(fields)) for fields in found.values()]
        forgotten = [worker.id for worker in known if now - worker.at > FORGOTTEN_WORKER]
        if forgotten:
            self._redis.hdel(_WORKERS, *forgotten)
        return tuple(worker for worker in known if (now - worker.at).total_seconds() <= WORKER_SECONDS)


def _worker(fields: Mapping[str, str]) -> Worker:
    return Worker(**{**fields, "at": datetime.fromisoformat(fields["at"])})  # type: ignore[arg-type]  # as report() wrote it


def _blob(digest: str) -> str:
    return f"{{content}}:blob:{digest}"


def _manifest(digest: str) -> str:
    return f"{{content}}:manifest:{digest}"
