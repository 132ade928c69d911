"""Who is called when nobody answers: every way ends in help."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import product

import pytest

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Heard, Keys, Silence, TextAsked, TextEnded, TextOutcome, TransferEnded, Unheard
from hotline.dialogue.reply import HangUp, Reply, SendText, Transfer, Turn
from hotline.dialogue.session import Session
from hotline.dialogue.transferring import MOST_TRIED, Transferring, closed_until
from hotline.script.model import PERSON_TOPIC, Phrase, Script
from hotline.script.organisations import (
    CONNECTICUT,
    AlwaysOpen,
    Certainty,
    Organisation,
    ServedAges,
    ServedStatus,
    Weekly,
    openings_of,
)
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, keys_of, said, words

MONDAY_AT_TEN = datetime(2026, 11, 23, 10, tzinfo=CONNECTICUT)
ON_WEEKDAYS = Weekly(openings_of("Mon-Fri 09:00-17:00"), closed_on_holidays=False)


def organisation(id: str, **changes: object) -> Organisation:
    """One that may be called for anybody in Connecticut, day and night, in any language."""
    usual = replace(
        SCRIPT.organisations["cls"],
        id=id,
        name=id.title(),
        phone=f"+1860555{len(id):04d}",
        phone_certainty=Certainty.VERIFIED,
        counties=(),
        languages=(),
        hours=AlwaysOpen(),
        status=ServedStatus.ANY,
        ages=ServedAges.ALL,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]  # the tests name fields of Organisation


def with_organisations(*others: Organisation, **of_the_first: object) -> Script:
    first = replace(SCRIPT.organisations["referral_line"], **of_the_first)  # type: ignore[arg-type]  # as above
    kept = {id: one for id, one in SCRIPT.organisations.items() if not one.help or not one.may_be_dialled}
    return replace(SCRIPT, organisations={**kept, "referral_line": first, **{one.id: one for one in others}})


CHAIN = with_organisations(organisation("one"), organisation("second"), organisation("another_one"))


def call(script: Script, *, at: datetime = NOW, **session: object) -> Turn:
    return advance(script, Session(language="es", node="main", **session), Keys(at, "0"), by_phone=True)  # type: ignore[arg-type]  # fields


def goes_on(script: Script, turn: Turn, *, answered: bool, at: datetime = NOW) -> Turn:
    """What follows a transfer: the address of the call says who was tried."""
    assert turn.session
    session = replace(turn.session, node=turn.reply.node)
    return advance(script, session, TransferEnded(at, answered), by_phone=True)


def then(script: Script, turn: Turn, heard: Heard) -> Turn:
    """What follows anything else: the address of the call says where it stands and what led nowhere."""
    assert turn.session
    session = replace(turn.session, node=turn.reply.node, misses=turn.reply.misses)
    return advance(script, session, heard, by_phone=True)


def called(reply: Reply) -> str | None:
    return reply.effect.organisation if isinstance(reply.effect, Transfer) else None


@pytest.mark.parametrize("answers", list(product([False, True], repeat=4)))
def test_every_combination_of_outcomes_ends_in_an_answer_or_in_choices(
    answers: tuple[bool, ...],
) -> None:
    turn, tried = call(CHAIN), []
    for answered in answers:
        organisation = called(turn.reply)
        if organisation is None:
            break
        tried.append(organisation)
        turn = goes_on(CHAIN, turn, answered=answered)
        if answered:
            break
    assert len(tried) == len(set(tried)) <= MOST_TRIED
    assert all(CHAIN.organisations[one].may_be_dialled for one in tried)
    assert called(turn.reply) is None
    if any(answers[: len(tried)]):
        assert (said(turn.reply), turn.reply.node) == ([Phrase.TRANSFER_OVER], "main")
    else:
        assert said(turn.reply) == [Phrase.TRANSFER_FAILED]
        assert [choice.key for choice in turn.reply.choices][:1] == ["8"]
        assert "*" in {choice.key for choice in turn.reply.choices}


def test_the_address_carries_who_was_tried_even_with_an_underscore() -> None:
    turn = goes_on(CHAIN, goes_on(CHAIN, call(CHAIN), answered=False), answered=False)
    assert turn.reply.node == "transfer.referral-line.one.second"
    assert Transferring.of(CHAIN, turn.reply.node) == Transferring(("referral_line", "one", "second"))
    assert said(turn.reply) == [Phrase.TRANSFER_NEXT]
    assert turn.session
    assert turn.session.node == PERSON_TOPIC


@pytest.mark.parametrize(
    "node",
    [
        "transfer",
        "transfer.",
        "transfer.nobody",
        "transfer.one.one.one.one",
        "transfer.one.",
        "transfer..one",
        "transfer.one.nobody",
        "transfer.one.topic.talk-to-person",
        "Transfer.one",
        "transfer.one ",
        "transfer.ONE",
        "transfer.\0",
        None,
        "main",
    ],
)
def test_a_forged_address_is_no_transfer_and_still_leads_on(node: str | None) -> None:
    assert Transferring.of(CHAIN, node) is None
    turn = advance(CHAIN, Session(language="es", node=node), TransferEnded(NOW, answered=False), by_phone=True)
    assert turn.reply.choices or called(turn.reply)


def test_with_the_organisations_that_there_are_the_number_comes_as_a_text_after_one_try() -> None:
    turn = goes_on(SCRIPT, call(SCRIPT), answered=False)
    assert said(turn.reply) == [Phrase.TRANSFER_FAILED]
    assert turn.session
    after = advance(SCRIPT, turn.session, TextAsked(NOW, can_arrive=True), by_phone=True)
    assert after.reply.effect == SendText()


@pytest.mark.parametrize(
    "useless",
    [
        {"phone_certainty": Certainty.OLD},
        {"phone": None},
        {"status": ServedStatus.WITH_STATUS},
        {"help": None},
        {"languages": ("pl",)},
        {"counties": ("Windham",)},
        {"hours": ON_WEEKDAYS},
    ],
)
def test_who_cannot_help_this_caller_now_is_not_called(useless: dict[str, object]) -> None:
    script = with_organisations(organisation("one", **useless))
    assert called(goes_on(script, call(script), answered=False).reply) is None


def test_who_is_open_and_speaks_the_language_comes_first() -> None:
    script = with_organisations(
        organisation("unknown", hours=None),
        organisation("open"),
        organisation("speaks", languages=("es",)),
    )
    second = goes_on(script, call(script), answered=False)
    assert called(second.reply) == "speaks"
    assert called(goes_on(script, second, answered=False).reply) == "open"


def test_the_county_that_is_known_decides() -> None:
    script = with_organisations(organisation("near", counties=("Windham",)))
    assert called(goes_on(script, call(script, county="Windham"), answered=False).reply) == "near"
    assert called(goes_on(script, call(script, county="Hartford"), answered=False).reply) is None


def test_where_nobody_is_there_it_is_said_when_and_who_is_open_now_is_called() -> None:
    script = with_organisations(organisation("one"), hours=ON_WEEKDAYS)
    turn = call(script)
    assert said(turn.reply) == [Phrase.TRANSFER_CLOSED, Phrase.TRANSFER_NEXT]
    assert called(turn.reply) == "one"
    assert closed_until(script, NOW) == datetime(2026, 11, 23, 9, tzinfo=CONNECTICUT)
    assert called(call(script, at=MONDAY_AT_TEN).reply) == "referral_line"


def test_where_nobody_at_all_is_there_the_choices_follow() -> None:
    script = with_organisations(hours=ON_WEEKDAYS)
    turn = call(script)
    assert said(turn.reply) == [Phrase.TRANSFER_CLOSED]
    assert called(turn.reply) is None
    assert turn.reply.choices[0].key == "8"


def test_by_text_the_number_is_given_with_its_hours() -> None:
    script = with_organisations(hours=ON_WEEKDAYS)
    turn = advance(script, Session(language="es", node="main"), Keys(NOW, "0"))
    assert said(turn.reply) == ["topic.talk-to-person.first", Phrase.OPENS]


def closed(script: Script) -> Script:
    """The same at a time when the one that everybody is connected with is closed."""
    first = replace(script.organisations["referral_line"], hours=ON_WEEKDAYS)
    return replace(script, organisations={**script.organisations, "referral_line": first})


LED_NOWHERE = [Silence(NOW), Keys(NOW, "7"), Keys(NOW, "12"), words("none"), words("scams", 0.01)]


@pytest.mark.parametrize("heard", LED_NOWHERE)
@pytest.mark.parametrize("is_closed", [False, True])
def test_what_leads_nowhere_after_a_transfer_calls_nobody_again(heard: Heard, *, is_closed: bool) -> None:
    script = closed(SCRIPT) if is_closed else SCRIPT
    turn = call(script) if is_closed else goes_on(script, call(script), answered=False)
    why = said(turn.reply)
    assert why == [Phrase.TRANSFER_CLOSED if is_closed else Phrase.TRANSFER_FAILED]
    again = then(script, turn, heard)
    assert (called(again.reply), said(again.reply)[-1:]) == (None, why)
    assert keys_of(again.reply) == keys_of(turn.reply)
    assert again.reply.slowly == isinstance(heard, Silence)
    menu = then(script, again, heard)
    assert (menu.reply.node, menu.reply.effect) == ("main", None)
    assert isinstance(then(script, menu, heard).reply.effect, HangUp)


@pytest.mark.parametrize("outcome", list(TextOutcome))
def test_silence_after_a_text_calls_nobody_again(outcome: TextOutcome) -> None:
    turn = then(SCRIPT, goes_on(SCRIPT, call(SCRIPT), answered=False), TextAsked(NOW, can_arrive=True))
    told = then(SCRIPT, turn, TextEnded(NOW, outcome))
    silent = then(SCRIPT, told, Silence(NOW))
    assert [called(one.reply) for one in (turn, told, silent)] == [None] * 3
    assert keys_of(silent.reply)[0] == "8"


def test_a_person_asked_for_again_is_called_again() -> None:
    failed = goes_on(CHAIN, goes_on(CHAIN, goes_on(CHAIN, call(CHAIN), answered=False), answered=False), answered=False)
    assert called(failed.reply) is None
    assert called(then(CHAIN, failed, Keys(NOW, "0")).reply) == "referral_line"


@pytest.mark.parametrize(
    "heard",
    [Keys(NOW, "0"), Keys(NOW, "#"), words("command:repeat", 1.0), words("talk-to-person"), Unheard(NOW)],
    ids=lambda heard: type(heard).__name__,
)
@pytest.mark.parametrize("others", [0, 1])
def test_who_is_closed_is_not_called_whichever_way_leads_there(heard: Heard, others: int) -> None:
    script = closed(with_organisations(*[organisation("one")] * others))
    session = Session(language="es", node=PERSON_TOPIC, back=(PERSON_TOPIC, PERSON_TOPIC), greeted=True)
    reply = advance(script, session, heard, by_phone=True).reply
    assert said(reply)[0] == Phrase.TRANSFER_CLOSED
    assert called(reply) == ("one" if others else None)


def test_who_is_closed_is_not_called_after_another_language_was_chosen() -> None:
    script = closed(SCRIPT)
    turn = then(script, then(script, call(script), Keys(NOW, "9")), Keys(NOW, "1"))
    assert (turn.reply.language, said(turn.reply), called(turn.reply)) == ("en", [Phrase.TRANSFER_CLOSED], None)


@pytest.mark.parametrize("tried", list(product(["referral-line", "one", "emergency"], repeat=3)))
def test_an_address_that_names_whom_it_likes_still_ends_after_three(tried: tuple[str, ...]) -> None:
    for length in (1, 2, 3):
        node = ".".join(("transfer", *tried[:length]))
        turn = advance(CHAIN, Session(language="es", node=node), TransferEnded(NOW, answered=False), by_phone=True)
        found = called(turn.reply)
        assert (found is None) == (length == MOST_TRIED)
        assert found is None or found.replace("_", "-") not in tried[:length]
        assert found is None or CHAIN.organisations[found].may_be_dialled


def test_no_more_are_called_than_there_are() -> None:
    script = with_organisations(organisation("one"))
    turn = goes_on(script, goes_on(script, call(script), answered=False), answered=False)
    assert said(turn.reply) == [Phrase.TRANSFER_FAILED]


def test_those_for_children_alone_are_called_last() -> None:
    script = with_organisations(organisation("children", ages=ServedAges.CHILDREN), organisation("one", hours=None))
    second = goes_on(script, call(script), answered=False)
    assert [called(second.reply), called(goes_on(script, second, answered=False).reply)] == ["one", "children"]


def test_who_is_called_next_is_named_with_the_sources_of_the_number() -> None:
    (say,) = goes_on(CHAIN, call(CHAIN), answered=False).reply.says
    assert (say.arguments, say.rests_on) == (
        {"organisation": ("One",)},
        CHAIN.organisations["one"].provenance,
    )
