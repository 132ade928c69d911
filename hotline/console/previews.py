"""How a message reaches people: the reply in which it is read, what that costs, and what a caller hears of it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain

from hotline.catalogs.alphabets import Alphabet
from hotline.catalogs.catalog import Catalogs
from hotline.channels.measures import fillings, measure_of
from hotline.channels.segments import Segments, count_segments
from hotline.channels.text import bodies, text_of
from hotline.channels.utterances import plain
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.console.naming import VOICE
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Heard, Keys, Words
from hotline.dialogue.otherwise import farewell
from hotline.dialogue.reply import Reply, Say
from hotline.dialogue.session import Session
from hotline.journeys.prices import list_prices
from hotline.script.model import (
    HELP_TOPIC,
    LANGUAGE_NODE,
    MAIN_MENU,
    NEARBY_NODE,
    PAGE_PLACEHOLDERS,
    TOWN_NODE,
    TOWN_TOPIC,
    UNSURE_NODE,
    Phrase,
    Script,
)
from hotline.script.organisations import CONNECTICUT
from hotline.script.towns import COUNTIES
from hotline.understanding.understood import COMMAND_PREFIX, NONE, Guess, Understood

THOUSAND = 1000
# Past every review date.
_LATER = timedelta(days=3650)
# A Monday and a Sunday, by day and by night, and a holiday.
_TIMES = ((2026, 11, 23, 11), (2026, 11, 23, 3), (2026, 11, 22, 11), (2026, 12, 25, 11))
_REPEAT = Understood(None, Guess(f"{COMMAND_PREFIX}repeat", 1.0))
_FORGET = Understood(None, Guess(f"{COMMAND_PREFIX}forget", 1.0))
_NOTHING = Understood(None, Guess(NONE, 1.0))


@dataclass(frozen=True, slots=True)
class Bubble:
    """One text as a resident's phone shows it. `price` is what sending it costs, in US dollars."""

    text: str
    segments: Segments

    @property
    def price(self) -> float:
        return list_prices().texts(0, self.segments.count)


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as it is read and heard.

    `bubbles` are a whole reply of the line with it where `is_reply`; otherwise it stands alone, filled in with the
    longest that may come. None where it is only heard. `spoken` is None where another text is spoken instead.
    `on_page` is what stands on a web page, and is neither read nor heard elsewhere.
    """

    bubbles: tuple[Bubble, ...]
    is_reply: bool
    alone: Segments | None
    spoken: str | None
    seconds: float | None
    on_page: str | None = None

    @property
    def segments(self) -> int:
        return sum(bubble.segments.count for bubble in self.bubbles)

    @property
    def price(self) -> float:
        return sum(bubble.price for bubble in self.bubbles)

    @property
    def price_of_a_thousand(self) -> float:
        return self.price * THOUSAND


def preview_of(
    script: Script, catalogs: Catalogs, alphabets: Mapping[str, Alphabet], language: str, id: str, *, at: datetime
) -> Preview:
    """A message that may be said in a language, as both channels say it."""
    message, said_in = script.messages[id], script.languages[language]
    written, spoken = WrittenWording(script, catalogs), SpokenWording(script, catalogs)
    if message.is_on_page:
        unfilled = {name: (f"{{{name}}}",) for name in PAGE_PLACEHOLDERS}
        return Preview(
            (),
            is_reply=False,
            alone=None,
            spoken=None,
            seconds=None,
            on_page=written.words(Say(id, unfilled), language),
        )
    measure = measure_of(script, catalogs, alphabets, language, id)
    is_written, is_heard = message.room is not None, f"{id}{VOICE}" not in script.messages
    reply = reply_with(script, id, language, at) if is_written else None
    if reply:
        texts = bodies(text_of(reply, written))
    else:
        texts = [max(fillings(written, message, said_in), key=len)] if is_written else []
    return Preview(
        bubbles=tuple(Bubble(text, count_segments(text)) for text in texts),
        is_reply=reply is not None,
        alone=measure.segments if measure else None,
        spoken=plain(max(fillings(spoken, message, said_in), key=len)) if is_heard else None,
        seconds=measure.seconds if measure else None,
    )


def reply_with(script: Script, id: str, language: str, at: datetime) -> Reply | None:
    """A reply to a text in which a message is read, as the dialogue makes it; None where none was found."""
    turns = (advance(script, session, heard) for session, heard in _conversations(script, id, language, at))
    found = chain((turn.reply for turn in turns), [farewell(language, Phrase.TOO_MANY)])
    return next((reply for reply in found if id in _read_in(reply)), None)


def _read_in(reply: Reply) -> set[str]:
    """The messages that are read in a reply."""
    choices = [choice.label for choice in reply.choices if not choice.spoken_only]
    about = [say for say in (reply.introduction, reply.stamp) if say]
    formed = {Phrase.CHOICE} if choices else set()
    return {*formed, *(say.message for say in (*reply.says, *choices, *about))}


def _conversations(script: Script, id: str, language: str, at: datetime) -> Iterator[tuple[Session, Heard]]:
    """Where a conversation may stand, and what is heard there, the likeliest to lead to the message first."""
    known = Session(turns=1, language=language, greeted=True)
    own = [node for node, (_, part) in script.parts.items() if part.message == id]
    own += [slug for slug, menu in script.menus.items() if menu.message == id]
    for town in script.towns.values():
        if town.rule == id:
            yield replace(known, node=TOWN_NODE), Words(at, replace(_NOTHING, towns=(town.slug,)))
    for node in (*own, MAIN_MENU, *script.menus, *script.parts, *script.language_pages, TOWN_NODE, NEARBY_NODE):
        yield replace(known, node=node), Words(at, _REPEAT)
    for county in sorted(COUNTIES):
        yield replace(known, node=NEARBY_NODE, county=county), Words(at, _REPEAT)
    if id in set(Phrase):
        yield from _odd_turns(script, known, at)


def _odd_turns(script: Script, known: Session, at: datetime) -> Iterator[tuple[Session, Heard]]:
    """First texts, misunderstandings, places, hours and what has become old."""
    yield replace(known, greeted=False), Keys(at, "*")
    for misses in range(3):
        yield replace(known, node=MAIN_MENU, misses=misses), Words(at, _NOTHING)
    yield replace(known, node=UNSURE_NODE, offered=(TOWN_TOPIC, HELP_TOPIC)), Words(at, _REPEAT)
    for kept in (True, False):
        yield replace(known, node=MAIN_MENU, kept=kept), Words(at, _FORGET)
    some = tuple(script.towns)[:2]
    without_rule = next((slug for slug, town in script.towns.items() if not town.rule), "")
    for towns in ((without_rule,), some, ()):
        yield replace(known, node=TOWN_NODE), Words(at, replace(_NOTHING, towns=towns))
    yield replace(known, node=TOWN_NODE), Words(at, replace(_NOTHING, outside=True))
    yield replace(known, node=LANGUAGE_NODE), Words(at, _REPEAT)
    for moment in (*(datetime(*time, tzinfo=CONNECTICUT) for time in _TIMES), at + _LATER):
        for node in script.parts:
            yield replace(known, node=node), Words(moment, _REPEAT)
        for county in sorted(COUNTIES):
            yield replace(known, node=NEARBY_NODE, county=county), Words(moment, _REPEAT)
