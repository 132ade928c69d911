"""What a caller hears of a message: what a person recorded, otherwise eSpeak NG, in every language."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO

from flask import Blueprint, Response, abort, send_file
from flask.typing import ResponseReturnValue

from hotline.channels.audio.espeak import EspeakError, espeak_of_this_process
from hotline.channels.audio.library import Synthesis, synthesis_of
from hotline.channels.audio.recordings import digest_of
from hotline.channels.audio.sound import encoded, for_telephone, joined
from hotline.channels.repertoire import fillings
from hotline.channels.utterances import Utterance
from hotline.channels.voices import recorded_as
from hotline.console.desk import Desk
from hotline.dialogue.reply import Choice, Say
from hotline.releases.changes import recording_path
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.script.model import MAIN_MENU, Phrase, Script

NO_ESPEAK = "eSpeak NG is not installed here, so that nothing can be heard but what people recorded."
_REMEMBERED = 64
_OF_CHOICES = frozenset({Phrase.CHOICE, Phrase.CHOICE_BRIEF})


def register(blueprint: Blueprint, desk: Desk) -> None:
    @blueprint.get("/listen/<language>/<message>.wav")
    def listen(language: str, message: str) -> ResponseReturnValue:
        drafted = desk.drafted()
        script = drafted.content.script
        if language not in script.languages or message not in script.messages:
            abort(404)
        try:
            return played(heard(drafted, language, message))
        except EspeakError as error:
            abort(503, str(error))


def can_speak() -> bool:
    """Whether more can be heard here than what people recorded."""
    return espeak_of_this_process() is not None


def played(sound: bytes) -> Response:
    return send_file(BytesIO(sound), mimetype="audio/wav")


def heard(drafted: Drafted, language: str, message: str) -> bytes:
    """A message of the draft in a language, with an example of whatever is filled in, as a sound file.

    Raises EspeakError where nobody has recorded it, and eSpeak NG cannot say it.
    """
    utterances = said(drafted.content, language, message)
    recorded_in, words = recorded_as(utterances, drafted.content.script.source_language)
    recording = drafted.files.get(recording_path(recorded_in, digest_of(words)))
    return recording or spoken(drafted.content.script, utterances)


def spoken(script: Script, utterances: Iterable[Utterance]) -> bytes:
    """What eSpeak NG says, as the telephone takes it. Raises EspeakError."""
    return _spoken(tuple(synthesis_of(one, script.languages[one.language]) for one in utterances))


def said(content: Content, language: str, message: str) -> tuple[Utterance, ...]:
    """A message in a language, with an example of whatever is filled in."""
    spoken, script = content.spoken, content.script
    id = message.removesuffix(".voice")
    if id in _OF_CHOICES:
        choice = Choice("1", Say(script.title(script.menus[MAIN_MENU].choices[0])))
        return spoken.utterances_of_choice(choice, language, Phrase(id))
    filled = next(fillings(script, script.message(id)))
    return spoken.utterances(Say(id, filled.arguments), language)


@lru_cache(maxsize=_REMEMBERED)
def _spoken(syntheses: tuple[Synthesis, ...]) -> bytes:
    espeak = espeak_of_this_process()
    if espeak is None:
        raise EspeakError(NO_ESPEAK)
    sounds = [for_telephone(espeak.say(one.words, one.voice, one.words_a_minute, one.english)) for one in syntheses]
    return encoded(joined(sounds), " ".join(one.words for one in syntheses))
