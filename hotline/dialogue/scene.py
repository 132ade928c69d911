"""What a node says and offers, whichever way the conversation came to it."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.dialogue.reply import Choice, Say, Transfer
from hotline.dialogue.session import Session
from hotline.script.model import (
    LANGUAGE_NODE,
    MAIN_MENU,
    PERSON_TOPIC,
    PLACE_NODE,
    UNSURE_NODE,
    Script,
)

PERSON_KEY = "0"
LANGUAGE_KEY = "9"
MENU_KEY = "*"
BACK_KEY = "#"


@dataclass(frozen=True, slots=True)
class Scene:
    says: tuple[Say, ...]
    choices: tuple[Choice, ...]
    transfer: Transfer | None = None
    wants_place: bool = False


def node_of(script: Script, session: Session) -> str:
    """Where a session stands; the main menu where it has not begun, or where its node is no more."""
    if session.node == UNSURE_NODE and not session.offered:
        return MAIN_MENU
    return session.node if session.node in script.nodes else MAIN_MENU


def targets_of(script: Script, session: Session) -> tuple[str, ...]:
    """Where the keys 1, 2, 3, ... lead from where a session stands."""
    node = node_of(script, session)
    if node == UNSURE_NODE:
        return session.offered
    following = script.following(node)
    return (*([following] if following else []), *script.onward(node))


def scene_of(script: Script, session: Session) -> Scene:
    """What is said and offered where a session stands."""
    node = node_of(script, session)
    if node == LANGUAGE_NODE:
        # Somebody whose language is not known yet hears nothing in a language that may be another's.
        return Scene(says=(Say("language"),) if session.language else (), choices=_languages(script))
    choices = (*_numbered(script, session), *_always(node))
    if node in script.menus:
        return Scene((Say(script.menus[node].message),), choices)
    if node in script.parts:
        topic, part = script.parts[node]
        transfer = Transfer(topic.transfer) if topic.transfer else None
        return Scene((Say(part.message),), choices, transfer)
    return Scene((Say(node),), choices, wants_place=node == PLACE_NODE)


def _numbered(script: Script, session: Session) -> tuple[Choice, ...]:
    following = script.following(node_of(script, session))
    return tuple(
        Choice(str(key), Say("more" if target == following else script.title(target)))
        for key, target in enumerate(targets_of(script, session), 1)
    )


def _always(node: str) -> tuple[Choice, ...]:
    menu = () if node == MAIN_MENU else (Choice(MENU_KEY, Say("menu.main.title")),)
    person = () if node == PERSON_TOPIC else (Choice(PERSON_KEY, Say("person")),)
    language = (Choice(LANGUAGE_KEY, Say("language.title")),) if node == MAIN_MENU else ()
    return (*person, *menu, *language)


def _languages(script: Script) -> tuple[Choice, ...]:
    return tuple(
        Choice(language.key, Say("language-choice", {"language": (language.name,)}, language=code))
        for code, language in script.languages.items()
    )
