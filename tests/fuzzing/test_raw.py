"""What is no HTTP, or hardly, sent to the real server: it answers or hangs up, and goes on answering."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from hypothesis import example, given
from hypothesis import strategies as st

from hotline.phone.line import Line
from hotline.phone.texting import send_text
from tests.fuzzing.sizes import IS_NIGHTLY, Progress, at_its_own_pace, tries
from tests.test_serving import free_port, running, wait_for

HOST = b"Host: hotline.example.org\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
LONGEST_SECONDS = 8.0
# Of what a worker has after its first requests.
MOST_GROWTH_KILOBYTES = 60_000
WORKERS = 2
START_SECONDS = 30.0
REQUESTS = (
    b"",
    b"\x00" * 100,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    b"GET /healthz\r\n\r\n",
    b"GET http://elsewhere.example/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET //elsewhere.example/%2e%2e/%00 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /audio/../../etc/passwd HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /audio/%2e%2e/%2e%2e/etc/passwd.wav HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /healthz HTTP/9.9\r\n" + HOST + b"\r\n",
    b"GET /healthz HTTP/1.1\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + HOST.replace(b"hotline", b"other") + b"\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: \xff\xfe\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 65536 + b"\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"".join(b"X%d: y\r\n" % number for number in range(500)) + b"\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"X-A: b\r\n folded\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"X A: b\r\n\r\n",
    b"GET /" + b"a" * 70000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n" + b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    b"TRACE /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    b"CONNECT elsewhere.example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: -1\r\n\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 99999999999\r\n\r\nBody=1",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nBody=1",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: +6\r\n\r\nBody=1",
    b"POST /sms HTTP/1.1\r\n"
    + HOST
    + FORM
    + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /readyz"
    b" HTTP/1.1\r\n" + HOST + b"\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nBody=1\r\n0\r\n\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nBody=1",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked, identity\r\n\r\n6\r\nBody=1\r\n0\r\n\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 18\r\n\r\nBody=%zz&From=%ff\xff",
    b"POST /sms HTTP/1.1\r\n" + HOST + b"Content-Type: multipart/form-data\r\nContent-Length: 6\r\n\r\nBody=1",
    b"POST /sms HTTP/1.1\r\n"
    + HOST
    + b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 4\r\n\r\n--x-",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Content-Encoding: gzip\r\nContent-Length: 6\r\n\r\nBody=1",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"Expect: 100-continue\r\nContent-Length: 6\r\n\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"X-Twilio-Signature: " + b"\xff" * 28 + b"\r\nContent-Length: 0\r\n\r\n",
    b"POST /sms HTTP/1.1\r\n" + HOST + FORM + b"X-Forwarded-For: 127.0.0.1\r\nContent-Length: 0\r\n\r\n",
    b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n",
)


@dataclass(frozen=True, slots=True)
class Server:
    line: Line
    port: int
    pid: int

    def send(self, request: bytes, chance: random.Random) -> bytes:
        """All that comes back, or nothing where it hangs up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=LONGEST_SECONDS) as connection:
            with suppress(OSError):
                cut = chance.randrange(len(request) + 1)
                for part in (request[:cut], request[cut:]):
                    connection.sendall(part)
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            with suppress(ConnectionError):
                while part := connection.recv(65536):
                    answer += part
        return answer

    @property
    def kilobytes(self) -> dict[str, int]:
        """What each worker holds in memory that is its own."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii").split()
        workers = [pid for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        return {pid: _private(pid) for pid in workers}


def _private(pid: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    environment = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "PUBLIC_URL": "https://hotline.example.org",
        "SECRET_KEY": "a secret that only this test knows, 42 signs",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": str(WORKERS),
        "HOTLINE_DATA": str(tmp_path_factory.mktemp("line")),
    }
    address = f"http://127.0.0.1:{environment['PORT']}"
    line = Line(address, environment["PUBLIC_URL"], "token", environment["TWILIO_ACCOUNT_SID"], "+12035550100")
    with running("serve", **environment) as process:
        wait_for(address)
        server = Server(line, int(environment["PORT"]), process.pid)
        deadline = time.monotonic() + START_SECONDS
        # The first worker answers before the last one is there.
        while len(server.kilobytes) < WORKERS:
            assert time.monotonic() < deadline, "not all workers started"
            time.sleep(0.05)
        yield server


def parts() -> st.SearchStrategy[bytes]:
    """Requests of the list with something put in, left out or doubled."""

    def mangled(request: bytes, other: bytes, where: int, length: int) -> bytes:
        start = where % (len(request) + 1)
        return request[:start] + other + request[start + length :]

    known = st.sampled_from(REQUESTS)
    return st.builds(mangled, known, st.one_of(st.binary(max_size=20), known), st.integers(0, 200), st.integers(0, 9))


@pytest.mark.slow
@at_its_own_pace
def test_nothing_that_is_sent_gets_more_than_a_refusal_and_the_line_goes_on(server: Server) -> None:
    send_text(server.line, "+12035550123", "menu")
    before, chance, progress = server.kilobytes, random.Random(5), Progress("raw requests")

    @tries(300, 50_000)
    @given(request=parts())
    def send(request: bytes) -> None:
        progress.tick()
        _check(server.send(request, chance), request)

    for request in REQUESTS:
        send = example(request=request)(send)
    send()
    assert send_text(server.line, "+12035550123", "menu")
    after = server.kilobytes
    assert after.keys() == before.keys()
    assert max(after[pid] - before[pid] for pid in before) < MOST_GROWTH_KILOBYTES


def _check(answer: bytes, request: bytes) -> None:
    assert b"Traceback" not in answer, request
    head = answer.partition(b"\r\n")[0]
    if not head.startswith(b"HTTP/1."):
        return
    status = int(head.split()[1])
    assert status < 500 or status == 501, (request, answer[:300])
    if request.startswith(b"POST /sms"):
        assert status not in {200, 204}, request


@pytest.mark.slow
@pytest.mark.skipif(IS_NIGHTLY, reason="it is the same at night")
def test_the_line_answers_while_many_connections_say_nothing(server: Server) -> None:
    silent = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(100)]
    try:
        for connection in silent[::2]:
            connection.sendall(b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nBody")
        begun = time.monotonic()
        assert requests.get(f"{server.line.address}/healthz", timeout=LONGEST_SECONDS).ok
        assert time.monotonic() - begun < LONGEST_SECONDS
    finally:
        for connection in silent:
            connection.close()
