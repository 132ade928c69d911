"""A call as a value: what happened last, and what it waits for."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from math import isfinite
from types import NoneType, UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from hotline.phone.errors import PhoneError

Value = TypeVar("Value", "Event", "Waiting", "Call")

# A loop of 0 ends after this many rounds.
ENDLESS = 1000


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened in a step; only the fields that belong to its kind are filled.

    said: text, language, voice, times. played: url, times, text and language where they are known; without a url, text
    is the tones. paused: seconds. dialled: number, caller_id, seconds (how long it may ring). sent: number, caller_id,
    text. redirected: url, reason after an error. ended: reason, and text: a sentence about the error if there was one.
    """

    kind: Literal["said", "played", "paused", "dialled", "sent", "redirected", "ended"]
    text: str | None = None
    language: str | None = None
    voice: str | None = None
    url: str | None = None
    seconds: int | None = None
    number: str | None = None
    caller_id: str | None = None
    reason: str | None = None
    times: int = 1

    @property
    def words(self) -> str | None:
        """What a caller hears spoken, by a voice or from a recording whose words are known."""
        if self.kind == "said":
            return self.text or ""
        return self.text if self.kind == "played" and self.url else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the call waits for; for keys and speech, what its Gather accepts.

    `pressed` are keys that the Gather holds until they are complete. `timeout` is in seconds, None for Twilio's "auto".
    """

    kind: Literal["keys", "dial", "ended"]
    accepts_keys: bool = False
    accepts_speech: bool = False
    num_digits: int | None = None
    finish_on_key: str = ""
    language: str | None = None
    timeout: int | None = None
    pressed: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A call at rest between two steps; `events` are what happened in the last one, in order.

    `document` is the TwiML being played, from `url`; the verbs before `position` are done. `began` is in Unix seconds.
    """

    call_sid: str
    caller: str
    waiting: Waiting
    events: tuple[Event, ...]
    url: str
    document: str
    position: int
    answered: bool
    began: float

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Call:
        """Raises PhoneError if `text` is not what `to_json` wrote."""
        try:
            data = json.loads(text)
            waiting = _build(Waiting, data["waiting"])
            events = tuple(_build(Event, event) for event in data["events"])
            return _build(cls, {**data, "waiting": waiting, "events": events})
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise PhoneError("This is not a call that was saved.") from error


def _build(kind: type[Value], data: dict[str, Any]) -> Value:
    hints = get_type_hints(kind)
    if set(data) != {field.name for field in fields(kind)}:
        raise ValueError(kind.__name__)
    for name, value in data.items():
        if not _fits(value, hints[name]):
            raise ValueError(name)
    return kind(**data)


def _fits(value: object, hint: Any) -> bool:
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if isinstance(hint, UnionType):
        return any(_fits(value, option) for option in get_args(hint))
    if get_origin(hint) is tuple:
        return isinstance(value, tuple)
    if hint is NoneType:
        return value is None
    if isinstance(value, float) and not isfinite(value):
        return False
    return type(value) is hint
