"""Requests signed as Twilio does it, to the application in this process, and what must hold of every answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from hotline.channels.paths import VoicePlace
from hotline.channels.segments import count_segments
from hotline.phone.line import MOST_TWIML_BYTES
from hotline.phone.twiml import Verb, parse
from hotline.script.model import Script
from tests.conftest import NUMBER, settings_for
from tests.faults.tongues import fragments, language_of

FORM = "application/x-www-form-urlencoded"
LONGEST_TEXT, MOST_TEXTS = 1600, 10
# Error 13521: of Polly's voices, and of any voice as it stands in an address.
LONGEST_SAY, LONGEST_SAY_ENCODED = 3000, 4500
REFERRAL_DIGITS = "8007980671"
# Shorter ones stand in several languages alike.
LONG_ENOUGH_TO_TELL = 25

Fields = Sequence[tuple[str, str]]


class WrongAnswerError(AssertionError):
    """An answer that no resident should get."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`verbs` are those of the TwiML document, none of an empty one."""

    status: int
    body: str
    verbs: tuple[Verb, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(verb.text for verb in self.verbs if verb.name == "Message")

    @property
    def all_verbs(self) -> tuple[Verb, ...]:
        """Those within others, too."""
        return tuple(inner for verb in self.verbs for inner in (verb, *verb.children))

    @property
    def said(self) -> str:
        return " ".join(verb.text for verb in self.all_verbs if verb.name == "Say")

    @property
    def dialled(self) -> tuple[str, ...]:
        return tuple(number.text for verb in self.verbs if verb.name == "Dial" for number in (verb, *verb.children))

    @property
    def tells_a_number(self) -> bool:
        """Whether somebody is connected, or a number is said or written out; of a sound nobody knows."""
        told = re.sub(r"\D", "", " ".join((*self.texts, self.said)))
        return bool(self.dialled) or REFERRAL_DIGITS in told or any(verb.name == "Play" for verb in self.all_verbs)

    @property
    def places(self) -> tuple[str, ...]:
        """The paths at which the call may go on."""
        attributes = (verb.get("action") for verb in self.all_verbs)
        redirects = (verb.text for verb in self.all_verbs if verb.name == "Redirect")
        return tuple(path for path in (*attributes, *redirects) if path)


@dataclass(frozen=True, slots=True)
class Twilio:
    """Twilio's side of the line with a script."""

    app: Flask
    script: Script

    def post(self, path: str, fields: Fields) -> Answer:
        """Raises WrongAnswerError for what would help nobody."""
        settings = settings_for(None)
        form = MultiDict(fields)
        signature = RequestValidator(settings.auth_tokens[0]).compute_signature(f"{settings.public_url}{path}", form)
        response = self.app.test_client().post(
            path,
            data=urlencode(fields, errors="surrogatepass"),
            headers={"X-Twilio-Signature": signature, "Content-Type": FORM},
            environ_overrides={"RAW_URI": path},
        )
        body = response.get_data(as_text=True)
        if response.status_code != 200:
            return Answer(response.status_code, body, ())
        if response.content_type != "text/xml; charset=utf-8" or len(body.encode()) > MOST_TWIML_BYTES:
            raise WrongAnswerError(f"{response.content_type}, {len(body)} characters")
        return Answer(200, body, parse(body, "messaging" if path.startswith("/sms") else "voice"))

    def check_text(self, answer: Answer) -> None:
        """A text of the line: within Twilio's limits, in one language, with a way on."""
        if answer.status != 200 or not answer.texts:
            raise WrongAnswerError(f"no text: {answer}")
        self.check_written(answer.texts)
        if any(verb.get("to") or verb.get("from") for verb in answer.verbs):
            raise WrongAnswerError("a text to somebody else")
        words = "\n".join(answer.texts)
        if not re.search(r"^\S{1,2} |\d{3}", words, re.MULTILINE):
            raise WrongAnswerError(f"it leads nowhere: {words}")
        self.check_language(words, language_of(words))

    def check_written(self, texts: Sequence[str]) -> None:
        """What Twilio sends as texts."""
        if len(texts) > MOST_TEXTS or any(len(text) > LONGEST_TEXT for text in texts):
            raise WrongAnswerError(f"Twilio does not send this: {[len(text) for text in texts]}")
        if any(not text.strip() or not count_segments(text).count for text in texts):
            raise WrongAnswerError("an empty text")

    def check_call(self, answer: Answer) -> None:
        """A document of a call: something to hear in one language, and a way on, to a person, or after the number."""
        if answer.status != 200:
            raise WrongAnswerError(f"{answer.status}")
        if not answer.verbs:
            raise WrongAnswerError("nothing at all")
        if wrong := set(answer.dialled) - self.numbers - {""}:
            raise WrongAnswerError(f"{wrong} is dialled")
        if not answer.places and answer.verbs[-1].name not in {"Hangup", "Reject"}:
            raise WrongAnswerError(f"the call breaks off: {answer.body}")
        if not answer.places and not answer.tells_a_number:
            raise WrongAnswerError(f"the call ends without a number: {answer.body}")
        said = [verb.text for verb in answer.all_verbs if verb.name == "Say"]
        if any(len(words) > LONGEST_SAY or len(quote(words, safe="")) > LONGEST_SAY_ENCODED for words in said):
            raise WrongAnswerError(f"no voice says this: {[len(words) for words in said]}")
        for place in answer.places:
            if place.startswith("/voice/") and place.split("/")[2] not in self.script.languages:
                raise WrongAnswerError(f"it goes on at {place}")
        places = [VoicePlace.of(*place.split("/")[2:4]) for place in answer.places if place.startswith("/voice/")]
        # Those for who has not chosen a language yet are in all of them.
        if places and not {place.node for place in places} & set(self.script.language_pages):
            self.check_language(answer.said, places[0].language)

    def check_language(self, words: str, language: str | None) -> None:
        """Nothing of what only another language says."""
        if language is None:
            return
        own = fragments()[language]
        for other, parts in fragments().items():
            if other == language:
                continue
            for part in parts:
                if len(part) >= LONG_ENOUGH_TO_TELL and part in words and not any(part in one for one in own):
                    raise WrongAnswerError(f"{other} in {language}: {part!r}")

    @property
    def numbers(self) -> set[str]:
        """All that may be dialled."""
        return {one.phone for one in self.script.organisations.values() if one.phone and one.may_be_dialled}


def text_fields(number: str, sid: str, body: str) -> Fields:
    return (("MessageSid", sid), ("From", number), ("To", NUMBER), ("Body", body), ("NumMedia", "0"))


def call_fields(number: str, sid: str, *more: tuple[str, str], status: str = "in-progress") -> Fields:
    return (("CallSid", sid), ("From", number), ("To", NUMBER), ("CallStatus", status), *more)


def escaped(part: str) -> str:
    """A part of a path; a slash would make two of it."""
    return quote(part.replace("/", ""), safe=":.-_~", errors="surrogatepass") or "-"
