"""What a node says and offers, whichever way the conversation came to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hotline.dialogue.reply import Argument, Choice, Say, Transfer
from hotline.dialogue.session import Session
from hotline.dialogue.which_town import WhichTown
from hotline.script.model import (
    HELP_TOPIC,
    LANGUAGES_ON_A_PAGE,
    MAIN_MENU,
    NEARBY_NODE,
    PERSON_TOPIC,
    TOWN_NODE,
    UNSURE_NODE,
    Part,
    Phrase,
    Script,
    Topic,
)
from hotline.script.organisations import (
    AlwaysOpen,
    ClosedUntil,
    HoursUnknown,
    MayBeClosed,
    OpenUntil,
    Organisation,
    Weekday,
    Weekly,
    near,
    status_of,
)
from hotline.script.placeholders import placeholders_in
from hotline.script.towns import COUNTIES

PERSON_KEY = "0"
TEXT_KEY = "8"
LANGUAGE_KEY = "9"
MENU_KEY = "*"
BACK_KEY = "#"


@dataclass(frozen=True, slots=True)
class Scene:
    """What is said at a node, its choices, and the transfer that it makes, if it makes one."""

    says: tuple[Say, ...]
    choices: tuple[Choice, ...]
    transfer: Transfer | None = None
    wants_town: bool = False


def fitting(script: Script, session: Session) -> Session:
    """The session without what the script does not know any more: another release may have been published since."""
    nodes = script.nodes
    offered = tuple(topic for topic in session.offered if topic in script.topics)
    lost = session.node not in nodes or (session.node == UNSURE_NODE and not offered)
    if not lost and _fits(script, session, offered):
        return session
    return replace(
        session,
        language=session.language if session.language in script.languages else None,
        node=None if lost else session.node,
        back=tuple(node for node in session.back if node in nodes),
        county=session.county if session.county in COUNTIES else None,
        offered=offered,
    )


def _fits(script: Script, session: Session, offered: tuple[str, ...]) -> bool:
    return (
        session.offered == offered
        and (session.language is None or session.language in script.languages)
        and (session.county is None or session.county in COUNTIES)
        and all(node in script.nodes for node in session.back)
    )


def targets_of(script: Script, session: Session) -> tuple[str, ...]:
    """Where the keys 1, 2, 3, ... lead from where a session stands."""
    if session.node == UNSURE_NODE:
        return session.offered
    if session.node == NEARBY_NODE:
        # From where it names those near one place, it leads to itself: it then asks for another place.
        return (HELP_TOPIC, NEARBY_NODE) if session.county else (HELP_TOPIC,)
    node = session.node or MAIN_MENU
    following = script.following(node)
    return (*([following] if following else []), *script.onward(node))


def scene_of(script: Script, session: Session, at: datetime) -> Scene:
    """What is said and offered where a session stands at a time."""
    node = session.node or MAIN_MENU
    if node in script.language_pages:
        # Somebody whose language is not known yet hears nothing in a language that may be another's.
        return Scene((Say(Phrase.LANGUAGE),) if session.language else (), _languages(script, node))
    choices = (*_numbered(script, session), *_texted(script, session), *_always(script, node))
    if node in script.menus:
        return Scene((Say(script.menus[node].message),), choices)
    if node in script.parts:
        topic, part = script.parts[node]
        says = (Say(part.message), *_opening_hours_in(script, topic, part, at))
        return Scene(says, choices, Transfer(topic.transfer) if topic.transfer else None)
    if node == TOWN_NODE:
        return Scene((Say(Phrase.TOWN),), choices, wants_town=True)
    if node == NEARBY_NODE:
        if session.county is None:
            return Scene((Say(Phrase.NEARBY),), choices, wants_town=True)
        return Scene(_help_near(script, session.county, session.language or script.source_language, at), choices)
    return Scene((Say(Phrase.UNSURE),), choices)


def scene_of_which_town(script: Script, which: WhichTown) -> Scene:
    """Asks which of several towns is meant: by phone a key chooses one, by text its name is written."""
    names = [script.towns[slug].name for slug in which.slugs]
    towns = tuple(
        Choice(str(key), Say(Phrase.TOWN_CHOICE, {"town": (name,)}), spoken_only=True)
        for key, name in enumerate(names, 1)
    )
    return Scene((Say(Phrase.SEVERAL_TOWNS, {"towns": tuple(names)}),), (*towns, *_always(script, which.asked_at)))


def _help_near(script: Script, county: str, language: str, at: datetime) -> tuple[Say, ...]:
    said = [Say(Phrase.NEARBY_LIST)]
    for organisation in near(script, county, language, at):
        said += [*([Say(organisation.help)] if organisation.help else []), *opening_hours(organisation, at)]
    return tuple(said)


def _opening_hours_in(script: Script, topic: Topic, part: Part, at: datetime) -> tuple[Say, ...]:
    """Whether that organisation is open to which a topic transfers, or the one with hours whose number a part gives."""
    if topic.transfer:
        return opening_hours(script.organisations[topic.transfer], at)
    numbers = {name.partition(".")[::2] for name in placeholders_in(script.messages[part.message].text)}
    named = {id for kind, id in numbers if kind in {"phone", "text"}}
    with_hours = [one for id in named if isinstance((one := script.organisations[id]).hours, Weekly)]
    return opening_hours(with_hours[0], at) if len(with_hours) == 1 else ()


def opening_hours(organisation: Organisation, at: datetime) -> tuple[Say, ...]:
    """Whether it is open, and when that changes; nothing where its hours are not known."""
    rests_on = organisation.provenance
    match status_of(organisation.hours, at):
        case HoursUnknown():
            return ()
        case AlwaysOpen():
            return (Say(Phrase.OPEN_ALWAYS, rests_on=rests_on),)
        case MayBeClosed():
            return (Say(Phrase.HOLIDAY, rests_on=rests_on),)
        case OpenUntil(closes=closes):
            return (Say(Phrase.OPEN_NOW, {"closes": closes.time()}, rests_on=rests_on),)
        case ClosedUntil(opens=opens):
            arguments: Mapping[str, Argument] = {"day": Weekday(opens.weekday()), "time": opens.time()}
            return (Say(Phrase.OPENS, arguments, rests_on=rests_on),)


def _numbered(script: Script, session: Session) -> tuple[Choice, ...]:
    return tuple(
        Choice(str(key), Say(_label(script, session.node or MAIN_MENU, target)))
        for key, target in enumerate(targets_of(script, session), 1)
    )


def _label(script: Script, node: str, target: str) -> str:
    if target == script.following(node):
        return Phrase.MORE
    return Phrase.ANOTHER_PLACE if target == node == NEARBY_NODE else script.title(target)


def _texted(script: Script, session: Session) -> tuple[Choice, ...]:
    """What is worth having in writing can be asked for by phone."""
    is_worth_having = session.node in script.parts or (session.node == NEARBY_NODE and session.county is not None)
    return (Choice(TEXT_KEY, Say(Phrase.TEXT_ME), spoken_only=True),) if is_worth_having else ()


def _always(script: Script, node: str) -> tuple[Choice, ...]:
    person = () if node == PERSON_TOPIC else (Choice(PERSON_KEY, Say(Phrase.PERSON)),)
    if node == MAIN_MENU:
        return (*person, Choice(LANGUAGE_KEY, Say(Phrase.LANGUAGE_TITLE)))
    return (*person, Choice(MENU_KEY, Say(script.title(MAIN_MENU))))


def _languages(script: Script, page: str) -> tuple[Choice, ...]:
    """The languages of a page by number; those of later pages too, with the key that leads on to them."""
    pages = list(script.language_pages)
    later = [code for node in pages[pages.index(page) + 1 :] for code in script.language_pages[node]]
    here = enumerate(script.language_pages[page], 1)
    choices = [*((str(key), code) for key, code in here), *((LANGUAGE_KEY, code) for code in later)]
    named = tuple(Choice(key, _name(script, code)) for key, code in choices)
    is_last_of_several = page == pages[-1] != pages[0]
    return (*named, Choice(LANGUAGE_KEY, Say(Phrase.LANGUAGE_TITLE))) if is_last_of_several else named


def _name(script: Script, code: str) -> Say:
    return Say(Phrase.LANGUAGE_CHOICE, {"language": (script.languages[code].name,)}, language=code)


def keys_of_language(script: Script, code: str) -> str:
    """What is pressed for a language where its menu begins, such as "92" for the second on the second page."""
    pages, place = divmod(list(script.languages).index(code), LANGUAGES_ON_A_PAGE)
    return LANGUAGE_KEY * pages + str(place + 1)
