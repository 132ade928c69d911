from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.script.loader import DATA, ScriptError, load_script
from hotline.script.model import Provenance, Script
from hotline.script.organisations import (
    CONNECTICUT,
    DAY_MINUTES,
    HOUR_MINUTES,
    WEEK_MINUTES,
    AlwaysOpen,
    Certainty,
    ClosedUntil,
    Hours,
    HoursUnknown,
    MayBeClosed,
    Opening,
    OpenUntil,
    Organisation,
    ServedAges,
    ServedStatus,
    Weekday,
    Weekly,
    meeting,
    near,
    openings_of,
    status_of,
)
from hotline.script.placeholders import placeholders_in
from hotline.script.towns import COUNTIES
from hotline.script.validation import problems_of

WEEK_HOURS = 7 * 24
OFFICE = ("Mon-Fri 09:00-12:00", "Mon-Fri 13:00-14:00")


def weekly(*lines: str, closed_on_holidays: bool | None = None) -> Weekly:
    return Weekly(tuple(opening for line in lines for opening in openings_of(line)), closed_on_holidays)


def at(text: str, *, fold: int = 0) -> datetime:
    """A time on Connecticut's clocks, such as "2026-11-23 10:00"; the second one of its name with fold 1."""
    return datetime.fromisoformat(text).replace(tzinfo=CONNECTICUT, fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_line_of_hours_names_one_day_or_several() -> None:
    assert openings_of("Sat 10:00-14:00") == (Opening(Weekday.SAT, 600, 840),)
    assert [opening.day for opening in openings_of("Fri-Mon 09:00-12:00")] == [4, 5, 6, 0]


def test_an_opening_may_last_past_midnight() -> None:
    assert openings_of("Fri 20:00-02:00") == (Opening(Weekday.FRI, 1200, DAY_MINUTES + 120),)
    assert openings_of("Fri 20:00-24:00") == (Opening(Weekday.FRI, 1200, DAY_MINUTES),)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "must be written as"),
        ("9-12", "must be written as"),
        ("Mon 9:00-12:00", "must be written as"),
        ("Mon 09:00 - 12:00", "must be written as"),
        ("mon 09:00-12:00", "must be written as"),
        ("Mon 09:00-12:00 ", "must be written as"),
        ("Mon ०९:००-१२:००", "must be written as"),
        ("Mit 09:00-12:00", "'Mit' is no day"),
        ("Mon-Dom 09:00-12:00", "'Dom' is no day"),
        ("Mon 09:60-12:00", "09:60 is no time"),
        ("Mon 09:00-24:01", "24:01 is no time"),
        ("Mon 09:00-99:00", "99:00 is no time"),
        ("Mon 09:00-09:00", "shorter than 24 hours"),
        ("Mon 00:00-24:00", "shorter than 24 hours"),
        ("Mon 24:00-02:00", "begins before 24:00"),
    ],
)
def test_hours_that_cannot_be_read_are_named(line: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        openings_of(line)


@pytest.mark.parametrize(
    ("lines", "meet"),
    [
        (OFFICE, False),
        (("Mon 09:00-12:00", "Mon 11:59-14:00"), True),
        (("Mon 09:00-12:00", "Mon 12:00-14:00"), True),
        (("Mon 09:00-12:00", "Mon 09:00-12:00"), True),
        (("Mon 09:00-17:00", "Mon 10:00-11:00"), True),
        (("Mon 13:00-14:00", "Mon 09:00-12:00"), False),
        (("Mon 22:00-02:00", "Tue 01:00-03:00"), True),
        (("Sun 22:00-02:00", "Mon 01:00-03:00"), True),
        (("Sun 22:00-24:00", "Mon 00:00-03:00"), True),
        (("Sun 22:00-24:00", "Mon 00:01-03:00"), False),
    ],
)
def test_openings_that_meet_are_found_also_over_the_end_of_the_week(lines: tuple[str, ...], *, meet: bool) -> None:
    assert meeting(weekly(*lines).openings) is meet


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2026-11-23 08:59", ClosedUntil(at("2026-11-23 09:00"))),
        ("2026-11-23 09:00", OpenUntil(at("2026-11-23 12:00"))),
        ("2026-11-23 11:59", OpenUntil(at("2026-11-23 12:00"))),
        ("2026-11-23 12:00", ClosedUntil(at("2026-11-23 13:00"))),
        ("2026-11-23 14:00", ClosedUntil(at("2026-11-24 09:00"))),
        ("2026-11-20 19:00", ClosedUntil(at("2026-11-23 09:00"))),
        ("2026-11-22 23:59", ClosedUntil(at("2026-11-23 09:00"))),
    ],
)
def test_office_hours(now: str, status: OpenUntil | ClosedUntil) -> None:
    assert status_of(weekly(*OFFICE), at(now)) == status


@pytest.mark.parametrize(
    ("line", "now", "status"),
    [
        ("Fri 20:00-02:00", "2026-11-21 01:59", OpenUntil(at("2026-11-21 02:00"))),
        ("Fri 20:00-02:00", "2026-11-21 02:00", ClosedUntil(at("2026-11-27 20:00"))),
        ("Fri 20:00-24:00", "2026-11-20 23:59", OpenUntil(at("2026-11-21 00:00"))),
        ("Sun 22:00-02:00", "2026-11-23 00:00", OpenUntil(at("2026-11-23 02:00"))),
        ("Mon 09:00-12:00", "2026-11-23 12:00", ClosedUntil(at("2026-11-30 09:00"))),
    ],
)
def test_midnight_and_the_end_of_the_week(line: str, now: str, status: OpenUntil | ClosedUntil) -> None:
    assert status_of(weekly(line, closed_on_holidays=False), at(now)) == status


def test_the_time_may_be_given_in_any_zone() -> None:
    assert status_of(weekly(*OFFICE), utc("2026-11-23 14:00")) == OpenUntil(at("2026-11-23 12:00"))
    assert status_of(weekly(*OFFICE), utc("2026-11-24 04:59")) == ClosedUntil(at("2026-11-24 09:00"))


def test_hours_begin_by_the_clock_before_and_after_it_is_changed() -> None:
    for friday, offset in (("2026-03-06 18:00", -4), ("2026-10-30 18:00", -5)):
        status = status_of(weekly(*OFFICE), at(friday))
        assert isinstance(status, ClosedUntil)
        assert (status.opens.hour, status.opens.utcoffset()) == (9, timedelta(hours=offset))


@pytest.mark.parametrize(
    ("line", "now", "changes"),
    [
        # The clocks go from 2:00 to 3:00 on 8 March 2026 (7:00 UTC), and from 2:00 back to 1:00 on 1 November (6:00).
        ("Sat 22:00-04:00", utc("2026-03-08 06:59"), utc("2026-03-08 08:00")),
        ("Sat 22:00-04:00", utc("2026-11-01 06:00"), utc("2026-11-01 09:00")),
        ("Sun 02:30-09:00", utc("2026-03-08 06:59"), utc("2026-03-08 07:30")),
        ("Sun 02:30-02:45", utc("2026-03-08 06:59"), utc("2026-03-08 07:30")),
        ("Sun 02:45-03:15", utc("2026-03-08 06:59"), utc("2026-03-15 06:45")),
        ("Sun 00:30-01:30", utc("2026-11-01 05:00"), utc("2026-11-01 05:30")),
        ("Sun 00:30-01:30", utc("2026-11-01 06:00"), utc("2026-11-08 05:30")),
        ("Sun 01:30-03:00", utc("2026-11-01 05:15"), utc("2026-11-01 05:30")),
        ("Sun 01:30-03:00", utc("2026-11-01 06:15"), utc("2026-11-01 08:00")),
    ],
)
def test_a_night_on_which_the_clocks_are_changed(line: str, now: datetime, changes: datetime) -> None:
    match status_of(weekly(line, closed_on_holidays=False), now):
        case OpenUntil(closes=when) | ClosedUntil(opens=when):
            assert when.astimezone(UTC) == changes
        case status:
            pytest.fail(repr(status))


def test_what_is_always_open_or_unknown_needs_no_clock() -> None:
    for now in (at("2026-11-26 03:00"), at("2026-03-08 03:00")):
        assert status_of(AlwaysOpen(), now) == AlwaysOpen()
        assert status_of(None, now) == HoursUnknown()


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ("2026-11-26", "Thanksgiving"),
        ("2026-04-03", "Good Friday, a holiday of Connecticut alone"),
        ("2027-02-12", "Lincoln's birthday, of Connecticut alone"),
        ("2026-06-19", "Juneteenth"),
        ("2026-07-03", "Independence Day, observed on Friday"),
        ("2027-12-31", "New Year's Day of 2028, observed in 2027"),
    ],
)
@pytest.mark.parametrize("closed_on_holidays", [True, None])
def test_on_a_holiday_it_may_be_closed(day: str, name: str, *, closed_on_holidays: bool | None) -> None:
    hours = weekly(*OFFICE, closed_on_holidays=closed_on_holidays)
    for time in ("07:00", "10:00"):
        assert status_of(hours, at(f"{day} {time}")) == MayBeClosed(), name
    assert isinstance(status_of(weekly(*OFFICE, closed_on_holidays=False), at(f"{day} 10:00")), OpenUntil)


def test_the_next_opening_that_is_told_is_not_on_a_holiday() -> None:
    hours = weekly(*OFFICE)
    for now in ("2026-11-25 14:00", "2026-11-26 14:00"):
        assert status_of(hours, at(now)) == ClosedUntil(at("2026-11-27 09:00"))
    assert status_of(weekly("Thu 09:00-12:00"), at("2026-11-25 10:00")) == HoursUnknown()


def test_a_holiday_on_a_day_without_hours_changes_nothing() -> None:
    assert status_of(weekly(*OFFICE), at("2026-07-04 10:00")) == ClosedUntil(at("2026-07-06 09:00"))


def test_the_night_before_a_holiday_counts_for_the_day_on_which_it_began() -> None:
    hours = weekly("Wed-Thu 20:00-02:00")
    assert status_of(hours, at("2026-11-26 01:00")) == OpenUntil(at("2026-11-26 02:00"))
    assert status_of(hours, at("2026-11-26 03:00")) == MayBeClosed()
    assert status_of(hours, at("2026-11-27 01:00")) == HoursUnknown()


@st.composite
def hours_of_a_week(draw: st.DrawFn) -> Weekly:
    """Openings that do not meet, on full hours: none begins or ends in an hour that the change of the clocks skips."""
    openings, begin = [], draw(st.integers(0, WEEK_HOURS - 1))
    last = begin + WEEK_HOURS
    for pause, length in draw(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 23)), min_size=1, max_size=9)):
        if begin + pause + length > last:
            break
        day, opens = divmod((begin + pause) * HOUR_MINUTES % WEEK_MINUTES, DAY_MINUTES)
        openings.append(Opening(Weekday(day), opens, opens + length * HOUR_MINUTES))
        begin += pause + length
    return Weekly(tuple(openings), closed_on_holidays=False)


def minutes_of(first: str, days: int) -> st.SearchStrategy[datetime]:
    return st.integers(0, days * DAY_MINUTES).map(lambda minutes: utc(first) + timedelta(minutes=minutes))


# Years, and the nights on which the clocks are changed.
TIMES = minutes_of("2025-01-01", 4 * 365) | minutes_of("2026-03-07", 2) | minutes_of("2026-10-31", 2)


def is_open_by_the_clock(hours: Weekly, when: datetime) -> bool:
    clock = when.astimezone(CONNECTICUT)
    minute = clock.weekday() * DAY_MINUTES + clock.hour * 60 + clock.minute
    lengths = ((opening.begins, opening.closes - opening.opens) for opening in hours.openings)
    return any((minute - begin) % WEEK_MINUTES < length for begin, length in lengths)


def hours_between(first: datetime, last: datetime) -> Iterable[datetime]:
    """The first time, and each full hour before the last."""
    yield first
    when = first + timedelta(minutes=HOUR_MINUTES - first.minute)
    while when < last:
        yield when
        when += timedelta(hours=1)


@given(hours_of_a_week(), TIMES)
def test_it_is_open_until_it_closes_and_closed_until_the_first_opening(hours: Weekly, now: datetime) -> None:
    match status_of(hours, now):
        case OpenUntil(closes=when):
            opened = True
        case ClosedUntil(opens=when):
            opened = False
        case status:
            pytest.fail(repr(status))
    change = when.astimezone(UTC)
    assert now < change <= now + timedelta(days=7, hours=1)
    assert all(is_open_by_the_clock(hours, moment) is opened for moment in hours_between(now, change))
    assert is_open_by_the_clock(hours, change) is not opened


@given(hours_of_a_week(), TIMES)
def test_no_opening_is_promised_on_a_holiday(hours: Weekly, now: datetime) -> None:
    careful = replace(hours, closed_on_holidays=True)
    plain, status = status_of(hours, now), status_of(careful, now)
    if isinstance(status, ClosedUntil):
        assert isinstance(plain, ClosedUntil)
        # Whatever is told with the holidays is a real opening, never before the first.
        assert plain.opens.astimezone(UTC) <= status.opens.astimezone(UTC)
        assert is_open_by_the_clock(hours, status.opens)
        assert status_of(careful, status.opens) != MayBeClosed()
    elif isinstance(status, OpenUntil):
        assert status == plain


PROVENANCE = Provenance(("law",), date(2026, 11, 22), date(2027, 2, 1))
MONDAY_AT_10 = at("2026-11-23 10:00")
OPEN, CLOSED = weekly("Mon 09:00-12:00"), weekly("Tue 09:00-12:00")


def organisation(
    id: str,
    *counties: str,
    hours: Hours | None = None,
    languages: tuple[str, ...] = (),
    status: ServedStatus = ServedStatus.ANY,
    ages: ServedAges = ServedAges.ALL,
    help: str | None = "help",  # noqa: A002 - as the field is called
) -> Organisation:
    return Organisation(
        id=id,
        name=id,
        does=id,
        help=help,
        status=status,
        ages=ages,
        counties=counties,
        hours=hours,
        languages=languages,
        provenance=PROVENANCE,
    )


def nearest(script: Script, *organisations: Organisation, limit: int = 9) -> list[str]:
    known = replace(script, organisations={one.id: one for one in organisations})
    return [one.id for one in near(known, "Tolland", "es", MONDAY_AT_10, limit)]


def test_the_county_comes_before_the_state_and_others_not_at_all(script: Script) -> None:
    assert nearest(
        script, organisation("state", hours=OPEN), organisation("other", "Windham"), organisation("here", "Tolland")
    ) == ["here", "state"]


def test_open_comes_before_unknown_before_closed(script: Script) -> None:
    assert nearest(
        script,
        organisation("closed", "Tolland", hours=CLOSED, languages=("es",)),
        organisation("unknown", "Tolland"),
        organisation("open", "Tolland", hours=OPEN),
        organisation("always", "Tolland", hours=AlwaysOpen()),
    ) == ["open", "always", "unknown", "closed"]


def test_who_speaks_the_language_comes_first_and_then_the_order_of_the_file(script: Script) -> None:
    assert nearest(
        script,
        organisation("b"),
        organisation("a", languages=("pl",)),
        organisation("speaks", languages=("es",)),
    ) == ["speaks", "b", "a"]


def test_those_for_children_alone_come_last(script: Script) -> None:
    children = organisation("children", "Tolland", hours=OPEN, languages=("es",), ages=ServedAges.CHILDREN)
    assert nearest(script, children, organisation("closed", hours=CLOSED)) == ["closed", "children"]


def test_who_asks_for_status_or_is_not_offered_is_not_named(script: Script) -> None:
    assert nearest(
        script,
        organisation("with", status=ServedStatus.WITH_STATUS),
        organisation("unknown", status=ServedStatus.UNKNOWN),
        organisation("not-offered", help=None),
        organisation("any"),
    ) == ["any"]


def test_at_most_three_are_named(script: Script) -> None:
    organisations = {id: organisation(id) for id in "abcd"}
    assert len(near(replace(script, organisations=organisations), "Tolland", "es", MONDAY_AT_10)) == 3


@pytest.mark.parametrize("county", sorted(COUNTIES))
@pytest.mark.parametrize("language", ["en", "es"])
def test_everywhere_somebody_helps_whatever_the_status(script: Script, county: str, language: str) -> None:
    helping = near(script, county, language, MONDAY_AT_10)
    assert helping
    assert all(one.status is ServedStatus.ANY for one in helping)
    assert helping[0].ages is ServedAges.ALL


def test_undocumented_people_are_not_sent_to_the_statewide_intake(script: Script) -> None:
    assert script.organisations["sls"].status is ServedStatus.WITH_STATUS


def test_only_what_may_be_told_stands_in_a_text(script: Script) -> None:
    for message in script.messages.values():
        for kind, _, id in (name.partition(".") for name in placeholders_in(message.text)):
            if kind == "phone":
                assert script.organisations[id].may_be_dialled
            if kind == "text":
                assert script.organisations[id].may_be_texted


def test_only_hours_that_sources_give_are_known(script: Script) -> None:
    known = {one.id for one in script.organisations.values() if one.hours}
    assert known == {"emergency", "lifeline", "safe_connect", "eoir", "ice_detention", "sls"}


def test_a_number_without_certainty_is_not_given_out() -> None:
    for certainty, told in zip(Certainty, (True, True, False, False), strict=True):
        one = replace(organisation("one"), phone="211", phone_certainty=certainty, text_line="211")
        assert one.may_be_dialled is told
        assert replace(one, text_certainty=certainty).may_be_texted is told
        assert not replace(one, phone=None).may_be_dialled


@pytest.fixture
def problems_after(tmp_path: Path) -> Callable[[str, str], tuple[str, ...]]:
    """Replaces a text in a copy of the organisations; what is wrong with the script then."""

    def problems(old: str, new: str) -> tuple[str, ...]:
        data = Path(shutil.copytree(DATA, tmp_path / "data"))
        file = data / "organisations.toml"
        content = file.read_text(encoding="utf-8")
        assert content.count(old) == 1
        file.write_text(content.replace(old, new), encoding="utf-8")
        try:
            load_script(data)
        except ScriptError as error:
            return error.problems
        return ()

    return problems


NHLAA_HELP = "does not report status. See {url.nhlaa}."
SLS_SERVES = '{ status = "with-status", ages = "all" }'
SLS_HOURS = 'hours = ["Mon-Fri 09:00-12:00", "Mon-Fri 13:00-14:00"]'
ICE_HOURS = 'hours = ["Mon-Fri 08:00-20:00"]'


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (NHLAA_HELP, "status.", "[nhlaa]: 'help' must say how to reach it"),
        (NHLAA_HELP, "See {url.cls}.", "[nhlaa]: 'help' must say how to reach it"),
        (NHLAA_HELP, "Call {phone.nhlaa}.", "this number is not verified, so it is not given out"),
        (NHLAA_HELP, "Text {text.nhlaa}.", "has no 'text_line' that is verified"),
        (NHLAA_HELP, "Call 203-946-4811, {url.nhlaa}.", "by placeholders alone"),
        (NHLAA_HELP, "See nhlegal.org, {url.nhlaa}.", "by placeholders alone"),
        (NHLAA_HELP, "Write to {email.nhlaa}.", "must begin with one of name, phone, text, url"),
        (NHLAA_HELP, "At {town}, {url.nhlaa}.", "the line knows no {town} here"),
        (NHLAA_HELP, "{ {url.nhlaa}", "organisation.nhlaa.help"),
        ('host = "nhlegal.org"\n', "", "[nhlaa]: 'help' must say how to reach it"),
        ('[sls]\n', '[sls]\nhelp = "Call {phone.sls}."\n', "[sls]: 'help' is for those that serve anybody"),
        ('counties = ["New Haven"]\nphone = "+12039', 'phone = "+12039', "[nhlaa]: 'counties' is missing"),
        ('["Hartford"]\nhost', '["Harford"]\nhost', "[ghla]: 'counties': 'Harford' must be one of"),
        ('counties = []\nhost = "cca-ct.org"', 'counties = ["Tolland"]\nserve = 1', "no such field: serve"),
        (SLS_SERVES, '{ status = "some", ages = "all" }', "'status' must be one of any"),
        (SLS_SERVES, '{ status = "any", ages = "old" }', "'ages' must be one of all"),
        (SLS_SERVES, '{ status = "any" }', "[sls]: serves: 'ages' is missing"),
        (SLS_SERVES, '{ status = "any", ages = "all", a = 1 }', "no such field: a"),
        (SLS_SERVES, '"any"', "[sls]: 'serves' must be a table such as"),
        (SLS_HOURS, 'hours = ["Mon-Fri 9-12"]', "[sls]: 'hours': 'Mon-Fri 9-12' must be written as"),
        (SLS_HOURS, "hours = 9", "[sls]: 'hours' must be a list of texts"),
        (SLS_HOURS, 'hours = "sometimes"', "[sls]: 'hours' must be a list of texts"),
        (SLS_HOURS, "hours = []", "[sls]: 'hours' is empty"),
        (SLS_HOURS, 'hours = ["Mon-Fri 09:00-12:00", "Mon 12:00-14:00"]', "[sls]: 'hours': one opening begins before"),
        (SLS_HOURS, f'{SLS_HOURS}\nclosed_on_holidays = "yes"', "'closed_on_holidays' must be true or false"),
        (SLS_HOURS, "closed_on_holidays = true", "[sls]: no such field: closed_on_holidays"),
        (SLS_HOURS, 'hours = "always"\nclosed_on_holidays = true', "[sls]: no such field: closed_on_holidays"),
        ('text_line = "+18603003845"', 'text_line = "860-300-3845"', "[sls]: 'text_line' must be +1 and ten digits"),
        ('845"\ntext_certainty = "verified"', '845"', "[sls]: 'text_certainty' is missing"),
        ('320"\nphone_certainty = "verified"', '320"', "[sls]: 'phone_certainty' is missing"),
        ('languages = ["en", "es"]\nhours = "always"', 'languages = ["xx"]', "[eoir]: there is no language 'xx'"),
        ('status = "any", ages = "children"', 'status = "unknown", ages = "children"', "[cca]: 'help' is for"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_organisation(
    problems_after: Callable[[str, str], tuple[str, ...]], old: str, new: str, problem: str
) -> None:
    problems = problems_after(old, new)
    assert any(problem in line for line in problems), problems


def test_a_county_where_nobody_helps_is_named(script: Script) -> None:
    only_here = replace(script, organisations={"here": organisation("here", "Tolland", help="organisation.cls.help")})
    problems = [line for line in problems_of(only_here) if "nobody with a 'help'" in line]
    assert len(problems) == len(COUNTIES) - 1
    assert not any("Tolland" in line for line in problems)


def test_hours_may_say_that_holidays_change_nothing(problems_after: Callable[[str, str], tuple[str, ...]]) -> None:
    assert problems_after(ICE_HOURS, f"{ICE_HOURS}\nclosed_on_holidays = false") == ()
