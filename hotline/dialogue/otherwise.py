"""What is said instead of a turn's reply: where the line could not do as it said, or is asked too much."""

from __future__ import annotations

from dataclasses import replace

from hotline.dialogue.reply import HangUp, Reply, Say
from hotline.script.model import EMERGENCY_MENU, MAIN_MENU, PERSON_TOPIC, Phrase, Script


def not_forgotten(reply: Reply) -> Reply:
    """Instead of a reply that says that all is forgotten, where it could not be."""
    return replace(reply, says=(Say(Phrase.NOT_FORGOTTEN),))


def farewell(language: str, phrase: Phrase) -> Reply:
    """The last that is said to somebody who asks too much of the line. The phrase names the referral line."""
    return Reply(language, MAIN_MENU, 0, says=(Say(phrase),), choices=(), effect=HangUp())


def is_urgent(script: Script, reply: Reply) -> bool:
    """Whether a reply is for somebody in danger, leads to such a one at once, or names a person."""
    if reply.node in {EMERGENCY_MENU, PERSON_TOPIC}:
        return True
    if reply.node in script.parts:
        topic, _ = script.parts[reply.node]
        return topic.urgent
    menu = script.menus.get(reply.node)
    return menu is not None and all(node in script.topics and script.topics[node].urgent for node in menu.choices)
