"""Runs the application under gunicorn, with the embedded Redis server beside it where no other is named."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gunicorn.app.base import BaseApplication

from hotline.app import create_app
from hotline.settings import Settings
from hotline.store.embedded import EmbeddedServer

if TYPE_CHECKING:
    from flask import Flask
    from gunicorn.arbiter import Arbiter

THREADS = 8

# Twilio gives up after 15 seconds; platforms kill 30 seconds after they asked to stop.
WORKER_SECONDS = 30
GRACEFUL_SECONDS = 20


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no type hints
    """gunicorn with the settings of the hotline; nothing is read from its own files or variables."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.embedded = None if settings.redis_url else EmbeddedServer(settings.redis_data)
        if self.embedded:
            self.embedded.ensure()
        self.flask = create_app(settings)
        super().__init__()

    def load_config(self) -> None:
        for name, value in {
            "bind": f"{self.settings.host}:{self.settings.port}",
            "workers": self.settings.workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": WORKER_SECONDS,
            "graceful_timeout": GRACEFUL_SECONDS,
            "loglevel": "warning",
            "on_exit": self.on_exit,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self.flask

    def on_exit(self, _arbiter: Arbiter) -> None:
        if self.embedded:
            self.embedded.stop()


def serve(settings: Settings) -> None:
    """Serves until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    Server(settings).run()
