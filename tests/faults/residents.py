"""People who text and call, each in one language, and what is wrong with what they get."""

from __future__ import annotations

import random
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotline.locales import LOCALES
from hotline.phone.call import Call
from hotline.phone.calling import dial_outcome, hang_up, press, start_call, stay_silent
from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.understanding.lessons import read_examples
from tests.faults.tongues import language_of

SENTENCES = 3
TRIED = 12
LONG_ENOUGH_TO_TELL = 20
KEYS_OF_TEXTS = ("1", "2", "0", "9", "#", "MENU")
KEYS_OF_CALLS = ("1", "2", "3", "#", "*")
_HERE = re.compile(r'action="[^"]*/voice/([a-z-]+)/([^"/]+)"')


class WrongError(AssertionError):
    """Somebody got no good answer. Says what was wrong with it, and after what."""


@dataclass(frozen=True, slots=True)
class Town:
    """What the people of the campaign know: a script's languages, and sentences that the line takes for each."""

    script: Script
    sentences: Mapping[str, tuple[str, ...]]

    def person(self, line: Line, chance: random.Random) -> None:
        """One conversation. Raises WrongError."""
        language = chance.choice(list(self.sentences))
        try:
            (self._texts if chance.random() < 0.5 else self._calls)(line, chance, language)
        except PhoneError as error:
            raise WrongError(f"{language}: {error.sentence} ({error.code})") from error

    def _texts(self, line: Line, chance: random.Random, language: str) -> None:
        number = some_number()
        sentences = self.sentences[language]
        turns = [chance.choice(sentences), *chance.choices(KEYS_OF_TEXTS, k=3), chance.choice(sentences), "1"]
        for said in turns:
            words = text(line, number, said)
            if said in sentences and (found := language_of(words)) != language:
                raise WrongError(f"{language}: the text {said!r} is answered in {found}: {words!r}")

    def _calls(self, line: Line, chance: random.Random, language: str) -> None:
        call = self._in_language(line, language)
        for key in chance.choices(KEYS_OF_CALLS, k=4):
            call = leads_on(pressed(line, call, key), key)
            _in(language, call, key)
        call = stay_silent(line, call)
        if call.waiting.kind == "ended" and any(_said(call)):
            # Whoever presses wrong keys and then nothing is told the number, and goodbye.
            return
        _in(language, leads_on(call, "silence"), "silence")
        call = leads_on(pressed(line, call, "0"), "0")
        if call.waiting.kind == "dial":
            call = dial_outcome(line, call, chance.choice(("no-answer", "busy", "failed")))
            _in(language, leads_on(call, "an unanswered transfer"), "an unanswered transfer")
        hang_up(line, call)

    def _in_language(self, line: Line, language: str) -> Call:
        """A call in which somebody has chosen a language."""
        call = leads_on(start_call(line, some_number()), "the start")
        page, codes = next(item for item in self.script.language_pages.items() if language in item[1])
        for _ in self.script.language_pages:
            if _place(call)[1].partition(".")[0] == page:
                break
            call = leads_on(stay_silent(line, call), "silence at the start")
        call = leads_on(press(line, call, str(codes.index(language) + 1)), "the language's key")
        _in(language, call, "the language's key")
        return call


def town_of(line: Line) -> Town:
    """Asks the line, while all is well, which of the examples it takes for their own language."""
    script, chance = load_script(), random.Random(3)
    examples: dict[str, list[str]] = {}
    for example in read_examples(script, LOCALES):
        if example.topic in script.topics:
            examples.setdefault(example.language, []).append(example.text)
    sentences = {}
    for language in script.languages:
        tried = chance.sample(examples[language], TRIED)
        good = (one for one in tried if language_of(text(line, some_number(), one)) == language)
        sentences[language] = tuple(one for one, _ in zip(good, range(SENTENCES), strict=False))
        if not sentences[language]:
            raise WrongError(f"The line takes no example for {language}, while all is well.")
    return Town(script, sentences)


def text(line: Line, number: str, said: str) -> str:
    """All that is answered. Raises WrongError where it leads nowhere."""
    words = "\n".join(reply.body for reply in send_text(line, number, said))
    if not re.search(r"\d", words):
        raise WrongError(f"the text {said!r} is answered with {words!r}, which leads nowhere")
    return words


def leads_on(call: Call, after: str) -> Call:
    if call.waiting.kind == "ended":
        raise WrongError(f"the call ended after {after}: {call.events[-1].reason}, {call.events[-1].text}")
    if call.waiting.kind == "keys" and not any(_said(call)):
        raise WrongError(f"nothing is said after {after}, at {call.url}: {[event.kind for event in call.events]}")
    return call


def pressed(line: Line, call: Call, key: str) -> Call:
    """The call after a key; where more keys are waited for, after a while without them."""
    call = press(line, call, key)
    return stay_silent(line, call) if call.waiting.kind == "keys" and call.waiting.pressed else call


def some_number() -> str:
    """One that nobody else has."""
    return f"+1{secrets.choice((203, 475, 860, 959))}{secrets.choice(range(2000000, 9999999))}"


def _said(call: Call) -> Iterator[str]:
    return (event.words or event.url or "" for event in call.events if event.kind in {"said", "played"})


def _place(call: Call) -> tuple[str, str]:
    here = _HERE.search(call.document)
    return (here[1], here[2]) if here else ("", "")


def _in(language: str, call: Call, after: str) -> None:
    if call.waiting.kind != "keys":
        return
    if (place := _place(call)[0]) != language:
        raise WrongError(f"{language}: after {after} the call goes on in {place or 'no language'}: {call.events}")
    words = " ".join(event.words for event in call.events if event.words)
    if len(words) > LONG_ENOUGH_TO_TELL and (found := language_of(words)) not in {language, None}:
        raise WrongError(f"{language}: after {after} the call speaks {found}: {words!r}")
