from __future__ import annotations

import subprocess
import sys
import threading

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


def test_it_is_done_at_the_end_of_a_process_that_ends_before() -> None:
    code = "from hotline.store.soon import Soon; Soon(lambda: print('done'), 600).ask()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert (ended.stdout, ended.stderr) == ("done\n", "")


def test_what_is_asked_for_again_at_the_end_is_let_go() -> None:
    code = "from hotline.store.soon import Soon; soon = Soon(lambda: soon.ask(), 600); soon.ask()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=True)
    assert ended.stderr == ""
