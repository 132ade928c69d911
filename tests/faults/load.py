"""Signed requests on connections of their own, as fast as a few threads can, and what became of each."""

from __future__ import annotations

import http.client
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from tests.faults.lines import ACCOUNT, NUMBER, OK, PUBLIC_URL, TOKEN
from tests.faults.residents import some_number

PATH = "/voice/es/main"
SECONDS = 10.0


@dataclass(slots=True)
class Load:
    """What became of the requests so far; shared by threads. `errors` are those that got no good answer."""

    port: int
    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        self.over.set()

    def ask(self) -> None:
        number, call = some_number(), f"CA{secrets.token_hex(16)}"
        form = {"From": number, "To": NUMBER, "CallSid": call, "AccountSid": ACCOUNT, "CallStatus": "in-progress"}
        form |= {"Digits": "1"}
        signature = RequestValidator(TOKEN).compute_signature(f"{PUBLIC_URL}{PATH}", form)
        headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        began = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            connection.request("POST", PATH, urlencode(form), headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.errors.append(f"{type(error).__name__}: {error}")
            return
        finally:
            connection.close()
        if answer.status != OK or b"<Gather" not in body:
            self.errors.append(f"status {answer.status}")
        self.seconds.append(time.monotonic() - began)


@contextmanager
def under_load(port: int, threads: int = 8) -> Iterator[Load]:
    load = Load(port)

    def go_on() -> None:
        while not load.over.is_set():
            load.ask()

    asking = [threading.Thread(target=go_on) for _ in range(threads)]
    for thread in asking:
        thread.start()
    try:
        yield load
    finally:
        load.stop()
        for thread in asking:
            thread.join()
