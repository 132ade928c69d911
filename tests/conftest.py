from __future__ import annotations

import atexit
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

from hotline.app import create_app
from hotline.phone.line import Line
from hotline.phone.mailbox import Mailbox
from hotline.phone.rest import rest_blueprint
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT
from hotline.settings import Settings
from hotline.store import counts
from hotline.store.connection import RedisClient, connect
from hotline.store.embedded import EmbeddedServer

NUMBER = "+12035550100"
# A Sunday at noon, on which nothing is out of date.
NOW = datetime(2026, 11, 22, 12, tzinfo=CONNECTICUT)

# What the lines of one run keep beside Redis: sounds.
DATA = Path(tempfile.mkdtemp(prefix="hotline-tests-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)

# A run in the background may have been told to ignore these, and what the tests start would ignore them too.
for ending in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    if signal.getsignal(ending) is signal.SIG_IGN:
        signal.signal(ending, signal.SIG_DFL)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-transcripts", action="store_true", help="write down what the line says now")


@pytest.fixture(scope="session", autouse=True)
def _counts_wait() -> Iterator[None]:
    """No line sends its counts into the database of a later test."""
    usual, counts.SEND_AFTER_SECONDS = counts.SEND_AFTER_SECONDS, 3600.0
    yield
    counts.SEND_AFTER_SECONDS = usual


@pytest.fixture(scope="session")
def script() -> Script:
    """The script that the line serves."""
    return load_script()


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server, for all tests of a run."""
    server = EmbeddedServer(Path(tmp_path_factory.mktemp("redis")))
    yield server.ensure()
    server.stop()


@pytest.fixture
def redis(redis_url: str) -> Iterator[RedisClient]:
    """An empty database on the real server."""
    client = connect(redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture(scope="session")
def line(redis_url: str) -> Iterator[Line]:
    """The whole hotline over HTTP, on a day on which nothing is out of date, with the catalogs that are shipped.

    The phone plays Twilio's REST side beside it.
    """
    with twilio_api() as (api, mailbox):
        settings = settings_for(redis_url, twilio_api=api)
        with served(create_app(settings, now=lambda: NOW)) as address:
            yield replace(line_at(address, settings), inbox=mailbox)


@contextmanager
def twilio_api() -> Iterator[tuple[str, Mailbox]]:
    """Twilio's REST side for the account of settings_for(): its address, and where its texts arrive."""
    settings, mailbox = settings_for(None), Mailbox(Path(tempfile.mkdtemp(dir=DATA)))
    app = Flask("twilio")
    app.register_blueprint(rest_blueprint(mailbox, settings.account_sid, settings.auth_tokens[0], NUMBER))
    with served(app) as address:
        yield address, mailbox


def settings_for(redis_url: str | None, **changes: object) -> Settings:
    settings = Settings(
        account_sid="AC" + "0" * 32,
        auth_tokens=("test token",),
        public_url="https://hotline.example.org",
        secret_key="a secret that only the tests know, 42 signs",
        redis_url=redis_url,
        port=8000,
        workers=2,
        host="127.0.0.1",
        data=DATA,
        # Nothing listens there: no test reaches Twilio.
        twilio_api="http://127.0.0.1:9",
    )
    return replace(settings, **changes)  # type: ignore[arg-type]  # the tests name fields of Settings


def line_at(address: str, settings: Settings | None = None) -> Line:
    settings = settings or settings_for(None)
    return Line(
        address=address,
        public_url=settings.public_url,
        auth_token=settings.auth_tokens[0],
        account_sid=settings.account_sid,
        number=NUMBER,
    )


class SilentHandler(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


@contextmanager
def served(app: Flask, port: int = 0) -> Iterator[str]:
    """Serves an application on a port of this machine, a free one where none is named; its address."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=SilentHandler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
