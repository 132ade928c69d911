"""Real servers of the line for the campaign, and a phone that measures how long each of them takes to answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from hotline.phone.line import Line
from tests.faults.stores import children_of
from tests.test_serving import free_port, wait_for

HOTLINE = Path(sys.executable).parent / "hotline"
NUMBER = "+12035550100"
TOKEN = "the token of the campaign"
ACCOUNT = "AC" + "0" * 32
PUBLIC_URL = "https://hotline.example.org"

OK, NO_CONTENT = 200, 204

# The process number stays when another program takes its place, and is known only here.
_HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_FDS="1", LISTEN_PID=str(os.getpid()))
os.execv(sys.argv[2], sys.argv[2:])
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """One webhook: its path, the seconds until all of the answer was there, and how often its connection broke."""

    path: str
    seconds: float
    status: int
    broken: int


@dataclass(slots=True)
class Measured:
    """What was measured of webhooks; shared by threads."""

    answers: list[Answered] = field(default_factory=list)
    lost: int = 0


class MeasuringAdapter(HTTPAdapter):
    """Measures each webhook, and sends it once more where its connection broke, as Twilio does."""

    def __init__(self, measured: Measured) -> None:
        super().__init__()
        self._measured = measured

    def send(  # noqa: PLR0917 - as it is in what it stands for
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - likewise
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,  # noqa: FBT001, FBT002 - likewise
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        for broken in range(2):
            began = time.monotonic()
            try:
                response = super().send(request, stream, timeout, verify, cert, proxies)
                _ = response.content
            except (requests.ConnectionError, requests.exceptions.ChunkedEncodingError):
                continue
            if request.method == "POST":
                seconds = time.monotonic() - began
                path = urlsplit(str(request.url)).path
                self._measured.answers.append(Answered(path, seconds, response.status_code, broken))
            return response
        self._measured.lost += 1
        raise requests.ConnectionError("The connection broke twice.")


@dataclass(slots=True)
class Served:
    """A line that runs: gunicorn and its workers. `log` is all that it has said so far."""

    process: subprocess.Popen[bytes]
    port: int
    log: list[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def workers(self) -> list[int]:
        """Those that serve; what fills in missing sounds is started beside them."""
        return [child for child in children_of(self.process.pid) if not _has_another_program(child)]

    def line(self, measured: Measured | None = None) -> Line:
        line = Line(self.address, PUBLIC_URL, TOKEN, ACCOUNT, NUMBER, fallback_url="/voice", text_fallback_url="/sms")
        if measured is None:
            return line
        return Line(
            *(self.address, PUBLIC_URL, TOKEN, ACCOUNT, NUMBER),
            fallback_url="/voice",
            text_fallback_url="/sms",
            adapter=lambda: MeasuringAdapter(measured),
        )


def _has_another_program(process: int) -> bool:
    try:
        return b"set_up_logs" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return True


def environment_of(data: Path, port: int, redis_url: str | None, **more: str) -> dict[str, str]:
    own = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return own | {
        "TWILIO_ACCOUNT_SID": ACCOUNT,
        "TWILIO_AUTH_TOKEN": TOKEN,
        "PUBLIC_URL": PUBLIC_URL,
        "SECRET_KEY": "a secret that only the campaign knows, 46 signs",
        "PORT": str(port),
        "REDIS_URL": redis_url or "",
        "WEB_CONCURRENCY": "2",
        "HOTLINE_DATA": str(data),
        **more,
    }


@contextmanager
def serving(
    data: Path, redis_url: str | None, *, descriptor: int | None = None, port: int | None = None, **more: str
) -> Iterator[Served]:
    """A line with two workers, which ends with the block; it listens on `descriptor` where one is handed over."""
    port = port or free_port()
    environment = environment_of(data, port, redis_url, **more)
    process = start(environment, descriptor)
    log: list[str] = []
    reader = threading.Thread(target=_read, args=(process, log), daemon=True)
    reader.start()
    served = Served(process, port, log)
    try:
        if descriptor is None:
            wait_for(served.address)
        yield served
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)
        reader.join(5)
        if process.stdout:
            process.stdout.close()


def start(environment: Mapping[str, str], descriptor: int | None) -> subprocess.Popen[bytes]:
    """The line; with a socket handed over as systemd does it: as descriptor 3, for the process that is named."""
    command = [str(HOTLINE), "serve"]
    if descriptor is not None:
        command = [sys.executable, "-c", _HAND_OVER, str(descriptor), *command]
    return subprocess.Popen(
        command,
        env=environment,
        pass_fds=() if descriptor is None else (descriptor,),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _read(process: subprocess.Popen[bytes], log: list[str]) -> None:
    if process.stdout:
        log.extend(line.decode(errors="replace").rstrip() for line in process.stdout)


def traces_in(log: list[str]) -> list[str]:
    """What tells of an error that nobody caught."""
    return [line for line in log if "Traceback" in line or "a webhook failed" in line or "Error handling" in line]
