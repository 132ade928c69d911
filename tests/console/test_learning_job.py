"""Learning from the draft in the background, on a real Redis server; what learns is a small program."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline.console import learning_job
from hotline.console.examples_view import example_key, value_of
from hotline.console.learning_job import LearningJob, Lesson, Status
from hotline.releases import learning
from hotline.releases.learning import SCORING, Learning, lesson_of
from hotline.releases.publishing import LEARNING
from hotline.store import lease
from hotline.store.connection import RedisClient
from hotline.understanding.development import Score
from tests.console.drafting import drafted
from tests.console.newsroom import wait_until

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
NEW = "unos tipos de verde tocan en lo de mi tia"
FEW, MANY = Score(9, 5, 7, 4, 3), Score(9, 6, 8, 4, 4)
DRAFT = {example_key("es", NEW): value_of(NEW, "ice-at-door")}

# Learns as soon as the file `go` is there.
PROGRAM = """
import json, sys, time
from pathlib import Path
arguments = sys.argv[2:]
options = dict(zip(arguments[1::2], arguments[2::2]))
def tell(step, done):
    print(json.dumps({{"step": step, "done": done, "of": 1}}), file=sys.stderr, flush=True)
if arguments[0] == "train":
    assert {new!r} in Path(options["--locales"], "es/examples.toml").read_text(encoding="utf-8")
    tell("learning", 0.5)
    while not Path({go!r}).exists():
        time.sleep(0.02)
    Path(options["--output"]).write_bytes(b"learned")
else:
    before, after = map(Path, arguments[-2:])
    assert before.read_bytes()[:2] == b"PK" and after.read_bytes() == b"learned"
    tell("scoring", 0.5)
    print({few!r})
    print({many!r})
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "go"
    few, many = (json.dumps({"es": asdict(score)}) for score in (FEW, MANY))
    monkeypatch.setattr(learning, "_PROGRAM", PROGRAM.format(new=NEW, go=str(path), few=few, many=many))
    monkeypatch.setattr(learning_job, "TELL_SECONDS", 0.0)
    return path


@pytest.fixture
def job(redis: RedisClient, tmp_path: Path) -> LearningJob:
    return LearningJob(redis, Learning(tmp_path / "learning"), lambda: NOW)


def latest(job: LearningJob) -> Lesson:
    lesson = job.latest()
    assert lesson
    return lesson


def ended(job: LearningJob) -> Lesson:
    wait_until(lambda: latest(job).status is not Status.RUNNING)
    return latest(job)


def test_nothing_was_learned_at_first(job: LearningJob) -> None:
    assert job.latest() is None
    assert job.known(drafted(DRAFT)) is None


def test_what_was_learned_is_compared_with_what_is_live(job: LearningJob, go: Path) -> None:
    go.touch()
    draft = drafted(DRAFT)
    assert job.start(draft, by="ana")
    lesson = ended(job)
    assert (lesson.status, lesson.by, lesson.began, lesson.lesson) == (Status.DONE, "ana", NOW, lesson_of(draft.files))
    assert (lesson.before, lesson.after) == ({"es": FEW}, {"es": MANY})
    known = job.known(draft)
    assert known
    assert known.read_bytes() == b"learned"


def test_how_far_it_is_is_told_and_nobody_else_learns_meanwhile(job: LearningJob, go: Path) -> None:
    draft = drafted(DRAFT)
    assert job.start(draft, by="ana")
    wait_until(lambda: latest(job).share is not None)
    assert (latest(job).status, latest(job).step, latest(job).share) == (Status.RUNNING, LEARNING, 0.5)
    assert not job.start(draft, by="bea")
    go.touch()
    assert ended(job).by == "ana"
    wait_until(lambda: job.start(draft, by="bea"))
    assert ended(job).by == "bea"


def test_a_lesson_is_of_a_draft_beside_what_is_live(job: LearningJob, go: Path) -> None:
    go.touch()
    job.start(drafted(DRAFT), by="ana")
    lesson = ended(job)
    assert lesson.is_of(drafted(DRAFT))
    assert not lesson.is_of(drafted({example_key("es", f"{NEW} ya"): value_of(f"{NEW} ya", "ice-at-door")}))


def test_a_failure_says_why(job: LearningJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_PROGRAM", "raise SystemExit('es/examples.toml: keep one')")
    job.start(drafted(DRAFT), by="ana")
    lesson = ended(job)
    assert (lesson.status, lesson.problems) == (Status.FAILED, ("es/examples.toml: keep one",))
    assert job.known(drafted(DRAFT)) is None


def test_an_answer_that_nobody_understands_is_a_failure_too(
    job: LearningJob, go: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    go.touch()
    monkeypatch.setattr(
        learning, "_PROGRAM", "import sys; open(sys.argv[-3], 'w') if 'train' in sys.argv else print('no JSON')"
    )
    job.start(drafted(DRAFT), by="ana")
    lesson = ended(job)
    assert lesson.status is Status.FAILED
    assert "Learning failed" in lesson.problems[0]
    assert "learning from the draft failed" in caplog.text


def test_whoever_dies_leaves_a_lesson_that_was_interrupted(
    job: LearningJob, redis: RedisClient, go: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 60.0)
    assert job.start(drafted(DRAFT), by="ana")
    redis.delete("{content}:learning")
    assert latest(job).status is Status.INTERRUPTED
    go.touch()
    wait_until(lambda: job.known(drafted(DRAFT)) is not None)


def test_a_lesson_is_read_as_it_was_kept() -> None:
    lesson = Lesson(
        "1", "a", "b", "ana", NOW, Status.DONE, SCORING, 0.25, ("one", "two"), before={"es": FEW}, after={"es": MANY}
    )
    assert Lesson.from_json(lesson.to_json().encode()) == lesson
