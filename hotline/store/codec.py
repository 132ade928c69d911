"""A session as a compact record of at most 200 bytes, and back."""

from __future__ import annotations

import json
from dataclasses import replace

from hotline.dialogue.session import Session

MOST_BYTES = 200


class RecordError(ValueError):
    """The bytes are not a session's record."""


def encode(session: Session) -> bytes:
    """The record, beginning with the count of turns. The oldest steps back are dropped where it would be too long."""
    fields = [
        session.turns,
        session.language,
        session.node,
        session.misses,
        int(session.greeted),
        session.county,
        list(session.offered),
        list(session.back),
        session.texts,
    ]
    record = json.dumps(fields, separators=(",", ":")).encode()
    if len(record) <= MOST_BYTES:
        return record
    if session.back:
        return encode(replace(session, back=session.back[1:]))
    if session.offered:
        return encode(replace(session, offered=session.offered[:-1]))
    raise RecordError(f"a session's record has {len(record)} bytes; give the node {session.node!r} a shorter name")


def decode(record: bytes) -> Session:
    """The session of a record. Raises RecordError for anything that encode() does not write."""
    try:
        turns, language, node, misses, greeted, county, offered, back, asked = json.loads(record)
        session = Session(turns, language, node, tuple(back), misses, bool(greeted), county, tuple(offered), asked)
    except (ValueError, TypeError, RecursionError) as error:
        raise RecordError("this is not a session's record") from error
    texts = (session.language or "", session.node or "", session.county or "", *session.offered, *session.back)
    counted = (turns, misses, asked)
    if any(type(number) is not int for number in counted) or not all(isinstance(text, str) for text in texts):
        raise RecordError("this is not a session's record")
    return session
