"""Where a turn's time goes: `python -m tests.benchmarks.profile keys|menu|free|mix`, in process, with a real Redis."""

from __future__ import annotations

import argparse
import cProfile
import io
import pstats
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from hotline.app import create_app
from hotline.script.loader import load_script
from hotline.store.embedded import EmbeddedServer
from hotline.understanding.development import read_cases
from tests.benchmarks.load import LoadError
from tests.benchmarks.turns import KINDS, Turns
from tests.conftest import line_at, settings_for

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

TURNS, WARM_UP_TURNS, SHOWN = 2000, 300, 40
_NOT_PREFIXED = {"CONTENT_TYPE", "CONTENT_LENGTH"}


def environment(request: bytes) -> WSGIEnvironment:
    """What gunicorn hands to the application for such a request."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    method, path, protocol = first.split(" ")
    names = ((name.upper().replace("-", "_"), value) for name, _, value in (line.partition(": ") for line in lines))
    headers = {name if name in _NOT_PREFIXED else f"HTTP_{name}": value for name, value in names}
    return {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "RAW_URI": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": protocol,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **headers,
    }


def answer_all(app: Flask, environments: Iterable[WSGIEnvironment]) -> None:
    """Raises LoadError for any answer but 200."""
    statuses: list[str] = []

    def start(status: str, _headers: object, _error: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return lambda _written: None

    for one in environments:
        b"".join(app.wsgi_app(one, start))
    wrong = [status for status in statuses if not status.startswith("200")]
    if wrong:
        raise LoadError(f"{len(wrong)} of {len(statuses)} answers were not 200, the first {wrong[0]}.")


def main() -> None:
    parser = argparse.ArgumentParser(description="Where a turn's time goes.")
    parser.add_argument("kind", choices=KINDS)
    kind = parser.parse_args().kind
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = EmbeddedServer(Path(folder))
        try:
            app = create_app(settings_for(server.ensure()))
            turns = Turns(line_at(""), [case.text for case in read_cases(load_script())])

            def prepared(many: int) -> list[WSGIEnvironment]:
                return [environment(request) for request in turns.prepare(kind, many)]

            answer_all(app, prepared(WARM_UP_TURNS))
            timed, profiled = prepared(TURNS), prepared(TURNS)
            began = time.perf_counter()
            answer_all(app, timed)
            each = (time.perf_counter() - began) / TURNS
            with cProfile.Profile() as profile:
                answer_all(app, profiled)
        finally:
            server.stop()
    sys.stdout.write(f"{kind}: {each * 1e6:.0f} microseconds a turn, without the profiler\n")
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile).sort_stats(order).print_stats(SHOWN)


if __name__ == "__main__":
    main()
