"""When the urgent notice comes first, and when it does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hotline.dialogue.advance import advance, begin_texting
from hotline.dialogue.heard import Arrival, Heard, Keys, Silence
from hotline.dialogue.reply import Turn
from hotline.dialogue.session import Session
from hotline.script.model import EMERGENCY_MENU, MAIN_MENU
from hotline.script.notice import Notice
from hotline.understanding.understood import COMMAND_PREFIX, EMERGENCY
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, SPANISH, words

UNTIL = NOW + timedelta(hours=4)
WITH_NOTICE = replace(SCRIPT, notice=Notice(UNTIL, {"es": "Aviso.", "fr": "Avis."}))
HERE_IN_SPANISH = Session(language="es")


def first(session: Session, heard: Heard, *, by_phone: bool = False) -> Turn:
    return advance(WITH_NOTICE, session, heard, by_phone=by_phone)


@pytest.mark.parametrize(
    "heard", [words("greeting", language="es"), words("ice-at-door", language="es"), words("none", language="es")]
)
def test_the_first_text_begins_with_it_whatever_is_asked_and_the_second_does_not(heard: Heard) -> None:
    turn = first(Session(), heard)
    assert turn.reply.notice
    assert turn.session
    assert not first(turn.session, heard).reply.notice


def test_a_caller_hears_it_in_the_greeting_once_the_language_is_known() -> None:
    asked = first(Session(), Arrival(NOW), by_phone=True)
    assert not asked.reply.notice
    assert asked.session
    greeted = first(asked.session, Keys(NOW, "2"), by_phone=True)
    assert (greeted.reply.node, greeted.reply.language, greeted.reply.notice) == (MAIN_MENU, "es", True)
    assert greeted.session
    assert not first(greeted.session, Silence(NOW), by_phone=True).reply.notice


def test_a_caller_whose_language_is_remembered_hears_it_in_the_greeting() -> None:
    assert first(HERE_IN_SPANISH, Arrival(NOW), by_phone=True).reply.notice


def test_a_language_without_a_text_has_none() -> None:
    assert not first(Session(language="pl"), Arrival(NOW), by_phone=True).reply.notice
    assert not first(Session(), words("greeting", language="en")).reply.notice


def test_it_ends_by_itself() -> None:
    moment = timedelta(seconds=1)
    assert first(HERE_IN_SPANISH, Arrival(UNTIL - moment), by_phone=True).reply.notice
    assert not first(HERE_IN_SPANISH, Arrival(UNTIL), by_phone=True).reply.notice


def test_in_danger_to_life_nothing_comes_before_the_number() -> None:
    turn = first(Session(), words(EMERGENCY, language="es"))
    assert (turn.reply.node, turn.reply.notice) == (EMERGENCY_MENU, False)


@pytest.mark.parametrize("by_phone", [True, False])
def test_whoever_chooses_another_language_later_has_it_in_that_one(*, by_phone: bool) -> None:
    offered = first(replace(SPANISH, language="en"), Keys(NOW, "9"), by_phone=by_phone)
    assert not offered.reply.notice
    assert offered.session
    chosen = first(offered.session, Keys(NOW, "2"), by_phone=by_phone)
    assert (chosen.reply.language, chosen.reply.notice) == ("es", True)
    assert chosen.session
    assert not first(chosen.session, Keys(NOW, "3"), by_phone=by_phone).reply.notice


def test_whoever_chooses_the_same_language_has_it_only_once() -> None:
    offered = first(SPANISH, Keys(NOW, "9"))
    assert offered.session
    assert not first(offered.session, Keys(NOW, "2")).reply.notice


def test_a_language_that_is_named_has_it() -> None:
    asked = words(f"{COMMAND_PREFIX}language", asks_for_language="fr")
    assert first(SPANISH, asked).reply.notice


def test_what_a_caller_asked_for_as_a_text_begins_with_it() -> None:
    call = Session(language="es", node="ice-at-door", greeted=True)
    assert begin_texting(WITH_NOTICE, call, NOW).reply.notice


def test_whoever_asks_to_be_forgotten_at_once_is_told_nothing_else() -> None:
    assert not first(HERE_IN_SPANISH, words(f"{COMMAND_PREFIX}forget")).reply.notice


def test_without_a_notice_nothing_comes_first() -> None:
    assert not advance(SCRIPT, HERE_IN_SPANISH, Arrival(NOW), by_phone=True).reply.notice
