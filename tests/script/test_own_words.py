from __future__ import annotations

from datetime import date

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names, get_month_names
from babel.lists import format_list

from hotline.script.loader import load_script
from hotline.script.own_words import LocaleWithOwnWords

MONTHS = ("janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out", "septanm", "oktòb", "novanm", "desanm")
DAYS = ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch")
CREOLE = LocaleWithOwnWords(Locale.parse("ht"), MONTHS, DAYS, {"or": "{0} oswa {1}", "standard": "{0} ak {1}"})


def test_dates_are_in_the_own_words() -> None:
    day = date(2026, 11, 2)
    assert format_skeleton("yMMM", day, locale=CREOLE) == "novanm 2026"
    assert format_skeleton("yMMMM", day, locale=CREOLE) == "novanm 2026"
    assert format_date(day, "full", locale=CREOLE) == "lendi 2 novanm 2026"


@pytest.mark.parametrize("width", ["wide", "abbreviated"])
def test_every_month_and_day_has_its_own_name(width: str) -> None:
    assert tuple(get_month_names(width, locale=CREOLE).values()) == MONTHS  # type: ignore[arg-type]  # a width of Babel
    assert tuple(get_day_names(width, locale=CREOLE).values()) == DAYS  # type: ignore[arg-type]  # a width of Babel


@pytest.mark.parametrize(
    ("style", "listed"),
    [
        ("or", ["A", "A oswa B", "A, B oswa C", "A, B, C oswa D"]),
        ("standard", ["A", "A ak B", "A, B ak C", "A, B, C ak D"]),
    ],
)
def test_lists_are_joined_by_the_own_word(style: str, listed: list[str]) -> None:
    found = [format_list("ABCD"[:length], style=style, locale=CREOLE) for length in range(1, 5)]  # type: ignore[arg-type]  # a style of Babel
    assert found == listed


def test_it_is_the_same_locale_otherwise() -> None:
    assert str(CREOLE) == "ht"
    assert Locale.parse(CREOLE) is CREOLE
    assert CREOLE.languages["ht"] == "Kreyòl Ayisyen"


def test_no_language_borrows_the_words_of_another() -> None:
    """Where Babel has none of its own, it falls back to another language without a word."""
    said: dict[str, str] = {}
    for code, language in load_script().languages.items():
        words = " ".join(get_month_names("wide", locale=language.locale).values())
        assert said.setdefault(words, code) == code
        assert format_list(["A", "B"], style="or", locale=language.locale) != "A, B"
