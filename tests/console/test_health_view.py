from __future__ import annotations

from dataclasses import replace

from hotline.console.health_view import Health, StoreHealth, WorkerShown, health_of
from hotline.releases.content import Content
from hotline.store.deletions import DeletionsState
from hotline.store.releases import Worker
from tests.console.drafting import FOUR, base

GOOD = Health(
    (WorkerShown(12, ""),), "", takes_writes=True, not_durable="", deletions=None, reads_meaning=True, has_espeak=True
)
STORE = StoreHealth(takes_writes=True, not_durable=None, deletions=None)


def content() -> Content:
    return base().content


def test_workers_are_told_by_the_release_that_they_speak_from() -> None:
    workers = [
        Worker("one", FOUR, live=f"12:{'d' * 64}", ready=""),
        Worker("two", FOUR, live="", ready="", trouble="Redis does not answer"),
        Worker("three", FOUR, live="nonsense", ready=""),
    ]
    found = health_of(content(), workers, "", STORE)
    assert found.workers == (
        WorkerShown(None, ""),
        WorkerShown(None, "Redis does not answer"),
        WorkerShown(12, ""),
    )
    assert not found.is_good


def test_what_is_installed_is_told() -> None:
    found = health_of(content(), [], "", STORE)
    assert found.reads_meaning is content().understanding.reads_meaning
    silent = replace(content(), voices=content().voices.without_audio())
    assert not health_of(silent, [], "", STORE).has_espeak


def test_records_that_are_not_deleted_are_told_where_they_should_be() -> None:
    state = DeletionsState(waiting=3, overdue_seconds=0, trouble="20003", given_up={})
    assert health_of(content(), [], "", STORE).deletions is None
    assert health_of(content(), [], "", replace(STORE, deletions=replace(state, trouble=""))).deletions == ()
    (trouble,) = health_of(content(), [], "", replace(STORE, deletions=state)).deletions or ()
    assert "20003" in trouble


def test_all_is_good_only_where_nothing_is_wrong() -> None:
    assert GOOD.is_good
    assert replace(GOOD, deletions=()).is_good
    for worse in (
        replace(GOOD, trouble="x"),
        replace(GOOD, takes_writes=False),
        replace(GOOD, not_durable="x"),
        replace(GOOD, deletions=("x",)),
        replace(GOOD, reads_meaning=False),
        replace(GOOD, has_espeak=False),
        replace(GOOD, workers=(WorkerShown(12, "x"),)),
    ):
        assert not worse.is_good
