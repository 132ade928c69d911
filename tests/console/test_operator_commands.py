from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main
from hotline.console.passwords import is_right
from hotline.store.connection import RedisClient, connect
from hotline.store.embedded import EmbeddedServer
from hotline.store.history import History
from hotline.store.operators import Operator, Operators, Role
from tests.conftest import NOW
from tests.console.signing import quick_passwords

PASSWORD = "four quiet winter words"
MADE = re.compile(r": ((?:[a-z2-9]{5}-){3}[a-z2-9]{5})$", re.MULTILINE)
Run = Callable[..., Result]


@pytest.fixture
def run(redis: RedisClient, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `hotline operator` against the empty database of the test."""
    quick_passwords(monkeypatch)
    monkeypatch.setenv("REDIS_URL", redis_url)
    redis.ping()
    return run_operator


def run_operator(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, ["operator", *arguments], input=stdin)


def kept(redis: RedisClient, name: str) -> Operator:
    found = Operators(redis).find(name)
    assert found
    return found


def test_an_operator_is_added_with_a_password_from_standard_input(run: Run, redis: RedisClient) -> None:
    result = run("add", "Ana", "--role", "admin", "--password-stdin", stdin=f"{PASSWORD}\nmore\n")
    assert result.exit_code == 0, result.output
    assert result.output == "ana is added, with the role of admin.\n"
    operator = kept(redis, "ana")
    assert (operator.role, operator.must_change) == (Role.ADMIN, False)
    assert is_right(PASSWORD, operator.password)


def test_where_none_is_given_a_password_is_made_and_must_be_changed(run: Run, redis: RedisClient) -> None:
    result = run("add", "ana", "--role", "editor")
    found = MADE.search(result.output)
    assert found
    operator = kept(redis, "ana")
    assert operator.must_change
    assert is_right(found[1], operator.password)


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("ana", "short", "at least 12"),
        ("ana", "", "at least 12"),
        ("ana.mendoza-ortiz", "ana.mendoza-ortiz", "must not be the name"),
        ("ana", "a" * 100_000, "at most 128"),
        ("<b>", PASSWORD, "letters a to z"),
        ("a" * 100_000, PASSWORD, "letters a to z"),
    ],
)
def test_a_bad_name_or_password_is_one_clear_line(
    run: Run, redis: RedisClient, name: str, password: str, said: str
) -> None:
    result = run("add", name, "--role", "admin", "--password-stdin", stdin=password)
    assert result.exit_code == 1
    assert said in result.output
    assert result.output.count("\n") == 1
    assert Operators(redis).is_empty()


def test_bytes_that_are_no_text_are_no_password(redis: RedisClient, redis_url: str) -> None:
    redis.ping()
    finished = subprocess.run(
        [sys.executable, "-c", "from hotline.cli import main; main()", *COMMAND, "--password-stdin"],
        input=b"\xff\xfe" * 20,
        capture_output=True,
        env={**os.environ, "REDIS_URL": redis_url, "PYTHONIOENCODING": "utf-8:strict"},
        check=False,
    )
    assert finished.returncode == 1
    assert b"cannot be stored" in finished.stderr


def test_a_name_is_not_given_twice(run: Run, redis: RedisClient) -> None:
    run("add", "ana", "--role", "admin")
    before = kept(redis, "ana")
    result = run("add", "ANA", "--role", "editor")
    assert (result.exit_code, result.output) == (1, "Error: There is an operator named ana already.\n")
    assert kept(redis, "ana") == before


def test_without_a_role_nobody_is_added(run: Run) -> None:
    assert run("add", "ana").exit_code == 2
    assert run("add", "ana", "--role", "owner").exit_code == 2


def test_operators_are_listed(run: Run) -> None:
    assert "Add the first: hotline operator add NAME --role admin" in run("list").output
    run("add", "ben", "--role", "editor")
    run("add", "ana", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    lines = run("list").output.splitlines()
    assert [line.split()[:2] for line in lines] == [["ana", "admin"], ["ben", "editor"]]
    assert "not yet signed in" in lines[1]


def test_an_operator_is_removed_and_the_last_admin_is_not(run: Run, redis: RedisClient) -> None:
    run("add", "ana", "--role", "admin")
    run("add", "ben", "--role", "editor")
    assert run("remove", "Ben").output == "ben is removed.\n"
    result = run("remove", "ana")
    assert result.exit_code == 1
    assert "ana is the only admin" in result.output
    assert [operator.name for operator in Operators(redis).all()] == ["ana"]


@pytest.mark.parametrize("command", ["remove", "reset"])
def test_nobody_cannot_be_removed_or_reset(run: Run, command: str) -> None:
    result = run(command, "nobody")
    assert result.exit_code == 1
    assert "There is no operator named nobody. See: hotline operator list" in result.output


def test_a_reset_gives_a_new_password_and_switches_codes_off(run: Run, redis: RedisClient) -> None:
    run("add", "ana", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    before = Operators(redis).change("ana", lambda one: one.with_code_secret("A" * 32, NOW))
    found = MADE.search(run("reset", "Ana").output)
    assert found
    operator = kept(redis, "ana")
    assert is_right(found[1], operator.password)
    assert operator.must_change
    assert operator.code_secret is None
    assert operator.stamp != before.stamp


def test_what_is_done_stands_in_the_log_without_passwords(run: Run, redis: RedisClient) -> None:
    run("add", "ana", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    run("add", "ben", "--role", "editor")
    run("reset", "ben")
    run("remove", "ben")
    log = [(entry.by, entry.what, entry.note) for entry in reversed(History(redis).log(9))]
    assert log == [
        ("command line", "operator added", "ana, admin"),
        ("command line", "operator added", "ben, editor"),
        ("command line", "password reset", "ben"),
        ("command line", "operator removed", "ben"),
    ]


def test_without_redis_it_says_so_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:9")
    result = run_operator("list")
    assert result.exit_code == 1
    assert "Redis does not answer (ConnectionError); see REDIS_URL." in result.output
    assert "secret" not in result.output
    monkeypatch.setenv("REDIS_URL", "nonsense")
    assert "A Redis URL begins with" in run_operator("list").output


@pytest.fixture
def embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedServer:
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    return EmbeddedServer(tmp_path / "redis")


def is_running(server: EmbeddedServer) -> bool:
    connected = server.connect(1)
    if connected:
        connected.close()
    return connected is not None


def test_the_embedded_server_need_not_run(embedded: EmbeddedServer) -> None:
    assert run_operator("add", "ana", "--role", "admin").exit_code == 0
    assert not is_running(embedded)
    assert "ana" in run_operator("list").output
    assert not is_running(embedded)


def test_an_embedded_server_that_runs_goes_on(embedded: EmbeddedServer) -> None:
    url = embedded.ensure()
    try:
        assert run_operator("add", "ana", "--role", "admin").exit_code == 0
        assert is_running(embedded)
        client = connect(url)
        assert kept(client, "ana").role is Role.ADMIN
        client.close()
    finally:
        embedded.stop()


COMMAND = ("operator", "add", "ana", "--role", "admin")


def typed_on_a_terminal(redis_url: str, *lines: str) -> str:
    """What a terminal shows where somebody types the lines as it asks for them."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "REDIS_URL": redis_url}
    command = [sys.executable, "-c", "from hotline.cli import main; main()", *COMMAND]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, close_fds=True):
        os.close(theirs)
        shown = b""
        waiting = list(lines)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                shown += os.read(ours, 1024)
            except OSError:
                break
            if waiting and shown.rstrip().endswith(b":"):
                os.write(ours, f"{waiting.pop(0)}\n".encode())
                shown += b"|"
    os.close(ours)
    return shown.decode()


def test_on_a_terminal_it_asks_twice_and_shows_nothing(redis: RedisClient, redis_url: str) -> None:
    shown = typed_on_a_terminal(redis_url, PASSWORD, PASSWORD)
    assert shown.count("|") == 2
    assert PASSWORD not in shown
    assert "ana is added" in shown
    assert is_right(PASSWORD, kept(redis, "ana").password)


def test_on_a_terminal_an_empty_password_is_made(redis: RedisClient, redis_url: str) -> None:
    shown = typed_on_a_terminal(redis_url, "", "")
    assert MADE.search(shown.replace("\r", ""))
    assert kept(redis, "ana").must_change
