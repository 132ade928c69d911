"""Who is answered, and how often: what protects the line's money and its time from abuse.

Residents should never notice. Somebody in danger is answered whatever was written before.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache

import phonenumbers
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from phonenumbers import NumberParseException, PhoneNumberType

# Texts, or calls, of one number within an hour: a shelter or an office may call from one number all day.
MOST_ARRIVALS = 200
# Keys and silences of one call: somebody who hears everything twice needs fewer.
MOST_STEPS_OF_A_CALL = 300

# In the North American plan the first five signs, "+1" and the area code, tell all that is asked here.
_AREA_CODE_END = 5
_LONGEST_SHORT_CODE = 6
_COSTLY = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})


class Traffic:
    """Counts the texts that one process answers, of all senders together. Without a bound there are never too many."""

    def __init__(self, most_a_minute: int | None) -> None:
        self._most = RateLimitItemPerMinute(most_a_minute) if most_a_minute else None
        self._limiter = FixedWindowRateLimiter(MemoryStorage())

    def is_too_much(self) -> bool:
        """Counts one more text; whether it is one too many in this minute."""
        return self._most is not None and not self._limiter.hit(self._most)


def is_refused(address: str, countries: Collection[str]) -> bool:
    """Whether a text to this sender would pay a swindler or a machine: premium rates, short codes, far countries.

    `countries` are those of ISO 3166 that are texted; a number of none, such as a new area code's, is answered.
    WhatsApp costs alike everywhere.
    """
    channel, _, number = address.rpartition(":")
    if channel or not number.startswith("+"):
        return not channel and number.isascii() and number.isdigit() and len(number) <= _LONGEST_SHORT_CODE
    country, is_costly = _of_area(number[:_AREA_CODE_END]) if number.startswith("+1") else _described(number)
    return is_costly or (country is not None and country not in countries)


# Nothing longer is kept in memory: it would be somebody's number.
@lru_cache(maxsize=1024)
def _of_area(area: str) -> tuple[str | None, bool]:
    return _described(f"{area}5550100")


def _described(number: str) -> tuple[str | None, bool]:
    """The country of a number, None for that of no country, and whether it is one that costs extra."""
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return None, False
    return phonenumbers.region_code_for_number(parsed), phonenumbers.number_type(parsed) in _COSTLY
