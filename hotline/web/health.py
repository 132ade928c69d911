"""For the balancer and for whoever watches: does the process live, and can it serve?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

from hotline.channels.voices import Voices
from hotline.store.connection import RedisClient
from hotline.understanding.understanding import Understanding


def health_blueprint(redis: RedisClient, understanding: Understanding, voices: Voices) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """Without Redis, the encoder or eSpeak NG the line still answers, so it is ready; what it lacks is named."""
        lacks = {
            "redis": not _answers(redis),
            "understanding": not understanding.reads_meaning,
            "audio": voices.audio is None,
        }
        return jsonify(ready=True, degraded=[name for name, is_lacking in lacks.items() if is_lacking])

    return blueprint


def _answers(redis: RedisClient) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False
