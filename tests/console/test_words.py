from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import WrittenWording
from hotline.console.words import hours_in_words, in_english, moment_in_full, moment_in_words, told_of_hours
from hotline.script.loader import load_script
from hotline.script.organisations import CONNECTICUT, AlwaysOpen, Weekly, openings_of

SCRIPT = load_script()
WRITTEN = WrittenWording(SCRIPT, Catalogs(SCRIPT))
# A Monday.
FOUR = datetime(2026, 11, 23, 16, tzinfo=CONNECTICUT)


def weekly(*lines: str, closed_on_holidays: bool | None = None) -> Weekly:
    return Weekly(tuple(opening for line in lines for opening in openings_of(line)), closed_on_holidays)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (("Mon-Fri 09:00-17:00",), ["Monday to Friday, 9:00 AM to 5:00 PM"]),
        (
            ("Mon-Fri 09:00-12:00", "Mon-Fri 13:00-14:00"),
            ["Monday to Friday, 9:00 AM to 12:00 PM and 1:00 PM to 2:00 PM"],
        ),
        (
            ("Mon 09:00-17:00", "Wed 09:00-17:00", "Sat 10:00-14:00"),
            ["Monday, 9:00 AM to 5:00 PM", "Wednesday, 9:00 AM to 5:00 PM", "Saturday, 10:00 AM to 2:00 PM"],
        ),
        (("Fri 22:00-02:00",), ["Friday, 10:00 PM to 2:00 AM the next day"]),
        (("Sun 18:00-24:00",), ["Sunday, 6:00 PM to midnight"]),
    ],
)
def test_hours_are_read_back_in_words(lines: tuple[str, ...], words: list[str]) -> None:
    assert list(hours_in_words(weekly(*lines))) == words


def test_hours_that_never_end_and_those_not_known_are_told_apart() -> None:
    assert hours_in_words(AlwaysOpen()) == ("Day and night, every day of the year",)
    assert hours_in_words(None) == ()


def test_what_residents_are_told_now_and_later_in_the_week() -> None:
    organisation = SCRIPT.organisations["sls"]
    told = told_of_hours(organisation, weekly("Mon-Fri 09:00-17:00"), WRITTEN, FOUR)
    assert [(moment_in_words(one.at), one.words) for one in told] == [
        ("Mon, Nov 23, 4:00 PM", "Open now. Closes: 5:00 PM."),
        ("Mon, Nov 23, 5:00 PM", "Closed now. Opens: Tuesday, 9:00 AM."),
        ("Thu, Nov 26, 12:00 AM", "Today is a holiday. It may be closed."),
    ]


def test_of_hours_that_are_not_known_nothing_is_told() -> None:
    organisation = replace(SCRIPT.organisations["sls"], hours=None)
    (told,) = told_of_hours(organisation, None, WRITTEN, FOUR)
    assert told.words is None


def test_times_are_told_by_the_clocks_of_connecticut() -> None:
    summer = datetime(2026, 7, 1, 20, tzinfo=UTC)
    assert moment_in_words(summer) == "Wed, Jul 1, 4:00 PM"
    assert moment_in_full(summer) == "Wednesday, July 1, 2026 at 4:00 PM Eastern Daylight Time"


def test_languages_are_named_in_english() -> None:
    assert [in_english(SCRIPT.languages[code]) for code in ("ht", "zh", "sq")] == [
        "Haitian Creole",
        "Chinese",
        "Albanian",
    ]
