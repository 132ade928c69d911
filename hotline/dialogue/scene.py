"""What a node says and offers, whichever way the conversation came to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hotline.dialogue.reply import Choice, Say, Transfer
from hotline.dialogue.session import Session
from hotline.script.model import (
    LANGUAGE_NODE,
    MAIN_MENU,
    PERSON_TOPIC,
    TOWN_NODE,
    UNSURE_NODE,
    Phrase,
    Script,
)

PERSON_KEY = "0"
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
    return replace(
        session,
        language=session.language if session.language in script.languages else None,
        node=None if lost else session.node,
        back=tuple(node for node in session.back if node in nodes),
        offered=offered,
    )


def targets_of(script: Script, session: Session) -> tuple[str, ...]:
    """Where the keys 1, 2, 3, ... lead from where a session stands."""
    if session.node == UNSURE_NODE:
        return session.offered
    node = session.node or MAIN_MENU
    following = script.following(node)
    return (*([following] if following else []), *script.onward(node))


def scene_of(script: Script, session: Session) -> Scene:
    """What is said and offered where a session stands."""
    node = session.node or MAIN_MENU
    if node == LANGUAGE_NODE:
        # Somebody whose language is not known yet hears nothing in a language that may be another's.
        return Scene((Say(Phrase.LANGUAGE),) if session.language else (), _languages(script))
    choices = (*_numbered(script, session), *_always(script, node))
    if node in script.menus:
        return Scene((Say(script.menus[node].message),), choices)
    if node in script.parts:
        topic, part = script.parts[node]
        return Scene((Say(part.message),), choices, Transfer(topic.transfer) if topic.transfer else None)
    if node == TOWN_NODE:
        return Scene((Say(Phrase.TOWN),), choices, wants_town=True)
    return Scene((Say(Phrase.UNSURE),), choices)


def _numbered(script: Script, session: Session) -> tuple[Choice, ...]:
    following = script.following(session.node or MAIN_MENU)
    return tuple(
        Choice(str(key), Say(Phrase.MORE if target == following else script.title(target)))
        for key, target in enumerate(targets_of(script, session), 1)
    )


def _always(script: Script, node: str) -> tuple[Choice, ...]:
    person = () if node == PERSON_TOPIC else (Choice(PERSON_KEY, Say(Phrase.PERSON)),)
    if node == MAIN_MENU:
        return (*person, Choice(LANGUAGE_KEY, Say(Phrase.LANGUAGE_TITLE)))
    return (*person, Choice(MENU_KEY, Say(script.title(MAIN_MENU))))


def _languages(script: Script) -> tuple[Choice, ...]:
    return tuple(
        Choice(language.key, Say(Phrase.LANGUAGE_CHOICE, {"language": (language.name,)}, language=code))
        for code, language in script.languages.items()
    )
