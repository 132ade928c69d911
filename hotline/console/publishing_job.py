"""Publishing in the background: one at a time for all workers, with its progress in Redis."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias, cast
from uuid import uuid4

from redis.exceptions import RedisError

from hotline.console.desk import Desk
from hotline.logs import Log
from hotline.releases.publishing import PublishError, Tell
from hotline.store.connection import RedisClient
from hotline.store.lease import Lease
from hotline.store.releases import Pointer, Release, Releases

_LEASE = "{content}:publishing"
_LATEST = "{content}:publication"
KEPT_SECONDS = 7 * 24 * 3600
# Progress is not told more often.
TELL_SECONDS = 0.2
# So long all workers are waited for, until they speak from what was published.
TAKEN_UP_SECONDS = 10.0
LOOK_SECONDS = 0.05
# What is waited for after a release is live.
TAKING_UP = "taking up"

log = Log(__name__)


class Task(StrEnum):
    """Making a draft live, bringing back a release, or putting back what Redis has lost."""

    PUBLISH = "publish"
    RESTORE = "restore"
    PUT_BACK = "put back"


class Status(StrEnum):
    """INTERRUPTED: whoever did it is gone, and nothing went live."""

    RUNNING = "running"
    LIVE = "live"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Publication:
    """What somebody makes live, and how far it is.

    `releases` is how many there were before, `number` that of the one that is live now. `speaking` of `workers` speak
    from it, `seconds` after it was published.
    """

    id: str
    task: Task
    by: str
    note: str
    began: datetime
    releases: int
    status: Status = Status.RUNNING
    step: str = ""
    share: float | None = None
    number: int = 0
    speaking: int = 0
    workers: int = 0
    seconds: float = 0.0
    problems: tuple[str, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be told of it."""
        return self.status is not Status.RUNNING and not self.step

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "began": self.began.isoformat()})

    @classmethod
    def from_json(cls, text: bytes) -> Publication:
        fields = json.loads(text)
        return cls(
            **{
                **fields,
                "task": Task(fields["task"]),
                "status": Status(fields["status"]),
                "began": datetime.fromisoformat(fields["began"]),
                "problems": tuple(fields["problems"]),
            }
        )


Work: TypeAlias = Callable[[Tell], Release]


class PublishingJob:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient, releases: Releases, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._lease = Lease(redis, _LEASE)
        self._releases = releases
        self._now = now

    @classmethod
    def of(cls, desk: Desk) -> PublishingJob:
        return cls(desk.publishing.redis, desk.releases, desk.now)

    def start(self, task: Task, work: Work, *, by: str, note: str) -> bool:
        """Does `work` in a thread. False, and nothing is done, where something is being published already."""
        publication = Publication(uuid4().hex, task, by, note, self._now(), self._releases.count())
        if not self._lease.take(publication.id):
            return False
        self._keep(publication)
        threading.Thread(target=self._run, args=(publication, work), daemon=True).start()
        return True

    def latest(self) -> Publication | None:
        """What was published last, or is being published now; what became of it where nobody is left to tell."""
        publication = self._kept()
        if publication is None or publication.is_over or self._lease.holder() == publication.id:
            return publication
        # It may have ended, or another one begun, since the first question.
        again = self._kept()
        if again != publication:
            return again
        left = replace(publication, step="")
        if left.status is not Status.RUNNING:
            return left
        release = self._made_live_by(left)
        return (
            replace(left, status=Status.LIVE, number=release.number)
            if release
            else replace(left, status=Status.INTERRUPTED)
        )

    def is_running(self) -> bool:
        return self._lease.holder() is not None

    def _kept(self) -> Publication | None:
        found = cast("bytes | None", self._redis.get(_LATEST))
        return Publication.from_json(found) if found else None

    def _keep(self, publication: Publication) -> None:
        self._redis.set(_LATEST, publication.to_json(), ex=KEPT_SECONDS)

    def _made_live_by(self, publication: Publication) -> Release | None:
        since = max(self._releases.count() - publication.releases, 0)
        return next(
            (
                release
                for release in self._releases.latest(since)
                if (release.by, release.note) == (publication.by, publication.note) and release.at >= publication.began
            ),
            None,
        )

    def _run(self, publication: Publication, work: Work) -> None:
        with self._lease.held(publication.id), suppress(RedisError):
            self._keep(self._done(publication, work))

    def _done(self, publication: Publication, work: Work) -> Publication:
        """What became of it. Raises RedisError: then nobody knows before Redis answers again."""
        try:
            release = work(self._tell(publication))
        except PublishError as error:
            return replace(publication, status=Status.REFUSED, problems=error.problems)
        except RedisError as error:
            log.warning("publishing was interrupted", error=error)
            raise
        except Exception as error:  # noqa: BLE001 - the operator is told that it failed
            log.error("publishing failed", error=error)  # noqa: TRY400 - the log takes the error itself
            what = (
                f"Publishing failed ({type(error).__name__}). What is live stays live; the log of the line says more."
            )
            return replace(publication, status=Status.REFUSED, problems=(what,))
        return self._taken_up(replace(publication, status=Status.LIVE, number=release.number), release)

    def _taken_up(self, publication: Publication, release: Release) -> Publication:
        """Tells it live at once, then waits for the workers."""
        began, live = time.monotonic(), str(Pointer(release.number, release.manifest))
        self._tell(publication)(TAKING_UP, None)
        while True:
            workers = self._releases.workers(self._now())
            speaking, seconds = sum(worker.live == live for worker in workers), time.monotonic() - began
            if 0 < speaking == len(workers) or seconds > TAKEN_UP_SECONDS:
                return replace(publication, speaking=speaking, workers=len(workers), seconds=round(seconds, 1))
            time.sleep(LOOK_SECONDS)

    def _tell(self, publication: Publication) -> Tell:
        told: tuple[str, float] = ("", 0.0)

        def tell(step: str, share: float | None) -> None:
            nonlocal told
            if step == told[0] and time.monotonic() - told[1] < TELL_SECONDS:
                return
            told = (step, time.monotonic())
            with suppress(RedisError):
                self._keep(replace(publication, step=step, share=share))

        return tell
