from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from hotline.ending import at_the_end

WAIT = """
import signal, sys, time
from hotline.ending import at_the_end, end_in_order
def slowly():
    time.sleep(0.3)
    print("done", flush=True)
{before}
end_in_order()
with at_the_end(slowly):
    print("ready", flush=True)
    time.sleep({seconds})
"""


def waiting(seconds: float, before: str = "") -> subprocess.Popen[str]:
    code = WAIT.format(seconds=seconds, before=before)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_it_is_done_once_also_after_an_error() -> None:
    done: list[int] = []
    with pytest.raises(ValueError, match="broken"), at_the_end(lambda: done.append(1)):
        raise ValueError("broken")
    assert done == [1]


def test_a_forked_copy_does_not_do_it() -> None:
    reader, writer = os.pipe()
    end = at_the_end(lambda: os.write(writer, b"done"))
    with end:
        copy = os.fork()
        if not copy:
            try:
                end.__exit__(None, None, None)
            finally:
                os._exit(0)
        os.waitpid(copy, 0)
        os.set_blocking(reader, False)
        with pytest.raises(BlockingIOError):
            os.read(reader, 4)
    assert os.read(reader, 4) == b"done"
    os.close(reader)
    os.close(writer)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_that_ends_the_process_lets_it_be_done_however_often_it_comes(ending: signal.Signals) -> None:
    with waiting(30) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        for _ in range(3):
            process.send_signal(ending)
        assert process.stdout.read() == "done\n"
    assert process.returncode == 128 + ending


def test_a_signal_that_was_ignored_stays_ignored() -> None:
    with waiting(0.3, before="signal.signal(signal.SIGHUP, signal.SIG_IGN)") as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        assert process.stdout.read() == "done\n"
    assert process.returncode == 0
