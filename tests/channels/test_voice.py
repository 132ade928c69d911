from __future__ import annotations

import re
from dataclasses import replace
from datetime import time
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from babel.dates import get_day_names, get_month_names

from hotline.catalogs.alphabets import LATIN, read_alphabets
from hotline.catalogs.catalog import Catalogs
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Voices
from hotline.channels.wording import SpokenWording
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Arrival, Keys, Silence, TextAsked, Words
from hotline.dialogue.reply import Argument, Choice, Reply, Say
from hotline.dialogue.session import Session
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import TOWN_NODE, Message, Script, TwilioVoice
from hotline.script.organisations import Weekday
from hotline.understanding.understood import Guess, Understood
from tests.conftest import NOW
from tests.many_languages import empty_catalogs, with_languages

OWN = "+12035550100"
SERVED = load_script()
SHIPPED = Catalogs(SERVED, LOCALES)
# Words that are English and no other language's of the line.
ENGLISH_ALONE = {
    "the",
    "and",
    "of",
    "your",
    "you",
    "with",
    "this",
    "that",
    "they",
    "their",
    "from",
    "what",
    "how",
    "not",
}
# What stands in capital letters on papers, such as ICE and I-205, and where Chinese or Arabic letters touch it.
PAPERS = re.compile(r"(?<![A-Za-z])(?:[A-Z]{2,}|[A-Z]-\d+)(?![A-Za-z])")
# Where a short Arabic word is joined to a name, which it cannot be said without.
JOINED = re.compile(r"(?<=[\u0600-\u06ff])(?:[A-Z][a-z]+ ?)+")
# English that other languages say as it is: of papers and laws, and what has no word of their own.
LOANS = (
    "Trust Act",
    "ZIP code",
    "green card",
    "check-in",
    "detainer",
    "notary",
    "notario",
    "accredited representative",
)


def document(reply: Reply, wording: SpokenWording, own: str = OWN) -> ElementTree.Element:
    """What a line says that plays no sounds."""
    renderer = CallRenderer(wording, Voices(wording.script, None, None), own)
    return ElementTree.fromstring(renderer.call(reply))  # noqa: S314 - our own document


def words_in(say: ElementTree.Element) -> str:
    return "".join(say.itertext())


def test_the_languages_are_offered_each_in_its_own_voice(script: Script, spoken: SpokenWording) -> None:
    (gather,) = document(advance(script, Session(), Arrival(NOW)).reply, spoken)
    said = [(say.get("voice"), say.get("language")) for say in gather if say.text]
    for language in script.languages.values():
        assert language.twilio
        assert (language.twilio.name, language.twilio.language) in said
    assert gather.get("action") == "/voice/en/language"


def test_every_key_arrives_and_silence_too(script: Script, spoken: SpokenWording) -> None:
    (gather,) = document(advance(script, Session(language="es"), Arrival(NOW)).reply, spoken)
    assert {name: gather.get(name) for name in ("numDigits", "finishOnKey", "actionOnEmptyResult", "method")} == {
        "numDigits": "1",
        "finishOnKey": "",
        "actionOnEmptyResult": "true",
        "method": "POST",
    }
    assert (gather.get("input"), gather.get("language")) == ("dtmf speech", "es-US")


def test_a_zip_code_has_five_digits(script: Script, spoken: SpokenWording) -> None:
    (gather,) = document(advance(script, Session(language="en", node="my-town"), Keys(NOW, "2")).reply, spoken)
    assert gather.get("numDigits") == "5"


def test_the_path_carries_the_misses(script: Script, spoken: SpokenWording) -> None:
    (gather,) = document(advance(script, Session(language="es", node="rights"), Silence(NOW)).reply, spoken)
    assert gather.get("action") == "/voice/es/rights_1"


def test_a_transfer_shows_the_lines_own_number_and_comes_back(script: Script, spoken: SpokenWording) -> None:
    *_, dial = document(advance(script, Session(language="es"), Keys(NOW, "0")).reply, spoken)
    assert (dial.tag, dial.text, dial.get("callerId")) == ("Dial", "+18007980671", OWN)
    assert dial.get("action") == "/voice/es/talk-to-person"
    assert dial.get("record") is None


@pytest.mark.parametrize("own", ["", "sip:line@example.org", "client:line", "+1"])
def test_without_a_number_of_its_own_the_line_says_the_number_instead_of_passing_on_the_callers(
    script: Script, spoken: SpokenWording, own: str
) -> None:
    (gather,) = document(advance(script, Session(language="en"), Keys(NOW, "0")).reply, spoken, own)
    assert gather.tag == "Gather"
    assert any("1, 8 0 0, 7 9 8, 0 6 7 1" in (say.text or "") for say in gather)


def test_after_the_last_miss_the_number_is_said_twice_and_the_call_ends(script: Script, spoken: SpokenWording) -> None:
    reply = advance(script, Session(language="en", node="main", misses=2, greeted=True), Silence(NOW)).reply
    *says, hangup = document(reply, spoken)
    assert hangup.tag == "Hangup"
    assert sum((say.text or "").count("0 6 7 1") for say in says) == 2


def test_nothing_said_is_longer_than_twilio_says(script: Script, spoken: SpokenWording) -> None:
    for node in script.nodes:
        for language in script.languages:
            reply = advance(script, Session(language=language, node=node), Keys(NOW, "7")).reply
            for say in document(reply, spoken).iter("Say"):
                assert len(words_in(say)) <= 3000
                assert len(quote(words_in(say))) <= 4500


def test_what_is_english_in_another_language_is_said_by_the_english_voice(
    script: Script, spoken: SpokenWording
) -> None:
    """The make-believe Spanish has other letters, so that each Latin word in it is seen."""
    own_words = {*get_month_names("wide", locale="es").values(), *get_day_names("wide", locale="es").values()}
    names = {item.name for item in script.organisations.values()} | {town.name for town in script.towns.values()}
    for node in script.nodes - {"language"}:
        session = Session(language="es", node=node, county="New Haven", offered=("scams",))
        for say in document(advance(script, session, Keys(NOW, "7"), by_phone=True).reply, spoken).iter("Say"):
            if say.get("language") == "en-US":
                assert words_in(say).rstrip(".,") in names, (node, words_in(say))
                continue
            assert say.get("language") == "es-US"
            leaked = {word.lower() for word in re.findall(r"[A-Za-z]{3,}", words_in(say))} - own_words
            assert not leaked, (node, words_in(say))


def words_of(text: str) -> list[str]:
    """The words without digits and without letters that are spelt, in small letters."""
    return re.findall(r"[^\W\d_]{2,}", text.casefold())


def stands_in(words: list[str], text: str) -> bool:
    return f" {' '.join(words)} " in f" {' '.join(words_of(text))} "


def says_of(message: Message, code: str) -> list[tuple[bool, str]]:
    """What is heard where a message is said in a language: whether it is in an English voice, and the words."""
    values: dict[str, Argument] = {
        "date": NOW.date(),
        "day": Weekday.MON,
        "time": time(9),
        "closes": time(17, 30),
        "town": ("Hamden", "New Haven"),
        "towns": ("Hamden", "New Haven"),
        "organisation": ("CT Safe Connect",),
    }
    say = Say(message.id.removesuffix(".voice"), values)
    choices = (Choice("1", say), Choice("2", say)) if message.is_label else ()
    reply = Reply(code, TOWN_NODE, 0, () if choices else (say,), choices)
    heard = document(reply, SpokenWording(SERVED, SHIPPED)).iter("Say")
    return [(say.get("language") == "en-US", words_in(say)) for say in heard]


@pytest.mark.parametrize("code", [code for code in SERVED.languages if code != SERVED.source_language])
def test_no_english_is_heard_in_another_language_but_names_and_what_is_said_to_officers(code: str) -> None:
    names = {town.name for town in SERVED.towns.values()} | {item.name for item in SERVED.organisations.values()}
    other_letters = read_alphabets()[code].script != LATIN
    for message in SERVED.messages.values():
        if message.is_on_page or message.id.removesuffix(".voice") in {"choice", "choice-brief", "language-choice"}:
            continue
        for is_english, words in says_of(message, code):
            if is_english:
                parts = [part for part in words.split(", ") if part not in names]
                assert all(stands_in(words_of(part), message.text) for part in parts), (message.id, words)
                continue
            said = JOINED.sub("|", PAPERS.sub("|", words))
            for loan in LOANS:
                said = said.replace(loan, "|")
            if other_letters:
                assert not re.findall("[A-Za-z]{2,}", said), (message.id, words)
                continue
            assert not ENGLISH_ALONE & set(words_of(said)), (message.id, words)
            for stretch in said.split("|"):
                for pair in pairwise(words_of(stretch)):
                    assert not stands_in(list(pair), message.text), (message.id, pair)


def test_speech_is_heard_with_hints(script: Script, spoken: SpokenWording) -> None:
    listening = replace(spoken, hints={"es": ("la migra", "redada")})
    reply = advance(script, Session(language="es", node="main"), Keys(NOW, "7")).reply
    (gather,) = document(reply, listening)
    assert (gather.get("hints"), gather.get("language")) == ("la migra, redada", "es-US")
    (gather,) = document(reply, spoken)
    assert gather.get("hints") is None


def test_a_town_is_keyed_in_or_said_in_english(script: Script, spoken: SpokenWording) -> None:
    (gather,) = document(advance(script, Session(language="es", node="town"), Keys(NOW, "7")).reply, spoken)
    assert (gather.get("language"), gather.get("input"), gather.get("numDigits")) == ("en-US", "dtmf speech", "5")
    hints = str(gather.get("hints")).split(", ")
    assert hints == [town.name for town in script.towns.values()]
    assert len(hints) <= 500


def test_a_language_may_be_said_by_its_own_name_or_in_english(script: Script, spoken: SpokenWording) -> None:
    (gather,) = document(advance(script, Session(), Arrival(NOW), by_phone=True).reply, spoken)
    assert gather.get("hints") == "English, Español, Spanish"


def test_what_is_repeated_after_silence_is_said_slowly(script: Script, spoken: SpokenWording) -> None:
    reply = advance(script, Session(language="es", node="rights", greeted=True), Silence(NOW), by_phone=True).reply
    (gather,) = document(reply, spoken)
    assert {prosody.get("rate") for prosody in gather.iter("prosody")} == {"75%"}
    assert all(len(say) == 1 for say in gather)


def test_a_text_is_announced_and_then_the_call_asks_what_became_of_it(script: Script, spoken: SpokenWording) -> None:
    session = Session(language="es", node="scams", greeted=True)
    say, redirect = document(advance(script, session, TextAsked(NOW, can_arrive=True), by_phone=True).reply, spoken)
    assert say.tag == "Say"
    assert (redirect.tag, redirect.text, redirect.get("method")) == ("Redirect", "/voice/es/texted.scams", "POST")


def test_only_the_first_choice_of_a_menu_says_what_to_do_and_the_way_back_is_not_said(
    script: Script, spoken: SpokenWording
) -> None:
    reply = advance(script, Session(language="en", node="rights", greeted=True), Keys(NOW, "7"), by_phone=True).reply
    (gather,) = document(reply, spoken)
    said = [say.text or "" for say in gather]
    assert [text for text in said if "press" in text] == ["Check if a warrant is real, press 1."]
    assert said[-1] == "To talk to a person, 0."


def test_help_does_not_wait_for_what_the_line_is(script: Script, spoken: SpokenWording) -> None:
    sure = Understood("en", Guess("ice-at-door", 0.9))
    (gather,) = document(advance(script, Session(), Words(NOW, sure), by_phone=True).reply, spoken)
    said = [say.text or "" for say in gather]
    assert said[0].startswith("Keep the door closed.")
    assert said[1].startswith("This line is not the government")


def test_a_page_of_languages_leads_on_soon_and_the_last_one_waits(script: Script, tmp_path: Path) -> None:
    many = with_languages(script, 12)
    wording = SpokenWording(many, empty_catalogs(many, tmp_path))
    (first,) = document(advance(many, Session(), Arrival(NOW), by_phone=True).reply, wording)
    (last,) = document(advance(many, Session(node="language"), Silence(NOW), by_phone=True).reply, wording)
    assert (first.get("timeout"), last.get("timeout")) == ("1", "6")
    assert (len(first), len(last)) == (8, 4)


@pytest.mark.parametrize(
    "sentence",
    [
        "请保持冷静。",
        "حافظ على هدوئك. ",
        "Сохраняйте спокойствие. ",
        "Stay calm. ",
        "жизнь" * 700,
        "我" * 900,
        '<&>"a' * 900,
    ],
)
def test_what_is_too_long_to_be_said_at_once_is_said_in_pieces(script: Script, tmp_path: Path, sentence: str) -> None:
    long = replace(script.messages["menu.main.text"], text=(sentence * 300)[:12000])
    only = replace(
        script,
        languages={"en": script.languages["en"]},
        messages={**script.messages, "menu.main.text": long},
    )
    reply = advance(only, Session(language="en", greeted=True), Arrival(NOW)).reply
    (gather,) = document(reply, SpokenWording(only, Catalogs(only, tmp_path)))
    says = list(gather)
    said = [say.text or "" for say in says]
    assert len(said) > 2
    assert all(0 < len(text) <= 3000 and len(quote(text, safe="")) <= 4500 for text in said)
    assert "".join("".join(said).split()).startswith("".join(long.text.split()))


def test_a_language_without_a_voice_or_hearing_still_has_a_complete_document(script: Script, tmp_path: Path) -> None:
    mute = replace(script.languages["es"], twilio=None, stand_in=None, hear=None)
    quiet = replace(script, languages={"en": script.languages["en"], "es": mute})
    reply = advance(quiet, Session(language="es"), Arrival(NOW)).reply
    (gather,) = document(reply, SpokenWording(quiet, empty_catalogs(quiet, tmp_path)))
    assert gather.get("input") == "dtmf"
    assert not {"language", "speechTimeout"} & set(gather.attrib)
    assert {frozenset(say.attrib) for say in gather} == {frozenset()}
    assert all(say.text for say in gather)


def test_the_path_names_the_page_of_languages(script: Script, tmp_path: Path) -> None:
    many = with_languages(script, 12)
    wording = SpokenWording(many, empty_catalogs(many, tmp_path))
    (gather,) = document(advance(many, Session(language="l3", node="language"), Keys(NOW, "9")).reply, wording)
    assert gather.get("action") == "/voice/l3/language-2"
    assert gather.get("numDigits") == "1"


def test_what_is_said_while_the_language_is_asked_for_is_in_the_voice_of_each(script: Script, tmp_path: Path) -> None:
    many = with_languages(script, 12)
    voices = {code: replace(one, twilio=TwilioVoice(f"Voice.{code}", "en-US")) for code, one in many.languages.items()}
    speaking = replace(many, languages=voices)
    reply = advance(speaking, Session(node="language", misses=2), Silence(NOW)).reply
    *says, hangup = document(reply, SpokenWording(speaking, empty_catalogs(speaking, tmp_path)))
    assert [say.get("voice") for say in says] == [f"Voice.{code}" for code in speaking.languages]
    assert hangup.tag == "Hangup"
