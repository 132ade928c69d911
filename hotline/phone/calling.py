"""Calling the hotline: every step takes a call and returns the next one.

Each function raises PhoneError if the input does not fit what the call waits for. What goes wrong with the hotline's
answers ends the call as Twilio would end it: its last event is `ended` with the reason "application error <code>".
"""

from __future__ import annotations

import re
import secrets
import time
from typing import Literal

from hotline.phone.call import Call, Waiting
from hotline.phone.errors import PhoneError
from hotline.phone.interpreter import Interpreter
from hotline.phone.line import Line
from hotline.phone.vocabulary import E164

VOICE_PATH = "/voice"
MOST_KEYS = 50
KEYS = re.compile(rf"[0-9*#]{{1,{MOST_KEYS}}}")
# What Twilio calls the end of a transfer, and the word for it on the phone.
OUTCOMES = {
    "completed": "Answered",
    "busy": "Busy",
    "no-answer": "No answer",
    "failed": "Failed",
    "canceled": "Cancelled",
}


def start_call(line: Line, caller: str) -> Call:
    """A new call. `caller` is a number in E.164 form, or what Twilio gives for a hidden one: `anonymous`."""
    if not re.fullmatch(rf"{E164}|[a-z][^\s]{{0,99}}", caller):
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
    """Presses keys, one after another. An incomplete entry is kept in `waiting.pressed`.

    Keys beyond what one Gather takes are pressed as soon as the next Gather listens, as a caller does who knows the
    way; they are lost at a Gather that takes no keys or no interruption, in a transfer, and at the call's end.
    """
    if not KEYS.fullmatch(keys):
        raise PhoneError(f"A phone has the keys 0 to 9, * and #, and takes at most {MOST_KEYS} of them at a time.")
    step = _step(line, call, "keys")
    step.press(keys)
    return _finish(step)


def speak(line: Line, call: Call, words: str) -> Call:
    """Says something. Without words it is silence; a Gather that does not listen for speech goes on waiting."""
    if not words.strip():
        return stay_silent(line, call)
    step = _step(line, call, "keys")
    step.speak(" ".join(words.split()))
    return _finish(step)


def stay_silent(line: Line, call: Call) -> Call:
    """Waits until the Gather's time is over. Keys that were pressed before are then sent as they are."""
    step = _step(line, call, "keys")
    step.stay_silent()
    return _finish(step)


def dial_outcome(line: Line, call: Call, outcome: str) -> Call:
    """Ends a transfer with one of OUTCOMES."""
    if outcome not in OUTCOMES:
        raise PhoneError(f"A transfer ends as {', '.join(OUTCOMES)}.")
    step = _step(line, call, "dial")
    step.finish_dial(outcome)
    return _finish(step)


def hang_up(line: Line, call: Call) -> Call:
    """Hangs up, at any point."""
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
