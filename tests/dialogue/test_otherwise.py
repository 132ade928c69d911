from __future__ import annotations

import pytest

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys, Words
from hotline.dialogue.otherwise import farewell, is_urgent, not_forgotten
from hotline.dialogue.reply import HangUp
from hotline.dialogue.session import Session
from hotline.script.model import Phrase, Script
from hotline.understanding.understood import Guess, Understood
from tests.conftest import NOW

SPANISH = Session(turns=1, language="es", node="main", greeted=True)


@pytest.mark.parametrize(
    ("keys", "urgent"), [("1", True), ("2", True), ("0", True), ("3", False), ("4", False), ("9", False), ("*", False)]
)
def test_whoever_chooses_help_in_danger_is_urgent_and_whoever_looks_around_is_not(
    script: Script, keys: str, *, urgent: bool
) -> None:
    assert is_urgent(script, advance(script, SPANISH, Keys(NOW, keys)).reply) is urgent


@pytest.mark.parametrize("topic", ["ice-at-door", "ice-street", "ice-work", "ice-court", "detained", "emergency"])
def test_whoever_writes_of_danger_is_urgent(script: Script, topic: str) -> None:
    assert is_urgent(script, advance(script, SPANISH, Words(NOW, Understood("es", Guess(topic, 0.9)))).reply)


@pytest.mark.parametrize("topic", ["schools", "none", "greeting", "command:forget", "command:language"])
def test_whoever_writes_of_something_else_is_not(script: Script, topic: str) -> None:
    assert not is_urgent(script, advance(script, SPANISH, Words(NOW, Understood("es", Guess(topic, 0.99)))).reply)


def test_every_further_part_of_an_urgent_topic_is_urgent(script: Script) -> None:
    for node, (topic, _) in script.parts.items():
        reply = advance(script, Session(turns=1, language="en", node=node), Keys(NOW, "7")).reply
        assert is_urgent(script, reply) is (topic.urgent or node == "talk-to-person"), node


def test_a_farewell_ends_a_call_and_offers_nothing() -> None:
    reply = farewell("es", Phrase.TOO_MANY)
    assert (reply.language, reply.effect, reply.choices) == ("es", HangUp(), ())


def test_what_was_not_forgotten_is_not_said_to_be(script: Script) -> None:
    reply = advance(script, SPANISH, Words(NOW, Understood("es", Guess("command:forget", 1.0)))).reply
    assert [say.message for say in reply.says] == [Phrase.FORGOTTEN]
    assert [say.message for say in not_forgotten(reply).says] == [Phrase.NOT_FORGOTTEN]
