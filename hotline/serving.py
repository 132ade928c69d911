"""Runs the application under gunicorn, with the embedded Redis server beside it where no other is named."""

from __future__ import annotations

import atexit
import gc
import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from io import BytesIO
from threading import Event, Thread
from typing import NamedTuple

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.http.message import Request
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn, ThreadWorker

from hotline.app import LIVE, MOST_REQUEST_BYTES, TOOLS, create_app
from hotline.ending import at_the_end, end_in_order
from hotline.logs import set_up_logs
from hotline.ports import require_free_port
from hotline.releases.live import Live
from hotline.settings import Settings
from hotline.store.connection import open_store
from hotline.store.embedded import EmbeddedServer
from hotline.web.answering import Tools
from hotline.web.metrics import forget_worker, shared_folder

THREADS = 8

# Twilio gives up after 15 seconds; platforms kill 30 seconds after they asked to stop.
WORKER_SECONDS = 30
GRACEFUL_SECONDS = 20

# So long a request may be on its way, and longer the more it holds: a recording takes its time over a slow line.
ARRIVAL_SECONDS, LONGEST_ARRIVAL_SECONDS = 5.0, 300.0
SLOWEST_BYTES_A_SECOND = 32 * 1024
LOOK_SECONDS = 0.1
# While more are awaited than half of the threads, whoever has taken so long makes room.
HURRIED_SECONDS = 0.5

# How long the embedded server's files may still hold what has expired.
SCRUB_EVERY_SECONDS = 600


# What it logs may tell no more than what the line logs.
_FILL = "from hotline.logs import set_up_logs; set_up_logs('{}'); from hotline.cli import main; main()"


def _nothing() -> None:
    """For whoever needs nothing more before the first answer."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
    """gunicorn with the settings of the hotline; nothing is read from its own files or variables.

    Raises PortError, and what create_app() raises. `flask` is the application, for who adds to it before it runs.
    """

    def __init__(self, settings: Settings) -> None:
        set_up_logs(settings.log_level, settings.secrets)
        # What a process remembers when it crashes holds numbers and texts.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not is_handed_a_socket(os.environ):
            # gunicorn would try for five seconds, and who holds the port may be a hotline with the same Redis server.
            require_free_port(settings.host, settings.port)
        if settings.metrics_token:
            shared_folder(settings.metrics)
        self.settings = settings
        self.store = open_store(settings.redis_url, settings.redis_data)
        self.flask = create_app(settings, store=self.store)
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        for name, value in {
            "bind": f"{host}:{self.settings.port}",
            "workers": self.settings.workers,
            "worker_class": PunctualWorker,
            "threads": THREADS,
            "timeout": WORKER_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "logger_class": Logs,
            "control_socket_disable": True,
            "post_worker_init": _begin_work,
            "child_exit": _end_work,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.flask

    def run(self, when_ready: Callable[[], None] = _nothing) -> None:
        """Serves until it is told to stop, and leaves no Redis server behind. Raises EmbeddedServerError.

        `when_ready` is done once Redis runs, before anybody is answered.
        """
        # A collection in a worker would copy all that was learned, and share nothing of it any more.
        gc.freeze()
        end_in_order()
        with kept(self.store.server) if self.store.server else nullcontext(), filling(self.settings):
            when_ready()
            super().run()


def is_handed_a_socket(environment: Mapping[str, str]) -> bool:
    """Whether this process is to listen on sockets that another one opened, as systemd does it (sd_listen_fds)."""
    return environment.get("LISTEN_PID") == str(os.getpid()) and environment.get("LISTEN_FDS", "0") != "0"


class Logs(Logger):  # type: ignore[misc]  # gunicorn has no type hints
    """gunicorn's errors go where all logs go; what was asked of it is logged nowhere."""

    def setup(self, cfg: Config) -> None:
        self.cfg = cfg
        self._access_log_enabled = False
        self.error_log.propagate = True


class PunctualWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no type hints
    """Does not wait for a request as long as its sender likes: a few of them would keep all threads from the line."""

    def init_process(self) -> None:
        # A thread does not outlive the fork.
        self.arrivals = Arrivals()
        super().init_process()

    def handle(self, conn: TConn) -> object:
        self.arrivals.expect(conn.sock, ARRIVAL_SECONDS)
        try:
            return super().handle(conn)
        finally:
            self.arrivals.forget(conn.sock)

    def handle_request(self, req: Request, conn: TConn) -> object:
        headers = dict(req.headers)
        length = int(headers.get("CONTENT-LENGTH", 0))
        seconds = min(ARRIVAL_SECONDS + length // SLOWEST_BYTES_A_SECOND, LONGEST_ARRIVAL_SECONDS)
        self.arrivals.expect(conn.sock, seconds)
        if length <= MOST_REQUEST_BYTES and "TRANSFER-ENCODING" not in headers:
            # Once it is here nothing is awaited any more, however long the answer takes.
            req.body = BytesIO(req.body.read())
            self.arrivals.forget(conn.sock)
        return super().handle_request(req, conn)


class Arrivals:
    """The connections of which something is awaited. From what comes too late nothing is read; it is answered still."""

    def __init__(self) -> None:
        self._awaited: dict[socket.socket, Awaited] = {}
        Thread(target=self._watch, daemon=True).start()

    def expect(self, connection: socket.socket, seconds: float) -> None:
        now = time.monotonic()
        self._awaited[connection] = Awaited(now, now + seconds)

    def forget(self, connection: socket.socket) -> None:
        self._awaited.pop(connection, None)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_SECONDS)
            for connection in _late(self._awaited.copy(), time.monotonic()):
                self.forget(connection)
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)


class Awaited(NamedTuple):
    """Since when something is awaited, and until when, on a clock that only grows."""

    since: float
    until: float


def _late(awaited: Mapping[socket.socket, Awaited], now: float) -> set[socket.socket]:
    """Those that have had their time; and where many are awaited, those that have taken longest."""
    late = {one for one, times in awaited.items() if times.until < now}
    slow = sorted((times.since, id(one), one) for one, times in awaited.items() if times.since < now - HURRIED_SECONDS)
    return late | {one for _, _, one in slow[: max(0, len(awaited) - THREADS // 2)]}


def _begin_work(worker: Worker) -> None:
    """A thread does not outlive a fork, so each worker watches the releases by itself, until it ends."""
    live: Live = worker.wsgi.extensions[LIVE]
    tools: Tools = worker.wsgi.extensions[TOOLS]
    watching = live.watched()
    watching.__enter__()
    atexit.register(watching.__exit__, None, None, None)
    atexit.register(tools.finish)


def _end_work(_: object, worker: Worker) -> None:
    forget_worker(worker.pid)


@contextmanager
def kept(embedded: EmbeddedServer) -> Iterator[None]:
    """The server runs, and its files are rid regularly of what has expired, until the block ends."""
    with at_the_end(embedded.stop):
        embedded.ensure()
        with _regularly(embedded.scrub):
            yield


@contextmanager
def filling(settings: Settings) -> Iterator[None]:
    """The sounds that are missing are made beside the line, which makes those that are asked for sooner by itself."""
    command = [sys.executable, "-c", _FILL.format(settings.log_level), "audio", "fill"]
    environment = {**os.environ, "HOTLINE_DATA": str(settings.data)}
    fill = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)  # noqa: S603 - this very program

    def end() -> None:
        fill.terminate()
        fill.wait()

    with at_the_end(end):
        yield


@contextmanager
def _regularly(do: Callable[[], None]) -> Iterator[None]:
    """Does something now and every so often, in a thread of this process, until the block ends."""
    over = Event()

    def go_on() -> None:
        do()
        while not over.wait(SCRUB_EVERY_SECONDS):
            do()

    thread = Thread(target=go_on, daemon=True)
    thread.start()
    with at_the_end(over.set):
        yield
