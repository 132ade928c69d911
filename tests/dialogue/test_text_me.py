"""What is said in a call as a text: where it is offered, what is sent, and what the caller is told of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hotline.dialogue.advance import MOST_TEXTS, advance, begin_texting
from hotline.dialogue.heard import Keys, TextAsked, TextEnded, TextOutcome
from hotline.dialogue.reply import Reply, SendText, Turn
from hotline.dialogue.session import Session
from hotline.dialogue.which_town import WhichTown
from hotline.script.model import NEARBY_NODE, TOWN_NODE, Phrase
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, SPANISH, keys_of, said, words

ASKED = TextAsked(NOW, can_arrive=True)
WORTH_HAVING = sorted(SCRIPT.parts)
OTHER_NODES = sorted(SCRIPT.nodes - set(SCRIPT.parts))
AT_TOWNS = [WhichTown(asked_at, ("groton", "stonington")).node for asked_at in (TOWN_NODE, NEARBY_NODE)]


def by_phone(session: Session, *heard: TextAsked | TextEnded | Keys) -> Turn:
    turn = None
    for one in heard:
        turn = advance(SCRIPT, session, one, by_phone=True)
        session = replace(turn.session or Session(), node=turn.reply.node, misses=turn.reply.misses)
    assert turn
    return turn


@pytest.mark.parametrize("node", WORTH_HAVING)
def test_every_part_can_be_had_as_a_text_and_the_call_stays_there(node: str) -> None:
    turn = by_phone(replace(SPANISH, node=node, misses=2), ASKED)
    assert (turn.reply.effect, said(turn.reply)) == (SendText(), [Phrase.TEXTING])
    assert (turn.reply.node, turn.reply.misses) == (node, 0)
    assert turn.session
    assert (turn.session.node, turn.session.texts) == (node, 1)


@pytest.mark.parametrize("node", [None, "gone", "unsure", *OTHER_NODES, *AT_TOWNS])
@pytest.mark.parametrize("language", [None, "es", "en"])
def test_elsewhere_the_key_is_any_other_and_nothing_is_sent(node: str | None, language: str | None) -> None:
    session = Session(language=language, node=node, offered=("scams", "report"), greeted=True)
    turn = by_phone(session, ASKED)
    assert turn.reply.effect is None
    assert turn.session
    assert turn.session.texts == 0
    if node in SCRIPT.language_pages:
        assert turn.reply.language == list(SCRIPT.languages)[7]
    else:
        assert turn.reply.misses == 1


def test_help_near_a_place_can_be_had_as_a_text_once_the_place_is_known() -> None:
    asked = replace(SPANISH, node=NEARBY_NODE)
    assert by_phone(asked, ASKED).reply.effect is None
    assert by_phone(replace(asked, county="Hartford"), ASKED).reply.effect == SendText()


@pytest.mark.parametrize("node", [*sorted(SCRIPT.nodes), *AT_TOWNS])
@pytest.mark.parametrize("county", [None, "Hartford"])
def test_the_key_is_offered_by_phone_alone_and_just_where_it_sends(node: str, county: str | None) -> None:
    session = replace(SPANISH, node=node, county=county, offered=("scams",))
    if node in SCRIPT.language_pages:
        return
    reply = advance(SCRIPT, session, words("command:repeat", 1.0)).reply
    offered = [choice for choice in reply.choices if choice.key == "8"]
    assert bool(offered) == (by_phone(session, ASKED).reply.effect == SendText())
    assert all(choice.spoken_only for choice in offered)


@pytest.mark.parametrize("node", [*sorted(SCRIPT.nodes - set(SCRIPT.language_pages)), *AT_TOWNS])
def test_written_the_key_means_nothing(node: str) -> None:
    reply = advance(SCRIPT, replace(SPANISH, node=node, county="Hartford", offered=("scams",)), Keys(NOW, "8")).reply
    assert (isinstance(reply.effect, SendText), reply.misses) == (False, 1)


def test_a_call_asks_for_three_texts_at_most() -> None:
    session, effects = replace(SPANISH, node="scams"), []
    for _ in range(MOST_TEXTS + 2):
        turn = by_phone(session, ASKED, TextEnded(NOW, TextOutcome.SENT))
        effects.append(by_phone(session, ASKED).reply.effect)
        assert turn.session
        session = turn.session
    assert effects == [SendText()] * 3 + [None] * 2
    assert said(by_phone(session, ASKED).reply) == [Phrase.TEXT_LIMIT]


def test_texts_that_did_not_arrive_count_too() -> None:
    session = replace(SPANISH, node="scams")
    for _ in range(MOST_TEXTS):
        turn = by_phone(session, ASKED, TextEnded(NOW, TextOutcome.FAILED))
        assert turn.session
        session = turn.session
    assert said(by_phone(session, ASKED).reply) == [Phrase.TEXT_LIMIT]


@pytest.mark.parametrize(
    ("session", "asked", "told"),
    [
        (SPANISH, TextAsked(NOW, can_arrive=False), Phrase.TEXT_HIDDEN),
        (replace(SPANISH, kept=False), ASKED, Phrase.TEXT_FAILED),
        (replace(SPANISH, kept=False), TextAsked(NOW, can_arrive=False), Phrase.TEXT_HIDDEN),
        (replace(SPANISH, texts=MOST_TEXTS), ASKED, Phrase.TEXT_LIMIT),
        (replace(SPANISH, texts=99), ASKED, Phrase.TEXT_LIMIT),
    ],
)
def test_where_nothing_can_be_sent_the_caller_hears_why_and_the_number(
    session: Session, asked: TextAsked, told: Phrase
) -> None:
    turn = by_phone(replace(session, node="scams"), asked)
    assert (said(turn.reply), turn.reply.effect) == ([told], None)
    assert "{phone.referral_line}" in SCRIPT.message(told).text
    assert {"0", "*"} <= set(keys_of(turn.reply))
    assert turn.session
    assert turn.session.texts == session.texts


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (TextOutcome.SENT, Phrase.TEXT_SENT),
        (TextOutcome.STOPPED, Phrase.TEXT_STOPPED),
        (TextOutcome.CANNOT_ARRIVE, Phrase.TEXT_CANNOT_ARRIVE),
        (TextOutcome.FAILED, Phrase.TEXT_FAILED),
    ],
)
@pytest.mark.parametrize("node", [None, "gone", *sorted(SCRIPT.nodes), *AT_TOWNS])
def test_what_became_of_it_is_told_wherever_the_call_stands(
    node: str | None, outcome: TextOutcome, told: Phrase
) -> None:
    reply = by_phone(replace(SPANISH, node=node, misses=2, offered=("scams",)), TextEnded(NOW, outcome)).reply
    assert (said(reply), reply.effect, reply.misses) == ([told], None, 0)
    assert reply.choices
    assert outcome is TextOutcome.SENT or "{phone.referral_line}" in SCRIPT.message(told).text


def offered_by_text(reply: Reply) -> list[str]:
    return [choice.key for choice in reply.choices if not choice.spoken_only]


@pytest.mark.parametrize("node", WORTH_HAVING)
def test_the_text_stands_where_the_call_stands(node: str) -> None:
    turn = begin_texting(SCRIPT, replace(SPANISH, node=node, back=("main",), texts=2, misses=1, turns=9), NOW)
    assert said(turn.reply)[0] == SCRIPT.parts[node][1].message
    assert turn.reply.introduction == advance(SCRIPT, Session(language="es"), words("scams")).reply.introduction
    assert turn.session == Session(turns=1, language="es", node=node, greeted=True)
    assert turn.reply.stamp or not SCRIPT.messages[SCRIPT.parts[node][1].message].provenance
    assert "8" not in offered_by_text(turn.reply)


@pytest.mark.parametrize("node", WORTH_HAVING)
def test_every_key_of_the_text_leads_where_the_call_would_lead(node: str) -> None:
    sent = begin_texting(SCRIPT, replace(SPANISH, node=node), NOW)
    assert sent.session
    for key in offered_by_text(sent.reply):
        written = advance(SCRIPT, sent.session, Keys(NOW, key)).reply
        assert written.misses == 0
        assert written.node == by_phone(replace(SPANISH, node=node), Keys(NOW, key)).reply.node


def test_the_text_of_help_near_a_place_names_the_same_help() -> None:
    call = replace(SPANISH, node=NEARBY_NODE, county="Windham")
    sent = begin_texting(SCRIPT, call, NOW)
    assert said(sent.reply) == said(advance(SCRIPT, call, words("command:repeat", 1.0), by_phone=True).reply)
    assert sent.session
    assert (sent.session.node, sent.session.county) == (NEARBY_NODE, "Windham")


def test_after_a_transfer_the_text_gives_the_number_with_its_hours() -> None:
    sent = begin_texting(SCRIPT, replace(SPANISH, node="talk-to-person"), NOW)
    assert said(sent.reply)[0] == "topic.talk-to-person.first"
    assert "{phone.referral_line}" in SCRIPT.messages[said(sent.reply)[0]].text


def test_a_text_from_a_place_that_is_no_more_is_the_menu() -> None:
    sent = begin_texting(SCRIPT, Session(language="gone", node="gone", county="Nowhere"), NOW)
    assert (sent.reply.node, sent.reply.language) == ("main", "en")
    assert sent.session == Session(turns=1, node="main", greeted=True)
