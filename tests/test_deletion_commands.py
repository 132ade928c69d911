"""`hotline worker` and `hotline deletions`, as processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner

from hotline.cli import main
from hotline.store.connection import RedisClient, connect_running
from hotline.store.deletions import Deletions
from tests.test_serving import free_port, running, wait_for

TEXT, CALL = f"SM{'a' * 32}", f"CA{'b' * 32}"
SETTINGS = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "token",
    "PUBLIC_URL": "https://hotline.example.org",
    "SECRET_KEY": "a secret that only this test knows, 42 signs",
}


def worker(**environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from hotline.cli import main; main()", "worker"]
    whole = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1", **SETTINGS, **environment}
    return subprocess.Popen(command, env=whole, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def told(redis_url: str, *options: str) -> str:
    result = CliRunner().invoke(main, ["deletions", *options], env={"REDIS_URL": redis_url})
    assert result.exit_code == 0, result.output
    return result.output


def test_what_waits_and_what_was_given_up_is_shown(redis: RedisClient, redis_url: str) -> None:
    Deletions(redis).add({TEXT: 0, CALL: 60})
    Deletions(redis).give_up(TEXT, "20009")
    shown = told(redis_url)
    assert "Waiting: 1\n" in shown
    assert f"  {TEXT}  20009\n" in shown


def test_what_was_given_up_is_tried_again(redis: RedisClient, redis_url: str) -> None:
    Deletions(redis).give_up(TEXT, "20009")
    assert told(redis_url, "--again") == "To be tried again: 1.\nWaiting: 1\n"


def test_without_redis_the_error_says_what_to_do(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["deletions"], env={"HOTLINE_DATA": str(tmp_path)})
    assert result.exit_code == 1
    assert result.output.startswith("Error: Redis does not answer")


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_with_nothing_to_do_waits_for_its_end(ending: signal.Signals) -> None:
    process = worker()
    assert process.stdout
    assert process.stdout.readline() == "There is nothing to do: HOTLINE_DELETE_AT_TWILIO is not 1.\n"
    time.sleep(0.2)
    assert process.poll() is None
    process.send_signal(ending)
    process.communicate(timeout=10)
    assert process.returncode == 0


def test_a_setting_that_is_wrong_ends_the_worker_with_its_remedy() -> None:
    process = worker(HOTLINE_DELETE_AT_TWILIO="yes")
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert output == "Error: HOTLINE_DELETE_AT_TWILIO: must be 1 for yes or 0 for no\n"


@pytest.mark.slow
def test_the_line_tells_that_nothing_is_deleted(tmp_path: Path) -> None:
    """The embedded server is the line's; the worker makes use of it, and starts none of its own."""
    environment = {
        **SETTINGS,
        "PORT": str(free_port()),
        "HOTLINE_DATA": str(tmp_path),
        "HOTLINE_DELETE_AT_TWILIO": "1",
        # Nobody listens there.
        "HOTLINE_TWILIO_API": "http://127.0.0.1:9",
    }
    address = f"http://127.0.0.1:{environment['PORT']}"
    process = worker(**environment)
    try:
        assert process.poll() is None
        with running("serve", **environment):
            wait_for(address)
            assert "deletions" not in degraded(address)
            Deletions(connect_running(None, tmp_path / "redis")).add({TEXT: 0})
            wait_until(lambda: "deletions" in degraded(address))
    finally:
        process.terminate()
        process.communicate(timeout=20)
        assert process.returncode == 0
    assert not (tmp_path / "redis" / "server.sock").exists()


def degraded(address: str) -> list[str]:
    found: list[str] = requests.get(f"{address}/readyz", timeout=5).json()["degraded"]
    return found


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.1)
