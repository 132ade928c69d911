from __future__ import annotations

import pytest

from hotline.phone.call import ENDLESS
from hotline.phone.errors import PhoneError
from hotline.phone.saying import said
from hotline.phone.twiml import Verb, parse


def say(inside: str, attributes: str = "") -> Verb:
    return parse(f"<Response><Say {attributes}>{inside}</Say></Response>", "voice")[0]


def test_words_are_said_without_their_markup() -> None:
    assert said(say("Call<break/>now, <say-as interpret-as='digits'>911</say-as>.")).text == "Call now, 911."


def test_an_alias_is_said_in_place_of_what_is_written() -> None:
    assert said(say("Ask <sub alias='Immigration'>ICE</sub>")).text == "Ask Immigration"


@pytest.mark.parametrize(
    ("attributes", "language"),
    [
        ("", "en-US"),
        ("language='es-MX'", "es-MX"),
        ("voice='Polly.Camila'", "pt-BR"),
        ("voice='Google.cmn-CN-Wavenet-A'", "cmn-CN"),
        ("voice='man' language='pl-PL'", "pl-PL"),
    ],
)
def test_the_language_is_the_attributes_or_the_voices(attributes: str, language: str) -> None:
    assert said(say("x", attributes)).language == language


@pytest.mark.parametrize(("loop", "times"), [("1", 1), ("3", 3), ("0", ENDLESS)])
def test_a_loop_repeats(loop: str, times: int) -> None:
    assert said(say("x", f"loop='{loop}'")).times == times


@pytest.mark.parametrize(
    ("attributes", "fits"),
    [
        ("", "a" * 4096),
        ("voice='man'", "a b " * 1024),
        ("voice='Polly.Lupe'", "a" * 3000),
        ("voice='Polly.Lupe'", "<s></s>" + "a" * 3000),
        ("voice='Google.es-US-Neural2-A'", "a" * 4500),
        ("", "д" * 750),
        ("", "门" * 500),
    ],
)
def test_the_limit_is_exact(attributes: str, fits: str) -> None:
    said(say(fits, attributes))
    with pytest.raises(PhoneError) as caught:
        said(say(fits + "a", attributes))
    assert caught.value.code == 13521
