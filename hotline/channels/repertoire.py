"""Everything that the line may say aloud in a language, so that its sounds can be made before anybody calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, time
from itertools import product

from hotline.channels.audio.library import Synthesis, synthesis_of
from hotline.channels.utterances import Utterance
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Argument, Choice, Say
from hotline.dialogue.scene import scene_of, scene_of_which_town
from hotline.dialogue.session import Session
from hotline.dialogue.which_town import WhichTown
from hotline.script.model import (
    HELP_TOPIC,
    MOST_CHOICES,
    NEARBY_NODE,
    TOWN_NODE,
    UNSURE_NODE,
    Language,
    Message,
    Phrase,
    Script,
)
from hotline.script.organisations import CONNECTICUT, DAY_MINUTES, HOUR_MINUTES, Weekday, Weekly
from hotline.script.placeholders import is_argument, placeholders_in
from hotline.script.towns import COUNTIES

# Where conversations stand does not depend on the day; any will do.
_ANY_DAY = datetime(2026, 1, 1, tzinfo=CONNECTICUT)


def all_syntheses(wording: SpokenWording) -> Iterator[Synthesis]:
    """What eSpeak NG has to say: all that is said in the languages that no voice of Twilio speaks."""
    for language in wording.script.languages.values():
        if not language.twilio:
            yield from syntheses(wording, language)


def syntheses(wording: SpokenWording, language: Language) -> Iterator[Synthesis]:
    """What eSpeak NG has to say in one language, at the usual speed first, then slowly."""
    said = dict.fromkeys(one for one in repertoire(wording, language.code) if one.language == language.code)
    for slowly in (False, True):
        for utterance in said:
            yield synthesis_of(replace(utterance, slowly=slowly), language)


def repertoire(wording: SpokenWording, language: str) -> Iterator[Utterance]:
    """Every message with all that may fill it, then every choice with its key."""
    script = wording.script
    for message in script.messages.values():
        is_choice = message.id.removesuffix(".voice") in {Phrase.CHOICE, Phrase.CHOICE_BRIEF}
        if is_choice or message.is_on_page or _is_only_written(script, message):
            continue
        for say in fillings(script, message):
            yield from wording.utterances(say, language)
    for choice in _choices(script, language):
        for phrase in (Phrase.CHOICE, Phrase.CHOICE_BRIEF):
            yield from wording.utterances_of_choice(choice, language, phrase)
    if script.notice and language in script.notice.texts:
        yield from wording.utterances_of_notice(language)
    yield Utterance(language, wording.referral_number)


def _is_only_written(script: Script, message: Message) -> bool:
    return f"{message.id}.voice" in script.messages


def fillings(script: Script, message: Message) -> Iterator[Say]:
    """A message with all that may fill it."""
    names = list(dict.fromkeys(name for name in placeholders_in(message.text) if is_argument(name)))
    for values in product(*(_values(script, name) for name in names)):
        yield Say(message.id, dict(zip(names, values, strict=True)))


def _values(script: Script, name: str) -> Iterable[Argument]:
    """All that may stand for a placeholder; of names, which are English, one stands for all, and two for a list."""
    match name:
        case "date":
            return sorted({provenance.as_of for provenance in script.provenances})
        case "day":
            return tuple(Weekday)
        case "time" | "closes":
            return sorted(set(_times(script)))
        case "language":
            return [(language.name,) for language in script.languages.values()]
        case "town" | "towns":
            return [("Hartford",), ("Hartford", "Stamford")]
        case _:
            return [("Hartford",)]


def _times(script: Script) -> Iterator[time]:
    for organisation in script.organisations.values():
        if isinstance(organisation.hours, Weekly):
            for opening in organisation.hours.openings:
                for minutes in (opening.opens, opening.closes):
                    yield time(minutes % DAY_MINUTES // HOUR_MINUTES, minutes % HOUR_MINUTES)


def _choices(script: Script, language: str) -> Iterator[Choice]:
    """Every choice that is offered somewhere, with its key."""
    given: dict[tuple[str, str, str | None], Choice] = {}
    for choice in _offered(script, language):
        given.setdefault((choice.key, choice.label.message, choice.label.language), choice)
    yield from given.values()


def _offered(script: Script, language: str) -> Iterator[Choice]:
    somewhere = next(iter(sorted(COUNTIES)))
    for node in script.nodes - {UNSURE_NODE}:
        for county in (None, somewhere):
            yield from scene_of(script, Session(language=language, node=node, county=county), _ANY_DAY).choices
    for key in range(1, MOST_CHOICES + 1):
        for topic in (*script.topics, NEARBY_NODE, HELP_TOPIC):
            yield Choice(str(key), Say(script.title(topic)))
    which = WhichTown.among(TOWN_NODE, tuple(script.towns))
    yield from scene_of_which_town(script, which).choices
