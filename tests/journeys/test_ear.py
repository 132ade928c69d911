"""What a whole call sounds like."""

from __future__ import annotations

import numpy as np
import pytest

from hotline.channels.audio.espeak import espeak_of_this_process
from hotline.channels.audio.sound import TELEPHONE_RATE, Sound, joined, silence
from hotline.journeys.ear import Ear, longest_silence
from hotline.phone.line import Line
from hotline.phone.transcript import Conversation, Step
from hotline.script.model import Script

LEAST_CLIPPING_PEAK = -0.5
MOST_APART = 1.5
LONGEST_UNMEANT_SILENCE = 2.0


def call_of(*actions: str) -> Conversation:
    return Conversation("call", "+12035550166", tuple(Step(action) for action in ("call", *actions)))


@pytest.fixture
def ear(line: Line, script: Script) -> Ear:
    espeak = espeak_of_this_process()
    assert espeak
    return Ear(line, script, espeak)


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("language_keys", ["2", "4", "7", "8", "94"])
def test_a_call_does_not_clip_has_no_silence_that_is_not_meant_and_is_even(ear: Ear, language_keys: str) -> None:
    sound = ear.hear(call_of(*language_keys, "1", "1", "1"))
    assert sound.rate == TELEPHONE_RATE
    assert 60 < sound.seconds < 240
    assert sound.peak < LEAST_CLIPPING_PEAK
    assert longest_silence(sound) < LONGEST_UNMEANT_SILENCE
    levels = [level for voice in ear.levels.values() for level in voice]
    assert max(levels) - min(levels) < MOST_APART, ear.levels


@pytest.mark.usefixtures("redis")
def test_silence_lasts_as_long_as_the_line_waits(ear: Ear) -> None:
    sound = ear.hear(call_of("2", "silence"))
    assert longest_silence(sound) == pytest.approx(6.0, abs=0.5)


@pytest.mark.usefixtures("redis")
def test_keys_and_a_transfer_are_heard(ear: Ear) -> None:
    sound = ear.hear(call_of("1", "0"))
    assert _strength(sound, 697) > 20 * _strength(silence(sound.seconds), 697)
    before, ringing = sound.samples[: -2 * sound.rate], sound.samples[-2 * sound.rate :]
    assert _strength(Sound(ringing, sound.rate), 440) > 10 * _strength(Sound(before[: len(ringing)], sound.rate), 440)


def test_the_longest_silence_lies_between_two_sounds() -> None:
    tone = Sound(np.full(800, 0.1, np.float32), TELEPHONE_RATE)
    sound = joined([silence(5), tone, silence(1.5), tone, silence(0.5), tone, silence(7)])
    assert longest_silence(sound) == pytest.approx(1.5, abs=0.05)
    assert longest_silence(silence(3)) == 0


def _strength(sound: Sound, frequency: float) -> float:
    times = np.arange(len(sound.samples)) / sound.rate
    return float(abs(np.mean(sound.samples * np.exp(-2j * np.pi * frequency * times)))) + 1e-6
