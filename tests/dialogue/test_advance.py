from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dialogue.advance import LAST_MISS, advance
from hotline.dialogue.heard import (
    Arrival,
    Heard,
    Keys,
    Silence,
    TextAsked,
    TextEnded,
    TextOutcome,
    TransferEnded,
    Unheard,
    Words,
)
from hotline.dialogue.reply import HangUp, Outcome, Reply, Transfer
from hotline.dialogue.scene import TEXT_KEY
from hotline.dialogue.session import Session
from hotline.dialogue.transferring import Transferring
from hotline.dialogue.which_town import WhichTown
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT
from hotline.understanding.understood import Guess, Understood
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, SPANISH, keys_of, said, talk, words


def test_a_call_from_a_stranger_begins_with_the_languages() -> None:
    reply = talk(Session(), Arrival(NOW)).reply
    assert reply.node == "language"
    assert [choice.label.language for choice in reply.choices] == list(SCRIPT.languages)
    assert reply.introduction is None


def test_a_call_from_a_returning_caller_begins_in_their_language() -> None:
    reply = talk(Session(language="es"), Arrival(NOW)).reply
    assert (reply.node, reply.language) == ("main", "es")
    assert reply.introduction is not None


def test_a_key_on_the_language_menu_chooses_the_language_and_opens_the_main_menu() -> None:
    reply = talk(Session(), Arrival(NOW), "2").reply
    assert (reply.node, reply.language) == ("main", "es")


def test_agents_at_the_door_are_two_keys_away_and_the_rule_comes_with_the_first() -> None:
    assert said(talk(SPANISH, "1").reply) == ["menu.here-now.text"]
    assert said(talk(SPANISH, "1", "1").reply) == ["topic.ice-at-door.first"]


def test_the_line_says_once_what_it_is() -> None:
    first = talk(Session(), words("ice-at-door"))
    assert first.reply.introduction is not None
    assert first.session is not None
    assert advance(SCRIPT, first.session, Keys(NOW, "1")).reply.introduction is None


def test_a_topic_can_be_asked_for_anywhere() -> None:
    reply = talk(SPANISH, "5", "2", words("detained")).reply
    assert reply.node == "detained"


@pytest.mark.parametrize(
    ("heard", "outcome"),
    [
        (words("ice-at-door"), Outcome.UNDERSTOOD),
        (words("greeting"), Outcome.UNDERSTOOD),
        (words("emergency", 0.1), Outcome.UNDERSTOOD),
        (words("command:menu", 1.0), Outcome.UNDERSTOOD),
        (words("scams", 0.4, Guess("report", 0.3)), Outcome.OFFERED),
        (words("none"), Outcome.MISSED),
        (words("scams", 0.05), Outcome.MISSED),
        (Keys(NOW, "1"), None),
        (Keys(NOW, "7"), None),
        (Silence(NOW), None),
        (Arrival(NOW), None),
    ],
)
def test_a_turn_tells_what_became_of_words(heard: Heard, outcome: Outcome | None) -> None:
    for misses in range(LAST_MISS):
        assert talk(replace(SPANISH, misses=misses), heard).outcome == outcome


def test_the_language_follows_the_words() -> None:
    reply = talk(Session(language="en"), words("ice-at-door", language="es")).reply
    assert reply.language == "es"


@pytest.mark.parametrize(("keys", "node"), [("0", "talk-to-person"), ("9", "language"), ("*", "main")])
def test_person_language_and_menu_are_one_key_away_from_every_node(keys: str, node: str) -> None:
    for place in SCRIPT.nodes - set(SCRIPT.language_pages):
        assert talk(replace(SPANISH, node=place), keys).reply.node == node


def test_back_goes_the_way_that_was_taken() -> None:
    way = ["3", "5", "1"]
    nodes = [talk(SPANISH, *way[:steps]).reply.node for steps in range(1, 4)]
    assert nodes == ["rights", "rights-more", "my-town"]
    assert [talk(SPANISH, *way, *["#"] * steps).reply.node for steps in range(1, 5)] == [
        "rights-more",
        "rights",
        "main",
        "main",
    ]


def test_more_tells_each_part_in_turn_and_then_offers_what_is_next() -> None:
    topic = SCRIPT.topics["detained"]
    ways = [["1"] * steps for steps in range(len(topic.parts) + 1)]
    replies = [talk(SPANISH, words("detained"), *way).reply for way in ways]
    assert [said(reply)[0] for reply in replies[:-1]] == [part.message for part in topic.parts]
    assert replies[-1].node == topic.next[0]


def test_the_word_more_and_the_key_1_lead_to_the_same_part() -> None:
    by_key = talk(SPANISH, words("detained"), "1").reply
    by_word = talk(SPANISH, words("detained"), words("command:more")).reply
    assert by_key == by_word


def test_the_word_card_leads_to_the_card_for_the_door_from_anywhere() -> None:
    for way in ([], ["1"], [words("detained"), "1"]):
        reply = talk(SPANISH, *way, words("command:card")).reply
        assert reply.node == SCRIPT.card_node
        assert [choice.key for choice in reply.choices][-2:] == ["0", "*"]


def test_where_no_card_is_handed_out_the_word_leads_to_the_menu() -> None:
    parts = tuple(part for part in SCRIPT.topics["ice-at-door"].parts if part.node != SCRIPT.card_node)
    door = replace(SCRIPT.topics["ice-at-door"], parts=parts)
    without = replace(SCRIPT, topics={**SCRIPT.topics, "ice-at-door": door})
    assert without.card_node is None
    assert advance(without, SPANISH, words("command:card")).reply.node == "main"


def test_a_language_asked_for_in_the_middle_of_a_topic_comes_back_to_it() -> None:
    reply = talk(SPANISH, words("detained"), "1", "9", "1").reply
    assert (reply.language, reply.node) == ("en", SCRIPT.topics["detained"].parts[1].node)


def test_the_name_of_a_language_switches_at_once() -> None:
    reply = talk(SPANISH, "1", words("command:language", asks_for_language="en")).reply
    assert (reply.language, reply.node) == ("en", "here-now")


def test_unsure_offers_at_most_three_and_a_key_takes_one() -> None:
    guesses = [Guess("schools", 0.3), Guess("scams", 0.3), Guess("report", 0.26), Guess("trust-act", 0.1)]
    turn = talk(SPANISH, words("warrants", 0.4, *guesses))
    assert [choice.label.message for choice in turn.reply.choices[:3]] == [
        "topic.warrants.title",
        "topic.schools.title",
        "topic.scams.title",
    ]
    assert turn.session is not None
    assert talk(turn.session, "2").reply.node == "schools"


def test_danger_to_life_comes_before_everything() -> None:
    reply = talk(SPANISH, words("emergency", 0.3, Guess("ice-at-door", 0.29))).reply
    assert said(reply) == ["menu.emergency.text"]


def test_two_misses_lead_to_the_menu_and_the_number_and_three_to_a_kind_end() -> None:
    at_rights = replace(SPANISH, node="rights")
    first, second, third = (talk(at_rights, *["8"] * times).reply for times in (1, 2, 3))
    assert (said(first)[0], first.node) == ("try-again", "rights")
    assert (said(second)[0], second.node) == ("still-here", "main")
    assert (said(third), third.effect) == (["goodbye"], HangUp())
    assert "0" in keys_of(third)


def test_a_key_that_leads_on_forgets_the_misses() -> None:
    assert talk(SPANISH, Silence(NOW), Silence(NOW), "1", Silence(NOW)).reply.misses == 1


def test_silence_at_the_language_menu_is_answered_in_every_language() -> None:
    reply = talk(Session(), Arrival(NOW), Silence(NOW), Silence(NOW)).reply
    assert reply.node == "language"
    assert [say.language for say in reply.says if say.message == "still-here"] == list(SCRIPT.languages)


def test_the_key_for_a_person_transfers_to_the_referral_line() -> None:
    assert talk(SPANISH, "0").reply.effect == Transfer("referral_line")


@pytest.mark.parametrize("answered", [True, False])
def test_after_a_transfer_the_menu_goes_on(*, answered: bool) -> None:
    reply = talk(SPANISH, "0", TransferEnded(NOW, answered)).reply
    assert said(reply) == (["transfer-over"] if answered else ["transfer-failed"])
    assert reply.effect is None


@pytest.mark.parametrize("topic", ["ice-at-door", "detained", "talk-to-person"])
def test_what_cannot_wait_is_answered_where_a_town_is_asked_for_too(topic: str) -> None:
    for node in ("town", "my-town"):
        heard = words(topic, towns=("hamden",))
        assert talk(replace(SPANISH, node=node), heard).reply.node == topic


def test_danger_to_life_in_a_town_is_danger_to_life() -> None:
    assert talk(replace(SPANISH, node="town"), words("emergency", towns=("hamden",))).reply.node == "emergency"


def test_a_key_means_nothing_where_nothing_is_known_of_what_was_offered() -> None:
    for session in (Session(), Session(node="unsure"), Session(node="withdrawn")):
        assert talk(session, "1").reply.node == "main"


def test_what_a_later_release_does_not_know_any_more_is_left_out() -> None:
    session = Session(language="xx", node="unsure", back=("gone", "rights"), offered=("gone", "scams"), greeted=True)
    reply = talk(session, Silence(NOW)).reply
    assert reply.language == "en"
    assert [choice.label.message for choice in reply.choices][:1] == ["topic.scams.title"]
    assert talk(session, "#").reply.node == "rights"


def test_starting_again_forgets_the_way_back() -> None:
    assert talk(SPANISH, "1", "1", "*", "#").reply.node == "main"


def test_a_turn_tells_which_language_it_began_to_speak() -> None:
    assert talk(Session(), Arrival(NOW), "2").learned == "es"
    assert talk(SPANISH, "1").learned is None
    assert talk(SPANISH, words("command:forget")).learned is None


def test_forget_keeps_nothing_and_says_so() -> None:
    turn = talk(SPANISH, "1", words("command:forget"))
    assert turn.session is None
    assert said(turn.reply) == ["forgotten"]
    assert turn.reply.language == "es"


def test_what_cannot_be_erased_now_is_not_said_to_be_erased() -> None:
    turn = talk(replace(SPANISH, kept=False), words("command:forget"))
    assert said(turn.reply) == ["not-forgotten"]


def test_a_statement_says_as_of_when_and_past_its_review_date_that_it_may_be_out_of_date() -> None:
    provenance = SCRIPT.messages["topic.warrants.first"].provenance
    assert provenance is not None
    midnight = datetime.combine(provenance.review_by + timedelta(days=1), time(), CONNECTICUT)
    understood = Understood(None, Guess("warrants", 0.9))
    in_time = advance(SCRIPT, SPANISH, Words(midnight - timedelta(minutes=1), understood)).reply.stamp
    too_late = advance(SCRIPT, SPANISH, Words(midnight, understood)).reply.stamp
    assert in_time is not None
    assert too_late is not None
    assert (in_time.message, too_late.message) == ("as-of", "overdue")


def test_a_node_that_is_no_more_leads_to_the_main_menu() -> None:
    assert talk(replace(SPANISH, node="withdrawn-topic"), Silence(NOW)).reply.node == "main"


TOPICS = [*SCRIPT.topics, "emergency", "greeting", "none", "command:menu", "command:back", "command:more"]
TOPICS += ["command:repeat", "command:forget", "command:language", "no-such-topic"]
GUESSES = st.builds(Guess, st.sampled_from(TOPICS), st.floats(0, 1))
UNDERSTOOD = st.builds(
    Understood,
    language=st.sampled_from([None, *SCRIPT.languages]),
    best=GUESSES,
    alternatives=st.lists(GUESSES, max_size=4).map(tuple),
    towns=st.lists(st.sampled_from(sorted(SCRIPT.towns)), max_size=7, unique=True).map(tuple),
    asks_for_language=st.sampled_from([None, *SCRIPT.languages]),
    outside=st.booleans(),
)
NODES = ["gone", "which-town.groton.stonington", "which-town-nearby.groton.gone", "which-town", *sorted(SCRIPT.nodes)]
SESSIONS = st.builds(
    Session,
    language=st.sampled_from([None, "es", "gone"]),
    node=st.sampled_from([None, *NODES]),
    back=st.lists(st.sampled_from(NODES), max_size=4).map(tuple),
    county=st.sampled_from([None, "Fairfield", "Nowhere"]),
    offered=st.lists(st.sampled_from(["gone", "scams", "report"]), max_size=3).map(tuple),
    greeted=st.booleans(),
    misses=st.integers(0, 9),
)
HEARD = st.one_of(
    st.just(Arrival(NOW)),
    st.just(Unheard(NOW)),
    st.builds(TextAsked, st.just(NOW), st.booleans()),
    st.builds(TextEnded, st.just(NOW), st.sampled_from(TextOutcome)),
    st.builds(Keys, st.just(NOW), st.text(alphabet="0123456789*#", min_size=1, max_size=6)),
    st.builds(Words, st.just(NOW), UNDERSTOOD),
    st.just(Silence(NOW)),
    st.builds(TransferEnded, st.just(NOW), st.booleans()),
)


def leads_on(script: Script, reply: Reply) -> bool:
    """Whether somebody who got this reply knows what to do next."""
    names_the_number = any("{phone.referral_line}" in script.message(say.message).text for say in reply.says)
    is_asking_or_calling = reply.node in {*script.language_pages, "talk-to-person"}
    return names_the_number or "0" in keys_of(reply) or is_asking_or_calling


@given(session=SESSIONS, sequence=st.lists(HEARD, min_size=1, max_size=12), by_phone=st.booleans())
def test_any_sequence_of_any_input_gives_replies_that_lead_on(
    session: Session, sequence: list[Heard], *, by_phone: bool
) -> None:
    for heard in sequence:
        turn = advance(SCRIPT, session, heard, by_phone=by_phone)
        session, reply = turn.session or Session(), turn.reply
        assert session.node is None or session.node in SCRIPT.nodes
        assert set(session.back) <= SCRIPT.nodes
        assert not any(town.name in repr(session) for town in SCRIPT.towns.values() if town.name != town.county)
        assert reply.says or reply.node in SCRIPT.language_pages
        assert leads_on(SCRIPT, reply), reply
        assert reply.node in SCRIPT.nodes or WhichTown.of(SCRIPT, reply.node) or Transferring.of(SCRIPT, reply.node)
        assert reply.misses < LAST_MISS
        if reply.node in SCRIPT.language_pages:
            continue
        offered = [choice for choice in reply.choices if by_phone or not choice.spoken_only]
        assert len(offered) == len({choice.key for choice in offered})
        # By phone, the address of the call says where it stands.
        session = replace(session, node=reply.node) if by_phone else session
        for choice in offered:
            if choice.key.isdigit():
                pressed = TextAsked(NOW, can_arrive=True) if choice.key == TEXT_KEY else Keys(NOW, choice.key)
                assert advance(SCRIPT, session, pressed, by_phone=by_phone).reply.misses == 0
