from __future__ import annotations

import pytest

from hotline.web import limits
from hotline.web.limits import Traffic, is_refused

SERVED = frozenset({"US", "PR", "CA"})


@pytest.mark.parametrize(
    "sender",
    [
        "+12035550123",
        "+18005551234",
        "+17875551234",
        "+14165551234",
        "whatsapp:+50937001234",
        # An area code that is not known yet, and what Twilio and its emulators use in tests.
        "+15551234567",
        "+15005550006",
        # Nothing that can be texted anyway.
        "",
        "+",
        "AMAZON",
        "+1",
    ],
)
def test_residents_and_whoever_costs_nothing_are_answered(sender: str) -> None:
    assert not is_refused(sender, SERVED)


@pytest.mark.parametrize(
    "sender",
    ["+19005551234", "+979123456789", "+18095551234", "+18765551234", "+50937001234", "+447911123456", "+88213300000"],
)
def test_premium_rates_and_countries_that_are_not_served_are_refused(sender: str) -> None:
    assert is_refused(sender, SERVED)


@pytest.mark.parametrize("sender", ["12345", "262966"])
def test_a_short_code_is_a_machine(sender: str) -> None:
    assert is_refused(sender, SERVED)


def test_a_country_can_be_served() -> None:
    assert not is_refused("+50937001234", SERVED | {"HT"})


def test_no_number_is_kept_in_memory() -> None:
    limits._of_area.cache_clear()  # noqa: SLF001 - what is kept is not to be seen otherwise
    for subscriber in range(100):
        is_refused(f"+1203555{subscriber:04}", SERVED)
    assert limits._of_area.cache_info().currsize == 1  # noqa: SLF001 - as above


def test_without_a_bound_there_are_never_too_many() -> None:
    traffic = Traffic(None)
    assert not any(traffic.is_too_much() for _ in range(10_000))


def test_beyond_the_bound_of_a_minute_there_are_too_many() -> None:
    traffic = Traffic(5)
    assert [traffic.is_too_much() for _ in range(7)] == [False] * 5 + [True] * 2
