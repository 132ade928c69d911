from __future__ import annotations

import threading
import time

from hotline.store.soon import Soon


def test_it_is_done_once_for_all_who_ask_meanwhile() -> None:
    done = threading.Semaphore(0)
    soon = Soon(done.release, 0.05)
    for _ in range(100):
        soon.ask()
    assert done.acquire(timeout=5)
    assert not done.acquire(timeout=0.2)


def test_it_can_be_asked_for_again_while_it_is_done() -> None:
    times: list[int] = []
    over = threading.Event()

    def do() -> None:
        times.append(1)
        if len(times) < 3:
            soon.ask()
        else:
            over.set()

    soon = Soon(do, 0.01)
    soon.ask()
    assert over.wait(5)


def test_it_is_done_at_once_where_the_process_ends() -> None:
    times: list[int] = []
    soon = Soon(lambda: times.append(1), 600)
    soon.ask()
    soon.finish()
    assert times == [1]


def test_where_nothing_was_asked_for_nothing_is_done_at_the_end() -> None:
    times: list[int] = []
    Soon(lambda: times.append(1), 600).finish()
    assert times == []


def test_what_is_asked_for_again_at_the_end_is_let_go() -> None:
    times: list[int] = []

    def do() -> None:
        times.append(1)
        soon.ask()

    soon = Soon(do, 0.01)
    soon.ask()
    soon.finish()
    time.sleep(0.1)
    assert times == [1]
