from __future__ import annotations

from dataclasses import replace

from hotline.console.health_view import Health, WorkerShown, health_of
from hotline.releases.content import Content
from hotline.store.releases import Worker
from tests.console.drafting import FOUR, base

GOOD = Health((WorkerShown(12, ""),), "", "", reads_meaning=True, has_espeak=True)


def content() -> Content:
    return base().content


def test_workers_are_told_by_the_release_that_they_speak_from() -> None:
    workers = [
        Worker("one", FOUR, live=f"12:{'d' * 64}", ready=""),
        Worker("two", FOUR, live="", ready="", trouble="Redis does not answer"),
        Worker("three", FOUR, live="nonsense", ready=""),
    ]
    found = health_of(content(), workers, "", None)
    assert found.workers == (
        WorkerShown(None, ""),
        WorkerShown(None, "Redis does not answer"),
        WorkerShown(12, ""),
    )
    assert not found.is_good


def test_what_is_installed_is_told() -> None:
    found = health_of(content(), [], "", None)
    assert found.reads_meaning is content().understanding.reads_meaning
    silent = replace(content(), voices=content().voices.without_audio())
    assert not health_of(silent, [], "", None).has_espeak


def test_all_is_good_only_where_nothing_is_wrong() -> None:
    assert GOOD.is_good
    for worse in (
        replace(GOOD, trouble="x"),
        replace(GOOD, not_durable="x"),
        replace(GOOD, reads_meaning=False),
        replace(GOOD, has_espeak=False),
        replace(GOOD, workers=(WorkerShown(12, "x"),)),
    ):
        assert not worse.is_good
