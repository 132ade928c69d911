"""Babel's locale of a language for whose dates and lists it has only the words of another language."""

from __future__ import annotations

from collections.abc import Mapping

from babel import Locale
from babel.localedata import LocaleDataDict

_CONTEXTS = ("format", "stand-alone")
_WIDTHS = ("wide", "abbreviated", "short", "narrow")


class LocaleWithOwnWords(Locale):
    """Formats dates and lists in the patterns of its locale, with its own words.

    `months` are those of a year, `days` those of a week from Monday on; `two` names lists by Babel's style ("or",
    "standard"), each with the pattern that joins its last two, such as "{0} oswa {1}".
    """

    def __init__(self, locale: Locale, months: tuple[str, ...], days: tuple[str, ...], two: Mapping[str, str]) -> None:
        super().__init__(locale.language, locale.territory, locale.script, locale.variant, locale.modifier)
        self._own_months = _in_all_forms(dict(enumerate(months, 1)))
        self._own_days = _in_all_forms(dict(enumerate(days)))
        self._own_lists = LocaleDataDict(
            {style: {**locale.list_patterns[style], "2": pattern, "end": pattern} for style, pattern in two.items()}
        )

    @property
    def months(self) -> LocaleDataDict:
        return self._own_months

    @property
    def days(self) -> LocaleDataDict:
        return self._own_days

    @property
    def list_patterns(self) -> LocaleDataDict:
        return self._own_lists


def _in_all_forms(names: Mapping[int, str]) -> LocaleDataDict:
    return LocaleDataDict({context: dict.fromkeys(_WIDTHS, names) for context in _CONTEXTS})
