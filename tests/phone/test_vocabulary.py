from __future__ import annotations

import inspect
import re

import pytest
from twilio.twiml import messaging_response, voice_response

from hotline.phone.vocabulary import LANDLINE, UNREACHABLE, vocabulary

LIBRARY = {
    "Say": voice_response.VoiceResponse.say,
    "Play": voice_response.VoiceResponse.play,
    "Pause": voice_response.VoiceResponse.pause,
    "Gather": voice_response.VoiceResponse.gather,
    "Dial": voice_response.VoiceResponse.dial,
    "Number": voice_response.Dial.number,
    "Redirect": voice_response.VoiceResponse.redirect,
    "Hangup": voice_response.VoiceResponse.hangup,
    "Reject": voice_response.VoiceResponse.reject,
    "Sms": voice_response.VoiceResponse.sms,
    "Message": messaging_response.MessagingResponse.message,
}
CONTENT = {"self", "message", "number", "phone_number", "body", "kwargs"}


def camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name.removesuffix("_"))


@pytest.mark.parametrize("verb", LIBRARY)
def test_the_attributes_are_those_of_the_twilio_library(verb: str) -> None:
    content = CONTENT | ({"url"} if verb in {"Play", "Redirect"} else set())
    of_library = {camel(name) for name in inspect.signature(LIBRARY[verb]).parameters if name not in content}
    # The documentation has callReason; the library does not have it yet.
    assert set(vocabulary().elements[verb].attributes) - {"callReason"} == of_library


def test_every_child_is_an_element_of_its_own() -> None:
    elements = vocabulary().elements
    assert {child for element in elements.values() for child in element.children} <= set(elements)
    assert vocabulary().documents["voice"] | vocabulary().documents["messaging"] <= set(elements)
    assert not vocabulary().not_played & set(elements)


@pytest.mark.parametrize(
    ("language", "voice"),
    [
        ("es-US", "Polly.Lupe-Generative"),
        ("es-MX", "Polly.Mía-Generative"),
        ("en-US", "Polly.Tiffany-Generative"),
        ("pt-BR", "Polly.Camila-Neural"),
        ("cmn-CN", "Polly.Zhiyu-Neural"),
        ("pl-PL", "Google.pl-PL-Wavenet-G"),
        ("ar-XA", "Google.ar-XA-Chirp3-HD-Zephyr"),
        ("fr-FR", "Polly.Rémi-Generative"),
        ("vi-VN", "Google.vi-VN-Standard-D"),
        ("ru-RU", "Google.ru-RU-Wavenet-E"),
        ("fil-PH", "Google.fil-PH-Wavenet-A"),
    ],
)
def test_the_voices_of_the_hotlines_languages_are_known(language: str, voice: str) -> None:
    assert voice in vocabulary().voices[language]


@pytest.mark.parametrize("language", ["ht", "sq", "ur", "ps", "fa"])
def test_no_voice_speaks_a_language_that_needs_recordings(language: str) -> None:
    assert not any(known.startswith(f"{language}-") for known in vocabulary().say_languages)


def test_a_google_voice_speaks_the_language_in_its_name() -> None:
    for language, voices in vocabulary().voices.items():
        for voice in voices:
            if voice.startswith("Google."):
                assert voice.lower().startswith(f"google.{language.lower()}-")


def test_speech_is_understood_in_languages_that_twilio_lists() -> None:
    gather = vocabulary().gather_languages
    assert {"cmn-Hans-CN", "uk-UA", "sq-AL", "es-US"} <= gather
    assert len(gather) == 130
    assert not gather & {"cmn-CN", "ht-HT", "ar-XA"}


def test_the_numbers_that_no_text_reaches_are_fictional_or_twilios_own() -> None:
    refused = vocabulary().refused_numbers
    assert [refused[f"+1203555019{digit}"] for digit in range(10)] == [LANDLINE] * 5 + [UNREACHABLE] * 5
    # https://www.twilio.com/docs/iam/test-credentials
    magic = {"+15005550001": 21211, "+15005550002": 21612, "+15005550004": 21610, "+15005550009": 21614}
    assert {number: code for number, code in refused.items() if number.startswith("+1500")} == magic
    assert len(refused) == 14
    assert set(refused.values()) <= vocabulary().message_refusals.keys()
