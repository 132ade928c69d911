"""What is otherwise in a call: pages of languages that lead on by themselves, and silence that is answered slowly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Arrival, Heard, Keys, Silence, Unheard
from hotline.dialogue.reply import HangUp, Reply, Turn
from hotline.dialogue.session import Session
from hotline.script.model import LANGUAGE_NODE, LANGUAGES_ON_A_PAGE, Phrase, Script
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, SPANISH, keys_of, said, words
from tests.many_languages import with_languages

SILENT = Silence(NOW)
NODES = sorted(SCRIPT.nodes - set(SCRIPT.language_pages) - {"talk-to-person"})


def call(script: Script, session: Session, *heard: Heard | str) -> Turn:
    """The last turn of a call; a text stands for one key."""
    turn = None
    for one in heard:
        turn = advance(script, session, Keys(NOW, one) if isinstance(one, str) else one, by_phone=True)
        session = turn.session or Session()
    assert turn
    return turn


def replies_to(script: Script, session: Session, heard: Sequence[Heard]) -> list[Reply]:
    return [call(script, session, *heard[:length]).reply for length in range(1, len(heard) + 1)]


@pytest.mark.parametrize("how_many", [1, 2, 8, 9, 12, 16, 17, 25, 40])
def test_silence_goes_through_all_languages_twice_and_then_the_call_ends_kindly(how_many: int) -> None:
    script = with_languages(SCRIPT, how_many)
    pages = list(script.language_pages)
    silences = [SILENT] * (3 * len(pages))
    *replies, last = replies_to(script, Session(), [Arrival(NOW), *silences])
    assert [reply.node for reply in replies] == pages * 3
    assert [reply.effect for reply in replies] == [None] * len(replies)
    everybody = list(script.languages)
    said_twice = replies[2 * len(pages)].says
    assert [(say.message, say.language) for say in said_twice] == [(Phrase.STILL_HERE, code) for code in everybody]
    assert [(say.message, say.language) for say in last.says] == [(Phrase.GOODBYE, code) for code in everybody]
    assert isinstance(last.effect, HangUp)


def test_the_second_time_the_languages_are_said_slowly() -> None:
    slowly = [call(SCRIPT, Session(), Arrival(NOW), *[SILENT] * times).reply.slowly for times in range(4)]
    assert slowly == [False, False, True, True]


def test_a_page_of_languages_that_was_not_heard_is_said_again() -> None:
    script = with_languages(SCRIPT, 17)
    assert len(script.language_pages) > 2
    for page in script.language_pages:
        assert call(script, Session(node=page), Unheard(NOW)).reply.node == page
    assert call(script, Session(), Unheard(NOW)).reply.node == LANGUAGE_NODE


def test_only_a_page_that_another_follows_is_left_by_itself() -> None:
    script = with_languages(SCRIPT, 17)
    leads_on = [
        call(script, Session(), Arrival(NOW), *[SILENT] * times).reply.leads_on_by_itself
        for times in range(len(script.language_pages))
    ]
    assert leads_on == [True, True, False]
    assert not call(SCRIPT, SPANISH, SILENT).reply.leads_on_by_itself


@pytest.mark.parametrize("page", list(SCRIPT.language_pages))
@pytest.mark.parametrize("key", list("12345678"))
def test_a_key_chooses_from_the_page_and_one_that_it_does_not_need_from_the_first(page: str, key: str) -> None:
    languages = list(SCRIPT.languages)
    place = int(key) - 1
    later = place + LANGUAGES_ON_A_PAGE
    expected = languages[later] if page != LANGUAGE_NODE and later < len(languages) else languages[place]
    turn = call(SCRIPT, Session(node=page), key)
    assert (turn.reply.language, turn.learned, turn.reply.node) == (expected, expected, "main")


def test_by_text_a_page_stays_until_it_is_turned_and_has_its_own_keys_alone() -> None:
    session = Session(node="language-2")
    assert advance(SCRIPT, session, Keys(NOW, "8")).reply.misses == 1
    assert advance(SCRIPT, Session(node="language"), SILENT).reply.node == "language"


def test_who_has_just_chosen_a_language_does_not_hear_where_to_choose() -> None:
    for chosen in (call(SCRIPT, Session(), Arrival(NOW), "2"), call(SCRIPT, SPANISH, "9", "3")):
        assert "9" not in keys_of(chosen.reply)
    assert "9" in keys_of(call(SCRIPT, Session(), Arrival(NOW), "2", "*").reply)
    # The key is accepted all the same.
    assert call(SCRIPT, Session(), Arrival(NOW), "2", "9").reply.node == "language"
    assert "9" in keys_of(advance(SCRIPT, Session(node="language"), Keys(NOW, "2")).reply)


@pytest.mark.parametrize("node", NODES)
def test_silence_is_answered_once_slowly_then_with_a_person_then_the_call_ends(node: str) -> None:
    session = replace(SPANISH, node=node, county="Hartford", offered=("scams",))
    before = call(SCRIPT, session, words("command:repeat", 1.0)).reply
    first, second, third = (call(SCRIPT, session, *[SILENT] * times).reply for times in (1, 2, 3))
    assert (first.slowly, first.node, first.misses) == (True, node, 1)
    assert (first.says, first.choices) == (before.says, before.choices)
    assert (second.slowly, second.node, said(second)[0]) == (False, "main", Phrase.STILL_HERE)
    assert "0" in keys_of(second)
    assert (said(third), third.effect) == ([Phrase.GOODBYE], HangUp())


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("heard", [Keys(NOW, "7"), words("none")])
def test_what_is_not_understood_is_answered_without_blame_and_at_the_same_speed(node: str, heard: Heard) -> None:
    reply = call(SCRIPT, replace(SPANISH, node=node, offered=("scams",)), heard).reply
    if reply.misses:
        assert said(reply)[0] in {Phrase.TRY_AGAIN, Phrase.TOWN_UNKNOWN}
        assert not reply.slowly


def test_silence_is_told_from_what_is_not_understood_by_text_too() -> None:
    assert said(advance(SCRIPT, SPANISH, SILENT).reply)[0] == Phrase.TRY_AGAIN


@pytest.mark.parametrize("node", sorted(SCRIPT.nodes))
def test_what_did_not_reach_the_caller_is_said_again_and_is_no_miss(node: str) -> None:
    session = replace(SPANISH, node=node, misses=1, offered=("scams",), county="Hartford", back=("rights",))
    turn = call(SCRIPT, session, Unheard(NOW))
    assert (turn.reply.node, turn.reply.misses) == (node, 1)
    assert turn.session
    assert turn.session.back == ("rights",)


@pytest.mark.parametrize("key", ["0", "9", "*", "#", "8", "1"])
@pytest.mark.parametrize(
    "node", [*sorted(SCRIPT.nodes), "gone", "which-town.groton.stonington", "transfer.referral-line"]
)
def test_every_key_at_every_node_is_answered_with_a_way_on(node: str, key: str) -> None:
    turn = call(SCRIPT, replace(SPANISH, node=node, offered=("scams",)), key)
    assert turn.reply.effect or turn.reply.choices
    assert turn.reply.says
