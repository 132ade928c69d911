"""Which voice says what: a person's recording, a voice of Twilio's, eSpeak NG, or one that stands in for it."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hotline.channels.audio.espeak import EspeakError, espeak_of_this_process
from hotline.channels.audio.library import AudioLibrary, synthesis_of
from hotline.channels.audio.recordings import Recordings
from hotline.channels.repertoire import all_syntheses
from hotline.channels.utterances import Utterance
from hotline.channels.wording import SpokenWording
from hotline.logs import Log
from hotline.script.model import Script, TwilioVoice

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Spoken:
    """Words for Twilio's Say. Without a voice Twilio takes its own, which speaks English."""

    words: str
    voice: TwilioVoice | None
    slowly: bool


@dataclass(frozen=True, slots=True)
class Played:
    """A sound for Twilio's Play, by the path of its address."""

    path: str


@dataclass(frozen=True, slots=True)
class Voices:
    """`audio` is None where eSpeak NG is not installed, `recordings` where no sound may be played.

    Nobody waits beyond `until`, by the monotonic clock, for a sound that has yet to be made.
    """

    script: Script
    recordings: Recordings | None
    audio: AudioLibrary | None
    until: float = math.inf

    def of(self, utterances: Sequence[Utterance]) -> tuple[Spoken | Played, ...]:
        """How a message is said, piece by piece."""
        if recording := self._recording(utterances):
            return (recording,)
        return tuple(self._of(utterance) for utterance in utterances)

    def within(self, seconds: float) -> Voices:
        """The same for one answer: what takes longer to be made is said by the voice that stands in."""
        return replace(self, until=time.monotonic() + seconds)

    def without_audio(self) -> Voices:
        """The same for when a sound could not be fetched."""
        return Voices(self.script, None, None)

    def _recording(self, utterances: Sequence[Utterance]) -> Played | None:
        if not utterances or not self.recordings:
            return None
        language, words = recorded_as(utterances, self.script.source_language)
        digest = self.recordings.digest(language, words)
        return Played(address(language, digest)) if digest else None

    def _of(self, utterance: Utterance) -> Spoken | Played:
        language = self.script.languages[utterance.language]
        if language.twilio:
            return Spoken(utterance.words, language.twilio, utterance.slowly)
        if self.audio:
            try:
                left = max(0.0, self.until - time.monotonic())
                self.audio.file(synthesis := synthesis_of(utterance, language), left)
                return Played(address(language.code, synthesis.digest))
            except (EspeakError, OSError) as error:
                log.warning("no sound made", language=language.code, error=error)
        return Spoken(utterance.words, language.stand_in, utterance.slowly)


def voices_of(wording: SpokenWording, locales: Path, audio: Path) -> Voices:
    """Who speaks: people's recordings in `locales`, Twilio's voices, and eSpeak NG, whose sounds are in `audio`."""
    espeak = espeak_of_this_process()
    library = AudioLibrary(audio, espeak, lambda: all_syntheses(wording)) if espeak else None
    return Voices(wording.script, Recordings(locales), library)


def recorded_as(utterances: Sequence[Utterance], source_language: str) -> tuple[str, str]:
    """The language and the words by which the recording of a message is found, given all of its pieces.

    It is recorded as a whole, in the language that most of it is in; English names are part of it.
    """
    spoken_in = (one.language for one in utterances if one.language != source_language)
    return next(spoken_in, source_language), " ".join(one.words for one in utterances)


def address(language: str, digest: str) -> str:
    """Where a sound is fetched: the path of its address."""
    return f"/audio/{language}/{digest}.wav"
