from __future__ import annotations

import pytest

from hotline.channels.audio.espeak import Espeak, espeak_of_this_process
from hotline.journeys.lengths import Lengths, language_of
from hotline.phone.call import Event
from hotline.phone.line import Line
from hotline.script.model import Script


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    voice = espeak_of_this_process()
    assert voice
    return voice


def said(words: str, voice: str | None) -> Event:
    return Event("said", text=words, voice=voice)


def test_words_take_as_long_as_they_are_said_in_their_language(script: Script, line: Line, espeak: Espeak) -> None:
    lengths = Lengths(script, line, espeak)
    short, long = said("Hola.", "Polly.Lupe-Neural"), said("Hola. ¿En qué le puedo ayudar hoy?", "Polly.Lupe-Neural")
    assert 0.3 < lengths.seconds(short) < 1.2
    assert lengths.seconds(long) > 2 * lengths.seconds(short)
    number = "1, 8 0 0, 7 9 8, 0 6 7 1"
    assert lengths.seconds(said(number, "Polly.Zhiyu-Neural")) != lengths.seconds(said(number, "Polly.Lupe-Neural"))


def test_what_is_repeated_takes_as_often_as_long(script: Script, line: Line, espeak: Espeak) -> None:
    lengths = Lengths(script, line, espeak)
    once, twice = Event("said", text="One."), Event("said", text="One.", times=2)
    assert lengths.seconds(twice) == pytest.approx(2 * lengths.seconds(once))


def test_a_pause_takes_its_seconds_and_a_transfer_none(script: Script, line: Line, espeak: Espeak) -> None:
    lengths = Lengths(script, line, espeak)
    assert lengths.seconds(Event("paused", seconds=3)) == 3
    assert lengths.seconds(Event("dialled", number="+18007980671", seconds=25)) == 0


@pytest.mark.parametrize(
    ("event", "language"),
    [
        (said("x", "Polly.Lea-Neural"), "fr"),
        (said("x", "Polly.Lupe-Neural"), "es"),
        (said("x", "Polly.Bianca-Neural"), "sq"),
        (said("x", None), "en"),
        (Event("played", url="https://x/audio/ht/1.wav", language="ht"), "ht"),
        (Event("played", url="https://x/y.wav"), "en"),
    ],
)
def test_a_voice_tells_its_language_and_one_that_stands_in_only_where_it_is_nobodys_own(
    script: Script, event: Event, language: str
) -> None:
    assert language_of(script, event).code == language
