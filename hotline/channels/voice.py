"""A reply as the TwiML of a call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import quote

from babel import Locale
from twilio.twiml.voice_response import Gather, VoiceResponse

from hotline.channels.parting import parted
from hotline.channels.paths import VoicePlace
from hotline.channels.utterances import Utterance
from hotline.channels.voices import Played, Voices
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Choice, HangUp, Reply, Say, SendText, Transfer
from hotline.dialogue.scene import LANGUAGE_KEY, MENU_KEY
from hotline.script.model import LANGUAGE_NODE, MAIN_MENU, REFERRAL_LINE, ZIP_DIGITS, Phrase, Script

# Twilio's `timeout` of Gather counts from the end of what is said; of Dial, until somebody answers. Seconds.
KEY_SECONDS = 6
# Between two pages of the languages, where silence means that none of the first was the caller's.
NEXT_PAGE_SECONDS = 1
# How long somebody who speaks may pause.
SPEECH_SECONDS = 3
TRANSFER_SECONDS = 25
SLOW_RATE = "75%"

# Twilio's limits for one Say (error 13521): of Polly's voices, the lowest, and of any voice, encoded as in an address.
# The latter leaves room for the mark that makes it slow.
MOST_SPOKEN = 3000
MOST_SPOKEN_ENCODED = 4400

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class CallRenderer:
    """Renders replies for calls to `own_number`: a transfer shows that number, never the caller's."""

    wording: SpokenWording
    voices: Voices
    own_number: str

    def call(self, reply: Reply) -> str:
        """The TwiML document of a reply."""
        response = VoiceResponse()
        match reply.effect:
            case HangUp():
                self._say(response, reply)
                response.hangup()
            case SendText():
                self._say(response, reply)
                response.redirect(VoicePlace(reply.language, reply.node, texted=True).path, method="POST")
            case Transfer(organisation=organisation) if self._can_transfer:
                self._say(response, reply)
                response.dial(
                    self._script.organisations[organisation].phone,
                    caller_id=self.own_number,
                    timeout=TRANSFER_SECONDS,
                    action=VoicePlace(reply.language, reply.node).path,
                    method="POST",
                )
            case Transfer():
                # Without a number of its own the line would show the caller's, so it gives the number instead.
                response.append(self._gather(replace(reply, says=(Say(Phrase.NO_TRANSFER),))))
            case _:
                response.append(self._gather(reply))
        return str(response)

    def last_resort(self, language: str) -> str:
        """The TwiML document for when nothing else can be said: the referral number, and a transfer to it."""
        response = VoiceResponse()
        number = (Utterance(language, self.wording.referral_number),)
        self._speak(response, number)
        if self._can_transfer:
            phone = self._script.organisations[REFERRAL_LINE].phone
            response.dial(phone, caller_id=self.own_number, timeout=TRANSFER_SECONDS)
        self._speak(response, number)
        return str(response)

    @property
    def _script(self) -> Script:
        return self.wording.script

    @property
    def _can_transfer(self) -> bool:
        return bool(_E164.fullmatch(self.own_number))

    def _gather(self, reply: Reply) -> Gather:
        # The names of towns and of languages are listened for in English, whatever is spoken.
        is_english = reply.wants_town or reply.node in self._script.language_pages
        listens_in = self._script.source_language if is_english else reply.language
        hear = self._script.languages[listens_in].hear
        gather = Gather(
            input="dtmf speech" if hear else "dtmf",
            language=hear,
            action=VoicePlace(reply.language, reply.node, reply.misses).path,
            method="POST",
            num_digits=ZIP_DIGITS if reply.wants_town else 1,
            # No key ends the input, so that # arrives as a choice.
            finish_on_key="",
            timeout=NEXT_PAGE_SECONDS if reply.leads_on_by_itself else KEY_SECONDS,
            speech_timeout=SPEECH_SECONDS if hear else None,
            hints=", ".join(self._hints(reply)) or None if hear else None,
            action_on_empty_result=True,
        )
        self._say(gather, reply)
        self._offer(gather, reply)
        if stamp := self.wording.stamp(reply):
            self._speak(gather, self.wording.utterances(stamp, reply.language, slowly=reply.slowly))
        return gather

    def _say(self, parent: VoiceResponse | Gather, reply: Reply) -> None:
        if reply.notice:
            self._speak(parent, self.wording.utterances_of_notice(reply.language, slowly=reply.slowly))
        for say in _said(self._script, reply):
            self._speak(parent, self.wording.utterances(say, reply.language, slowly=reply.slowly))

    def _offer(self, gather: Gather, reply: Reply) -> None:
        for choice, phrase in offered(self._script, reply.node, reply.choices):
            utterances = self.wording.utterances_of_choice(choice, reply.language, phrase, slowly=reply.slowly)
            self._speak(gather, utterances)

    def _speak(self, parent: VoiceResponse | Gather, utterances: Iterable[Utterance]) -> None:
        pieces = [
            replace(utterance, words=words)
            for utterance in utterances
            for words in parted(utterance.words, _can_be_said)
        ]
        for said in self.voices.of(pieces):
            if isinstance(said, Played):
                parent.play(said.path)
                continue
            voice, language = (said.voice.name, said.voice.language) if said.voice else (None, None)
            if said.slowly and said.voice:
                parent.say(voice=voice, language=language).prosody(said.words, rate=SLOW_RATE)
            else:
                parent.say(said.words, voice=voice, language=language)

    def _hints(self, reply: Reply) -> Iterable[str]:
        """What is likely to be said where the conversation stands."""
        if reply.wants_town:
            return (town.name for town in self._script.towns.values())
        if reply.node in self._script.language_pages:
            return _language_names(self._script)
        return self.wording.hints.get(reply.language, ())


def offered(script: Script, node: str, choices: Iterable[Choice]) -> Iterator[tuple[Choice, Phrase]]:
    """Those choices of a node that are said, in full or briefly.

    After the first of a list, which says what to do, a key is enough.
    """
    phrase = Phrase.CHOICE
    is_menu, is_list = node in script.menus, node in script.language_pages
    for choice in choices:
        # A menu is to be short. The way to the first one is told where a topic ends; among the languages, silence
        # leads on.
        if (is_menu and choice.key == MENU_KEY) or (is_list and choice.key == LANGUAGE_KEY):
            continue
        yield choice, phrase
        # Who waits for a language has not understood the choices before it, at least not those of the first page.
        phrase = Phrase.CHOICE if node == LANGUAGE_NODE else Phrase.CHOICE_BRIEF


def render_no_call() -> str:
    """The TwiML document that does nothing."""
    return str(VoiceResponse())


def render_refusal() -> str:
    """The TwiML document that does not take the call, which then costs nothing."""
    response = VoiceResponse()
    response.reject(reason="busy")
    return str(response)


def _said(script: Script, reply: Reply) -> Iterator[Say]:
    """What is said before the choices. A greeting needs no question besides; help does not wait for it."""
    if reply.introduction and reply.node == MAIN_MENU:
        yield reply.introduction
        yield from (say for say in reply.says if say.message != script.menus[MAIN_MENU].message)
        return
    yield from reply.says
    if reply.introduction:
        yield reply.introduction


def _language_names(script: Script) -> Iterator[str]:
    """The languages by their own names and in English."""
    english = Locale(script.languages[script.source_language].locale.language)
    for language in script.languages.values():
        yield language.name
        in_english = str(english.languages[language.locale.language])
        if in_english != language.name:
            yield in_english


def _can_be_said(words: str) -> bool:
    return len(words) <= MOST_SPOKEN and len(quote(words, safe="")) <= MOST_SPOKEN_ENCODED
