"""What a journey costs at Twilio's list prices, in US dollars."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from math import ceil

MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Prices:
    """All of prices.toml, which names their source."""

    as_of: date
    call_minute: float
    hundred_spoken_characters: float
    text_segment_in: float
    text_segment_out: float
    carrier_fee_for_a_segment_out: float

    def call(self, seconds: float, spoken_characters: int) -> float:
        """A call of so many seconds, whose minutes count when they begin, in which Twilio's voices said so much."""
        minutes = max(1, ceil(seconds / MINUTE_SECONDS))
        return minutes * self.call_minute + spoken_characters / 100 * self.hundred_spoken_characters

    def texts(self, segments_in: int, segments_out: int) -> float:
        out = self.text_segment_out + self.carrier_fee_for_a_segment_out
        return segments_in * self.text_segment_in + segments_out * out


@cache
def list_prices() -> Prices:
    text = files("hotline.journeys").joinpath("prices.toml").read_text(encoding="utf-8")
    return Prices(**tomllib.loads(text))
