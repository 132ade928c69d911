from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import soundfile

from hotline.channels.audio.espeak import espeak_of_this_process
from hotline.channels.audio.sound import (
    HIGHEST_PEAK,
    QUIET_AFTER,
    SPOKEN_LEVEL,
    TELEPHONE_RATE,
    Sound,
    SoundError,
    decoded,
    encoded,
    for_telephone,
    joined,
    silence,
    trimmed,
)
from hotline.script.loader import load_script

MOST_APART = 1.5


def tone(seconds: float, *, rate: int = 22050, loud: float = 0.3) -> Sound:
    times = np.arange(round(seconds * rate)) / rate
    return Sound((loud * np.sin(2 * np.pi * 440 * times)).astype(np.float32), rate)


def test_a_sound_for_the_telephone_has_its_rate_and_level_and_little_quiet_around() -> None:
    made = for_telephone(joined([silence(1, 22050), tone(1), silence(2, 22050)]))
    assert made.rate == TELEPHONE_RATE
    assert made.level == pytest.approx(SPOKEN_LEVEL, abs=0.2)
    assert made.seconds == pytest.approx(1 + QUIET_AFTER, abs=0.08)


@pytest.mark.parametrize("loud", [0.001, 0.05, 1.0, 4.0])
def test_what_is_too_loud_or_too_low_comes_out_alike_and_never_clips(loud: float) -> None:
    made = for_telephone(tone(1, loud=loud))
    assert made.level == pytest.approx(SPOKEN_LEVEL, abs=0.2)
    assert made.peak < HIGHEST_PEAK + 0.1


@pytest.mark.parametrize("language", load_script().languages.values(), ids=lambda language: language.code)
def test_every_language_is_as_loud_as_the_others(language: object) -> None:
    espeak, script = espeak_of_this_process(), load_script()
    assert espeak
    spoken = next(one for one in script.languages.values() if one is language or one == language)
    made = for_telephone(espeak.say("1, 8 0 0, 7 9 8, 0 6 7 1.", spoken.espeak, spoken.words_a_minute))
    assert abs(made.level - SPOKEN_LEVEL) < MOST_APART
    assert made.peak < -0.5


def test_silence_and_nothing_stay_what_they_are() -> None:
    assert for_telephone(silence(1)).peak < -60
    assert trimmed(silence(0)).seconds == 0
    assert for_telephone(silence(0)).seconds == 0


def test_a_file_says_what_is_spoken_in_it_and_sounds_as_before() -> None:
    file = encoded(for_telephone(tone(0.5)), "Привіт, натисніть 1. Çfarë?")
    info = soundfile.SoundFile(BytesIO(file))
    assert (info.title, info.subtype, info.samplerate) == ("Привіт, натисніть 1. Çfarë?", "ULAW", TELEPHONE_RATE)
    again = decoded(file)
    assert again.level == pytest.approx(SPOKEN_LEVEL, abs=0.3)


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG"])
def test_a_recording_of_a_computer_is_read_as_one_channel(form: str) -> None:
    file = BytesIO()
    stereo = np.stack([tone(1, rate=44100).samples] * 2, axis=1)
    soundfile.write(file, stereo, 44100, format=form)
    sound = decoded(file.getvalue())
    assert sound.samples.ndim == 1
    assert for_telephone(sound).rate == TELEPHONE_RATE


@pytest.mark.parametrize("file", [b"", b"RIFF", b"no sound" * 100, b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_no_sound_is_refused_with_what_can_be_read(file: bytes) -> None:
    with pytest.raises(SoundError, match="WAV, FLAC, OGG and MP3"):
        decoded(file)
