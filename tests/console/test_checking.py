from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Event
from typing import cast

import pytest

from hotline.console import checking as module
from hotline.console.checking import Checking
from hotline.releases.drafting import Drafted
from hotline.releases.publishing import Publishing
from hotline.store.connection import RedisClient, connect
from hotline.store.drafts import Draft
from tests.console.drafting import drafted
from tests.console.newsroom import wait_until


@dataclass
class Slow:
    """Stands in for what takes seconds; it finds what it is told to, once it may go on."""

    go_on: Event = field(default_factory=Event)
    found: Callable[[], tuple[str, ...]] = tuple
    looked_at: list[int] = field(default_factory=list)

    def problems_of(self, drafted: Drafted) -> tuple[str, ...]:
        self.looked_at.append(drafted.draft.version)
        self.go_on.wait(10)
        return self.found()


def checking(redis: RedisClient, slow: Slow) -> Checking:
    return Checking(redis, cast("Publishing", slow))


def of_version(number: int) -> Drafted:
    made = drafted()
    return replace(made, draft=Draft(number, made.draft.changes))


def test_it_is_looked_at_once_in_the_background_for_all_workers(redis: RedisClient) -> None:
    slow = Slow(found=lambda: ("one", "two"))
    one, two = checking(redis, slow), checking(redis, slow)
    assert [one.problems(of_version(1)), two.problems(of_version(1)), one.problems(of_version(1))] == [None, None, None]
    slow.go_on.set()
    wait_until(lambda: one.problems(of_version(1)) is not None)
    assert one.problems(of_version(1)) == two.problems(of_version(1)) == ("one", "two")
    assert slow.looked_at == [1]


def test_another_state_of_the_draft_is_looked_at_anew(redis: RedisClient) -> None:
    slow = Slow()
    slow.go_on.set()
    looking = checking(redis, slow)
    for version in (1, 2):
        assert looking.problems(of_version(version)) is None
        wait_until(lambda: looking.problems(of_version(version)) == ())  # noqa: B023 - it is called at once
    assert slow.looked_at == [1, 2]


def test_what_fails_is_tried_again(redis: RedisClient, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> tuple[str, ...]:
        raise OSError("no space")

    slow = Slow(found=fail)
    slow.go_on.set()
    looking = checking(redis, slow)
    looking.problems(of_version(1))
    wait_until(lambda: "could not be checked" in caplog.text and not redis.exists(*redis.scan_iter("*checking*"), "x"))
    slow.found = lambda: ("found",)
    looking.problems(of_version(1))
    wait_until(lambda: looking.problems(of_version(1)) == ("found",))


def test_whoever_died_looking_does_not_hold_it_up_for_ever(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKING_SECONDS", 1)
    died = Slow()
    checking(redis, died).problems(of_version(1))
    assert 0 < redis.ttl(next(iter(redis.scan_iter("*checking*")))) <= 1
    good = Slow(found=lambda: ("found",))
    good.go_on.set()
    looking = checking(redis, good)
    wait_until(lambda: looking.problems(of_version(1)) == ("found",))
    died.go_on.set()


def test_an_outage_while_looking_is_no_crash(caplog: pytest.LogCaptureFixture) -> None:
    nowhere = connect("unix:///nowhere/redis.sock")
    slow = Slow()
    slow.go_on.set()
    checking(nowhere, slow)._look(of_version(1), "state")  # noqa: SLF001 - as its thread does
    assert "could not be checked" in caplog.text
