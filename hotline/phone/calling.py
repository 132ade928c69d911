"""Calling the hotline: every step takes a call and returns the next one.

Each function raises PhoneError if the input does not fit what the call waits for. What goes wrong with the hotline's
answers ends the call as Twilio would end it: its last event is `ended` with the reason "application error <code>".
"""

from __future__ import annotations

import re
import secrets
import time
from typing import TYPE_CHECKING, Final, Literal

from hotline.phone.call import Call, Event, Waiting
from hotline.phone.errors import PhoneError
from hotline.phone.interpreter import Interpreter

if TYPE_CHECKING:
    from hotline.phone.line import Line

__all__ = [
    "OUTCOMES",
    "Call",
    "Event",
    "Waiting",
    "dial_outcome",
    "hang_up",
    "press",
    "speak",
    "start_call",
    "stay_silent",
]

VOICE_PATH: Final = "/voice"
MOST_KEYS: Final = 50
OUTCOMES: Final = ("completed", "busy", "no-answer", "failed", "canceled")


def start_call(line: Line, caller: str) -> Call:
    """Call the hotline. `caller` is a number in E.164 form, or what Twilio gives for a hidden one: `anonymous`."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}|[a-z][^\s]{0,99}", caller):
        raise PhoneError("A caller is a number such as +12035550123, or anonymous.")
    call = Call(
        call_sid=f"CA{secrets.token_hex(16)}",
        caller=caller,
        waiting=Waiting("ended"),
        events=(),
        url="",
        document="<Response/>",
        position=0,
        answered=False,
        began=time.time(),
    )
    step = Interpreter(line, call)
    step.start(VOICE_PATH)
    return _finish(step)


def press(line: Line, call: Call, keys: str) -> Call:
    """Press keys, one after another. An incomplete entry is kept in `waiting.pressed`.

    Keys beyond what one Gather takes are pressed as soon as the next Gather listens, as a caller does who knows the
    way; they are lost at a Gather that takes no keys or no interruption, in a transfer, and at the call's end.
    """
    if not re.fullmatch(r"[0-9*#]+", keys):
        raise PhoneError("A phone has the keys 0 to 9, * and #.")
    if len(keys) > MOST_KEYS:
        raise PhoneError(f"At most {MOST_KEYS} keys can be pressed at a time.")
    step = _step(line, call, "keys")
    step.press(keys)
    return _finish(step)


def speak(line: Line, call: Call, words: str, confidence: float | None = 0.9) -> Call:
    """Say something. Without words it is silence; a Gather that does not listen for speech goes on waiting."""
    if confidence is not None and not 0 <= confidence <= 1:
        raise PhoneError("Confidence lies between 0 and 1.")
    if not words.strip():
        return stay_silent(line, call)
    step = _step(line, call, "keys")
    step.speak(" ".join(words.split()), confidence)
    return _finish(step)


def stay_silent(line: Line, call: Call) -> Call:
    """Wait until the Gather's time is over. Keys that were pressed before are then sent as they are."""
    step = _step(line, call, "keys")
    step.stay_silent()
    return _finish(step)


def dial_outcome(line: Line, call: Call, outcome: str) -> Call:
    """End a transfer: `completed`, `busy`, `no-answer`, `failed` or `canceled`."""
    if outcome not in OUTCOMES:
        raise PhoneError(f"A transfer ends as {', '.join(OUTCOMES)}.")
    step = _step(line, call, "dial")
    step.finish_dial(outcome)
    return _finish(step)


def hang_up(line: Line, call: Call) -> Call:
    """The caller hangs up, at any point."""
    if call.waiting.kind == "ended":
        raise PhoneError("The call has ended.")
    step = Interpreter(line, call)
    step.hang_up()
    return _finish(step)


def _step(line: Line, call: Call, kind: Literal["keys", "dial"]) -> Interpreter:
    if call.waiting.kind == "ended":
        raise PhoneError("The call has ended.")
    if call.waiting.kind != kind:
        waits = "the outcome of a transfer" if kind == "keys" else "the caller, not for a transfer"
        raise PhoneError(f"The call waits for {waits}.")
    return Interpreter(line, call)


def _finish(step: Interpreter) -> Call:
    step.run()
    return step.result()
