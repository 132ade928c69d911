"""What is due for a review: statements whose day has come, and translations that no native speaker has read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from hotline.catalogs.catalog import Catalogs, State
from hotline.script.model import Script


@dataclass(frozen=True, slots=True)
class Due:
    """A statement that is past its `review_by`: a message, or what is known of an organisation."""

    name: str
    file: str
    review_by: date


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the texts are translated from today's English, and how many of these a native has reviewed."""

    language: str
    messages: int
    translated: int
    reviewed: int


def due(script: Script, today: date) -> tuple[Due, ...]:
    """What is to be reviewed, the oldest first."""
    statements = (
        *((message.id, message.file, message.provenance) for message in script.messages.values()),
        *((item.id, "organisations.toml", item.provenance) for item in script.organisations.values()),
    )
    found = [Due(name, file, p.review_by) for name, file, p in statements if p and today > p.review_by]
    return tuple(sorted(found, key=lambda item: item.review_by))


def progress(script: Script, catalogs: Catalogs) -> Iterator[Progress]:
    """How far each language is."""
    for language in catalogs.languages:
        current = [key for key in script.messages if catalogs.state(language, key) is State.CURRENT]
        entries = [catalogs.entry(language, key) for key in current]
        reviewed = sum(entry is not None and entry.reviewed for entry in entries)
        yield Progress(language, len(script.messages), len(current), reviewed)
