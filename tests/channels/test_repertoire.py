"""Everything that is said aloud is known before anybody calls."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.espeak import Espeak, Installed
from hotline.channels.audio.library import AudioLibrary, Synthesis
from hotline.channels.repertoire import all_syntheses, repertoire, syntheses
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Voices
from hotline.channels.wording import SpokenWording
from hotline.dialogue.advance import LAST_MISS, MOST_TEXTS, advance
from hotline.dialogue.heard import (
    Heard,
    Keys,
    Silence,
    TextAsked,
    TextEnded,
    TextOutcome,
    TransferEnded,
    Unheard,
    Words,
)
from hotline.dialogue.reply import Reply, Say, Transfer
from hotline.dialogue.session import Session
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import (
    LANGUAGE_NODE,
    MAIN_MENU,
    MOST_CHOICES,
    NEARBY_NODE,
    PERSON_TOPIC,
    REFERRAL_LINE,
    TOWN_NODE,
    UNSURE_NODE,
    Phrase,
    Script,
)
from hotline.script.organisations import (
    CONNECTICUT,
    AlwaysOpen,
    Certainty,
    Opening,
    ServedStatus,
    Weekday,
    Weekly,
)
from hotline.understanding.understood import COMMAND_PREFIX, EMERGENCY, GREETING, NONE, Guess, Understood
from tests.conftest import NOW

SCRIPT = load_script()
WORDING = SpokenWording(SCRIPT, Catalogs(SCRIPT, LOCALES))
SPOKEN_BY_ESPEAK = [code for code, language in SCRIPT.languages.items() if not language.twilio]
TIMES = tuple(
    datetime(*moment, tzinfo=CONNECTICUT)
    for moment in (
        (2026, 11, 23, 10, 0),  # a Monday in working hours
        (2026, 11, 24, 12, 30),  # at noon, when some close
        (2026, 11, 25, 23, 30),  # at night
        (2026, 11, 26, 10, 0),  # Thanksgiving
        (2026, 11, 27, 19, 59),  # before a weekend
        (2029, 1, 9, 10, 0),  # when everything is out of date
    )
)
TOPICS = tuple(SCRIPT.topics)
TOWNS = tuple(SCRIPT.towns)
SOME_COUNTIES = ("New Haven", "Windham")
# Together they lead to every phrase that the line has.
INPUTS: tuple[Heard, ...] = (
    *(Keys(NOW, key) for key in "012345679*#"),
    *(Keys(NOW, code) for code in ("06511", "06513", "99999", "10001")),
    Silence(NOW),
    TextAsked(NOW, can_arrive=True),
    TextAsked(NOW, can_arrive=False),
    *(TextEnded(NOW, outcome) for outcome in TextOutcome),
    TransferEnded(NOW, answered=False),
    TransferEnded(NOW, answered=True),
    Unheard(NOW),
)
FORGET = Understood(None, Guess(f"{COMMAND_PREFIX}forget", 1.0))
COMMANDS = ("menu", "language", "back", "more", "repeat", "forget")
GUESSES = (
    *(
        Guess(topic, 0.99)
        for topic in (*TOPICS, EMERGENCY, GREETING, NONE, *(COMMAND_PREFIX + one for one in COMMANDS))
    ),
    Guess("scams", 0.3),
)
SAID = (
    *(Understood("en", guess, (Guess("schools", 0.2), Guess("warrants", 0.2))) for guess in GUESSES),
    *(Understood(None, Guess("my-town", 0.9), towns=TOWNS[:count]) for count in (1, 2, 3, MOST_CHOICES)),
    *(Understood(None, Guess("legal-help", 0.9), towns=TOWNS[:count]) for count in (1, 2, MOST_CHOICES)),
    *(Understood(None, Guess("my-town", 0.9), towns=(town,)) for town in TOWNS),
    Understood(None, Guess("my-town", 0.9), outside=True),
    Understood(None, Guess(f"{COMMAND_PREFIX}language", 1.0), asks_for_language="uk"),
)

# Parts of other messages, what stands for another, what the renderer says of itself; and a title that nothing offers.
SAID_WITH_OTHERS = {
    *(Phrase.CHOICE, Phrase.CHOICE_BRIEF, Phrase.KEY_STAR, Phrase.KEY_POUND),
    *(Phrase.WEB_DOT, Phrase.WEB_SLASH, Phrase.WEB_HYPHEN),
    *(Phrase.UPDATING, Phrase.UPDATING_LABEL, Phrase.NO_TRANSFER, Phrase.TOO_MANY),
    "menu.emergency.title",
}


class Listening(AudioLibrary):
    """Makes no sound, but keeps which ones are asked for."""

    def __init__(self) -> None:
        super().__init__(Path("none"), Espeak(Installed("", "")), lambda: ())
        self.asked: dict[str, Synthesis] = {}

    def file(self, synthesis: Synthesis, seconds: float = math.inf) -> Path:  # noqa: ARG002 - it is made at once
        self.asked[synthesis.digest] = synthesis
        return Path("none")


def turns_at(script: Script, language: str | None, node: str | None, county: str | None) -> Iterator[Reply]:
    """All that may follow where a call stands."""
    here = Session(language=language, node=node, county=county, greeted=True, offered=TOPICS[:3])
    for heard in INPUTS:
        yield advance(script, here, heard, by_phone=True).reply
    others = [replace(here, greeted=False), replace(here, texts=MOST_TEXTS), replace(here, kept=False)]
    others += [replace(here, misses=misses) for misses in range(1, LAST_MISS)]
    for session in others:
        for heard in (Keys(NOW, "7"), Silence(NOW), TextAsked(NOW, can_arrive=True), Words(NOW, FORGET)):
            yield advance(script, session, heard, by_phone=True).reply
    for at in TIMES:
        for heard in (Unheard(at), Keys(at, "0"), TransferEnded(at, answered=False)):
            yield advance(script, here, heard, by_phone=True).reply


def turns(script: Script, language: str | None) -> Iterator[Reply]:
    """Every node, with and without a county, and what only leads on from one: which town, and who is called next."""
    nodes: list[tuple[str | None, str | None]] = [(None, None), *((node, None) for node in sorted(script.nodes))]
    nodes += [(node, county) for county in SOME_COUNTIES for node in (MAIN_MENU, NEARBY_NODE, PERSON_TOPIC)]
    known = set(nodes)
    while nodes:
        node, county = nodes.pop()
        for reply in turns_at(script, language, node, county):
            if (there := (reply.node, county)) not in known and reply.node not in script.nodes:
                known.add(there)
                nodes.append(there)
            yield reply
    for node in (MAIN_MENU, TOWN_NODE, NEARBY_NODE, UNSURE_NODE):
        for misses in (0, LAST_MISS - 1):
            session = Session(language=language, node=node, misses=misses, offered=TOPICS[:3])
            for understood in SAID:
                yield advance(script, session, Words(NOW, replace(understood, language=language)), by_phone=True).reply
    for first in range(len(TOPICS)):
        offered = (TOPICS * 2)[first : first + 3]
        session = Session(language=language, node=UNSURE_NODE, offered=offered)
        yield advance(script, session, Unheard(NOW), by_phone=True).reply


def asked_in_calls(wording: SpokenWording, language: str | None) -> Iterable[Synthesis]:
    """Every sound that calls ask for, at the usual speed and slowly."""
    library = Listening()
    renderer = CallRenderer(wording, Voices(wording.script, None, library), "+12035550100")
    heard: set[str] = set()
    for reply in turns(wording.script, language):
        # Many turns say the same: only one that says something new is rendered.
        new = set(_pieces(reply)) - heard
        heard |= new
        for slowly in (False, True) if new else ():
            renderer.call(replace(reply, slowly=slowly))
            if isinstance(reply.effect, Transfer):
                # Where the line has no number of its own, it cannot transfer.
                replace(renderer, own_number="").call(replace(reply, slowly=slowly))
    renderer.last_resort(language or wording.script.source_language)
    return library.asked.values()


def _pieces(reply: Reply) -> Iterator[str]:
    """What decides how each part of a reply is said."""
    yield from map(repr, (*reply.says, reply.stamp, reply.introduction, reply.effect))
    for place, choice in enumerate(reply.choices):
        yield f"{choice} {place == 0} {reply.node == LANGUAGE_NODE}"


def missing(wording: SpokenWording, language: str | None) -> tuple[int, list[Synthesis]]:
    """How many sounds calls ask for, and those of them that are not made ahead."""
    made = {synthesis.digest for synthesis in all_syntheses(wording)}
    asked = asked_in_calls(wording, language)
    return len(asked), [one for one in asked if one.digest not in made]  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def helpful() -> SpokenWording:
    """A line whose first transfer is closed at times, and to which others help anybody, one of them at any hour."""
    found = {
        id: replace(one, status=ServedStatus.ANY, phone_certainty=Certainty.SEED if one.phone else one.phone_certainty)
        for id, one in SCRIPT.organisations.items()
    }
    weekdays = Weekly(
        tuple(Opening(day, 8 * 60 + 15, 16 * 60 + 45) for day in list(Weekday)[:5]), closed_on_holidays=True
    )
    found[REFERRAL_LINE] = replace(found[REFERRAL_LINE], hours=weekdays)
    first = next(id for id, one in found.items() if one.help)
    found[first] = replace(found[first], hours=AlwaysOpen())
    script = replace(SCRIPT, organisations=found)
    return SpokenWording(script, Catalogs(script, LOCALES))


@pytest.mark.parametrize("language", SPOKEN_BY_ESPEAK)
def test_every_sound_that_a_call_asks_for_is_made_ahead(language: str) -> None:
    asked, lacking = missing(WORDING, language)
    assert asked > 600
    assert lacking == []


@pytest.mark.parametrize("language", [None, "ar"])
def test_what_others_hear_of_these_languages_is_made_ahead(language: str | None) -> None:
    asked, lacking = missing(WORDING, language)
    assert asked >= 2 * len(SPOKEN_BY_ESPEAK)
    assert lacking == []


def test_what_is_said_of_others_who_help_and_are_closed_is_made_ahead(helpful: SpokenWording) -> None:
    assert missing(helpful, "ht")[1] == []


def test_the_walk_hears_every_message_that_is_spoken(helpful: SpokenWording) -> None:
    """Otherwise it would prove nothing of the others."""
    said = {message for reply in turns(helpful.script, "ht") for message in _messages(reply)}
    spoken = {id.removesuffix(".voice") for id, message in SCRIPT.messages.items() if not message.is_on_page}
    assert spoken - said == SAID_WITH_OTHERS


def _messages(reply: Reply) -> Iterator[str]:
    says = (*reply.says, *(choice.label for choice in reply.choices), reply.stamp, reply.introduction)
    yield from (say.message for say in says if say)


@pytest.mark.parametrize("language", SPOKEN_BY_ESPEAK)
def test_what_stands_between_two_names_is_made_ahead_by_itself(language: str) -> None:
    """Not only since a text happens to hold it too."""
    phrases = {id: one for id, one in SCRIPT.messages.items() if one.file == "phrases.toml"}
    stale = {id: replace(one, text=f"{one.text} New.") for id, one in SCRIPT.messages.items() if id not in phrases}
    script = replace(SCRIPT, messages={**phrases, **stale})
    wording = SpokenWording(script, Catalogs(script, LOCALES))
    between = wording.utterances(Say(Phrase.PLACE_HEARD, {"town": ("Hamden", "New Haven")}), language)
    assert [one.language for one in between] == ["en", language, "en"]
    assert between[1] in set(repertoire(wording, language))


@pytest.mark.parametrize("language", SPOKEN_BY_ESPEAK)
def test_nothing_is_made_twice_and_what_is_said_slowly_comes_last(language: str) -> None:
    made = list(syntheses(WORDING, SCRIPT.languages[language]))
    assert len({one.digest for one in made}) == len(made)
    speeds = [one.words_a_minute for one in made]
    assert speeds == sorted(speeds, reverse=True)
    assert speeds[0] == SCRIPT.languages[language].words_a_minute
    assert len(set(speeds)) == 2


def test_only_what_twilio_cannot_say_is_made() -> None:
    assert {one.language for one in all_syntheses(WORDING)} == set(SPOKEN_BY_ESPEAK) == {"ht", "sq", "uk"}
