"""Plays TwiML documents: one step of a call, from an input to the next wait or to the end."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import cast
from urllib.parse import urlsplit

from hotline.phone.call import Call, Event, Waiting
from hotline.phone.errors import PhoneError
from hotline.phone.forms import call_form
from hotline.phone.line import Line, Method
from hotline.phone.saying import repetitions, said
from hotline.phone.twiml import Verb, parse
from hotline.phone.vocabulary import E164, vocabulary

MOST_DOCUMENTS = 10
RING_SECONDS = "30"
TRANSFER_SECONDS = "30"
CONFIDENCE = "0.9"
STATUS_PATH = "/voice/status"


@dataclass(frozen=True, slots=True)
class _Request:
    method: Method
    url: str
    extra: Mapping[str, str]


class Interpreter:
    """One step of `call`: it takes an input, then `run()`s, and then has a `result()`.

    What Twilio answers with an error message (PhoneError with a code) goes to the line's fallback URL once a step,
    without one it ends the call. Errors without a code are raised: what was asked of the phone makes no sense.
    """

    def __init__(self, line: Line, call: Call) -> None:
        self._line = line
        self._call = call
        self._verbs = parse(call.document, "voice")
        self._url = call.url
        self._document = call.document
        self._position = call.position
        self._answered = call.answered
        self._waiting: Waiting | None = call.waiting
        self._events: list[Event] = []
        self._pending: _Request | None = None
        self._keys_ahead = ""
        self._documents = 0
        self._fell_back = False
        self._asked_url = call.url

    def result(self) -> Call:
        if self._waiting is None:
            raise RuntimeError("the step has not been run")
        return replace(
            self._call,
            waiting=self._waiting,
            events=tuple(self._events),
            url=self._url,
            document=self._document,
            position=self._position,
            answered=self._answered,
        )

    def run(self) -> None:
        """Goes on until the call waits or has ended, and takes in the texts that arrived meanwhile."""
        while self._waiting is None:
            try:
                self._go_on()
            except PhoneError as error:
                if error.code is None:
                    raise
                self._recover(error)
        self._take_in_texts()

    # inputs

    def start(self, path: str) -> None:
        self._waiting = None
        self._go_to("POST", path, {})

    def press(self, keys: str) -> None:
        self._current("Gather")
        self._keys_ahead = keys
        self._take_keys()

    def speak(self, words: str) -> None:
        """Speech counts only if the Gather listens for it and no key came first."""
        gather = self._current("Gather")
        waiting = self._gathering()
        if not waiting.accepts_speech or waiting.pressed:
            return
        self._submit(gather, {"SpeechResult": words, "Confidence": CONFIDENCE})

    def stay_silent(self) -> None:
        gather = self._current("Gather")
        pressed = self._gathering().pressed
        if pressed:
            self._submit_keys(gather, pressed, "")
        else:
            self._submit_nothing(gather, "")

    def finish_dial(self, outcome: str) -> None:
        dial = self._current("Dial")
        self._waiting = None
        action = dial.get("action")
        if action is None:
            return
        result = {
            "DialCallStatus": outcome,
            "DialCallSid": f"CA{secrets.token_hex(16)}",
            "DialBridged": "true" if outcome == "completed" else "false",
        }
        if outcome == "completed":
            result["DialCallDuration"] = TRANSFER_SECONDS
        self._go_to(_method(dial), action, result)

    def hang_up(self) -> None:
        self._end("the caller hung up")

    # the document

    def _current(self, name: str) -> Verb:
        """The verb that the call waits at."""
        if 0 < self._position <= len(self._verbs) and self._verbs[self._position - 1].name == name:
            return self._verbs[self._position - 1]
        raise PhoneError("The saved call does not fit its document.")

    def _gathering(self) -> Waiting:
        return cast("Waiting", self._waiting)

    def _go_on(self) -> None:
        if self._pending is not None:
            request, self._pending = self._pending, None
            self._load(request)
        elif self._position >= len(self._verbs):
            self._end("end of document")
        else:
            verb = self._verbs[self._position]
            self._position += 1
            self._asked_url = self._url
            self._play(verb)

    def _go_to(self, method: Method, reference: str, extra: Mapping[str, str]) -> None:
        self._pending = _Request(method, reference, extra)

    def _load(self, request: _Request) -> None:
        self._documents += 1
        self._asked_url = self._line.resolve(request.url, self._url or None)
        if self._documents > MOST_DOCUMENTS + 1:
            raise PhoneError(f"More than {MOST_DOCUMENTS} redirects without any input.", 11215)
        status = "in-progress" if self._answered else "ringing"
        answer = self._line.fetch(request.method, self._asked_url, {**self._form(status), **request.extra})
        verbs = parse(answer.body, "voice")
        self._url, self._document = answer.url, answer.body
        self._verbs, self._position = verbs, 0

    def _form(self, status: str) -> dict[str, str]:
        return call_form(self._line, self._call.call_sid, self._call.caller, status)

    def _recover(self, error: PhoneError) -> None:
        fallback = self._line.fallback_url
        if fallback is None or self._fell_back:
            self._end(f"application error {error.code}", error.sentence)
            return
        self._fell_back = True
        self._documents = 0
        self._keys_ahead = ""
        self._events.append(Event("redirected", url=fallback, reason=f"error {error.code}", text=error.sentence))
        self._go_to(self._line.fallback_method, fallback, {"ErrorCode": str(error.code), "ErrorUrl": self._asked_url})

    def _end(self, reason: str, sentence: str | None = None, status: str = "completed") -> None:
        self._pending = None
        self._waiting = Waiting("ended")
        seconds = max(1, round(time.time() - self._call.began))
        try:
            self._line.notify(STATUS_PATH, {**self._form(status), "CallDuration": str(seconds)})
        except PhoneError as error:
            if sentence is None:
                reason, sentence = f"status callback error {error.code}", error.sentence
        self._events.append(Event("ended", reason=reason, text=sentence))

    def _take_in_texts(self) -> None:
        """A call goes on without its texts where the inbox fails."""
        caller, inbox = self._call.caller, self._line.inbox
        if inbox is None or not caller.startswith("+"):
            return
        with suppress(OSError):
            texts = inbox.collect(caller)
            self._events += [Event("sent", number=text.to, caller_id=text.sender, text=text.body) for text in texts]
            # The end of a call stays the last that happened.
            self._events.sort(key=lambda event: event.kind == "ended")

    # verbs

    def _play(self, verb: Verb) -> None:
        if verb.name == "Reject" and not self._answered:
            busy = verb.get("reason") == "busy"
            self._end("busy" if busy else "rejected", status="busy" if busy else "no-answer")
            return
        # Redirect and Pause leave the phone ringing; everything else picks up.
        self._answered = self._answered or verb.name not in {"Redirect", "Pause"}
        match verb.name:
            case "Say" | "Play" | "Pause":
                self._make_audible(verb)
            case "Gather":
                self._gather(verb)
            case "Dial":
                self._dial(verb)
            case "Sms":
                self._send(verb)
            case "Redirect":
                self._redirect(verb)
            case "Hangup" | "Reject":
                self._end("hang-up")

    def _make_audible(self, verb: Verb) -> None:
        match verb.name:
            case "Say":
                self._events.append(said(verb))
            case "Pause":
                self._events.append(Event("paused", seconds=int(verb.get("length") or 1)))
            case "Play":
                self._play_recording(verb)

    def _play_recording(self, play: Verb) -> None:
        reference = play.text.strip()
        if not reference:
            self._events.append(Event("played", text=play.get("digits"), times=repetitions(play)))
            return
        url = self._line.resolve(reference, self._url)
        self._asked_url = url
        words = self._line.listen(url).words
        self._events.append(Event("played", text=words, language=_language_of(url), url=url, times=repetitions(play)))

    def _redirect(self, redirect: Verb) -> None:
        url = self._line.resolve(redirect.text.strip(), self._url)
        self._events.append(Event("redirected", url=url))
        self._go_to(_method(redirect), url, {})

    def _dial(self, dial: Verb) -> None:
        caller_id = self._caller_id(dial)
        seconds = int(dial.get("timeout") or RING_SECONDS)
        numbers = [noun.text.strip() for noun in dial.children] or [dial.own_text.strip()]
        for number in numbers:
            if not _can_be_dialled(number):
                raise PhoneError(f"<Dial> cannot call {number}.", 13224)
        self._events += [Event("dialled", number=n, caller_id=caller_id, seconds=seconds) for n in numbers]
        self._waiting = Waiting("dial", timeout=seconds)

    def _caller_id(self, dial: Verb) -> str:
        caller_id = dial.get("callerId") or self._call.caller
        if caller_id not in {self._line.number, self._call.caller} or not caller_id.startswith("+"):
            raise PhoneError("<Dial> needs a callerId that is the hotline's number or the caller's own.", 13214)
        return caller_id

    def _send(self, sms: Verb) -> None:
        body, to = sms.text.strip(), sms.get("to") or self._call.caller
        longest = vocabulary().longest_text
        if len(body) > longest:
            raise PhoneError(f"An <Sms> of {len(body)} characters is too long, {longest} are allowed.", 14103)
        if not to.startswith("+"):
            raise PhoneError("<Sms> has no number to send to.", 14101)
        self._events.append(Event("sent", number=to, caller_id=sms.get("from") or self._line.number, text=body))
        action = sms.get("action")
        if action is not None:
            self._go_to(_method(sms), action, {"SmsSid": f"SM{secrets.token_hex(16)}", "SmsStatus": "sent"})

    # gathering

    def _gather(self, gather: Verb) -> None:
        for verb in gather.children:
            self._make_audible(verb)
        accepted = (gather.get("input") or "dtmf").split()
        finish = gather.get("finishOnKey")
        timeout = gather.get("timeout") or "5"
        self._waiting = Waiting(
            "keys",
            accepts_keys="dtmf" in accepted,
            accepts_speech="speech" in accepted,
            num_digits=int(gather.get("numDigits") or 0) or None,
            finish_on_key="#" if finish is None else finish,
            language=gather.get("language") or "en-US",
            timeout=None if timeout == "auto" else int(timeout),
        )
        if gather.get("bargeIn") == "false" and gather.children:
            self._keys_ahead = ""
        if self._keys_ahead:
            self._take_keys()

    def _take_keys(self) -> None:
        gather, waiting = self._current("Gather"), self._gathering()
        if not waiting.accepts_keys:
            return
        pressed = waiting.pressed
        while self._keys_ahead:
            key, self._keys_ahead = self._keys_ahead[0], self._keys_ahead[1:]
            if key == waiting.finish_on_key:
                if pressed:
                    self._submit_keys(gather, pressed, key)
                else:
                    self._submit_nothing(gather, key)
                return
            pressed += key
            if len(pressed) == waiting.num_digits:
                self._submit_keys(gather, pressed, "")
                return
        self._waiting = replace(waiting, pressed=pressed)

    def _submit_keys(self, gather: Verb, digits: str, finished_on: str) -> None:
        self._submit(gather, {"Digits": digits, "FinishedOnKey": finished_on, "msg": "Gather End"})

    def _submit_nothing(self, gather: Verb, finished_on: str) -> None:
        if gather.get("actionOnEmptyResult") != "true":
            self._documents = 0
            self._waiting = None
        elif self._gathering().accepts_keys:
            self._submit_keys(gather, "", finished_on)
        else:
            self._submit(gather, {"SpeechResult": ""})

    def _submit(self, gather: Verb, heard: Mapping[str, str]) -> None:
        self._documents = 0
        self._waiting = None
        self._go_to(_method(gather), gather.get("action") or self._url, heard)


def _language_of(url: str) -> str | None:
    """The hotline's recordings are in a folder for each language."""
    folder = re.match(r"/audio/([a-zA-Z-]+)/", urlsplit(url).path)
    return folder[1] if folder else None


def _method(verb: Verb) -> Method:
    return "GET" if verb.get("method") == "GET" else "POST"


def _can_be_dialled(number: str) -> bool:
    if not re.fullmatch(r"\+?[0-9 ().-]+", number):
        return False
    bare = re.sub(r"[^+0-9]", "", number)
    # Without a plus Twilio takes a number as one of the caller's country: ten digits, or eleven with the 1.
    return re.fullmatch(rf"{E164}|1?[2-9][0-9]{{9}}", bare) is not None
