"""What goes out: message ids and where the conversation stands, not sentences. A channel renders it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum

from hotline.dialogue.session import Session
from hotline.script.model import Provenance
from hotline.script.organisations import Weekday

# What a placeholder stands for: a day, a day of the week, a time of day, or names to be listed.
Argument = date | Weekday | time | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Say:
    """One message with what its placeholders stand for.

    `language` is set where it is not the reply's own; `rests_on` where what is filled in has sources of its own.
    """

    message: str
    arguments: Mapping[str, Argument] = field(default_factory=dict)
    language: str | None = None
    rests_on: Provenance | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """A key and the message beside it. What is not remembered between texts can be chosen by phone only."""

    key: str
    label: Say
    spoken_only: bool = False


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller with an organisation, by its id. By text its number is in what is said."""

    organisation: str


@dataclass(frozen=True, slots=True)
class SendText:
    """Send what the reply's node says as a text to the caller, then tell what became of it."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. A text conversation simply waits for the next text."""


@dataclass(frozen=True, slots=True)
class Reply:
    """`notice` is whether the urgent notice comes first; `introduction` says once what the line is.

    `stamp` says up to when the statement is known to be true.

    The conversation goes on at `node`, after `misses` inputs in a row that led nowhere; `wants_town` where a town or
    ZIP code is expected there. Where it asks which town, `node` carries the towns and the session does not; where a
    caller is connected, those who were tried. `slowly` where it is said once more for somebody who did not follow;
    `leads_on_by_itself` where silence is an answer, and so need not last.
    """

    language: str
    node: str
    misses: int
    says: tuple[Say, ...]
    choices: tuple[Choice, ...]
    notice: bool = False
    introduction: Say | None = None
    stamp: Say | None = None
    effect: Transfer | SendText | HangUp | None = None
    wants_town: bool = False
    slowly: bool = False
    leads_on_by_itself: bool = False


class Outcome(StrEnum):
    """What became of words that were heard: answered, answered with a few choices, or not understood."""

    UNDERSTOOD = "understood"
    OFFERED = "offered"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Turn:
    """One reply, and the session to remember: None where everything is to be forgotten.

    `learned` is the language that this turn began to speak; None where it goes on in the same. `outcome` is None where
    no words were heard.
    """

    session: Session | None
    reply: Reply
    learned: str | None = None
    outcome: Outcome | None = None
