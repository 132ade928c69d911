"""What can come in: one value for each kind, with the day on which it was heard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hotline.understanding.understood import Understood


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call that comes in."""

    on: date


@dataclass(frozen=True, slots=True)
class Keys:
    """Digits, `*` and `#`, pressed or written alone."""

    on: date
    keys: str


@dataclass(frozen=True, slots=True)
class Words:
    """A text or what a caller said, as far as it was understood. The words themselves go no further."""

    on: date
    understood: Understood


@dataclass(frozen=True, slots=True)
class Silence:
    on: date


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """`answered` is false for busy, no answer, failed and cancelled."""

    on: date
    answered: bool


Heard = Arrival | Keys | Words | Silence | TransferEnded
