"""A step of a call in words: what the caller does, and what the caller then hears, as transcripts write it."""

from __future__ import annotations

from urllib.parse import urlsplit

from hotline.phone import calling
from hotline.phone.call import Call, Event
from hotline.phone.errors import PhoneError
from hotline.phone.line import Line

NOTHING = "(nothing)"
SILENCE = "silence"
HANG_UP = "hang up"
SAYS = "says:"

# What Twilio's voices call languages that recordings have under their usual code.
_TWILIO_CODES = {"cmn": "zh", "arb": "ar"}
_ERRORS = ("(error", "(the call ends: application error", "(the call ends: status callback error")


def act(line: Line, call: Call, action: str) -> Call:
    """Does what stands between a transcript's brackets. Raises PhoneError."""
    if action.startswith(SAYS):
        return calling.speak(line, call, action.removeprefix(SAYS).strip())
    if action in calling.OUTCOMES:
        return calling.dial_outcome(line, call, action)
    if action == SILENCE:
        return calling.stay_silent(line, call)
    if action == HANG_UP:
        return calling.hang_up(line, call)
    return calling.press(line, call, action)


def heard_lines(line: Line, call: Call, action: str = "") -> tuple[str, ...]:
    """What a caller noticed of the last step, a line for each thing; `(nothing)` if there was none."""
    lines = (heard_line(line, event) for event in call.events)
    heard = tuple(text for text in lines if text is not None)
    if action == HANG_UP and heard == ("(the call ends)",):
        return (NOTHING,)
    return heard or (NOTHING,)


def heard_line(line: Line, event: Event) -> str | None:
    """One event as a line: the words themselves, or a mark in parentheses; None for what nobody notices."""
    repeated = f", {event.times} times" if event.times > 1 else ""
    match event.kind:
        case "said" | "played" if event.words is not None:
            heard: str | None = event.words + (f" (said {event.times} times)" if repeated else "")
        case "played":
            what = _place(line, event.url) if event.url else f"the tones {event.text}"
            heard = f"(plays {what}{repeated})"
        case "paused":
            heard = f"(pause {event.seconds} s)"
        case "dialled":
            heard = f"(dials {event.number}, caller ID {event.caller_id})"
        case "sent":
            heard = f"(texts {event.number}: {one_line(event.text or '')})"
        case "redirected":
            heard = f"({event.reason}: {event.text})" if event.reason else None
        case "ended":
            heard = _ending(event)
    return heard


def is_language_menu(call: Call) -> bool:
    """Only the language menu speaks in several languages."""
    heard = [event for event in call.events if event.kind in {"said", "played"}]
    return len({_bare(event.language) for event in heard}) > 1


def error_mark(error: PhoneError) -> str:
    """The line for an input that could not be answered."""
    return f"(error{'' if error.code is None else f' {error.code}'}: {one_line(error.sentence)})"


def is_error(line: str) -> bool:
    """Whether a heard line tells of something that Twilio would log as an error."""
    return line.startswith(_ERRORS)


def one_line(text: str) -> str:
    return " ".join(text.split())


def _bare(language: str | None) -> str | None:
    """A language without its country, as a voice and a recording of the same language both name it."""
    primary = language.partition("-")[0] if language else None
    return _TWILIO_CODES.get(primary, primary) if primary else None


def _ending(event: Event) -> str:
    if event.text:
        return f"(the call ends: {event.reason}: {one_line(event.text)})"
    if event.reason in {"busy", "rejected"}:
        return f"(the call ends: {event.reason})"
    return "(the call ends)"


def _place(line: Line, url: str) -> str:
    """A URL of the hotline itself without its origin, which differs from machine to machine."""
    if urlsplit(url).netloc != urlsplit(line.public_url).netloc:
        return url
    return urlsplit(url)._replace(scheme="", netloc="").geturl()
