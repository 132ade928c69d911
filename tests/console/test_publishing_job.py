"""Publishing in the background, on a real Redis server."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from redis.exceptions import RedisError

from hotline.console import publishing_job as module
from hotline.console.publishing_job import Publication, PublishingJob, Status, Task, Work
from hotline.releases.publishing import PublishError, Tell
from hotline.store.connection import RedisClient, connect
from hotline.store.history import Entry
from hotline.store.releases import Release, Releases, Worker
from tests.conftest import NOW
from tests.console.newsroom import wait_until

NOTE = "A court has decided."


@pytest.fixture(autouse=True)
def _workers_are_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "TAKEN_UP_SECONDS", 0.2)


@pytest.fixture
def releases(redis: RedisClient) -> Releases:
    return Releases(redis)


@pytest.fixture
def job(redis: RedisClient, releases: Releases) -> PublishingJob:
    return PublishingJob(redis, releases, lambda: NOW)


@pytest.fixture
def go_on() -> Iterator[Event]:
    """What work waits for."""
    event = Event()
    yield event
    event.set()


def published(releases: Releases, by: str = "ana", note: str = NOTE) -> Release:
    releases.keep({}, "d" * 64, b"{}")
    release = releases.publish(
        Release("d" * 64, by, NOW, note),
        live=releases.live(),
        entry=Entry(NOW, by, "published"),
    )
    assert release
    return release


def over(job: PublishingJob) -> Publication:
    found: list[Publication] = []

    def is_over() -> bool:
        latest = job.latest()
        if latest and latest.is_over:
            found.append(latest)
        return bool(found)

    wait_until(is_over)
    return found[0]


def started(job: PublishingJob, work: Work, by: str = "ana") -> bool:
    return job.start(Task.PUBLISH, work, by=by, note=NOTE)


def test_at_first_nothing_was_published(job: PublishingJob) -> None:
    assert job.latest() is None
    assert not job.is_running()


def test_what_went_live_is_told_with_the_workers_that_speak_from_it(job: PublishingJob, releases: Releases) -> None:
    for id in ("one", "two"):
        releases.report(Worker(id, NOW, live=f"1:{'d' * 64}", ready=""))
    assert started(job, lambda tell: published(releases))  # noqa: ARG005 - as Work is
    done = over(job)
    assert (done.status, done.number, done.speaking, done.workers) == (Status.LIVE, 1, 2, 2)
    assert done.seconds < 5
    assert (done.by, done.note, done.began, done.task) == ("ana", NOTE, NOW, Task.PUBLISH)
    wait_until(lambda: not job.is_running())


def test_a_worker_that_does_not_take_it_up_is_not_waited_for_for_ever(job: PublishingJob, releases: Releases) -> None:
    releases.report(Worker("one", NOW, live="", ready=""))
    releases.report(Worker("two", NOW, live=f"1:{'d' * 64}", ready=""))
    started(job, lambda tell: published(releases))  # noqa: ARG005
    done = over(job)
    assert (done.status, done.speaking, done.workers) == (Status.LIVE, 1, 2)


def test_progress_is_told_while_it_goes_on(job: PublishingJob, releases: Releases, go_on: Event) -> None:
    def work(tell: Tell) -> Release:
        tell("checking", None)
        tell("learning", 0.25)
        go_on.wait(10)
        return published(releases)

    started(job, work)
    wait_until(lambda: bool((found := job.latest()) and found.step == "learning"))
    latest = job.latest()
    assert latest
    assert (latest.status, latest.share, latest.is_over) == (Status.RUNNING, 0.25, False)
    assert job.is_running()
    go_on.set()
    assert over(job).step == ""


def test_only_one_publishes_at_a_time(job: PublishingJob, releases: Releases, go_on: Event) -> None:
    def work(tell: Tell) -> Release:  # noqa: ARG001
        go_on.wait(10)
        return published(releases)

    assert started(job, work)
    assert not started(job, work, by="bo")
    latest = job.latest()
    assert latest
    assert latest.by == "ana"
    go_on.set()
    over(job)
    wait_until(lambda: started(job, work, by="bo"))
    wait_until(lambda: not job.is_running())


def test_what_was_refused_says_why(job: PublishingJob) -> None:
    def work(tell: Tell) -> Release:  # noqa: ARG001
        raise PublishError("one reason", "another")

    started(job, work)
    done = over(job)
    assert (done.status, done.problems, done.number) == (Status.REFUSED, ("one reason", "another"), 0)


def test_what_fails_unforeseen_is_told_and_does_not_block_the_next(
    job: PublishingJob, releases: Releases, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(tell: Tell) -> Release:  # noqa: ARG001
        raise OSError("No space left on device")

    started(job, fail)
    done = over(job)
    assert done.status is Status.REFUSED
    assert "OSError" in done.problems[0]
    assert "publishing failed" in caplog.text
    wait_until(lambda: started(job, lambda tell: published(releases)))  # noqa: ARG005
    assert over(job).status is Status.LIVE


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_outage_of_redis_leaves_open_what_became_of_it_until_redis_answers(
    job: PublishingJob, releases: Releases, when: str
) -> None:
    nowhere = connect("unix:///nowhere/redis.sock")

    def work(tell: Tell) -> Release:  # noqa: ARG001
        if when == "after":
            published(releases)
        nowhere.get("x")
        raise AssertionError

    started(job, work)
    wait_until(lambda: not job.is_running())
    latest = job.latest()
    assert latest
    assert (latest.status, latest.number) == ((Status.LIVE, 1) if when == "after" else (Status.INTERRUPTED, 0))


def test_another_release_is_not_taken_for_what_was_interrupted(job: PublishingJob, releases: Releases) -> None:
    published(releases)

    def work(tell: Tell) -> Release:  # noqa: ARG001
        published(releases, by="bo")
        return connect("unix:///nowhere/redis.sock").get("x")  # type: ignore[return-value]  # it raises

    started(job, work)
    wait_until(lambda: not job.is_running())
    latest = job.latest()
    assert latest
    assert latest.status is Status.INTERRUPTED


_KILLED = """
import os, sys, time
from datetime import datetime
from hotline.console import publishing_job
from hotline.store import lease
from hotline.store.connection import connect
from hotline.store.history import Entry
from hotline.store.releases import Release, Releases

lease.SECONDS, lease.BEAT_SECONDS = 1, 0.2
redis, now = connect(sys.argv[1]), datetime.fromisoformat(sys.argv[2])
releases = Releases(redis)

def work(tell):
    tell("keeping", None)
    if sys.argv[3] == "after":
        release = Release("d" * 64, "ana", now, {note!r})
        releases.keep({{}}, release.manifest, b"{{}}")
        releases.publish(release, live=None, entry=Entry(now, "ana", "published"))
    print("at it", flush=True)
    time.sleep(60)

publishing_job.PublishingJob(redis, releases, lambda: now).start("publish", work, by="ana", note={note!r})
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_worker_that_is_killed_is_found_to_have_gone_and_what_it_did_is_known(
    job: PublishingJob, redis_url: str, when: str
) -> None:
    code = textwrap.dedent(_KILLED.format(note=NOTE))
    worker = subprocess.Popen(
        [sys.executable, "-c", code, redis_url, NOW.isoformat(), when], stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout
    assert worker.stdout.readline() == "at it\n"
    latest = job.latest()
    assert latest
    assert (latest.status, latest.step) == (Status.RUNNING, "keeping")
    worker.kill()
    worker.communicate()
    wait_until(lambda: not job.is_running())
    done = over(job)
    expected = (Status.INTERRUPTED, 0) if when == "before" else (Status.LIVE, 1)
    assert (done.status, done.number) == expected


def asks_for_the_latest(job: PublishingJob) -> None:
    job.latest()


def asks_whether_it_runs(job: PublishingJob) -> None:
    job.is_running()


def begins(job: PublishingJob) -> None:
    started(job, lambda tell: published(Releases(connect("unix:///nowhere/redis.sock"))))  # noqa: ARG005


@pytest.mark.parametrize("ask", [asks_for_the_latest, asks_whether_it_runs, begins])
def test_without_redis_nothing_begins(ask: Callable[[PublishingJob], None], tmp_path: Path) -> None:
    nowhere = connect(f"unix://{tmp_path}/gone.sock")
    with pytest.raises(RedisError):
        ask(PublishingJob(nowhere, Releases(nowhere), lambda: NOW))
