"""What can come in: one value for each kind. `at` is when it was heard, in Connecticut's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotline.understanding.understood import Understood


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that comes in."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Keys:
    """Digits, `*` and `#`, pressed or written alone."""

    at: datetime
    keys: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text or what a caller said, as far as it was understood. The words themselves go no further."""

    at: datetime
    understood: Understood


@dataclass(frozen=True, slots=True)
class Silence:
    at: datetime


@dataclass(frozen=True, slots=True)
class Unheard:
    """What the line said last did not reach the caller, who says nothing to it."""

    at: datetime


@dataclass(frozen=True, slots=True)
class TextAsked:
    """The key by which a caller gets what is said as a text. `can_arrive` is false where the number is hidden."""

    at: datetime
    can_arrive: bool


class TextOutcome(StrEnum):
    """What became of a text that the line sent of itself."""

    SENT = "sent"
    STOPPED = "stopped"
    CANNOT_ARRIVE = "cannot-arrive"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class TextEnded:
    at: datetime
    outcome: TextOutcome


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """`answered` is false for busy, no answer, failed and cancelled."""

    at: datetime
    answered: bool


Heard = Arrival | Keys | Words | Silence | TextAsked | TextEnded | TransferEnded | Unheard
