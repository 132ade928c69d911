"""For the balancer and for whoever watches: does the process live, and can it serve?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

from hotline.releases.live import Live
from hotline.store.connection import RedisClient

PROBE, PROBE_SECONDS = "readyz", 60


def health_blueprint(redis: RedisClient, live: Live) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """It answers even without Redis, encoder, eSpeak NG or the live release, so it is ready; lacks are named."""
        content = live.content
        lacks = {
            "redis": not _keeps(redis),
            "understanding": not content.understanding.reads_meaning,
            "audio": content.voices.audio is None,
            "release": bool(live.trouble),
        }
        return jsonify(ready=True, degraded=[name for name, is_lacking in lacks.items() if is_lacking])

    return blueprint


def _keeps(redis: RedisClient) -> bool:
    """Whether it answers and takes writes; one that is full or read-only does the first alone."""
    try:
        return bool(redis.set(PROBE, 1, ex=PROBE_SECONDS))
    except (RedisError, OSError):
        return False
