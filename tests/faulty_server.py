"""The line as it is served, with faults in the middle of it, whose errors hold what somebody wrote: for the tests.

It is a program of its own. LEAK names what shall go wrong, where a test proves that it finds it.
"""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import random
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, has_request_context, request

from hotline.serving import Server
from hotline.settings import read_settings
from hotline.store.counts import Counts
from hotline.understanding.understanding import Understanding

SHARE = 0.03

library = logging.getLogger("a.chatty.library")


def failing(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which now and then raises an error that tells all that it knows."""

    def wrapped(*arguments: object, **named: object) -> object:
        if random.random() < SHARE:
            raise LookupError(f"{arguments!r} {named!r} {request.form.to_dict() if has_request_context() else ''}")
        return function(*arguments, **named)

    return wrapped


def chatting(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, which now and then tells everybody what it was asked."""

    def wrapped(**named: object) -> object:
        if random.random() < SHARE:
            chat(request.form.to_dict())
        return function(**named)

    return wrapped


def chat(said: dict[str, str]) -> None:
    """All that a library may do with what it should keep to itself."""
    library.debug("heard %s of %s", said.get("Body"), said.get("From"))
    library.warning(f"heard {said}")
    warnings.warn(f"do not say {said}", RuntimeWarning, stacklevel=1)
    threading.Thread(target=fail, args=[said], name=str(said.get("From"))).start()
    try:
        fail(said)
    except LookupError as error:
        error.add_note(str(said))
        library.exception("it failed", stack_info=True, extra={"said": said})
    Gone(said)


class Gone:
    """Fails when nobody can be told any more."""

    def __init__(self, said: object) -> None:
        self.said = said

    def __del__(self) -> None:
        raise LookupError(self.said)


def fail(said: object) -> None:
    raise LookupError(said)


def leaking(server: Server, how: str) -> Callable[[], None]:
    def leak() -> None:
        sender = request.form.get("From", "")
        if how == "print":
            print(sender, file=sys.stderr, flush=True)  # noqa: T201 - the fault that is to be found
        elif how == "redis":
            server.store.client.set(hashlib.sha256(sender.encode()).hexdigest(), 1, ex=60)
        elif how == "file":
            Path(tempfile.gettempdir(), f"{os.getpid()}.tmp").write_bytes(base64.b64encode(b"x" + sender.encode()))

    return leak


def make_faulty(app: Flask) -> None:
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("webhooks."):
            app.view_functions[endpoint] = chatting(failing(view))
    # Outside the webhooks nobody but Flask itself notices.
    app.view_functions["health.healthz"] = failing(app.view_functions["health.healthz"])
    Understanding.understand = failing(Understanding.understand)  # type: ignore[method-assign]  # that is the fault
    Counts.add = failing(Counts.add)  # type: ignore[method-assign]  # that is the fault


if __name__ == "__main__":
    faulty = Server(read_settings(os.environ))
    warnings.simplefilter("always")
    make_faulty(faulty.flask)
    faulty.flask.before_request(leaking(faulty, os.environ.get("LEAK", "")))
    faulty.run()
