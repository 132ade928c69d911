"""How long what is heard in a call lasts: sounds as they are; Twilio's voices as eSpeak NG says the same words."""

from __future__ import annotations

from hotline.channels.audio.espeak import Espeak
from hotline.channels.audio.sound import trimmed
from hotline.phone.call import Event
from hotline.phone.line import Line
from hotline.script.model import Language, Script


class Lengths:
    """Twilio's own voices cannot be had here, so that of the same language stands in: 175 words a minute."""

    def __init__(self, script: Script, line: Line, espeak: Espeak) -> None:
        self._script = script
        self._line = line
        self._espeak = espeak
        self._said: dict[tuple[str, str], float] = {}
        self._played: dict[str, float] = {}

    def seconds(self, event: Event) -> float:
        """Raises PhoneError where a sound cannot be fetched, EspeakError where nothing is said."""
        match event.kind:
            case "said":
                return self._of_words(event) * event.times
            case "played" if event.url:
                return self._of_sound(event.url) * event.times
            case "paused":
                return float(event.seconds or 0)
            case _:
                return 0.0

    def _of_words(self, event: Event) -> float:
        language = language_of(self._script, event)
        key = (language.code, event.text or "")
        if key not in self._said:
            sound = self._espeak.say(event.text or "", language.espeak, language.words_a_minute)
            self._said[key] = trimmed(sound).seconds
        return self._said[key]

    def _of_sound(self, url: str) -> float:
        if url not in self._played:
            self._played[url] = self._line.listen(url).seconds
        return self._played[url]


def language_of(script: Script, event: Event) -> Language:
    """The language of what is heard: that of a sound's address, or the one whose voice it is."""
    if event.kind == "played":
        return script.languages.get(event.language or "", script.languages[script.source_language])
    owners = [language for language in script.languages.values() if language.twilio]
    own = (one for one in owners if one.twilio and one.twilio.name == event.voice)
    stand_ins = (one for one in script.languages.values() if one.stand_in and one.stand_in.name == event.voice)
    return next(own, None) or next(stand_ins, None) or script.languages[script.source_language]
