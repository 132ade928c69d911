"""Calls over HTTP: numbers with a language of their own, and what is asked when something could not be fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hotline.app import create_app
from hotline.channels.audio.espeak import espeak_of_this_process
from hotline.phone.calling import press, start_call, stay_silent
from hotline.phone.forms import call_form
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.settings import SettingsError
from tests.conftest import NOW, line_at, served, settings_for

CALLER = "+12035550123"
SPANISH, CREOLE = "+12035550111", "+12035550112"


@pytest.fixture
def line_with_numbers(redis_url: str) -> Iterator[Line]:
    settings = settings_for(redis_url, languages={SPANISH: "es", CREOLE: "ht"})
    with served(create_app(settings, now=lambda: NOW)) as address:
        yield line_at(address, settings)


def post(line: Line, path: str, **form: str) -> ElementTree.Element:
    fields = call_form(line, "CA1", CALLER, "in-progress") | form
    return ElementTree.fromstring(line.post(path, fields).body)  # noqa: S314 - our own document


def language_of(document: ElementTree.Element) -> str:
    """The language of the path to which the caller's key goes."""
    gather = document.find("Gather")
    assert gather is not None
    return str(gather.get("action")).split("/")[2]


@pytest.mark.usefixtures("redis")
def test_a_number_greets_in_the_language_that_it_belongs_to_with_the_way_to_another(line_with_numbers: Line) -> None:
    call = start_call(replace(line_with_numbers, number=SPANISH), CALLER)
    said = [event.text or "" for event in call.events]
    assert said[0].startswith("Esta línea no es del gobierno")
    assert said[-1] == "Otro idioma, 9."
    assert start_call(line_with_numbers, CALLER).events[0].text == "English, press 1."


@pytest.mark.usefixtures("redis")
def test_a_text_to_a_number_is_answered_in_its_language_until_another_is_written(line_with_numbers: Line) -> None:
    line = replace(line_with_numbers, number=CREOLE)
    assert "Yon moun: 1-800-798-0671" in send_text(line, CALLER, "*")[0].body
    assert "Keep the door closed" in send_text(line, CALLER, "immigration agents are knocking at my door")[0].body


@pytest.mark.usefixtures("redis")
def test_who_spoke_another_language_before_is_greeted_in_that(line_with_numbers: Line) -> None:
    press(line_with_numbers, start_call(line_with_numbers, CALLER), "3")
    again = start_call(replace(line_with_numbers, number=SPANISH), CALLER)
    assert again.events[0].voice == "Polly.Camila-Neural"


def test_a_number_may_not_belong_to_a_language_that_nobody_speaks(redis_url: str) -> None:
    with pytest.raises(SettingsError, match="does not speak xx; it speaks en, es"):
        create_app(settings_for(redis_url, languages={SPANISH: "xx"}))


@pytest.mark.usefixtures("redis")
def test_a_call_whose_sound_could_not_be_fetched_goes_on_where_it_stood_without_sounds(line: Line) -> None:
    call = press(line, press(line, start_call(line, CALLER), "4"), "1")
    failed = {"CallSid": call.call_sid, "ErrorCode": "11200", "ErrorUrl": f"{line.public_url}/audio/ht/x.wav"}
    document = post(line, "/voice", **failed)
    assert document.find(".//Play") is None
    assert document.findall(".//Gather")[0].get("action") == "/voice/ht/here-now"
    assert "Rete kalm" in "".join(document.itertext())


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize(("pages", "action"), list(enumerate(("language", "language-2", "language_1", "language-2_1"))))
def test_a_sound_of_the_list_of_languages_does_not_tell_what_the_caller_speaks(
    line: Line, pages: int, action: str
) -> None:
    if espeak_of_this_process() is None:
        pytest.skip("eSpeak NG: pip install espeakng-loader")
    call = start_call(line, CALLER)
    for _ in range(pages):
        call = stay_silent(line, replace(call, events=()))
    played = ElementTree.fromstring(call.document).findall(".//Play")  # noqa: S314 - our own document
    failed = {"ErrorCode": "11200", "ErrorUrl": f"{line.public_url}{played[0].text}"}
    # A call of another number, of which nothing is kept: as without Redis.
    document = post(line, "/voice", CallSid="CA9", From="+12035550999", **failed)
    assert document.findall(".//Gather")[0].get("action") == "/voice/en/language"
    # The call itself goes on where it stood.
    gather = post(line, "/voice", CallSid=call.call_sid, **failed).find(".//Gather")
    assert gather is not None
    assert gather.get("action") == f"/voice/en/{action}"


@pytest.mark.parametrize(
    ("failed", "action"),
    [
        ("/audio/ht/x.wav", "/voice/ht/main"),
        ("/voice/es/scams", "/voice/es/scams"),
        ("/voice/es/scams_2", "/voice/es/scams_2"),
        ("/voice", "/voice/en/language"),
        ("/voice/xx/scams", "/voice/en/language"),
        ("/voice/es/../../x", "/voice/en/language"),
        ("", "/voice/en/language"),
        ("not an address \x00", "/voice/en/language"),
        ("[", "/voice/en/language"),
    ],
)
def test_without_redis_the_address_that_failed_tells_where_the_call_stood(
    tmp_path: Path, failed: str, action: str
) -> None:
    settings = settings_for(f"unix://{tmp_path}/gone.sock")
    with served(create_app(settings, now=lambda: NOW)) as address:
        line = line_at(address, settings)
        url = f"{line.public_url}{failed}" if failed.startswith("/") else failed
        document = post(line, "/voice", ErrorCode="11200", ErrorUrl=url)
    gather = document.find("Gather")
    assert gather is not None
    assert gather.get("action") == action
    assert document.find(".//Play") is None


@pytest.mark.usefixtures("redis")
def test_the_phone_falls_back_to_the_line_itself_when_a_sound_is_gone(line: Line) -> None:
    falling_back = replace(line, fallback_url=f"{line.public_url}/voice")
    call = stay_silent(falling_back, start_call(falling_back, "anonymous"))
    assert call.waiting.kind == "keys"
    assert language_of(post(falling_back, "/voice/uk/main", ErrorCode="11200", ErrorUrl="x")) == "uk"
