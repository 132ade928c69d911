"""Learning from the draft in the background, before it is published: one at a time, with its progress in Redis."""

from __future__ import annotations

import json
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import cast
from uuid import uuid4

from redis.exceptions import RedisError

from hotline.logs import Log
from hotline.releases.drafting import Base, Drafted
from hotline.releases.files import SCRIPT_FOLDER, TRAINED, Files, digest_of
from hotline.releases.learning import Learning, lesson_of
from hotline.releases.publishing import LEARNING, PublishError, Tell
from hotline.store.connection import RedisClient
from hotline.store.lease import Lease
from hotline.understanding.development import Score
from hotline.understanding.trained import TRAINED_FILE

_LEASE = "{content}:learning"
_LATEST = "{content}:lesson"
KEPT_SECONDS = 7 * 24 * 3600
# Progress is not told more often.
TELL_SECONDS = 0.2
_BEFORE, _AFTER = "before.npz", "after.npz"
_LEARNED_WITH = ("/examples.toml", "/commands.toml")
_FAILED = "Learning failed ({}). The draft stays as it is; the log of the line says more."

log = Log(__name__)


class Status(StrEnum):
    """INTERRUPTED: whoever did it is gone."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody let the line learn from the draft, and how far it is.

    `lesson` names what it learned from, `live` what it is compared with. The scores are by language: `before` with what
    is live, `after` with what was learned.
    """

    id: str
    lesson: str
    live: str
    by: str
    began: datetime
    status: Status = Status.RUNNING
    step: str = LEARNING
    share: float | None = None
    problems: tuple[str, ...] = ()
    before: Mapping[str, Score] = field(default_factory=dict)
    after: Mapping[str, Score] = field(default_factory=dict)

    def is_of(self, drafted: Drafted) -> bool:
        """Whether it is about this draft, beside what is live now."""
        return (self.lesson, self.live) == (lesson_of(drafted.files), _live_of(drafted.base))

    def to_json(self) -> str:
        return json.dumps({**asdict(self), "began": self.began.isoformat()})

    @classmethod
    def from_json(cls, text: bytes) -> Lesson:
        fields = json.loads(text)
        return cls(
            **{
                **fields,
                "began": datetime.fromisoformat(fields["began"]),
                "status": Status(fields["status"]),
                "problems": tuple(fields["problems"]),
                "before": {language: Score(**score) for language, score in fields["before"].items()},
                "after": {language: Score(**score) for language, score in fields["after"].items()},
            }
        )


class LearningJob:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient, learning: Learning, now: Callable[[], datetime]) -> None:
        self._redis = redis
        self._lease = Lease(redis, _LEASE)
        self._learning = learning
        self._now = now

    def start(self, drafted: Drafted, *, by: str) -> bool:
        """Learns in a thread. False, and nothing is done, where somebody learns already."""
        lesson = Lesson(uuid4().hex, lesson_of(drafted.files), _live_of(drafted.base), by, self._now())
        if not self._lease.take(lesson.id):
            return False
        self._keep(lesson)
        threading.Thread(target=self._run, args=(lesson, drafted), daemon=True).start()
        return True

    def latest(self) -> Lesson | None:
        """What was learned last, or is being learned now."""
        found = cast("bytes | None", self._redis.get(_LATEST))
        if found is None:
            return None
        lesson = Lesson.from_json(found)
        if lesson.status is Status.RUNNING and self._lease.holder() != lesson.id:
            # It may have ended between the two questions.
            again = cast("bytes | None", self._redis.get(_LATEST))
            lesson = Lesson.from_json(again or found)
            return replace(lesson, status=Status.INTERRUPTED) if lesson.status is Status.RUNNING else lesson
        return lesson

    def known(self, drafted: Drafted) -> Path | None:
        """What a draft teaches, if that was learned on this machine."""
        return self._learning.known(lesson_of(drafted.files))

    def _run(self, lesson: Lesson, drafted: Drafted) -> None:
        with self._lease.held(lesson.id), suppress(RedisError):
            self._keep(self._done(lesson, drafted))

    def _done(self, lesson: Lesson, drafted: Drafted) -> Lesson:
        tell = self._tell(lesson)
        try:
            with tempfile.TemporaryDirectory(prefix="hotline-lesson-") as folder:
                release = Path(folder)
                _write(drafted, release)
                (release / _AFTER).write_bytes(self._learning.learn(release, tell))
                before, after = self._learning.scores(release, [release / _BEFORE, release / _AFTER], tell)
        except PublishError as error:
            return replace(lesson, status=Status.FAILED, problems=error.problems)
        except Exception as error:  # noqa: BLE001 - the operator is told that it failed
            log.error("learning from the draft failed", error=error)  # noqa: TRY400 - the log takes the error itself
            return replace(lesson, status=Status.FAILED, problems=(_FAILED.format(type(error).__name__),))
        return replace(lesson, status=Status.DONE, before=before, after=after)

    def _keep(self, lesson: Lesson) -> None:
        self._redis.set(_LATEST, lesson.to_json(), ex=KEPT_SECONDS)

    def _tell(self, lesson: Lesson) -> Tell:
        told: tuple[str, float] = ("", 0.0)

        def tell(step: str, share: float | None) -> None:
            nonlocal told
            if step == told[0] and time.monotonic() - told[1] < TELL_SECONDS:
                return
            told = (step, time.monotonic())
            with suppress(RedisError):
                self._keep(replace(lesson, step=step, share=share))

        return tell


def _write(drafted: Drafted, folder: Path) -> None:
    """What is learned from, beside what was learned before: the draft's own folder may go meanwhile."""
    for path, content in drafted.files.items():
        if path.startswith(f"{SCRIPT_FOLDER}/") or path.endswith(_LEARNED_WITH):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
    (folder / _BEFORE).write_bytes(_trained_in(drafted.base.files))


def _live_of(base: Base) -> str:
    return digest_of(_trained_in(base.files))


def _trained_in(files: Files) -> bytes:
    return files[TRAINED] if TRAINED in files else TRAINED_FILE.read_bytes()
