"""The line as it runs for real: gunicorn with two workers and the embedded Redis server."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest
import requests
from click.testing import CliRunner
from twilio.request_validator import RequestValidator

from hotline import cli
from hotline.catalogs.catalog import CatalogError
from hotline.demo import announced_line
from hotline.phone.calling import press, start_call
from hotline.phone.forms import text_form
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.serving import ARRIVAL_SECONDS, GRACEFUL_SECONDS, kept
from hotline.settings import read_settings
from hotline.store.connection import connect
from hotline.store.embedded import EmbeddedServer

HOTLINE = Path(sys.executable).parent / "hotline"
# Three to four on a quiet machine; a busy one takes its time.
FIRST_ANSWER_SECONDS = 15

NUMBER = "+12035550123"


@contextmanager
def running(*command: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A command of the hotline in an environment of its own, ended with SIGTERM."""
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ} | environment
    with subprocess.Popen(
        [HOTLINE, *command], env=own, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            requests.get(f"{address}/healthz", timeout=1)
        except requests.ConnectionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer within {seconds} seconds")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    port = str(free_port())
    return {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "new token, old token",
        "PUBLIC_URL": "https://hotline.example.org",
        "SECRET_KEY": "a secret that only this test knows, 42 signs",
        "PORT": port,
        "HOTLINE_DATA": str(tmp_path_factory.mktemp("data")),
    }


@pytest.fixture(scope="module")
def line(environment: dict[str, str]) -> Iterator[Line]:
    address = f"http://127.0.0.1:{environment['PORT']}"
    with running("serve", **environment):
        wait_for(address)
        yield Line(address, environment["PUBLIC_URL"], "old token", environment["TWILIO_ACCOUNT_SID"], "+12035550100")


def test_two_hundred_identical_texts_at_once_over_two_workers_move_the_session_once(line: Line) -> None:
    send_text(line, NUMBER, "hola")
    form = text_form(line, "SM" + "1" * 32, NUMBER, "1")
    with ThreadPoolExecutor(64) as pool:
        answers = set(pool.map(lambda _: line.post("/sms", form).body, range(200)))
    assert len(answers) == 1
    (back,) = send_text(line, NUMBER, "#")
    assert back.body.startswith("¿Qué necesita?")


@pytest.mark.parametrize("token", ["", "a token of Twilio's"])
def test_two_hundred_identical_keys_at_once_move_a_call_once(line: Line, token: str) -> None:
    call = {"From": NUMBER, "To": line.number, "CallSid": f"CA{token}", "CallStatus": "in-progress"}

    def press(node: str, digits: str, token: str = "") -> str:
        path, form = f"/voice/es/{node}", call | {"Digits": digits}
        signature = RequestValidator(line.auth_token).compute_signature(line.public_url + path, form)
        headers = {"X-Twilio-Signature": signature} | ({"I-Twilio-Idempotency-Token": token} if token else {})
        return requests.post(line.address + path, data=form, headers=headers, timeout=15).text

    with ThreadPoolExecutor(64) as pool:
        assert len(set(pool.map(lambda _: press("rights", "5", token), range(200)))) == 1
    assert 'action="/voice/es/rights"' in press("rights-more", "#")
    assert 'action="/voice/es/main"' in press("rights", "#")


@pytest.mark.parametrize(
    "target",
    [
        "/sms?q=%C3%B1",
        "/sms?q=a%3Ab%2Fc",
        "/sms?q=%7E",
        "/sms?",
        "https://hotline.example.org/sms",
        "//sms",
        "/sms/%2e%2e/sms",
    ],
)
def test_what_gunicorn_hands_on_is_verified_as_it_came(line: Line, target: str) -> None:
    """A signature over the raw target is right where there is such a path, and never a 500."""
    path = "/sms" if target.startswith("https:") else target
    signed = RequestValidator(line.auth_token).compute_signature(line.public_url + path, {"Body": "hola"})
    with socket.create_connection(("127.0.0.1", int(line.address.rpartition(":")[2])), timeout=30) as raw:
        raw.sendall(
            f"POST {target} HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: {signed}\r\nConnection: close\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nBody=hola".encode()
        )
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    status = int(answer.split(b" ", 2)[1])
    assert status == (200 if path.partition("?")[0] in {"/sms", "//sms"} else 404), answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nX-Twilio-Signature: \xff\xfe\r\nContent-Length: 0\r\n\r\n",
        b"POST /sms HTTP/1.1\r\n\r\n",
        b"POST /sms%ff%00 HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"POST http:// HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"POST http://[ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"POST * HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n",
        b"\x16\x03\x01\x00",
    ],
)
def test_a_broken_request_is_refused_without_a_server_error(line: Line, request_bytes: bytes) -> None:
    with socket.create_connection(("127.0.0.1", int(line.address.rpartition(":")[2])), timeout=30) as raw:
        raw.sendall(request_bytes)
        raw.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert b" 500 " not in answer.partition(b"\r\n")[0]
    assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert b"Traceback" not in answer
    send_text(line, NUMBER, "hola")


@pytest.mark.slow
@pytest.mark.parametrize(
    "begun",
    [
        b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Le",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 1000\r\n\r\nBody=",
    ],
    ids=["in the headers", "in the body"],
)
def test_who_sends_slowly_is_not_waited_for(line: Line, begun: bytes) -> None:
    """One byte now and then, from as many as the line has threads, and a few more."""
    port, until = int(line.address.rpartition(":")[2]), time.monotonic() + 4 * ARRIVAL_SECONDS
    with ExitStack() as open_ones:
        slow = [open_ones.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(24)]
        for connection in slow:
            connection.sendall(begun)
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(requests.get, f"{line.address}/healthz", timeout=6 * ARRIVAL_SECONDS)
            while not answer.done() and time.monotonic() < until:
                for connection in slow:
                    with suppress(OSError):
                        connection.send(b"a")
                time.sleep(0.2)
            assert answer.result(1).json() == {"alive": True}
    send_text(line, NUMBER, "hola")


def test_a_call_goes_on_while_redis_is_killed_and_comes_back(line: Line, environment: dict[str, str]) -> None:
    call = press(line, start_call(line, "+12035550177"), "2")
    server = EmbeddedServer(read_settings(environment).redis_data)
    with connect(server.url) as client:
        os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)
    call = press(line, call, "1")
    assert "orden de un juez" in (call.events[0].text or "")
    assert send_text(line, NUMBER, "la migra esta en la puerta")
    end = time.monotonic() + 5
    while degraded := requests.get(f"{line.address}/readyz", timeout=5).json()["degraded"]:
        assert time.monotonic() < end, degraded


def test_the_demo_answers_within_seconds_and_leaves_nothing_running(tmp_path: Path) -> None:
    port = str(free_port())
    with running("demo", PORT=port, HOTLINE_DATA=str(tmp_path)):
        wait_for(f"http://127.0.0.1:{port}", FIRST_ANSWER_SECONDS)
        line = announced_line(tmp_path)
        assert send_text(line, NUMBER, "ice is at my door")[0].body.startswith("Keep the door closed.")
        assert requests.get(f"{line.address}/phone/", timeout=30).status_code == 200
        secrets = tmp_path / "demo.json"
        assert secrets.stat().st_mode & 0o777 == 0o600
    assert not secrets.exists()
    assert not EmbeddedServer(tmp_path / "redis").socket_path.exists()


def test_a_request_under_way_is_answered_when_the_server_is_told_to_stop(
    environment: dict[str, str], tmp_path: Path
) -> None:
    own = environment | {"PORT": str(free_port()), "HOTLINE_DATA": str(tmp_path)}
    address = f"http://127.0.0.1:{own['PORT']}"
    with running("serve", **own) as process:
        wait_for(address)
        line = Line(address, own["PUBLIC_URL"], "new token", own["TWILIO_ACCOUNT_SID"], "+12035550100")
        with ThreadPoolExecutor(8) as pool:
            under_way = [pool.submit(send_text, line, f"+120355501{number:02}", "la migra") for number in range(16)]
            time.sleep(0.01)
            process.terminate()
            wait(under_way)
    for one in under_way:
        # Whoever came too late was turned away at the door; nobody was left without an answer in the middle.
        error = one.exception()
        assert error is None or "Nothing answers" in str(error)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"SECRET_KEY": "short"}, "SECRET_KEY: needs at least 32 characters"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL is not set"),
        ({"REDIS_URL": "http://x"}, "REDIS_URL: "),
        ({"HOTLINE_DATA": "/dev/null"}, "/dev/null"),
        ({"HOTLINE_HOST": "no.such.host.invalid"}, "Nothing can listen on port"),
        ({"HOTLINE_HOST": "a" * 70}, "Nothing can listen on port"),
        ({"HOTLINE_HOST": "192.0.2.1"}, "Cannot assign requested address"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_line(
    environment: dict[str, str], changes: dict[str, str], says: str
) -> None:
    with running("serve", **environment | {"PORT": str(free_port())} | changes) as process:
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert says in output
    assert output.count("\n") == 1, output


def server_runs(data: str | Path) -> bool:
    """Whether a Redis server holds the lock on this folder, launched or still being launched."""
    lock = Path(data, "redis", "server.lock")
    if not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_named_at_once_and_nothing_is_left_running(
    environment: dict[str, str], tmp_path: Path, command: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        own = environment | {"PORT": str(taken.getsockname()[1]), "HOTLINE_DATA": str(tmp_path)}
        with running(command, **own) as process:
            output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    (says,) = [line for line in output.splitlines() if not line.startswith("Starting")]
    assert says.startswith(f"Error: Nothing can listen on port {own['PORT']} of 127.0.0.1: Address already in use. Set")
    assert not server_runs(tmp_path)
    assert not (tmp_path / "redis").exists()


def test_a_second_demo_on_the_same_port_leaves_the_first_one_alone(tmp_path: Path) -> None:
    own = {"PORT": str(free_port()), "HOTLINE_DATA": str(tmp_path)}
    with running("demo", **own):
        wait_for(f"http://127.0.0.1:{own['PORT']}")
        line = announced_line(tmp_path)
        with running("demo", **own) as second:
            assert second.wait(timeout=30) == 1
        assert announced_line(tmp_path) == line
        assert server_runs(tmp_path)
        assert send_text(line, NUMBER, "hola")
    assert not server_runs(tmp_path)


def test_a_script_that_cannot_be_served_starts_no_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise CatalogError(("hotline.po: broken",))

    monkeypatch.setattr("hotline.serving.create_app", broken)
    port = str(free_port())
    result = CliRunner().invoke(cli.main, ["demo"], env={"PORT": port, "HOTLINE_DATA": str(tmp_path)})
    assert result.exit_code == 1
    assert "hotline.po: broken" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_while_it_starts_leaves_no_server(
    environment: dict[str, str], tmp_path: Path, ending: signal.Signals
) -> None:
    own = environment | {"PORT": str(free_port()), "HOTLINE_DATA": str(tmp_path)}
    with running("serve", **own) as process:
        end = time.monotonic() + 30
        while not (tmp_path / "redis" / "server.lock").exists() and time.monotonic() < end:
            time.sleep(0.001)
        process.send_signal(ending)
        process.send_signal(ending)
        process.wait(timeout=30)
        assert not server_runs(tmp_path)


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGQUIT])
def test_a_signal_while_it_serves_leaves_no_server(
    environment: dict[str, str], tmp_path: Path, ending: signal.Signals
) -> None:
    own = environment | {"PORT": str(free_port()), "HOTLINE_DATA": str(tmp_path)}
    with running("serve", **own) as process:
        wait_for(f"http://127.0.0.1:{own['PORT']}")
        assert server_runs(tmp_path)
        process.send_signal(ending)
        # A worker that is just being born may miss the signal; then it is killed after the time of grace.
        process.wait(timeout=GRACEFUL_SECONDS + 15)
        assert not server_runs(tmp_path)


def test_a_worker_that_ends_leaves_the_server_alone(environment: dict[str, str], tmp_path: Path) -> None:
    own = environment | {"PORT": str(free_port()), "HOTLINE_DATA": str(tmp_path)}
    address = f"http://127.0.0.1:{own['PORT']}"
    with running("serve", **own) as process:
        wait_for(address)
        redis = tmp_path / "redis" / "server.pid"
        server = redis.read_text()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            pytest.skip("no /proc on this system: run this test on Linux")
        for worker in children.read_text().split():
            os.kill(int(worker), signal.SIGTERM)
        time.sleep(1)
        wait_for(address)
        assert redis.read_text() == server
        assert server_runs(tmp_path)


def test_what_expired_is_taken_out_of_the_files_while_the_line_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.serving.SCRUB_EVERY_SECONDS", 0.05)
    embedded = EmbeddedServer(tmp_path / "redis")
    with kept(embedded), connect(embedded.url) as client:
        client.set("session", "gone", px=50)
        end = time.monotonic() + 5
        while any(b"gone" in file for file in append_only_files(tmp_path)) and time.monotonic() < end:
            time.sleep(0.05)
        assert not any(b"gone" in file for file in append_only_files(tmp_path))
        assert client.info("persistence")["aof_rewrites"] >= 1
    assert not server_runs(tmp_path)


def append_only_files(folder: Path) -> Iterator[bytes]:
    for file in folder.rglob("*.aof"):
        # The server removes files meanwhile.
        with suppress(FileNotFoundError):
            yield file.read_bytes()


def test_what_answers_residents_imports_no_phone() -> None:
    code = "import sys, hotline.web.webhooks; sys.exit(any(name.startswith('hotline.phone') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
