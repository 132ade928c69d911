"""Conversations with the script that is shipped."""

from __future__ import annotations

from datetime import datetime

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Heard, Keys, Words
from hotline.dialogue.reply import Reply, Turn
from hotline.dialogue.session import Session
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.understanding.understood import Guess, Understood
from tests.conftest import NOW

SCRIPT = load_script()
SPANISH = Session(language="es", node="main", greeted=True)


def words(
    topic: str,
    confidence: float = 0.9,
    *alternatives: Guess,
    language: str | None = None,
    towns: tuple[str, ...] = (),
    asks_for_language: str | None = None,
    outside: bool = False,
    at: datetime = NOW,
) -> Words:
    best = Guess(topic, confidence)
    return Words(at, Understood(language, best, alternatives, towns, asks_for_language, outside))


def talk(session: Session, *heard: Heard | str, script: Script = SCRIPT) -> Turn:
    """The last turn of a conversation by text; a text stands for the keys."""
    turn = None
    for one in heard:
        turn = advance(script, session, Keys(NOW, one) if isinstance(one, str) else one)
        session = turn.session or Session()
    assert turn is not None
    return turn


def said(reply: Reply) -> list[str]:
    return [say.message for say in reply.says]


def keys_of(reply: Reply) -> list[str]:
    return [choice.key for choice in reply.choices]
