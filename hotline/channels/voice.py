"""A reply as the TwiML of a call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from twilio.twiml.voice_response import Gather, VoiceResponse

from hotline.channels.parting import parted
from hotline.channels.paths import VoicePlace
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import HangUp, Reply, Say, Transfer
from hotline.script.model import REFERRAL_LINE, ZIP_DIGITS, Phrase

# Twilio's `timeout` of Gather counts from the end of what is said; of Dial, until somebody answers. Seconds.
KEY_SECONDS = 6
TRANSFER_SECONDS = 25

# Twilio's limits for one Say (error 13521): of Polly's voices, the lowest, and of any voice, encoded as in an address.
MOST_SPOKEN = 3000
MOST_SPOKEN_ENCODED = 4500

_E164 = re.compile(r"\+[1-9]\d{6,14}")


def render_call(reply: Reply, wording: SpokenWording, own_number: str) -> str:
    """The TwiML document. `own_number` is the hotline's: a transfer shows it, never the caller's."""
    response = VoiceResponse()
    match reply.effect:
        case HangUp():
            _speak(response, wording, reply.language, _said(reply))
            response.hangup()
        case Transfer(organisation=organisation) if _E164.fullmatch(own_number):
            _speak(response, wording, reply.language, _said(reply))
            response.dial(
                wording.script.organisations[organisation].phone,
                caller_id=own_number,
                timeout=TRANSFER_SECONDS,
                action=VoicePlace(reply.language, reply.node).path,
                method="POST",
            )
        case Transfer():
            # Without a number of its own the line would show the caller's, so it gives the number instead.
            response.append(_gather(replace(reply, says=(Say(Phrase.NO_TRANSFER),)), wording))
        case _:
            response.append(_gather(reply, wording))
    return str(response)


def render_transfer(wording: SpokenWording, language: str, own_number: str) -> str:
    """The TwiML document for when nothing else can be said: the referral number, spoken, and a transfer to it."""
    response = VoiceResponse()
    _say(response, wording, language, wording.referral_number)
    if _E164.fullmatch(own_number):
        response.dial(wording.script.organisations[REFERRAL_LINE].phone, caller_id=own_number, timeout=TRANSFER_SECONDS)
    _say(response, wording, language, wording.referral_number)
    return str(response)


def render_no_call() -> str:
    """The TwiML document that does nothing."""
    return str(VoiceResponse())


def _said(reply: Reply) -> Iterator[Say]:
    if reply.introduction:
        yield reply.introduction
    yield from reply.says


def _gather(reply: Reply, wording: SpokenWording) -> Gather:
    language = wording.script.languages[reply.language]
    gather = Gather(
        input="dtmf speech" if language.hear else "dtmf",
        language=language.hear,
        action=VoicePlace(reply.language, reply.node, reply.misses).path,
        method="POST",
        num_digits=ZIP_DIGITS if reply.wants_town else 1,
        # No key ends the input, so that # arrives as a choice.
        finish_on_key="",
        timeout=KEY_SECONDS,
        speech_timeout="auto" if language.hear else None,
        hints=_hints(reply, wording) if language.hear else None,
        action_on_empty_result=True,
    )
    _speak(gather, wording, reply.language, _said(reply))
    for choice in reply.choices:
        _say(gather, wording, choice.label.language or reply.language, wording.choice(choice, reply.language))
    if reply.stamp:
        _speak(gather, wording, reply.language, [reply.stamp])
    return gather


def _hints(reply: Reply, wording: SpokenWording) -> str | None:
    """What is likely to be said, except where a town is asked for, whose name is none of it."""
    phrases = () if reply.wants_town else wording.hints.get(reply.language, ())
    return ", ".join(phrases) or None


def _speak(
    parent: VoiceResponse | Gather, wording: SpokenWording, language: str, says: Iterator[Say] | list[Say]
) -> None:
    for say in says:
        _say(parent, wording, say.language or language, wording.words(say, language))


def _say(parent: VoiceResponse | Gather, wording: SpokenWording, language: str, words: str) -> None:
    voice = wording.script.languages[language]
    for piece in parted(words, _can_be_said):
        parent.say(piece, voice=voice.voice, language=voice.say)


def _can_be_said(words: str) -> bool:
    return len(words) <= MOST_SPOKEN and len(quote(words, safe="")) <= MOST_SPOKEN_ENCODED
