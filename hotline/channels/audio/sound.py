"""Sound as numbers, and as the telephone takes it: one channel, 8,000 samples a second, even in loudness, mu-law."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

TELEPHONE_RATE = 8000
# In decibels below full scale: how loud speech is, with room for its peaks, and what no sample may pass.
SPOKEN_LEVEL = -22.0
HIGHEST_PEAK = -1.0
# What is left of the quiet around speech, in seconds.
QUIET_BEFORE = 0.03
QUIET_AFTER = 0.2
# Below this, relative to the loudest frame, a frame of 20 ms is a pause: the usual margin of ITU-T P.56.
_PAUSE_BELOW = -30.0
_FRAME_SECONDS = 0.02
_SILENCE = -90.0
UNREADABLE = "This is no sound that can be read; WAV, FLAC, OGG and MP3 can."


class SoundError(Exception):
    """What should be a sound cannot be read: one line with what to do."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """`samples` of one channel between -1 and 1, `rate` of them a second."""

    samples: NDArray[np.float32]
    rate: int

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate

    @property
    def peak(self) -> float:
        """The loudest sample, in decibels below full scale."""
        return _decibels(float(np.abs(self.samples).max(initial=0.0)))

    @property
    def level(self) -> float:
        """How loud it is while somebody speaks, pauses left out, in decibels below full scale."""
        frames = self.frame_levels()
        if not frames.size:
            return _SILENCE
        active = frames[frames > frames.max() + _PAUSE_BELOW]
        return _decibels(float(np.sqrt(np.mean(10.0 ** (active / 10.0)))))

    def frame_levels(self) -> NDArray[np.float64]:
        """The level of each 20 ms."""
        size = max(1, round(self.rate * _FRAME_SECONDS))
        padded = np.pad(self.samples.astype(np.float64), (0, -len(self.samples) % size))
        power = np.mean(padded.reshape(-1, size) ** 2, axis=1)
        levels: NDArray[np.float64] = 10.0 * np.log10(np.maximum(power, 1e-12))
        return levels


def for_telephone(sound: Sound) -> Sound:
    """The sound at the telephone's rate and level, without the quiet before and after it."""
    samples = np.asarray(soxr.resample(sound.samples, sound.rate, TELEPHONE_RATE), np.float32)
    return levelled(trimmed(Sound(samples, TELEPHONE_RATE)))


def trimmed(sound: Sound) -> Sound:
    frames = sound.frame_levels()
    spoken = np.flatnonzero(frames > frames.max(initial=_SILENCE) + _PAUSE_BELOW)
    if not spoken.size or frames.max() <= _SILENCE:
        return sound
    frame = sound.rate * _FRAME_SECONDS
    start = max(0, round(spoken[0] * frame - QUIET_BEFORE * sound.rate))
    end = round((spoken[-1] + 1) * frame + QUIET_AFTER * sound.rate)
    samples = sound.samples[start:end]
    # Some sounds end with the last word, and the next one must not begin at once.
    return Sound(np.pad(samples, (0, end - start - len(samples))), sound.rate)


def levelled(sound: Sound) -> Sound:
    """As loud as every other voice, but for what would clip."""
    gain = min(SPOKEN_LEVEL - sound.level, HIGHEST_PEAK - sound.peak)
    return Sound((sound.samples * 10.0 ** (gain / 20.0)).astype(np.float32), sound.rate)


def silence(seconds: float, rate: int = TELEPHONE_RATE) -> Sound:
    return Sound(np.zeros(round(seconds * rate), np.float32), rate)


def joined(sounds: list[Sound]) -> Sound:
    """One after the other; all have the same rate."""
    if not sounds:
        return silence(0)
    return Sound(np.concatenate([sound.samples for sound in sounds]), sounds[0].rate)


def encoded(sound: Sound, words: str) -> bytes:
    """A mu-law WAV file whose title is the words that it says."""
    file = BytesIO()
    with soundfile.SoundFile(file, "w", sound.rate, 1, subtype="ULAW", format="WAV") as writer:
        # libsndfile takes no empty one, and a null would end it.
        if title := words.replace("\0", " ").strip():
            writer.title = title
        writer.write(sound.samples)
    return file.getvalue()


def decoded(file: bytes) -> Sound:
    """Any sound file that libsndfile reads, as one channel. Raises SoundError."""
    try:
        samples, rate = soundfile.read(BytesIO(file), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise SoundError(UNREADABLE) from error
    return Sound(samples.mean(axis=1, dtype=np.float32), rate)


def _decibels(amplitude: float) -> float:
    return 20.0 * float(np.log10(max(amplitude, 10 ** (_SILENCE / 20))))
