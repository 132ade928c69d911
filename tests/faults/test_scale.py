"""Workers on a cluster, and on a pair of servers whose master is killed in the middle of five hundred conversations."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from hotline.phone.line import Line
from tests.faults.campaign import MOST_SECONDS, WAITED_FOR_SECONDS, Known, People
from tests.faults.lines import NO_CONTENT, OK, Measured, serving, traces_in
from tests.faults.residents import some_number, text
from tests.faults.stores import cluster, watched_pair

pytestmark = [pytest.mark.slow, pytest.mark.timed, pytest.mark.timeout(240)]

CONVERSATIONS = 500
AT_ONCE = 6


def go_on(line: Line, known: Known, number: str) -> bool:
    """Whether the line still knew where this conversation stood."""
    return text(line, number, "1") == known.then


def begin(line: Line, known: Known, numbers: Sequence[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda number: text(line, number, known.sentence), numbers))


def all_are_good(measured: Measured, log: list[str]) -> None:
    assert measured.lost == 0
    assert {answer.status for answer in measured.answers} <= {OK, NO_CONTENT}
    assert max(answer.seconds for answer in measured.answers) < MOST_SECONDS
    assert not traces_in(log)


def test_a_cluster_keeps_every_conversation(tmp_path: Path) -> None:
    measured, numbers = Measured(), [some_number() for _ in range(100)]
    with cluster(tmp_path / "cluster") as url, serving(tmp_path / "line", url) as served:
        line = served.line(measured)
        known = People.of(line).known
        begin(line, known, numbers)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            assert all(pool.map(partial(go_on, line, known), numbers))
    all_are_good(measured, served.log)


def test_conversations_go_on_while_the_master_is_killed(tmp_path: Path) -> None:
    measured, numbers = Measured(), [some_number() for _ in range(CONVERSATIONS)]
    with watched_pair(tmp_path) as (master, replica, url), serving(tmp_path / "line", url) as served:
        line = served.line(measured)
        known = People.of(line).known
        begin(line, known, numbers)
        # What was answered a moment ago may not have reached the replica yet; this much has.
        master.do("WAIT", 1, 2000)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            turns = [pool.submit(go_on, line, known, number) for number in numbers[:300]]
            while sum(turn.done() for turn in turns) < len(turns) // 6:
                time.sleep(0.005)
            began = time.monotonic()
            master.end()
            without_state = sum(not turn.result() for turn in turns)
        taken_up_after = seconds_until_known(line, known, began)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            lost = sum(not known_still for known_still in pool.map(partial(go_on, line, known), numbers[300:]))
    print(f"{without_state} of 300 turns had no state; back after {taken_up_after:.1f} s; {lost} of 200 were lost")  # noqa: T201 - figures
    assert replica.port
    assert taken_up_after < WAITED_FOR_SECONDS
    assert lost == 0
    all_are_good(measured, served.log)


def seconds_until_known(line: Line, known: Known, began: float) -> float:
    in_a_row, since = 0, began
    while in_a_row < AT_ONCE and time.monotonic() < began + 2 * WAITED_FOR_SECONDS:
        asked = time.monotonic()
        good = known.goes_on(line)
        since, in_a_row = (since, in_a_row + 1) if good and in_a_row else (asked, int(good))
    return since - began if in_a_row else 2 * WAITED_FOR_SECONDS
