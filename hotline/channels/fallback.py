"""Static TwiML for Twilio's fallback URLs: it answers from any web host when the line's server is gone.

A file cannot tell which key was pressed. So each choice has a Gather of its own that leads to one document: any key
chooses it, while it is said and in the seconds after it. Without a key the choices go on, and end in the referral line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import quote

from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import Gather, VoiceResponse

from hotline.channels.parting import parted
from hotline.channels.text import bodies
from hotline.channels.utterances import Utterance
from hotline.channels.voice import MOST_SPOKEN, MOST_SPOKEN_ENCODED, TRANSFER_SECONDS
from hotline.channels.voices import Played, Voices
from hotline.channels.wording import SpokenWording, Wording, WrittenWording
from hotline.dialogue.reply import Choice, Say
from hotline.dialogue.scene import LANGUAGE_KEY, MENU_KEY, PERSON_KEY, scene_of
from hotline.dialogue.session import Session
from hotline.script.model import (
    MAIN_MENU,
    PERSON_TOPIC,
    REFERRAL_LINE,
    Language,
    Menu,
    Phrase,
    Script,
)
from hotline.script.organisations import CONNECTICUT

# What a TwiML Bin holds, and what of it is kept for the note of when a document was made.
MOST_CHARACTERS = 4000
STAMP_CHARACTERS = 80
# Who reaches for the keypad has them beside the time in which the choice is said; then comes the next choice.
CHOICE_SECONDS = 2
MORE_KEY = "1"
# Keys of the urgent topics; 9 and 0 mean something else on this line.
TOPIC_KEYS = "12345678"

CALL = "voice.xml"
TEXT = "sms.xml"

# Which languages there are, and what they are called, does not depend on the day.
_ANY_DAY = datetime(2026, 1, 1, tzinfo=CONNECTICUT)
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_STAMP = re.compile(r"<!--.*?-->", re.DOTALL)
_SOUND = re.compile(r"audio/[A-Za-z0-9_-]+/[0-9a-f]{32}\.wav")


class FallbackError(Exception):
    """The bundle cannot be made: one line with what to do."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the documents are put, and whose they are.

    `at` is the address of their folder with a slash at its end; empty where they name each other by relative addresses.
    `number` is the line's own (E.164), which a transfer shows; without one nobody is connected, and the number is said.
    """

    at: str = ""
    number: str | None = None


@dataclass(frozen=True, slots=True)
class Bundle:
    """TwiML by file names, and the paths of the sounds that it plays, such as audio/ht/<digest>.wav."""

    documents: Mapping[str, str]
    sounds: tuple[str, ...]


def bundle_of(written: WrittenWording, spoken: SpokenWording, voices: Voices, placing: Placing) -> Bundle:
    """All that is put up. Raises FallbackError where a document is longer than a TwiML Bin holds."""
    documents = {**dict(_Calls(spoken, voices, placing).documents()), TEXT: text_document(written)}
    for name, document in documents.items():
        if (length := len(document) + STAMP_CHARACTERS) > MOST_CHARACTERS:
            raise FallbackError(
                f"{name} would have {length} characters, and a TwiML Bin holds {MOST_CHARACTERS}: "
                "choose a shorter address, or shorten what it says."
            )
    return Bundle(documents, tuple(sorted({path for text in documents.values() for path in _SOUND.findall(text)})))


def stamped(document: str, made: date, release: str) -> str:
    """A document that says when and from what it was made, for whoever opens it."""
    return document.replace(_DECLARATION, f"{_DECLARATION}<!-- Made {made} from {release} -->", 1)


def unstamped(document: str) -> str:
    return _STAMP.sub("", document, count=1)


def standing_in(bundle: Bundle, script: Script) -> Iterator[Language]:
    """The languages of which a voice of another one reads some or all; English names in them are no part of that."""
    english = script.languages[script.source_language].twilio
    for_names = f'voice="{english.name}"' if english else "<Say>"
    for language in script.languages.values():
        prefixes = (f"voice-{language.code}.", f"voice-{language.code}-")
        own = (text for name, text in bundle.documents.items() if name.startswith(prefixes))
        if not language.twilio and any(text.count("<Say") > text.count(for_names) for text in own):
            yield language


def text_document(wording: WrittenWording) -> str:
    """One message with a line for each language: nobody knows which one the texter reads."""
    person = Say(Phrase.PERSON)
    lines = [wording.words(person, code) for code in wording.script.languages if _is_ready(wording, person, code)]
    response = MessagingResponse()
    for body in bodies("\n".join(lines)):
        response.message(body)
    return str(response)


def document_of(language: str, node: str | None = None) -> str:
    """The file name of what a language says at a node, without one where it begins."""
    return f"voice-{language}{f'-{node}' if node else ''}.xml"


@dataclass(frozen=True, slots=True)
class _Offer:
    """A choice, and the file to which it leads."""

    choice: Choice
    document: str


@dataclass(frozen=True, slots=True)
class _Calls:
    wording: SpokenWording
    voices: Voices
    placing: Placing

    def documents(self) -> Iterator[tuple[str, str]]:
        """File names and TwiML of everything that a caller can reach."""
        names = [CALL, *(f"voice-{number}.xml" for number in range(2, len(self._script.language_pages) + 1))]
        onward = [*names[1:], document_of(self._script.source_language)]
        for name, page, then in zip(names, self._script.language_pages, onward, strict=True):
            yield name, self._languages(page, then)
        for code in self._script.languages:
            yield document_of(code), self._beginning(code)
            yield document_of(code, PERSON_TOPIC), self._document(code, (), ())
            for node in _urgent_nodes(self._script):
                yield document_of(code, node), self._part(code, node)

    @property
    def _script(self) -> Script:
        return self.wording.script

    def _languages(self, page: str, then: str) -> str:
        """One page of the languages; silence leads on."""
        choices = scene_of(self._script, Session(node=page), _ANY_DAY).choices
        response = VoiceResponse()
        for code, choice in zip(self._script.language_pages[page], choices, strict=False):
            self._offer(response, code, _Offer(choice, document_of(code)), Phrase.CHOICE)
        response.redirect(self._address(then), method="GET")
        return str(response)

    def _beginning(self, language: str) -> str:
        """The rule for everywhere, then each urgent topic, a person, and another language."""
        # The urgent notice is left out: it ends on a day, and no file knows which day it is.
        rules = [Say(menu.message) for menu in _urgent_menus(self._script)]
        topics = [
            _Offer(
                Choice(TOPIC_KEYS[place % len(TOPIC_KEYS)], Say(self._script.title(slug))), document_of(language, slug)
            )
            for place, slug in enumerate(_urgent_topics(self._script))
        ]
        another = _Offer(Choice(LANGUAGE_KEY, Say(Phrase.LANGUAGE_TITLE)), CALL)
        return self._document(language, rules, (*topics, self._person(language), another))

    def _part(self, language: str, node: str) -> str:
        """A part of a topic, then the next one, a person, and the beginning."""
        _, part = self._script.parts[node]
        following = self._script.following(node)
        more = [_Offer(Choice(MORE_KEY, Say(Phrase.MORE)), document_of(language, following))] if following else []
        menu = _Offer(Choice(MENU_KEY, Say(self._script.title(MAIN_MENU))), document_of(language))
        return self._document(language, (Say(part.message),), (*more, self._person(language), menu))

    def _person(self, language: str) -> _Offer:
        return _Offer(Choice(PERSON_KEY, Say(Phrase.PERSON)), document_of(language, PERSON_TOPIC))

    def _document(self, language: str, says: Sequence[Say], offers: Sequence[_Offer]) -> str:
        response = VoiceResponse()
        phrase, before = Phrase.CHOICE, says
        for offer in offers:
            self._offer(response, language, offer, phrase, before)
            phrase, before = Phrase.CHOICE_BRIEF, ()
        self._end(response, language, says)
        return str(response)

    def _offer(
        self, response: VoiceResponse, language: str, offer: _Offer, phrase: Phrase, before: Sequence[Say] = ()
    ) -> None:
        gather = Gather(
            num_digits=1,
            # No key ends the input, so that # and * choose as well.
            finish_on_key="",
            timeout=CHOICE_SECONDS,
            action=self._address(offer.document),
            method="GET",
        )
        for say in before:
            self._speak(gather, self.wording.utterances(say, language))
        self._speak(gather, self.wording.utterances_of_choice(offer.choice, language, phrase))
        response.append(gather)

    def _end(self, response: VoiceResponse, language: str, says: Iterable[Say]) -> None:
        """Up to when it is true, the number, the transfer to it, and the number once more."""
        # Nobody knows how old this copy is when it is heard, so it always says that it may be out of date.
        known = [
            provenance.as_of
            for say in says
            if _is_ready(self.wording, say, language) and (provenance := self._script.message(say.message).provenance)
        ]
        overdue = Say(Phrase.OVERDUE, {"date": min(known)}) if known else None
        tells_number = overdue is not None and self._say_if_ready(response, language, overdue)
        if self.placing.number:
            self._say_if_ready(response, language, Say(self._script.topics[PERSON_TOPIC].parts[0].message))
            if not tells_number:
                self._say_number(response, language)
            response.dial(
                self._script.organisations[REFERRAL_LINE].phone,
                caller_id=self.placing.number,
                timeout=TRANSFER_SECONDS,
            )
        if not self._say_if_ready(response, language, Say(Phrase.GOODBYE)):
            self._say_number(response, language)

    def _say_if_ready(self, response: VoiceResponse, language: str, say: Say) -> bool:
        is_ready = _is_ready(self.wording, say, language)
        if is_ready:
            self._speak(response, self.wording.utterances(say, language))
        return is_ready

    def _say_number(self, response: VoiceResponse, language: str) -> None:
        self._speak(response, (Utterance(language, self.wording.referral_number),))

    def _speak(self, parent: VoiceResponse | Gather, utterances: Iterable[Utterance]) -> None:
        pieces = [
            replace(utterance, words=words)
            for utterance in utterances
            for words in parted(utterance.words, _can_be_said)
        ]
        for said in self.voices.of(pieces):
            if isinstance(said, Played):
                parent.play(self._address(said.path.lstrip("/")))
            else:
                voice, language = (said.voice.name, said.voice.language) if said.voice else (None, None)
                parent.say(said.words, voice=voice, language=language)

    def _address(self, path: str) -> str:
        return f"{self.placing.at}{path}"


def _is_ready(wording: Wording, say: Say, language: str) -> bool:
    """Whether a message may be said in a language: translated, and of today's English."""
    id = next(id for id in wording.variants(say.message) if id in wording.script.messages)
    return wording.catalogs.text(language, id) is not None


def _can_be_said(words: str) -> bool:
    return len(words) <= MOST_SPOKEN and len(quote(words, safe="")) <= MOST_SPOKEN_ENCODED


def _urgent_menus(script: Script) -> Iterator[Menu]:
    """The menus of the main one whose every choice is urgent: their text is the rule for all of these."""
    for node in script.menus[MAIN_MENU].choices:
        if (menu := script.menus.get(node)) and all(_is_urgent(script, choice) for choice in menu.choices):
            yield menu


def _urgent_topics(script: Script) -> tuple[str, ...]:
    """In the order in which the line offers them, then those to which no menu leads."""
    offered = (choice for menu in _urgent_menus(script) for choice in menu.choices)
    named = (*offered, *script.menus[MAIN_MENU].choices, *script.topics)
    return tuple(dict.fromkeys(slug for slug in named if _is_urgent(script, slug)))


def _urgent_nodes(script: Script) -> Iterator[str]:
    for slug in _urgent_topics(script):
        yield from (part.node for part in script.topics[slug].parts)


def _is_urgent(script: Script, node: str) -> bool:
    return node in script.topics and script.topics[node].urgent
