"""How the urgent notice is read and heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.espeak import espeak_of_this_process
from hotline.channels.audio.library import AudioLibrary, synthesis_of
from hotline.channels.repertoire import all_syntheses, repertoire
from hotline.channels.text import MOST_CHARACTERS, bodies, text_of
from hotline.channels.utterances import Utterance
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Voices
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Arrival, Keys
from hotline.dialogue.reply import Reply
from hotline.dialogue.session import Session
from hotline.phone.twiml import Verb, parse
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.script.notice import MOST_NOTICE_CHARACTERS, Notice
from tests.conftest import NOW

SCRIPT = load_script()
CATALOGS = Catalogs(SCRIPT)
OWN = "+12035550100"
TEXTS = {
    "en": "Call {name.ciri}: {phone.referral_line}.",
    "es": "Llame al {phone.referral_line}. Vea {url.ciri}.",
    "ht": "Rele {phone.referral_line}.",
    "ar": "اتصل على {phone.referral_line} أو {name.ciri}.",
}


def with_notice(texts: Mapping[str, str] = TEXTS) -> Script:
    return replace(SCRIPT, notice=Notice(NOW + timedelta(days=1), texts))


def greeting(script: Script, language: str, *, by_phone: bool) -> Reply:
    heard = Arrival(NOW) if by_phone else Keys(NOW, "*")
    return advance(script, Session(language=language), heard, by_phone=by_phone).reply


def read(language: str, script: Script | None = None) -> str:
    script = script or with_notice()
    return text_of(greeting(script, language, by_phone=False), WrittenWording(script, CATALOGS))


def call(language: str, *, audio: AudioLibrary | None = None) -> tuple[Verb, ...]:
    """What a caller is told in the greeting."""
    script = with_notice()
    renderer = CallRenderer(SpokenWording(script, CATALOGS), Voices(script, None, audio), OWN)
    (gather,) = parse(renderer.call(greeting(script, language, by_phone=True)), "voice")
    assert gather.name == "Gather"
    return gather.children


def test_the_first_text_begins_with_it_alone_in_a_paragraph() -> None:
    paragraphs = read("es").split("\n\n")
    assert paragraphs[0] == "Llame al 1-800-798-0671. Vea cirict.org."
    assert paragraphs[1] == read("es", SCRIPT).split("\n\n")[0]


def test_without_its_language_the_text_is_as_ever() -> None:
    assert read("pl") == read("pl", SCRIPT)


def test_in_arabic_names_stand_in_isolates_and_numbers_as_they_are() -> None:
    assert "\u2066Connecticut Institute for Refugees and Immigrants\u2069" in read("ar").split("\n\n", maxsplit=1)[0]


def test_the_longest_notice_leaves_the_first_text_whole() -> None:
    for language in SCRIPT.languages:
        text = read(language, with_notice({language: "x" * MOST_NOTICE_CHARACTERS}))
        assert bodies(text) == [text]
        assert len(text) <= MOST_CHARACTERS


def test_a_caller_hears_it_before_all_else_within_the_gather_so_that_a_key_interrupts_it() -> None:
    first, second = call("es")[:2]
    assert first.text.startswith(
        "Llame al 1, 8 0 0, 7 9 8, 0 6 7 1. 1, 8 0 0, 7 9 8, 0 6 7 1. Vea c i r i c t punto o r g."
    )
    assert second.text.startswith("Esta línea no es del gobierno")


def test_an_english_name_in_it_is_said_by_an_english_voice() -> None:
    said = [(one.get("language"), one.text) for one in call("ar")[:2]]
    assert said[0][0] == "ar-AE"
    assert said[1] == ("en-US", "Connecticut Institute for Refugees and Immigrants")


@pytest.mark.parametrize("english", [{}, {"en": 'ICE is in Hartford. Say: "I do not consent."'}])
def test_what_it_takes_from_english_is_said_in_english_with_its_english_text_or_without(
    english: Mapping[str, str],
) -> None:
    script = with_notice({"ht": 'ICE nan Hartford. Di: "I do not consent."', **english})
    said = SpokenWording(script, CATALOGS).utterances_of_notice("ht")
    assert said == (
        Utterance("ht", "ICE nan", english=("ICE",)),
        Utterance("en", "Hartford"),
        Utterance("ht", "Di:"),
        Utterance("en", "I do not consent."),
    )


def test_it_is_said_slowly_to_whoever_did_not_follow() -> None:
    wording = SpokenWording(with_notice(), CATALOGS)
    assert all(utterance.slowly for utterance in wording.utterances_of_notice("es", slowly=True))


@pytest.mark.parametrize("language", ["ht", "es"])
def test_its_sounds_are_made_before_anybody_calls(language: str) -> None:
    script = with_notice()
    wording = SpokenWording(script, CATALOGS)
    said = list(wording.utterances_of_notice(language))
    assert said
    assert set(said) <= set(repertoire(wording, language))
    assert not set(said) & set(repertoire(SpokenWording(SCRIPT, CATALOGS), language))
    made = {synthesis.digest for synthesis in all_syntheses(wording)}
    is_made = {synthesis_of(utterance, script.languages[language]).digest in made for utterance in said}
    assert is_made == {script.languages[language].twilio is None}


def test_a_language_without_its_text_has_no_sound_of_it() -> None:
    with_it, without = SpokenWording(with_notice(), CATALOGS), SpokenWording(SCRIPT, CATALOGS)
    assert list(repertoire(with_it, "sq")) == list(repertoire(without, "sq"))


def test_haitian_creole_is_played(tmp_path: Path) -> None:
    espeak = espeak_of_this_process()
    if espeak is None:
        pytest.skip("eSpeak NG is not there: apt-get install espeak-ng")
    wording = SpokenWording(with_notice(), CATALOGS)
    library = AudioLibrary(tmp_path, espeak, lambda: all_syntheses(wording))
    first = call("ht", audio=library)[0]
    expected = synthesis_of(wording.utterances_of_notice("ht")[0], SCRIPT.languages["ht"])
    assert (first.name, expected.digest in first.text) == ("Play", True)


def test_markup_in_it_stays_text() -> None:
    script = with_notice({"en": "Stay <home> & call."})
    spoken = CallRenderer(SpokenWording(script, CATALOGS), Voices(script, None, None), OWN)
    (gather,) = parse(spoken.call(greeting(script, "en", by_phone=True)), "voice")
    assert gather.children[0].text == "Stay <home> & call."


def test_what_is_said_is_one_utterance_where_it_is_of_one_language() -> None:
    wording = SpokenWording(with_notice({"en": "Stay home."}), CATALOGS)
    assert wording.utterances_of_notice("en") == (Utterance("en", "Stay home."),)
