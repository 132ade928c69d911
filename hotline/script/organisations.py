"""Who can help whom, where and when. All times are Connecticut's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from holidays import country_holidays

if TYPE_CHECKING:
    from hotline.script.model import Provenance, Script

CONNECTICUT = ZoneInfo("America/New_York")
ALWAYS = "always"
MOST_NEAR = 3

HOUR_MINUTES = 60
DAY_MINUTES = 24 * HOUR_MINUTES
WEEK_DAYS = 7
WEEK_MINUTES = WEEK_DAYS * DAY_MINUTES

_OPENING = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d):(\d\d)-(\d\d):(\d\d)", re.ASCII)


class Certainty(StrEnum):
    """How sure a fact is. Only VERIFIED and SEED (named by the founding article) are told to residents."""

    VERIFIED = "verified"
    SEED = "seed"
    OLD = "old"
    UNVERIFIED = "unverified"

    @property
    def may_be_told(self) -> bool:
        return self in {Certainty.VERIFIED, Certainty.SEED}


class ServedStatus(StrEnum):
    """Which immigration status an organisation asks for: none, one, or not known here."""

    ANY = "any"
    WITH_STATUS = "with-status"
    UNKNOWN = "unknown"


class ServedAges(StrEnum):
    ALL = "all"
    CHILDREN = "children"


class Weekday(IntEnum):
    """Numbered as `date.weekday()` does; the names of the days are Babel's."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


@dataclass(frozen=True, slots=True)
class Opening:
    """From one minute after midnight of `day` to another, for less than 24 hours; past 1440 it is the next day."""

    day: Weekday
    opens: int
    closes: int

    @property
    def begins(self) -> int:
        """In minutes of the week."""
        return self.day * DAY_MINUTES + self.opens


@dataclass(frozen=True, slots=True)
class Weekly:
    """`closed_on_holidays` is None where no source tells; some of the holidays are meant, no source says which."""

    openings: tuple[Opening, ...]
    closed_on_holidays: bool | None = None


@dataclass(frozen=True, slots=True)
class AlwaysOpen:
    """Day and night, on every day of the year."""


@dataclass(frozen=True, slots=True)
class OpenUntil:
    closes: datetime


@dataclass(frozen=True, slots=True)
class ClosedUntil:
    opens: datetime


@dataclass(frozen=True, slots=True)
class MayBeClosed:
    """Today is a holiday of Connecticut or of the United States."""


@dataclass(frozen=True, slots=True)
class HoursUnknown:
    """Or it is not known whether a holiday changes them. Nothing is said of it."""


Hours = AlwaysOpen | Weekly
Status = AlwaysOpen | OpenUntil | ClosedUntil | MayBeClosed | HoursUnknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """`phone` and `text_line` are E.164, or the three digits of a service number; `text_word` is what to text there.

    `host` is a web address without its scheme. `help` is the message by which it is offered as help near a resident, or
    None where it is not; `does` is a note for operators. Without `counties` it works in all of Connecticut; `languages`
    are those that it is known to speak, and `hours` are None where they are not known.
    """

    id: str
    name: str
    does: str
    provenance: Provenance
    help: str | None = None
    phone: str | None = None
    phone_certainty: Certainty = Certainty.UNVERIFIED
    text_line: str | None = None
    text_certainty: Certainty = Certainty.UNVERIFIED
    text_word: str | None = None
    host: str | None = None
    status: ServedStatus = ServedStatus.UNKNOWN
    ages: ServedAges = ServedAges.ALL
    counties: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    hours: Hours | None = None
    test_called: date | None = None

    @property
    def may_be_dialled(self) -> bool:
        return self.phone is not None and self.phone_certainty.may_be_told

    @property
    def may_be_texted(self) -> bool:
        return self.text_line is not None and self.text_certainty.may_be_told

    @property
    def serves_anybody_anywhere(self) -> bool:
        """In all of Connecticut, whatever the status; perhaps children alone."""
        return self.status is ServedStatus.ANY and not self.counties

    def serves_anybody_in(self, county: str) -> bool:
        """Whatever the status; perhaps children alone."""
        return self.status is ServedStatus.ANY and (not self.counties or county in self.counties)


def openings_of(text: str) -> tuple[Opening, ...]:
    """The openings of a line such as "Mon-Fri 09:00-12:00", one a day. Raises ValueError saying what is wrong."""
    found = _OPENING.fullmatch(text)
    if not found:
        raise ValueError(f'{text!r} must be written as "Mon-Fri 09:00-12:00" or "Sat 10:00-14:00"')
    first, last = _weekday(found[1]), _weekday(found[2] or found[1])
    opens, closes = _minutes(text, found[3], found[4]), _minutes(text, found[5], found[6])
    if opens == DAY_MINUTES or closes in {opens, opens + DAY_MINUTES}:
        raise ValueError(
            f'{text!r}: an opening is shorter than 24 hours and begins before 24:00; see hours = "{ALWAYS}"'
        )
    if closes < opens:
        closes += DAY_MINUTES
    days = range(first, first + (last - first) % WEEK_DAYS + 1)
    return tuple(Opening(Weekday(day % WEEK_DAYS), opens, closes) for day in days)


def _weekday(name: str) -> Weekday:
    try:
        return Weekday[name.upper()]
    except KeyError:
        known = ", ".join(day.name.title() for day in Weekday)
        raise ValueError(f"{name!r} is no day; the days are {known}") from None


def _minutes(text: str, hours: str, minutes: str) -> int:
    found = int(hours) * HOUR_MINUTES + int(minutes)
    if int(minutes) >= HOUR_MINUTES or found > DAY_MINUTES:
        raise ValueError(f"{text!r}: {hours}:{minutes} is no time of a day")
    return found


def meeting(openings: tuple[Opening, ...]) -> bool:
    """Whether one begins before another is over, or just then: it would not be clear when the line closes."""
    spans = sorted((opening.begins, opening.begins + opening.closes - opening.opens) for opening in openings)
    begins = [begin for begin, _ in spans]
    following = [*begins[1:], *(begin + WEEK_MINUTES for begin in begins[:1])]
    return any(end >= begin for (_, end), begin in zip(spans, following, strict=True))


def status_of(hours: Hours | None, at: datetime) -> Status:
    """Whether it is open at an aware time, and when that changes.

    An opening on a holiday may fall out: nothing is promised of it unless that is known not to happen.
    """
    match hours:
        case None:
            return HoursUnknown()
        case AlwaysOpen():
            return hours
    now, today = at.astimezone(UTC), at.astimezone(CONNECTICUT).date()
    # From what began yesterday to what begins on the same day of next week.
    spans = sorted(span for days in range(-1, WEEK_DAYS + 1) for span in _spans_on(today + timedelta(days), hours))
    current = [span for span in spans if span.opens <= now < span.closes]
    if current and not current[0].in_doubt:
        return OpenUntil(current[0].closes.astimezone(CONNECTICUT))
    if any(span.in_doubt and span.closes > now for span in _spans_on(today, hours)):
        return MayBeClosed()
    coming = [span.opens for span in spans if span.opens > now and not span.in_doubt]
    return HoursUnknown() if current or not coming else ClosedUntil(coming[0].astimezone(CONNECTICUT))


@dataclass(frozen=True, slots=True, order=True)
class _Span:
    """One opening of one day, in UTC: times with a zone of their own are compared by their clocks."""

    opens: datetime
    closes: datetime
    in_doubt: bool


def _spans_on(day: date, hours: Weekly) -> Iterator[_Span]:
    in_doubt = hours.closed_on_holidays is not False and day in _holidays(day.year)
    for opening in hours.openings:
        if opening.day == day.weekday():
            opens, closes = _instant(day, opening.opens), _instant(day, opening.closes)
            # Where the clocks go forward, an opening may have no time left.
            if opens < closes:
                yield _Span(opens, closes, in_doubt)


def _instant(day: date, minutes: int) -> datetime:
    on_the_clock = datetime.combine(day, time()) + timedelta(minutes=minutes)
    return on_the_clock.replace(tzinfo=CONNECTICUT).astimezone(UTC)


@lru_cache
def _holidays(year: int) -> frozenset[date]:
    """Of the United States and of Connecticut, with the days on which they are observed."""
    return frozenset(country_holidays("US", subdiv="CT", years=year, expand=False))


def near(script: Script, county: str, language: str, at: datetime, limit: int = MOST_NEAR) -> tuple[Organisation, ...]:
    """Who helps anybody in a county, whatever the status, the nearest first.

    Those of the county come before those of the whole state, then those that are open, then those that speak the
    language, then the file's order; those for children alone come last.
    """

    def rank(organisation: Organisation) -> tuple[bool, bool, int, bool]:
        return (
            organisation.ages is ServedAges.CHILDREN,
            not organisation.counties,
            _rank_of(status_of(organisation.hours, at)),
            language not in organisation.languages,
        )

    helping = [one for one in script.organisations.values() if one.help and one.serves_anybody_in(county)]
    return tuple(sorted(helping, key=rank)[:limit])


def takers(script: Script, county: str | None, language: str, at: datetime) -> tuple[Organisation, ...]:
    """Who may be called for anybody, whatever the status, and is not known to be closed, the likeliest to help first.

    Those of the county, where it is known, or of all of Connecticut; those known to be open come before those whose
    hours are not known, then those that speak the language. One that is known to speak other languages only is no help.
    """

    def rank(organisation: Organisation) -> tuple[bool, int, bool]:
        return (
            organisation.ages is ServedAges.CHILDREN,
            _rank_of(status_of(organisation.hours, at)),
            language not in organisation.languages,
        )

    def can_help(organisation: Organisation) -> bool:
        speaks = not organisation.languages or language in organisation.languages
        serves = organisation.serves_anybody_in(county) if county else organisation.serves_anybody_anywhere
        is_closed = isinstance(status_of(organisation.hours, at), ClosedUntil)
        return bool(organisation.help) and organisation.may_be_dialled and serves and speaks and not is_closed

    return tuple(sorted((one for one in script.organisations.values() if can_help(one)), key=rank))


def _rank_of(status: Status) -> int:
    match status:
        case AlwaysOpen() | OpenUntil():
            return 0
        case HoursUnknown() | MayBeClosed():
            return 1
        case ClosedUntil():
            return 2
