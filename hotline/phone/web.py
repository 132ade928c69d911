"""The browser phone at /phone/: a page, and the requests with which it texts and calls the running hotline.

No call is kept here: it travels to the browser and back as a signed token, so any worker can go on with it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from flask import Blueprint, current_app, jsonify, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, UnsupportedMediaType
from werkzeug.wrappers import Response

from hotline.channels.segments import count_segments
from hotline.phone.call import Call, Event
from hotline.phone.calling import (
    KEYS,
    MOST_KEYS,
    OUTCOMES,
    dial_outcome,
    hang_up,
    press,
    speak,
    start_call,
    stay_silent,
)
from hotline.phone.errors import PhoneError
from hotline.phone.line import MOST_TWIML_BYTES, Line
from hotline.phone.mailbox import Mailbox, TextMessage
from hotline.phone.texting import OptOuts, send_text
from hotline.phone.vocabulary import LANDLINE, UNREACHABLE, vocabulary

LONGEST_SPEECH = 500
# A call holds at most one TwiML document; base64 and the envelope make it larger.
LARGEST_REQUEST = 4 * MOST_TWIML_BYTES
# As long as the hotline remembers a call.
CALL_LIFETIME_SECONDS = 2 * 60 * 60

ONLY_THIS_PAGE = "Only the phone's own page may send this. Load the page again."

KEYPAD = (
    ("1", ""),
    ("2", "ABC"),
    ("3", "DEF"),
    ("4", "GHI"),
    ("5", "JKL"),
    ("6", "MNO"),
    ("7", "PQRS"),
    ("8", "TUV"),
    ("9", "WXYZ"),
    ("*", ""),
    ("0", "+"),
    ("#", ""),
)

_FICTIONAL_NUMBER = re.compile(r"\+120355501[0-9]{2}")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


@dataclass(frozen=True, slots=True)
class PhoneLanguage:
    """A language that a resident can choose; `name` in its own script, `keys` as its menu takes them: "2", "92"."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    keys: str
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phone is: its blueprint's name, its path, the template of its page, and what stands before the paths of
    the line's own sounds.
    """

    name: str = "phone"
    path: str = "/phone"
    template: str = "phone/page.html"
    sounds: str = ""


def phone_blueprint(
    line_for_request: Callable[[], Line],
    languages: Callable[[], Sequence[PhoneLanguage]],
    mailbox: Mailbox,
    place: Place = Place(),
) -> Blueprint:
    """The phone's pages. The application needs a `secret_key`; both are asked in the requests that need them.

    In `mailbox` wait the texts that the line sends of itself; calls collect them, whatever inbox the line names.
    """
    phone = Blueprint(
        place.name,
        __name__,
        url_prefix=place.path,
        template_folder="templates",
        static_folder="static",
    )
    phone.record_once(_require_secret_key)
    phone.before_request(lambda: _refuse_strangers(line_for_request()))
    phone.after_request(_harden)
    phone.register_error_handler(HTTPException, _error_as_json)

    @phone.get("/")
    def page() -> str:
        number = line_for_request().number
        return render_template(
            place.template,
            line_number=number,
            line_number_spaced=_spaced(number),
            languages=languages(),
            keypad=KEYPAD,
            outcomes=OUTCOMES,
            landlines=_refused(LANDLINE),
            unreachable=_refused(UNREACHABLE),
            longest_text=vocabulary().longest_text,
            longest_speech=LONGEST_SPEECH,
        )

    @phone.post("/texts")
    def texts() -> ResponseReturnValue:
        return jsonify(_text(line_for_request(), mailbox, _json_object()))

    @phone.post("/calls")
    def calls() -> ResponseReturnValue:
        return jsonify(_call(line(), _json_object(), place))

    @phone.post("/calls/step")
    def step() -> ResponseReturnValue:
        return jsonify(_step(line(), _json_object(), place))

    @phone.get("/inbox")
    def inbox() -> ResponseReturnValue:
        _refuse_other_pages(line_for_request())
        texts = mailbox.collect(_fictional(request.args.get("number")))
        return jsonify({"texts": [asdict(text) for text in texts]})

    def line() -> Line:
        return replace(line_for_request(), inbox=mailbox)

    return phone


def _text(line: Line, mailbox: Mailbox, fields: Mapping[str, object]) -> dict[str, object]:
    sender = _caller(fields)
    if sender == "anonymous":
        raise BadRequest("A text always shows its number. Choose one from +1 203 555 0100 to +1 203 555 0199.")
    body = _words(fields, "body", vocabulary().longest_text, "Write a text first.")
    opted_out = fields.get("opted_out") is True or mailbox.has_opted_out(sender)
    opt_outs = OptOuts({sender} if opted_out else set())
    answer: dict[str, object] = {"sent": _segments(body), "messages": []}
    try:
        messages = send_text(line, sender, body, opt_outs=opt_outs)
    except PhoneError as error:
        answer["error"] = error.sentence
    else:
        answer["messages"] = [_message(message) for message in messages]
    answer["opted_out"] = sender in opt_outs.numbers
    if answer["opted_out"]:
        mailbox.opt_out(sender)
    else:
        mailbox.opt_in(sender)
    answer["held_back"] = len(opt_outs.refused)
    return answer


def _call(line: Line, fields: Mapping[str, object], place: Place) -> dict[str, object]:
    caller = _caller(fields)
    try:
        return _call_as_json(line, start_call(line, caller), place)
    except PhoneError as error:
        return {"call": None, "events": [], "waiting": {"kind": "ended"}, "error": error.sentence}


def _step(line: Line, fields: Mapping[str, object], place: Place) -> dict[str, object]:
    """One step of a call; where the hotline fails, the call stays where it was, so the step can be tried again."""
    call = _read_token(fields)
    take = _action(line, fields)
    try:
        return _call_as_json(line, take(call), place)
    except PhoneError as error:
        return _call_as_json(line, call, place) | {"error": error.sentence}


def _action(line: Line, fields: Mapping[str, object]) -> Callable[[Call], Call]:
    match fields.get("action"):
        case "press":
            keys = fields.get("value")
            if not isinstance(keys, str) or not KEYS.fullmatch(keys):
                raise BadRequest(f"Press 1 to {MOST_KEYS} of the keys 0 to 9, * and #.")
            return lambda call: press(line, call, keys)
        case "speak":
            words = _words(fields, "value", LONGEST_SPEECH, "Write what the caller says first.")
            return lambda call: speak(line, call, words)
        case "silence":
            return lambda call: stay_silent(line, call)
        case "outcome":
            outcome = fields.get("value")
            if not isinstance(outcome, str) or outcome not in OUTCOMES:
                raise BadRequest(f"A transfer ends as one of: {', '.join(OUTCOMES)}.")
            return lambda call: dial_outcome(line, call, outcome)
        case "hang_up":
            return lambda call: hang_up(line, call)
        case _:
            raise BadRequest("The action must be press, speak, silence, outcome or hang_up.")


def _call_as_json(line: Line, call: Call, place: Place) -> dict[str, object]:
    at_rest = replace(call, events=())
    return {
        "call": _tokens().dumps(at_rest.to_json()),
        "events": [_event(line, event, place) for event in call.events],
        "waiting": asdict(call.waiting),
    }


def _event(line: Line, event: Event, place: Place) -> dict[str, object]:
    fields: dict[str, object] = {name: value for name, value in asdict(event).items() if value is not None}
    if event.url is not None:
        fields["url"] = _on_this_page(line, event.url, place)
    if event.kind == "sent" and event.text is not None:
        fields |= _segments(event.text)
    return fields


def _on_this_page(line: Line, url: str, place: Place) -> str:
    """The hotline's own recordings without its origin: the page may be open under another name of the same server."""
    here, there = urlsplit(line.public_url), urlsplit(url)
    own = (there.scheme, there.netloc) == (here.scheme, here.netloc)
    return f"{place.sounds}{there._replace(scheme='', netloc='', fragment='').geturl()}" if own else url


def _message(message: TextMessage) -> dict[str, object]:
    return {"body": message.body, "by_twilio": message.by_twilio} | _segments(message.body)


def _segments(text: str) -> dict[str, object]:
    counted = count_segments(text)
    return {"encoding": counted.encoding, "segments": counted.count, "units": counted.units}


def _tokens() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="hotline.phone.call")


def _read_token(fields: Mapping[str, object]) -> Call:
    token = fields.get("call")
    try:
        if isinstance(token, str) and token.isascii():
            return Call.from_json(_tokens().loads(token, max_age=CALL_LIFETIME_SECONDS))
    except (BadSignature, PhoneError):
        pass
    raise BadRequest("This call is too old, or not one of this phone. Call again.")


def _caller(fields: Mapping[str, object]) -> str:
    caller = fields.get("from")
    return "anonymous" if caller == "anonymous" else _fictional(caller)


def _fictional(number: object) -> str:
    if isinstance(number, str) and _FICTIONAL_NUMBER.fullmatch(number):
        return number
    raise BadRequest("Use a fictional number, from +1 203 555 0100 to +1 203 555 0199.")


def _refused(code: int) -> list[str]:
    """The fictional numbers to which Twilio sends nothing for this reason."""
    refused = vocabulary().refused_numbers.items()
    return sorted(number for number, why in refused if why == code and _FICTIONAL_NUMBER.fullmatch(number))


def _words(fields: Mapping[str, object], name: str, longest: int, if_empty: str) -> str:
    words = fields.get(name)
    if not isinstance(words, str) or not words.strip():
        raise BadRequest(if_empty)
    if len(words) > longest:
        raise BadRequest(f"At most {longest} characters fit; these are {len(words)}. Make it shorter.")
    if re.search("[\ud800-\udfff\x00]", words):
        raise BadRequest("This holds characters that no phone can send. Write it without them.")
    return words


def _json_object() -> Mapping[str, object]:
    try:
        fields = json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BadRequest("The request is not valid JSON. Load the page again.") from None
    if not isinstance(fields, dict):
        raise BadRequest("The request must be a JSON object. Load the page again.")
    return fields


def _refuse_strangers(line: Line) -> None:
    """Only this page may send: another site open in the same browser must not drive the phone."""
    request.max_content_length = LARGEST_REQUEST
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return
    _refuse_other_pages(line)
    if "Sec-Fetch-Site" not in request.headers and "Origin" not in request.headers:
        raise Forbidden(ONLY_THIS_PAGE)
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with the content type application/json.")


def _refuse_other_pages(line: Line) -> None:
    """What is no browser names no page; the terminal phone is such."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    own = {None, f"http://{request.host}", f"https://{request.host}", line.public_url}
    if site not in {None, "same-origin"} or origin not in own:
        raise Forbidden(ONLY_THIS_PAGE)


def _harden(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.endpoint != f"{request.blueprint}.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def _error_as_json(error: HTTPException) -> ResponseReturnValue:
    if error.code == 413:  # noqa: PLR2004
        return {"error": "This is more than the phone can send at once. Make it shorter."}, 413
    return {"error": error.description or error.name}, error.code or 500


def _spaced(number: str) -> str:
    """A North American number in groups, as people read it; any other as it is."""
    return re.sub(r"\A\+1(\d{3})(\d{3})(\d{4})\Z", r"+1 \1 \2 \3", number)


def _require_secret_key(state: BlueprintSetupState) -> None:
    if not state.app.secret_key:
        raise RuntimeError("The browser phone signs its calls: give the application a secret_key first.")
