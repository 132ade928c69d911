"""What was looked at, and how it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """WRONG keeps residents from an answer or breaks a promise of the line; UNKNOWN is what could not be looked at."""

    GOOD = "good"
    WARNING = "warning"
    WRONG = "wrong"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """`subject` is what was looked at, `says` how it is, `remedy` what mends it; empty where nothing needs mending."""

    subject: str
    state: State
    says: str
    remedy: str = ""


def good(subject: str, says: str) -> Finding:
    return Finding(subject, State.GOOD, says)


def warning(subject: str, says: str, remedy: str) -> Finding:
    return Finding(subject, State.WARNING, says, remedy)


def wrong(subject: str, says: str, remedy: str) -> Finding:
    return Finding(subject, State.WRONG, says, remedy)


def unknown(subject: str, says: str, remedy: str = "") -> Finding:
    return Finding(subject, State.UNKNOWN, says, remedy)
