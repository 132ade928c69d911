from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.fallback import (
    CALL,
    MOST_CHARACTERS,
    STAMP_CHARACTERS,
    TEXT,
    Bundle,
    FallbackError,
    Placing,
    bundle_of,
    document_of,
    stamped,
    standing_in,
    text_document,
    unstamped,
)
from hotline.channels.segments import count_segments
from hotline.channels.voices import Voices
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.reply import Say
from hotline.locales import LOCALES
from hotline.phone.twiml import Verb, parse
from hotline.script.loader import load_script
from hotline.script.model import PERSON_TOPIC, Phrase, Script
from tests.channels.conftest import write_catalog
from tests.many_languages import empty_catalogs, with_languages

NUMBER = "+12035550100"
REFERRAL = "+18007980671"
SAID = "1, 8 0 0, 7 9 8, 0 6 7 1"
AT = "https://a-host-with-a-long-name.fallback.example.org/and/a/long/path/to/the/folder/"
URGENT = ("ice-at-door", "ice-street", "ice-work", "ice-court", "detained")


def made(script: Script, locales: Path, placing: Placing | None = None) -> Bundle:
    """A bundle in Twilio's own voices and those that stand in."""
    catalogs = Catalogs(script, locales)
    return bundle_of(
        WrittenWording(script, catalogs),
        SpokenWording(script, catalogs),
        Voices(script, None, None),
        placing or Placing(number=NUMBER),
    )


@pytest.fixture(scope="module")
def served() -> Script:
    return load_script()


@pytest.fixture(scope="module")
def shipped(served: Script) -> Bundle:
    """All languages."""
    return made(served, LOCALES, Placing(AT, NUMBER))


@pytest.fixture(scope="module")
def near(served: Script) -> Bundle:
    """All languages, with relative addresses."""
    return made(served, LOCALES)


def verbs_of(bundle: Bundle, name: str) -> tuple[Verb, ...]:
    return parse(bundle.documents[name], "messaging" if name == TEXT else "voice")


def targets(verbs: tuple[Verb, ...]) -> list[str]:
    return [verb.get("action") or verb.text for verb in verbs if verb.name in {"Gather", "Redirect"}]


def says(verbs: tuple[Verb, ...]) -> Iterator[Verb]:
    for verb in verbs:
        yield from (verb,) if verb.name == "Say" else says(verb.children)


def test_every_document_is_strict_twiml_that_a_bin_holds(shipped: Bundle, near: Bundle) -> None:
    for bundle in (shipped, near):
        assert len(bundle.documents) > 200
        for name, document in bundle.documents.items():
            assert verbs_of(bundle, name), name
            assert len(stamped(document, date(2026, 11, 23), "release 1000000")) <= MOST_CHARACTERS, name
            # What a TwiML Bin fills in.
            assert "{{" not in document, name
            assert re.fullmatch(r"[a-zA-Z0-9._-]+\.xml", name)


def test_addresses_are_relative_or_absolute_and_always_of_a_document(shipped: Bundle, near: Bundle) -> None:
    for bundle, at in ((shipped, AT), (near, "")):
        for name in bundle.documents:
            for target in targets(verbs_of(bundle, name)):
                assert target.startswith(at)
                assert target.removeprefix(at) in bundle.documents, (name, target)


def test_everything_is_asked_with_get_and_one_key_of_any_name(near: Bundle) -> None:
    for name in near.documents.keys() - {TEXT}:
        for verb in verbs_of(near, name):
            if verb.name in {"Gather", "Redirect"}:
                assert verb.get("method") == "GET"
            if verb.name == "Gather":
                assert (verb.get("numDigits"), verb.get("finishOnKey"), verb.get("input")) == ("1", "", None)
                # Twilio waits from the end of what is said; a thumb needs a moment, and nobody a long one.
                assert verb.get("timeout") in {"2", "3"}
                assert verb.get("actionOnEmptyResult") is None


def test_every_document_is_reached_by_keys_from_the_first(near: Bundle) -> None:
    reached, to_see = {CALL}, [CALL]
    while to_see:
        new = [name for name in targets(verbs_of(near, to_see.pop())) if name not in reached]
        reached.update(new)
        to_see += new
    assert reached == near.documents.keys() - {TEXT}


def test_every_way_ends_in_the_referral_line(near: Bundle, served: Script) -> None:
    """Without a key the verbs go on: to a transfer, with the number before and after it."""
    for name in near.documents.keys() - {TEXT}:
        verbs = verbs_of(near, name)
        if verbs[-1].name == "Redirect":
            continue
        (place,) = (place for place, verb in enumerate(verbs) if verb.name == "Dial")
        dial = verbs[place]
        assert (dial.text, dial.get("callerId"), dial.get("action")) == (REFERRAL, NUMBER, None)
        for part in (verbs[:place], verbs[place + 1 :]):
            assert any(SAID in say.text for say in part if say.name == "Say"), name
    silent, seen = CALL, 0
    while verbs_of(near, silent)[-1].name == "Redirect" and seen < 10:
        silent, seen = verbs_of(near, silent)[-1].text, seen + 1
    assert silent == document_of(served.source_language)


def test_each_language_has_one_choice_in_its_own_voice_in_the_order_of_the_line(near: Bundle, served: Script) -> None:
    offered = [verb for name in (CALL, "voice-2.xml") for verb in verbs_of(near, name) if verb.name == "Gather"]
    assert [verb.get("action") for verb in offered] == [document_of(code) for code in served.languages]
    for verb, language in zip(offered, served.languages.values(), strict=True):
        (say,) = verb.children
        voice = language.twilio or language.stand_in
        assert voice
        assert (say.get("voice"), say.get("language")) == (voice.name, voice.language)
        assert language.name in say.text


def test_urgent_help_is_two_keys_away_in_every_language(near: Bundle, served: Script) -> None:
    for code in served.languages:
        here = targets(verbs_of(near, document_of(code)))
        assert here == [*(document_of(code, slug) for slug in (*URGENT, PERSON_TOPIC)), CALL]


def test_a_language_begins_with_the_rule_for_everywhere(near: Bundle) -> None:
    first = verbs_of(near, "voice-es.xml")[0]
    assert first.children[0].text.startswith("Calma. Guarde silencio. Deje la puerta cerrada. No firme nada.")
    assert first.children[-1].text == "En mi casa, oprima 1."


def test_a_topic_goes_on_part_by_part_and_back_to_the_beginning(near: Bundle, served: Script) -> None:
    nodes = [part.node for part in served.topics["detained"].parts]
    for node, following in zip(nodes, [*nodes[1:], None], strict=True):
        onward = [document_of("ar", following)] if following else []
        assert targets(verbs_of(near, document_of("ar", node))) == [
            *onward,
            document_of("ar", PERSON_TOPIC),
            document_of("ar"),
        ]
    # It says "choose 1" to search for them.
    assert nodes[1] == "detained.find-them"


def test_what_is_told_says_that_it_may_be_out_of_date_by_the_oldest_of_its_days(near: Bundle) -> None:
    verbs = verbs_of(near, "voice-en-detained.hearing.xml")
    assert any(say.text.startswith("As of November 2026; it may be out of date.") for say in says(verbs))
    assert any(say.text.startswith("As of January 2026; ") for say in says(verbs_of(near, "voice-en.xml")))


def test_without_a_number_of_its_own_nobody_is_connected_and_the_number_is_said(served: Script) -> None:
    bundle = made(served, LOCALES, Placing())
    for name in bundle.documents.keys() - {TEXT, CALL, "voice-2.xml"}:
        verbs = verbs_of(bundle, name)
        assert all(verb.name != "Dial" for verb in verbs)
        assert verbs[-1].name == "Say"
        assert SAID in verbs[-1].text


def test_a_person_is_announced_before_the_number_is_said(near: Bundle) -> None:
    words = [verb.text for verb in verbs_of(near, document_of("en", PERSON_TOPIC))]
    assert words[0].startswith("Stay on the line.")
    assert words[1:3] == [f"{SAID}. {SAID}", REFERRAL]


def test_nothing_english_is_said_in_another_language(script: Script, tmp_path: Path) -> None:
    write_catalog(script, tmp_path)
    bundle = made(script, tmp_path)
    documents = [name for name in bundle.documents if name.startswith("voice-es")]
    assert len(documents) == 1 + 1 + sum(len(script.topics[slug].parts) for slug in URGENT)
    for name in documents:
        for say in says(verbs_of(bundle, name)):
            if say.get("language") == "es-US":
                words = re.sub("[a-z]+ de (?=20)", "", say.text)
                assert not re.search("[A-Za-z]{2}", words), (name, words)


def test_it_is_known_where_a_voice_of_another_language_stands_in(served: Script, near: Bundle) -> None:
    assert [language.code for language in standing_in(near, served)] == ["ht", "sq", "uk"]
    spoken = {name: text for name, text in near.documents.items() if not re.match("voice-(ht|uk)", name)}
    assert [language.code for language in standing_in(replace(near, documents=spoken), served)] == ["sq"]


# Messages that are missing in a language, and what stands in their place.


@pytest.mark.parametrize("missing", ["overdue", "goodbye.voice", "topic.talk-to-person.first.voice"])
def test_what_is_not_ready_in_a_language_leaves_the_number(script: Script, tmp_path: Path, missing: str) -> None:
    write_catalog(script, tmp_path, without=missing)
    bundle = made(script, tmp_path)
    verbs = verbs_of(bundle, "voice-es.xml")
    (place,) = (place for place, verb in enumerate(verbs) if verb.name == "Dial")
    assert any(SAID in verb.text for verb in verbs[:place])
    assert any(SAID in verb.text for verb in verbs[place:])
    assert (verbs[-1].text == f"{SAID}. {SAID}") is (missing == "goodbye.voice")


def test_what_is_stated_nowhere_has_no_date(script: Script, tmp_path: Path) -> None:
    write_catalog(script, tmp_path, without="menu.here-now.text.voice")
    words = [say.text for say in says(verbs_of(made(script, tmp_path), "voice-es.xml"))]
    assert not any("2026" in text for text in words)


def test_a_text_has_one_line_for_each_language_in_few_segments(shipped: Bundle, served: Script) -> None:
    (message,) = verbs_of(shipped, TEXT)
    wording = WrittenWording(served, Catalogs(served))
    assert message.text.split("\n") == [wording.words(Say(Phrase.PERSON), code) for code in served.languages]
    assert message.text.count("1-800-798-0671") == len(served.languages)
    assert count_segments(message.text).count <= 6


def test_a_line_that_is_not_ready_is_left_out_of_the_text(script: Script, tmp_path: Path) -> None:
    write_catalog(script, tmp_path, without="person")
    (message,) = parse(text_document(WrittenWording(script, Catalogs(script, tmp_path))), "messaging")
    assert message.text == "A person: 1-800-798-0671"


def test_many_languages_are_offered_page_by_page(script: Script, tmp_path: Path) -> None:
    many = with_languages(script, 20)
    empty_catalogs(many, tmp_path)
    bundle = made(many, tmp_path, Placing(AT, NUMBER))
    pages = [CALL, *(f"voice-{number}.xml" for number in (2, 3))]
    reached = chain.from_iterable(targets(verbs_of(bundle, page))[:-1] for page in pages)
    assert [target.removeprefix(AT) for target in reached] == [document_of(code) for code in many.languages]
    assert [targets(verbs_of(bundle, page))[-1] for page in pages] == [
        *(f"{AT}{page}" for page in pages[1:]),
        f"{AT}voice-en.xml",
    ]


def test_a_document_that_is_too_long_is_refused_with_the_remedy(script: Script, tmp_path: Path) -> None:
    write_catalog(script, tmp_path)
    with pytest.raises(FallbackError, match="4000: choose a shorter address"):
        made(script, tmp_path, Placing(f"https://example.org/{'long' * 100}/", NUMBER))


def test_words_that_xml_knows_are_no_markup(served: Script) -> None:
    label = replace(served.messages["menu.main.title"], text='Menu <&> "more"')
    script = replace(served, messages={**served.messages, label.id: label}, languages={"en": served.languages["en"]})
    bundle = made(script, LOCALES)
    spoken = [say.text for say in says(verbs_of(bundle, "voice-en-ice-work.xml"))]
    assert 'Menu <&> "more", star.' in spoken


def test_a_document_says_when_and_from_what_it_was_made() -> None:
    document = '<?xml version="1.0" encoding="UTF-8"?><Response><Say>Hi</Say></Response>'
    made_of = stamped(document, date(2026, 11, 23), "release 4")
    assert len(made_of) - len(document) <= STAMP_CHARACTERS - len("release 999999999") + len("release 4")
    assert made_of.startswith('<?xml version="1.0" encoding="UTF-8"?><!-- Made 2026-11-23 from release 4 -->')
    assert parse(made_of, "voice") == parse(document, "voice")
    assert unstamped(made_of) == document
    assert unstamped(document) == document
