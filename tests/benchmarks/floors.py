"""One server of the benchmark: the line itself, or a floor that no such line can be faster than.

`python -m tests.benchmarks.floors line|redis|bare PORT FOLDER`. The floors read what they answer from standard input.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask, Response, abort, request

from hotline import serving
from hotline.app import LIVE, TOOLS
from hotline.settings import Settings
from hotline.store.connection import RedisClient
from hotline.web.requests import raw_path_of
from hotline.web.signature import is_signed
from tests.conftest import settings_for

READY = "ready"
NAMES = ("line", "redis", "bare")
SESSION_SECONDS, STEP_SECONDS = 3600, 60
_LOAD = "redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2]) return redis.call('GET', KEYS[1])"


def floor(settings: Settings, document: str, redis: RedisClient | None) -> Flask:
    """Checks the signature and answers always the same; with Redis it loads and saves a session of usual size."""
    app = Flask("floor")
    load = redis.register_script(_LOAD) if redis else None

    def answer(**_path: str) -> Response:
        if not is_signed(
            request.headers.get("X-Twilio-Signature", ""),
            public_url=settings.public_url,
            raw_path=raw_path_of(request),
            form=request.form,
            tokens=settings.auth_tokens,
        ):
            abort(403)
        if redis and load:
            key = f"{{{request.form['From']}}}"
            load(keys=[f"session:{key}", f"steps:{key}"], args=["x" * 40, STEP_SECONDS])
            redis.set(f"session:{key}", "y" * 40, ex=SESSION_SECONDS)
        return Response(document, content_type="text/xml; charset=utf-8")

    app.add_url_rule("/sms", "sms", answer, methods=["POST"])
    app.add_url_rule("/voice", "voice", answer, methods=["POST"])
    app.add_url_rule("/voice/<language>/<node>", "voice_node", answer, methods=["POST"])
    return app


@contextmanager
def _no_sounds(settings: Settings) -> Iterator[None]:
    """The program that makes sounds beside the line would take a core from all three for minutes."""
    del settings
    yield


def _say_ready() -> None:
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()


def main() -> None:
    name, port, folder = sys.argv[1:]
    serving.filling = _no_sounds
    settings = settings_for(None, port=int(port), data=Path(folder))
    server = serving.Server(settings)
    if name != "line":
        app = floor(settings, sys.stdin.read(), server.store.prompt if name == "redis" else None)
        # gunicorn's workers watch the releases, and finish what the line left.
        app.extensions |= {name: server.flask.extensions[name] for name in (LIVE, TOOLS)}
        server.flask = app
    server.run(_say_ready)


if __name__ == "__main__":
    main()
