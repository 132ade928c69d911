"""Whom a caller is connected with when nobody answered. The address of a call carries who was tried already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hotline.dialogue.session import Session
from hotline.script.model import PERSON_TOPIC, Script
from hotline.script.organisations import ClosedUntil, status_of, takers

TRANSFER_NODE = "transfer"
MOST_TRIED = 3


@dataclass(frozen=True, slots=True)
class Transferring:
    """`tried` are organisations by their ids, in the order in which they were called."""

    tried: tuple[str, ...]

    @property
    def node(self) -> str:
        """Such as "transfer.referral-line.nhlaa"."""
        return ".".join((TRANSFER_NODE, *(id.replace("_", "-") for id in self.tried)))

    @classmethod
    def of(cls, script: Script, node: str | None) -> Transferring | None:
        """Who was tried, by a node; None where it names none, or what the script does not know any more."""
        name, *tried = (node or "").split(".")
        ids = tuple(one.replace("-", "_") for one in tried)
        known = [id for id in ids if id in script.organisations]
        return cls(ids) if name == TRANSFER_NODE and known == list(ids) and 0 < len(ids) <= MOST_TRIED else None

    @classmethod
    def first(cls, script: Script) -> Transferring:
        """The one that everybody is connected with."""
        return cls((str(script.topics[PERSON_TOPIC].transfer),))

    def next(self, script: Script, session: Session, at: datetime) -> str | None:
        """Who is called next: not known to be closed, and there for this caller; None where nobody is left."""
        if len(self.tried) >= MOST_TRIED:
            return None
        language = session.language or script.source_language
        able = takers(script, session.county, language, at)
        return next((one.id for one in able if one.id not in self.tried), None)

    def having_tried(self, organisation: str) -> Transferring:
        return Transferring((*self.tried, organisation))


def closed_until(script: Script, at: datetime) -> datetime | None:
    """When the one that everybody is connected with opens again; None where it may be open."""
    status = status_of(script.organisations[Transferring.first(script).tried[0]].hours, at)
    return status.opens if isinstance(status, ClosedUntil) else None
