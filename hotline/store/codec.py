"""A session as a compact record of at most 200 bytes, and back."""

from __future__ import annotations

import re
from dataclasses import replace

from hotline.dialogue.session import Session

MOST_BYTES = 200
FIELDS = 9

_COUNT = re.compile(r"[0-9]{1,9}")
_NAME = re.compile(r"[^|,\s]+( [^|,\s]+)*")


class RecordError(ValueError):
    """The bytes are not a session's record, or a session cannot be written as one."""


def encode(session: Session) -> bytes:
    """The record, beginning with the count of turns. The oldest steps back are dropped where it would be too long.

    A name, such as a node's, may hold neither commas nor bars: RecordError.
    """
    fields = (
        str(session.turns),
        session.language or "",
        session.node or "",
        _counted(session.misses),
        _counted(int(session.greeted)),
        session.county or "",
        ",".join(session.offered),
        ",".join(session.back),
        _counted(session.texts),
    )
    names = (session.language, session.node, session.county, *session.offered, *session.back)
    if wrong := [name for name in names if name is not None and not _NAME.fullmatch(name)]:
        raise RecordError(f"the name {wrong[0]!r} cannot stand in a session's record; use letters, digits and . - :")
    record = "|".join(fields).rstrip("|").encode()
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
        fields = record.decode().split("|")
    except UnicodeDecodeError as error:
        raise RecordError("this is not a session's record") from error
    if len(fields) > FIELDS:
        raise RecordError("this is not a session's record")
    turns, language, node, misses, greeted, county, offered, back, texts = (*fields, *[""] * (FIELDS - len(fields)))
    return Session(
        turns=_count(turns),
        language=_name(language),
        node=_name(node),
        back=_names(back),
        misses=_count(misses or "0"),
        greeted=bool(_count(greeted or "0")),
        county=_name(county),
        offered=_names(offered),
        texts=_count(texts or "0"),
    )


def _counted(number: int) -> str:
    return str(number) if number else ""


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text):
        raise RecordError("this is not a session's record")
    return int(text)


def _name(text: str) -> str | None:
    if text and not _NAME.fullmatch(text):
        raise RecordError("this is not a session's record")
    return text or None


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(",")) if text else ()
    if not all(_NAME.fullmatch(name) for name in names):
        raise RecordError("this is not a session's record")
    return names
