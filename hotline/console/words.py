"""What operators read of data: hours, languages and days in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import groupby

from babel import Locale
from babel.dates import format_datetime, format_skeleton, format_time, get_day_names
from babel.lists import format_list

from hotline.channels.wording import Wording
from hotline.dialogue.scene import opening_hours
from hotline.script.model import Language
from hotline.script.organisations import (
    CONNECTICUT,
    DAY_MINUTES,
    HOUR_MINUTES,
    WEEK_DAYS,
    AlwaysOpen,
    Hours,
    Opening,
    Organisation,
    Weekday,
    Weekly,
    status_of,
)

ENGLISH = Locale("en", "US")
_DAYS = get_day_names("wide", "stand-alone", ENGLISH)
# Babel sets another kind of blank before "PM".
_PLAIN = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))


@dataclass(frozen=True, slots=True)
class Moment:
    """What a resident is told of the hours at a time; None where nothing is said of them."""

    at: datetime
    words: str | None


def in_english(language: Language) -> str:
    """The English name of a language, such as "Haitian Creole"."""
    return str(ENGLISH.languages[language.locale.language])


def moment_in_words(at: datetime) -> str:
    """Such as "Mon, Nov 23, 4:00 PM", in Connecticut's time."""
    there = at.astimezone(CONNECTICUT)
    day = format_skeleton("MMMEd", there, locale=ENGLISH)
    return f"{day}, {format_time(there, 'short', locale=ENGLISH)}".translate(_PLAIN)


def moment_in_full(at: datetime) -> str:
    """Such as "Monday, November 23, 2026 at 4:00 PM Eastern Standard Time"."""
    there = at.astimezone(CONNECTICUT)
    return str(format_datetime(there, "EEEE, MMMM d, y 'at' h:mm a zzzz", locale=ENGLISH)).translate(_PLAIN)


def hours_in_words(hours: Hours | None) -> tuple[str, ...]:
    """Such as "Monday to Friday, 9:00 AM to 5:00 PM", a line for each run of days that are alike; empty if unknown."""
    match hours:
        case None:
            return ()
        case AlwaysOpen():
            return ("Day and night, every day of the year",)
        case Weekly(openings=openings):
            return tuple(_week_in_words(openings))


def told_of_hours(
    organisation: Organisation, hours: Hours | None, wording: Wording, now: datetime
) -> tuple[Moment, ...]:
    """What residents are told of hours now, and when within a week they are told something of another kind."""
    told: dict[type, Moment] = {}
    for at in (now.astimezone(CONNECTICUT), *(_coming_changes(hours, now) if isinstance(hours, Weekly) else ())):
        kind = type(status_of(hours, at))
        if kind not in told:
            told[kind] = Moment(at, _told(replace(organisation, hours=hours), wording, at))
    return tuple(told.values())


def _coming_changes(hours: Weekly, now: datetime) -> Iterator[datetime]:
    """When something else may be told within a week: as days begin, and as openings begin and end."""
    today = now.astimezone(CONNECTICUT).date()
    minutes = sorted({0, *(minute % DAY_MINUTES for one in hours.openings for minute in (one.opens, one.closes))})
    for day in range(WEEK_DAYS + 1):
        for minute in minutes:
            clock = time(minute // HOUR_MINUTES, minute % HOUR_MINUTES)
            at = datetime.combine(today + timedelta(days=day), clock, CONNECTICUT)
            if at > now:
                yield at


def _told(organisation: Organisation, wording: Wording, at: datetime) -> str | None:
    says = opening_hours(organisation, at)
    return " ".join(wording.words(say, wording.script.source_language) for say in says) or None


def _week_in_words(openings: tuple[Opening, ...]) -> Iterator[str]:
    by_day = [(day, _times(opening for opening in openings if opening.day is day)) for day in Weekday]
    for times, days in groupby(by_day, key=lambda one: one[1]):
        run = [day for day, _ in days]
        if times:
            yield f"{_days_in_words(run)}, {format_list(times, locale=ENGLISH)}"


def _times(openings: Iterator[Opening]) -> tuple[str, ...]:
    return tuple(_from_to(opening) for opening in sorted(openings, key=lambda opening: opening.opens))


def _from_to(opening: Opening) -> str:
    overnight = " the next day" if opening.closes > DAY_MINUTES else ""
    return f"{_on_the_clock(opening.opens)} to {_on_the_clock(opening.closes)}{overnight}"


def _on_the_clock(minutes: int) -> str:
    within = minutes % DAY_MINUTES
    words = format_time(time(within // HOUR_MINUTES, within % HOUR_MINUTES), "short", locale=ENGLISH)
    return "midnight" if within == 0 else str(words).translate(_PLAIN)


def _days_in_words(days: list[Weekday]) -> str:
    return str(_DAYS[days[0]]) if len(days) == 1 else f"{_DAYS[days[0]]} to {_DAYS[days[-1]]}"
