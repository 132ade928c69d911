from __future__ import annotations

from datetime import date

import pytest

from hotline.journeys.prices import Prices, list_prices

PRICES = Prices(
    as_of=date(2026, 1, 1),
    call_minute=1.0,
    hundred_spoken_characters=0.1,
    text_segment_in=0.2,
    text_segment_out=0.3,
    carrier_fee_for_a_segment_out=0.05,
)


@pytest.mark.parametrize(("seconds", "minutes"), [(0.0, 1), (59.9, 1), (60.0, 1), (60.1, 2), (185.0, 4)])
def test_a_minute_counts_when_it_begins(seconds: float, minutes: int) -> None:
    assert PRICES.call(seconds, 0) == pytest.approx(minutes)


def test_what_twilios_voices_say_is_paid_by_the_character() -> None:
    assert PRICES.call(10, 250) == pytest.approx(1.25)


def test_segments_are_paid_in_both_directions_and_carriers_for_those_that_go_out() -> None:
    assert PRICES.texts(2, 3) == pytest.approx(0.4 + 3 * 0.35)


def test_the_list_prices_are_dated() -> None:
    assert list_prices().as_of <= date(2026, 11, 22)
    assert 0 < list_prices().call_minute < 0.1
