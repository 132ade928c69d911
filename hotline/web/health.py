"""For the balancer and for whoever watches: does the process live, and can it serve?"""

from __future__ import annotations

from flask import Blueprint, Response, jsonify
from redis.exceptions import RedisError

from hotline.releases.live import Live
from hotline.store.connection import RedisClient
from hotline.store.deletions import Deletions
from hotline.store.durability import takes_writes


def health_blueprint(redis: RedisClient, live: Live, deletions: Deletions | None) -> Blueprint:
    """`deletions` is None where Twilio keeps what it keeps."""
    blueprint = Blueprint("health", __name__)

    @blueprint.get("/healthz")
    def healthz() -> Response:
        return jsonify(alive=True)

    @blueprint.get("/readyz")
    def readyz() -> Response:
        """It answers even without Redis, encoder, eSpeak NG or the live release, so it is ready; lacks are named."""
        content = live.content
        lacks = {
            "redis": not takes_writes(redis),
            "understanding": not content.understanding.reads_meaning,
            "audio": content.voices.audio is None,
            "release": bool(live.trouble),
            "deletions": deletions is not None and not _deletes(deletions),
        }
        return jsonify(ready=True, degraded=[name for name, is_lacking in lacks.items() if is_lacking])

    return blueprint


def _deletes(deletions: Deletions) -> bool:
    """Whether Twilio's records are deleted as they should be, as far as can be told."""
    try:
        return deletions.state().is_good
    except (RedisError, OSError):
        return False
