from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.store.keys import Conversation, Keys, short_digest

SECRET = "a secret that nobody guesses, of 40 signs"
TEXTER = Conversation("sms", "+12035550123")
CALLER = Conversation("voice", "+12035550123", "CA1")


def test_all_keys_of_a_number_share_a_hash_tag_and_differ() -> None:
    keys = Keys.of(CALLER, SECRET)
    every = [keys.session, keys.language, keys.steps, keys.arrivals, keys.texted]
    assert len(set(every)) == len(every)
    assert len({re.findall(r"{(.*)}", key)[0] for key in every}) == 1


def test_calls_have_sessions_of_their_own_and_a_language_in_common() -> None:
    first, second = Keys.of(CALLER, SECRET), Keys.of(Conversation("voice", "+12035550123", "CA2"), SECRET)
    assert (first.session, first.steps) != (second.session, second.steps)
    assert (first.language, first.arrivals) == (second.language, second.arrivals)


@pytest.mark.parametrize(
    "other", [Conversation("whatsapp", TEXTER.number), Conversation("sms", "+12035550124"), CALLER]
)
def test_channels_and_numbers_share_nothing(other: Conversation) -> None:
    assert Keys.of(TEXTER, SECRET).session != Keys.of(other, SECRET).session
    assert Keys.of(TEXTER, SECRET).language != Keys.of(other, SECRET).language


def test_another_secret_gives_other_keys() -> None:
    assert Keys.of(TEXTER, SECRET) != Keys.of(TEXTER, SECRET[::-1])


@given(st.text())
def test_any_number_gives_a_short_key_that_does_not_hold_it(number: str) -> None:
    key = Keys.of(Conversation("sms", number), SECRET).session
    assert re.fullmatch(r"session:{[A-Za-z0-9_-]{16}}", key)
    assert len(short_digest(SECRET, "step", number)) == 8


def test_parts_are_not_run_together() -> None:
    assert short_digest(SECRET, "ab", "c") != short_digest(SECRET, "a", "bc")
