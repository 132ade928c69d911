"""How far help is, in every language: the figures that the line promises."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.espeak import Espeak, espeak_of_this_process
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Say
from hotline.journeys.lengths import Lengths
from hotline.journeys.prices import list_prices
from hotline.journeys.walk import Caller, JourneyError, Walker, way_to
from hotline.locales import LOCALES
from hotline.phone import calling
from hotline.phone.line import Line
from hotline.script.loader import load_script
from hotline.script.model import EMERGENCY_MENU, MAIN_MENU, MOST_CHOICES, PERSON_TOPIC, Script

SCRIPT = load_script()
SOONEST = {"en": 12.0, "es": 12.0}
LATEST = 30.0
MOST_KEYS_AFTER_LANGUAGE = 4
LONGEST_MENU = 20.0


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    voice = espeak_of_this_process()
    assert voice
    return voice


@pytest.fixture(scope="module")
def walker(line: Line, espeak: Espeak) -> Walker:
    wording = SpokenWording(SCRIPT, Catalogs(SCRIPT, LOCALES))
    return Walker(line, wording, Lengths(SCRIPT, line, espeak), list_prices())


@pytest.mark.parametrize("topic", [topic for topic in SCRIPT.topics if topic != PERSON_TOPIC])
def test_every_topic_is_within_four_keys_after_the_language(topic: str) -> None:
    assert len(way_to(SCRIPT, topic)) <= MOST_KEYS_AFTER_LANGUAGE


def test_a_topic_that_no_choice_leads_to_is_found(script: Script) -> None:
    menus = {slug: replace(menu, choices=("scams",)) for slug, menu in script.menus.items()}
    with pytest.raises(JourneyError, match="no choice leads to detained"):
        way_to(replace(script, menus=menus), "detained")


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("language", list(SCRIPT.languages))
def test_agents_at_the_door_hear_help_in_time(walker: Walker, language: str) -> None:
    """Two keys: the language's, once its page has come by itself, and the first of the main menu."""
    journey = walker.walk(language, "ice-at-door", "ICE is at my door")
    assert journey.useful_seconds <= SOONEST.get(language, LATEST)
    assert journey.keys == 3, "the language, agents are here, at my home"
    assert journey.texts == 1


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("topic", list(SCRIPT.topics))
def test_every_topic_is_heard_by_phone_and_answered_by_text(walker: Walker, topic: str) -> None:
    journey = walker.walk("ht", topic, "bonjou")
    assert 0 < journey.useful_seconds < journey.part_seconds
    assert journey.keys_after_language <= MOST_KEYS_AFTER_LANGUAGE
    assert journey.segments >= journey.texts >= 1
    assert journey.call_cost > 0
    assert journey.text_cost > 0


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("language", list(SCRIPT.languages))
def test_who_is_remembered_and_knows_the_key_hears_help_at_once(walker: Walker, language: str) -> None:
    line, caller = walker.line, "+12035550177"
    first = calling.start_call(line, caller)
    pages = list(SCRIPT.language_pages.values())
    page = next(number for number, codes in enumerate(pages) if language in codes)
    for _ in range(page):
        first = calling.stay_silent(line, first)
    calling.hang_up(line, calling.press(line, first, str(pages[page].index(language) + 1)))
    again = calling.press(line, calling.start_call(line, caller), "1")
    rule = walker.wording.utterances(Say(SCRIPT.menus["here-now"].message), language)
    assert again.events[0].text == rule[0].words


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("language", list(SCRIPT.languages))
def test_no_menu_has_more_choices_or_lasts_longer_than_a_caller_listens(walker: Walker, language: str) -> None:
    """What is law, at the beginning and the end, is help and no menu."""
    reachable = [menu for menu in SCRIPT.menus.values() if menu.slug != EMERGENCY_MENU]
    for menu in reachable:
        assert len(menu.choices) <= MOST_CHOICES
        caller = Caller(walker.line, walker.wording, walker.lengths, calling.start_call(walker.line, "anonymous"))
        caller.choose_language(language)
        way = () if menu.slug == MAIN_MENU else way_to(SCRIPT, menu.slug)
        for node, onward in zip((MAIN_MENU, *way), way, strict=False):
            caller.go(node, onward, language)
        said = caller.call.events
        if SCRIPT.messages[menu.message].provenance:
            law = len(walker.wording.utterances(Say(menu.message), language))
            said = said[law:-1]
        assert sum(map(walker.lengths.seconds, said)) <= LONGEST_MENU, menu.slug
