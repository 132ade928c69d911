"""What Twilio's form fields say, in the hotline's own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from flask import Request

from hotline.channels.paths import VoicePlace
from hotline.dialogue.heard import Heard, Keys, Silence, TextAsked, TransferEnded, Words
from hotline.dialogue.scene import TEXT_KEY
from hotline.dialogue.session import Session
from hotline.dialogue.which_town import asks_for_town
from hotline.script.model import MAIN_MENU
from hotline.store.keys import Conversation
from hotline.store.sessions import Step
from hotline.understanding.understanding import Understanding

FORM = "application/x-www-form-urlencoded"
ANSWERED = frozenset({"completed", "answered"})
CALL_IS_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_CALLER = re.compile(rf"{_NUMBER.pattern}|(sip|sips|client):.+")

_FAILED = re.compile(r"https?://[^/]+/(voice|audio)/([a-z-]{2,12})/([^/?#]{1,200})")

# Where somebody begins: writes, or calls.
ARRIVAL_PATHS = frozenset({"/sms", "/voice"})
# What tells one webhook of a call from the next where Twilio gives it no name of its own.
TELLING_FIELDS = ("Body", "Digits", "SpeechResult", "DialCallStatus", "CallStatus", "ErrorCode", "ErrorUrl")


def raw_path_of(request: Request) -> str:
    """Path and query exactly as they came; Flask's own decode the escapes that Twilio signed."""
    target = str(request.environ.get("RAW_URI") or request.environ["REQUEST_URI"])
    # A request line may hold a whole address (RFC 9112, absolute-form).
    return re.sub(r"^https?://[^/]*", "", target)


def is_form(request: Request) -> bool:
    """Whether the body is what Twilio sends: a form that can be read, or nothing."""
    # Twilio says how long a body is; one in pieces that do not fit together would be an error in the reading.
    if "HTTP_TRANSFER_ENCODING" in request.environ:
        return False
    return not request.content_length or (request.mimetype == FORM and bool(request.form))


def texter_of(form: Mapping[str, str]) -> Conversation:
    channel, _, number = form.get("From", "").rpartition(":")
    return Conversation(channel or "sms", number or form.get("MessageSid", ""))


def caller_of(form: Mapping[str, str], hidden_callers: frozenset[str]) -> Conversation:
    """A caller who hides the number is known by the call alone: others hide theirs in the same words."""
    caller, call = form.get("From", ""), form.get("CallSid", "")
    known = _CALLER.fullmatch(caller) and caller not in hidden_callers
    return Conversation("voice", caller if known else call, call)


def step_of(request: Request, form: Mapping[str, str]) -> Step:
    """Which webhook this is: by the name that Twilio gives it, otherwise by what it says."""
    arrives = request.path in ARRIVAL_PATHS
    if name := form.get("MessageSid") or request.headers.get("I-Twilio-Idempotency-Token"):
        return Step(name, named=True, arrives=arrives)
    what = "\0".join((request.path, *(form.get(name, "") for name in TELLING_FIELDS)))
    return Step(what, named=False, arrives=arrives)


def is_report_on_a_message(form: Mapping[str, str]) -> bool:
    """A status callback that was sent to the address for texts."""
    return form.get("MessageStatus", "received") != "received"


def is_over(form: Mapping[str, str]) -> bool:
    """A call that has ended: there is nobody to answer."""
    return form.get("CallStatus") in CALL_IS_OVER


def belongs_to_carrier(form: Mapping[str, str], carrier_words: frozenset[str]) -> bool:
    """STOP, HELP, START and the like, which Twilio and the carriers answer themselves."""
    return bool(form.get("OptOutType")) or " ".join(form.get("Body", "").split()).casefold() in carrier_words


def heard_in_text(body: str, session: Session, understanding: Understanding, at: datetime) -> Heard:
    """A text: a key or a ZIP code, written in digits or words, otherwise what it means."""
    if keys := understanding.keys(body, session.language):
        return Keys(at, keys)
    asked_for_town = asks_for_town(session.node)
    return Words(at, understanding.understand(body, session.language, asked_for_town=asked_for_town))


def heard_in_call(
    form: Mapping[str, str],
    session: Session,
    understand: Callable[[str], Heard],
    at: datetime,
    hidden_callers: frozenset[str],
) -> Heard:
    """What Gather or Dial report: a transfer's outcome, keys, speech, or nothing. `understand` hears words."""
    if ended := transfer_ended(form, at):
        return ended
    if digits := form.get("Digits"):
        asks_for_text = digits == TEXT_KEY
        return TextAsked(at, can_arrive=can_be_texted(form, hidden_callers)) if asks_for_text else Keys(at, digits)
    if words := form.get("SpeechResult"):
        heard = understand(words)
        return _without_language(heard) if asks_for_town(session.node) else heard
    return Silence(at)


def transfer_ended(form: Mapping[str, str], at: datetime) -> TransferEnded | None:
    """What became of a transfer; None where the request does not tell of one."""
    outcome = form.get("DialCallStatus")
    return TransferEnded(at, answered=outcome in ANSWERED) if outcome else None


def _without_language(heard: Heard) -> Heard:
    """A town is listened for in English, so that the words tell nothing of the language."""
    if isinstance(heard, Words) and not heard.understood.asks_for_language:
        return replace(heard, understood=replace(heard.understood, language=None))
    return heard


def can_be_texted(form: Mapping[str, str], hidden_callers: frozenset[str]) -> bool:
    """Whether caller and line both have numbers, so that a text can go from one to the other."""
    numbers = [form.get("From", ""), form.get("To", "")]
    return all(_NUMBER.fullmatch(number) and number not in hidden_callers for number in numbers)


def language_of_number(form: Mapping[str, str], languages: Mapping[str, str]) -> str | None:
    """The language that a number of the line belongs to."""
    return languages.get(form.get("To", "").rpartition(":")[2])


def is_fallback(form: Mapping[str, str]) -> bool:
    """Whether Twilio asks what to do now, since a document or a sound of the line could not be fetched or used."""
    return "ErrorCode" in form


def place_of_failure(form: Mapping[str, str]) -> VoicePlace | None:
    """Where a call stood, or at least its language, by the address that failed."""
    failed = _FAILED.fullmatch(form.get("ErrorUrl", ""))
    if failed is None:
        return None
    kind, language, rest = failed.groups()
    return VoicePlace.of(language, rest) if kind == "voice" else VoicePlace(language, MAIN_MENU)
