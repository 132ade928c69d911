"""For the balancer and for whoever watches: does the process live, and can it serve?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

from hotline.store.connection import RedisClient


def health_blueprint(redis: RedisClient) -> Blueprint:
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """Without Redis the line still answers, so it is ready; what it lacks is named."""
        return jsonify(ready=True, degraded=[] if _answers(redis) else ["redis"])

    return blueprint


def _answers(redis: RedisClient) -> bool:
    try:
        return bool(redis.ping())
    except RedisError:
        return False
