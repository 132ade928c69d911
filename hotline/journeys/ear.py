"""A whole call as one sound, so that a person can hear the line before it goes live, and its measures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from hotline.channels.audio.espeak import Espeak
from hotline.channels.audio.sound import TELEPHONE_RATE, Sound, decoded, for_telephone, joined, silence
from hotline.journeys.lengths import language_of
from hotline.phone import calling
from hotline.phone.call import Call, Event
from hotline.phone.line import Line
from hotline.phone.narration import SILENCE, act
from hotline.phone.transcript import Conversation
from hotline.script.model import Script

# The two tones of each key (ITU-T Q.23), in Hz.
_ROWS, _COLUMNS, _KEYPAD = (697, 770, 852, 941), (1209, 1336, 1477), ("123", "456", "789", "*0#")
_KEY_SECONDS = 0.15
_TONE_LEVEL = 0.05
# The tone that is heard while it rings, in Hz.
_RINGING = (440, 480)
_RINGING_SECONDS = 2.0
# How long a caller thinks before a key.
_THINKING_SECONDS = 0.5
# Quieter than this, in decibels below full scale, is silence.
_SILENT = -55.0
_FRAMES_A_SECOND = 50


@dataclass(slots=True)
class Ear:
    """Listens to calls. What Twilio's voices say is said by eSpeak NG; sounds are heard as they are."""

    line: Line
    script: Script
    espeak: Espeak
    levels: dict[str, list[float]] = field(default_factory=dict)

    def hear(self, conversation: Conversation) -> Sound:
        """A call of a transcript. Raises PhoneError or EspeakError."""
        call = calling.start_call(self.line, conversation.caller)
        heard = [*self._events(call)]
        for step in conversation.steps[1:]:
            waited = call.waiting.timeout if step.said == SILENCE else None
            heard += [silence(waited or _THINKING_SECONDS), *_keys(step.said)]
            call = act(self.line, call, step.said)
            heard += self._events(call)
        return joined(heard)

    def _events(self, call: Call) -> Iterator[Sound]:
        for event in call.events:
            sound = self._sound(event)
            if event.kind in {"said", "played"} and sound.samples.size:
                self.levels.setdefault(self._voice(event), []).append(sound.level)
            yield sound

    def _sound(self, event: Event) -> Sound:
        match event.kind:
            case "said":
                language = language_of(self.script, event)
                words_a_minute = language.words_a_minute
                return for_telephone(self.espeak.say(event.text or "", language.espeak, words_a_minute))
            case "played" if event.url:
                return decoded(self.line.listen(event.url).data)
            case "paused":
                return silence(event.seconds or 0)
            case "dialled":
                return _tone(_RINGING, _RINGING_SECONDS)
            case _:
                return silence(0)

    def _voice(self, event: Event) -> str:
        return f"{language_of(self.script, event).code}, {'a sound' if event.kind == 'played' else 'a voice'}"


def longest_silence(sound: Sound) -> float:
    """In seconds, between two things that are heard."""
    is_heard = np.flatnonzero(sound.frame_levels() > _SILENT)
    return float(np.diff(is_heard).max(initial=1) - 1) / _FRAMES_A_SECOND


def _keys(action: str) -> Iterator[Sound]:
    if not calling.KEYS.fullmatch(action):
        return
    for key in action:
        row = next(number for number, keys in enumerate(_KEYPAD) if key in keys)
        yield _tone((_ROWS[row], _COLUMNS[_KEYPAD[row].index(key)]), _KEY_SECONDS)
        yield silence(_KEY_SECONDS)


def _tone(frequencies: tuple[int, int], seconds: float) -> Sound:
    times = np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    waves = np.sin(2 * np.pi * np.outer(frequencies, times)).sum(axis=0)
    return Sound((_TONE_LEVEL * waves).astype(np.float32), TELEPHONE_RATE)
