"""The sounds of the line: what a person recorded, and what eSpeak NG says. They are the same for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from flask import Blueprint, Response, abort, request, send_file

from hotline.channels.audio.espeak import EspeakError
from hotline.channels.voices import Voices
from hotline.logs import Log
from hotline.releases.content import Content

# An address holds the digest of its sound, so that what it gives never changes.
A_YEAR_SECONDS = 365 * 24 * 3600

log = Log(__name__)


def audio_blueprint(contents: Callable[[], Iterable[Content]]) -> Blueprint:
    """`contents` are those of which something may be played."""
    blueprint = Blueprint("audio", __name__)

    @blueprint.get("/audio/<language>/<digest>.wav")
    def sound(language: str, digest: str) -> Response:
        """Twilio asks with no signature: nothing here tells of anyone."""
        path = next(filter(None, (_find(content.voices, language, digest) for content in contents())), None)
        if path is None:
            abort(404)
        _leave_aside_odd_ranges(path.stat().st_size)
        response = send_file(path.resolve(), mimetype="audio/wav", max_age=A_YEAR_SECONDS, etag=digest)
        response.cache_control.immutable = True
        return response

    return blueprint


def _leave_aside_odd_ranges(size: int) -> None:
    """Several ranges, and what is none, are answered with the whole sound instead of being refused (RFC 9110, 14.2)."""
    wanted = request.range if request.method == "GET" else None
    ranges = wanted.ranges if wanted and wanted.units == "bytes" else []
    if len(ranges) != 1 or ranges[0][0] < -size:
        request.environ.pop("HTTP_RANGE", None)


def _find(voices: Voices, language: str, digest: str) -> Path | None:
    if language not in voices.script.languages:
        return None
    if voices.recordings and (recording := voices.recordings.find(language, digest)):
        return recording
    try:
        return voices.audio.find(language, digest) if voices.audio else None
    except (EspeakError, OSError) as error:
        log.warning("no sound made", language=language, error=error)
        return None
