from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import numpy as np
import pytest
import soundfile

from hotline.channels.audio.espeak import Espeak
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
    levelled,
    silence,
    trimmed,
)
from hotline.channels.repertoire import all_syntheses
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Say
from hotline.script.loader import load_script
from tests.channels.audio.conftest import loudness, quiet_in

MOST_APART = 1.5
LANGUAGES = tuple(load_script().languages)

Heard = Callable[[str], Sound]


def tone(seconds: float, *, rate: int = 22050, loud: float = 0.3) -> Sound:
    times = np.arange(round(seconds * rate)) / rate
    return Sound((loud * np.sin(2 * np.pi * 440 * times)).astype(np.float32), rate)


@pytest.fixture(scope="session")
def heard(espeak: Espeak, wording: SpokenWording) -> Heard:
    """What a caller hears first of the first topic, in a language."""

    def hear(code: str) -> Sound:
        language = wording.script.languages[code]
        first = wording.utterances(Say("topic.ice-at-door.first"), code)[0]
        spoken = espeak.say(first.words, language.espeak, language.words_a_minute, first.english)
        return decoded(encoded(for_telephone(spoken), first.words))

    return hear


def test_a_sound_for_the_telephone_has_its_rate_and_level_and_little_quiet_around() -> None:
    made = for_telephone(joined([silence(1, 22050), tone(1), silence(2, 22050)]))
    assert made.rate == TELEPHONE_RATE
    assert made.level == pytest.approx(SPOKEN_LEVEL, abs=0.2)
    assert made.seconds == pytest.approx(1 + QUIET_AFTER, abs=0.08)


def test_what_begins_and_ends_at_once_is_followed_by_quiet_too() -> None:
    before, _, after = quiet_in(for_telephone(tone(1)))
    assert before < 0.1
    assert 0.15 < after < 0.3


@pytest.mark.parametrize("loud", [0.0001, 0.001, 0.05, 1.0, 4.0])
def test_what_is_too_loud_or_too_low_comes_out_alike_and_never_clips(loud: float) -> None:
    made = for_telephone(tone(1, loud=loud))
    assert made.level == pytest.approx(SPOKEN_LEVEL, abs=0.2)
    assert made.peak < HIGHEST_PEAK + 0.1


def test_what_a_microphone_clipped_stays_below_full_scale() -> None:
    clipped = Sound(np.clip(tone(1, loud=20).samples, -1, 1), 22050)
    made = decoded(encoded(for_telephone(clipped), "x"))
    assert made.peak < -0.5
    assert loudness(made) == pytest.approx(SPOKEN_LEVEL, abs=MOST_APART)


def test_one_crack_does_not_make_what_is_said_clip() -> None:
    samples = tone(1, loud=0.01).samples
    samples[5000] = 1.0
    assert levelled(Sound(samples, 22050)).peak == pytest.approx(HIGHEST_PEAK, abs=0.1)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_is_heard_as_loud_as_the_others(heard: Heard, code: str) -> None:
    sound, english = heard(code), heard("en")
    assert abs(loudness(sound) - loudness(english)) < MOST_APART
    assert sound.peak < -0.5


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_is_said_has_no_long_quiet_before_within_or_after(heard: Heard, code: str) -> None:
    before, within, after = quiet_in(heard(code))
    assert before < 0.1
    assert within < 2
    assert 0.15 < after < 0.3


@pytest.mark.parametrize("code", [code for code in LANGUAGES if not load_script().languages[code].twilio])
def test_what_is_said_slowest_and_longest_has_no_long_quiet_and_does_not_clip(
    espeak: Espeak, wording: SpokenWording, code: str
) -> None:
    said = [one for one in all_syntheses(wording) if one.language == code]
    slowly = min(one.words_a_minute for one in said)
    # Numbers and addresses are said with the most pauses.
    pauses = sorted((one for one in said if one.words_a_minute == slowly), key=lambda one: one.words.count(","))
    for one in {*pauses[-8:], *sorted(said, key=lambda one: len(one.words))[-8:]}:
        sound = decoded(encoded(for_telephone(espeak.say(one.words, one.voice, slowly, one.english)), one.words))
        before, within, after = quiet_in(sound)
        assert (before < 0.1, within < 2, 0.15 < after < 0.3, sound.peak < -0.5) == (True,) * 4, one.words
        assert abs(loudness(sound) - SPOKEN_LEVEL) < 2 * MOST_APART


def test_the_last_word_is_followed_by_quiet_where_it_is_english(espeak: Espeak) -> None:
    """Where the voice changes at the end, eSpeak NG ends without a pause."""
    spoken = for_telephone(espeak.say("Lapolis pa ka bloke ICE.", "ht", english=("ICE",)))
    assert 0.15 < quiet_in(spoken)[2] < 0.3


def test_silence_and_nothing_stay_what_they_are() -> None:
    assert for_telephone(silence(1)).peak < -60
    assert trimmed(silence(0)).seconds == 0
    assert for_telephone(silence(0)).seconds == 0
    assert joined([]).seconds == 0
    assert decoded(encoded(for_telephone(silence(0)), "")).seconds == 0


def test_a_single_sample_is_a_sound() -> None:
    made = for_telephone(Sound(np.array([0.5], np.float32), 22050))
    assert made.peak < HIGHEST_PEAK + 0.1
    assert decoded(encoded(made, "x")).rate == TELEPHONE_RATE


@pytest.mark.parametrize("words", ["Привіт, натисніть 1. Çfarë?", "我" * 480, "one\ntwo", "😀", "one two"])
def test_a_file_says_what_is_spoken_in_it_and_sounds_as_before(words: str) -> None:
    file = encoded(for_telephone(tone(0.5)), words)
    info = soundfile.SoundFile(BytesIO(file))
    assert (info.title, info.subtype, info.samplerate, info.channels) == (words, "ULAW", TELEPHONE_RATE, 1)
    again = decoded(file)
    assert again.level == pytest.approx(SPOKEN_LEVEL, abs=0.3)


@pytest.mark.parametrize(("words", "title"), [("", ""), (" ", ""), ("\0", ""), ("x\0y", "x y"), ("\0x", "x")])
def test_words_that_no_file_can_hold_cost_no_sound(words: str, title: str) -> None:
    info = soundfile.SoundFile(BytesIO(encoded(for_telephone(tone(0.5)), words)))
    assert (info.title, info.frames > TELEPHONE_RATE / 2) == (title, True)


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_a_recording_of_a_computer_is_read_as_one_channel(form: str) -> None:
    file = BytesIO()
    stereo = np.stack([tone(1, rate=44100).samples, np.zeros(44100, np.float32)], axis=1)
    soundfile.write(file, stereo, 44100, format=form)
    sound = decoded(file.getvalue())
    assert sound.samples.ndim == 1
    made = for_telephone(sound)
    assert made.rate == TELEPHONE_RATE
    assert made.seconds == pytest.approx(1 + QUIET_AFTER, abs=0.08)
    assert made.level == pytest.approx(SPOKEN_LEVEL, abs=0.3)


@pytest.mark.parametrize("file", [b"", b"RIFF", b"no sound" * 100, b"RIFF\x24\x00\x00\x00WAVEfmt "])
def test_what_is_no_sound_is_refused_with_what_can_be_read(file: bytes) -> None:
    with pytest.raises(SoundError, match="WAV, FLAC, OGG and MP3"):
        decoded(file)


def test_what_of_a_file_arrived_is_read() -> None:
    whole = encoded(for_telephone(tone(1)), "x")
    assert 0.4 < decoded(whole[: len(whole) // 2]).seconds < 0.7
