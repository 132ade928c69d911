"""The form of an organisation: its fields as they are posted, checked, and as the data have them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from hotline.channels.wording import number_as_read
from hotline.console.fields import Fields, Posted, Reader
from hotline.console.sourcing import NEW, NUMBER_SOURCE, PROVENANCE, Asked, next_review, read_sourcing
from hotline.script.model import Script
from hotline.script.organisations import ALWAYS, Certainty, ServedAges, ServedStatus, meeting, openings_of
from hotline.script.placeholders import placeholders_in
from hotline.script.towns import COUNTIES
from hotline.store.drafts import Value

MOST_NAME, MOST_DOES, MOST_HELP, MOST_HOST, MOST_WORD, MOST_LINES = 80, 400, 400, 100, 20, 21
UNKNOWN_HOURS, WEEKLY_HOURS = "unknown", "weekly"
HOURS = (UNKNOWN_HOURS, WEEKLY_HOURS, ALWAYS)
# What `closed_on_holidays` is, by the words of the form.
HOLIDAYS: Mapping[str, bool | None] = {"unknown": None, "closed": True, "open": False}

# What two people cannot change at once without looking at what the other did.
GROUPS = (
    frozenset({"phone", "phone_certainty", "test_called"}),
    frozenset({"text_line", "text_certainty", "text_word"}),
    frozenset({"hours", "closed_on_holidays"}),
    frozenset({"help", "serves", "counties"}),
    frozenset(PROVENANCE),
)

_NUMBER = re.compile(r"\+?[\d().\- ]+", re.ASCII)
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9-]+)*")
_DAY = re.compile(r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\b[.:,]?", re.IGNORECASE)
_TIME = re.compile(r"(?<![\d:])(\d{1,2})(?::(\d\d))?(?:\s*([ap])\.?m\b\.?)?(?![\d:])", re.IGNORECASE | re.ASCII)
_TO = re.compile(r"\s*(?:[-\u2010-\u2015]|\bto\b)\s*", re.IGNORECASE)
NOON = 12
_NOBODY_KNOWN = {"status": ServedStatus.UNKNOWN.value, "ages": ServedAges.ALL.value}


def posted_of(value: Value) -> dict[str, tuple[str, ...]]:
    """The fields of an organisation as its form would post them."""
    fields = value or {}
    hours, serves = fields.get("hours"), fields.get("serves")
    served = serves if isinstance(serves, dict) else _NOBODY_KNOWN
    holidays = next(word for word, closed in HOLIDAYS.items() if closed is fields.get("closed_on_holidays"))
    plain = ("name", "does", "help", "phone_certainty", "text_certainty", "text_word", "host")
    return {
        **{name: tuple(map(number_as_read, _texts(fields.get(name)))) for name in ("phone", "text_line")},
        **{name: _texts(fields.get(name)) for name in (*plain, "as_of", "review_by", "doubt")},
        **{name: _texts(fields.get(name)) for name in ("counties", "languages", "sources")},
        "status": (str(served["status"]),),
        "ages": (str(served["ages"]),),
        "hours_kind": (ALWAYS if hours == ALWAYS else WEEKLY_HOURS if hours else UNKNOWN_HOURS,),
        "hours": ("\n".join(_texts(hours)),) if hours and hours != ALWAYS else (),
        "holidays": (holidays,),
    }


def read_organisation(posted: Posted, script: Script, seen: Value, today: date, id: str = "") -> Asked:
    """What a form asks an organisation to be; `seen` is what it showed. A new one has neither that nor an `id` yet."""
    reader, before = Reader(posted), seen or {}
    sourced = read_sourcing(reader, script.sources, before, today)
    fields: dict[str, object] = {
        "name": reader.line("name", MOST_NAME, needed="Write its name."),
        "does": reader.line("does", MOST_DOES, needed="Write what it does, for other operators."),
        "help": _help(reader, before),
        **_number(reader, "phone", "phone_certainty"),
        **_number(reader, "text_line", "text_certainty"),
        "host": _host(reader),
        "languages": reader.choices("languages", script.languages, before.get("languages")),
        **_hours(reader),
        **sourced.fields,
    }
    _check_name(reader, script, fields["name"], before.get("name"))
    fields["text_word"] = reader.line("text_word", MOST_WORD) if fields["text_line"] else None
    status = reader.choice("status", tuple(ServedStatus), ServedStatus.UNKNOWN)
    fields["serves"] = {"status": status, "ages": reader.choice("ages", tuple(ServedAges), ServedAges.ALL)}
    fields["counties"] = reader.choices("counties", sorted(COUNTIES), before.get("counties"))
    if fields["help"] and status != ServedStatus.ANY:
        reader.wrong("status", "Only one that helps anybody, whatever the status, is offered as help near a resident.")
    for number, certainty in (("phone", "phone_certainty"), ("text_line", "text_certainty")):
        _check_certainty(reader, fields, before, number, certainty)
    _check_named(reader, script, fields, id)
    # What is not known may be left out, or be there and say so: it stays as it is.
    for name, nothing in (("serves", _NOBODY_KNOWN), ("counties", [])):
        if fields[name] == nothing and name not in before and not fields["help"]:
            fields[name] = None
    if fields["phone"] != before.get("phone"):
        fields["test_called"] = None
    return Asked(fields, sourced.new, reader.errors)


def read_call(posted: Posted, seen: Fields, today: date) -> Asked:
    """What is known of an organisation after somebody called its number today, and it worked.

    Where all of it was checked, it is right as of today; a number becomes one that is given out where its sources say
    that it is theirs.
    """
    reader = Reader(posted)
    fields: dict[str, object] = {"test_called": today.isoformat()}
    sources = seen.get("sources")
    known = [str(source) for source in sources] if isinstance(sources, list) else []
    if reader.one("verified"):
        fields["phone_certainty"] = Certainty.VERIFIED.value
        if not reader.choice(NUMBER_SOURCE, ("", *known), ""):
            reader.wrong(NUMBER_SOURCE, "Say which source gives this number. An answered call alone does not tell.")
    if reader.one("checked"):
        fields["as_of"] = today.isoformat()
        review_by = date.fromisoformat(str(seen["review_by"]))
        fields["review_by"] = next_review(today, review_by).isoformat()
    return Asked(fields, None, reader.errors)


def number_in(text: str) -> str | None:
    """A telephone number of North America as E.164, or the three digits of a service; None where it is neither."""
    digits = re.sub(r"\D", "", text, flags=re.ASCII)
    if not _NUMBER.fullmatch(text):
        return None
    if re.fullmatch(r"\d{3}", text, re.ASCII):
        return text
    national = digits.removeprefix("1")
    is_national = re.fullmatch(r"[2-9]\d{9}", national, re.ASCII) and (not text.startswith("+") or digits[0] == "1")
    return f"+1{national}" if is_national else None


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(map(str, value))
    return () if value is None else (str(value),)


def _check_name(reader: Reader, script: Script, name: object, before: object) -> None:
    """Two of one name would not be told apart; a form that was sent twice makes one only."""
    taken = {one.name.casefold() for one in script.organisations.values()}
    if name != before and str(name).casefold() in taken:
        reader.wrong("name", "There is an organisation of this name already.")


def _help(reader: Reader, before: Fields) -> str | None:
    """Its text for residents, once it has one, is a message: it is changed where messages are."""
    if held := before.get("help"):
        return None if reader.one("without_help") else str(held)
    return reader.line("help", MOST_HELP)


def _number(reader: Reader, number: str, certainty: str) -> Mapping[str, object]:
    written = reader.one(number)
    if not written:
        return {number: None, certainty: None}
    found = number_in(written)
    if found is None:
        reader.wrong(number, "Write ten digits such as 1-800-798-0671, or a short number such as 211.")
    return {number: found, certainty: reader.choice(certainty, tuple(Certainty), Certainty.UNVERIFIED)}


def _check_certainty(reader: Reader, fields: Fields, before: Fields, number: str, certainty: str) -> None:
    is_same = fields[number] == before.get(number)
    stays = is_same and fields[certainty] == before.get(certainty)
    if fields[certainty] == Certainty.SEED and not stays:
        reader.wrong(certainty, "Only the numbers of the founding article are such. Choose another.")
    gives = reader.one(NUMBER_SOURCE)
    is_given = gives if gives != NEW else reader.one("new_source_title")
    if fields[certainty] == Certainty.VERIFIED and not stays and not is_given:
        reader.wrong(NUMBER_SOURCE, "Say which source gives this number. Without one it cannot be verified.")


def _check_named(reader: Reader, script: Script, fields: Fields, id: str) -> None:
    """What texts still name must be one that they may give out."""
    for kind, field, certainty in (
        ("phone", "phone", "phone_certainty"),
        ("text", "text_line", "text_certainty"),
        ("url", "host", ""),
    ):
        sure = fields.get(certainty)
        is_told = fields[field] and (not certainty or Certainty(str(sure)).may_be_told)
        own_help = f"organisation.{id}.help"
        naming = sum(
            f"{kind}.{id}" in placeholders_in(message.text)
            for message in script.messages.values()
            if message.id != own_help or fields["help"]
        )
        if naming and not is_told:
            which = "1 text still names it" if naming == 1 else f"{naming} texts still name it"
            reader.wrong(certainty if sure else field, f"Residents would not be given this any more, but {which}.")


def _host(reader: Reader) -> str | None:
    host = reader.line("host", MOST_HOST)
    plain = re.sub(r"^https?://(www\.)?", "", host, flags=re.IGNORECASE).rstrip("/") if host else None
    if plain and not _HOST.fullmatch(plain):
        reader.wrong("host", "Write a short web address such as ctlawhelp.org: it is read out letter by letter.")
    return plain


def _hours(reader: Reader) -> Mapping[str, object]:
    match reader.choice("hours_kind", HOURS, UNKNOWN_HOURS):
        case "weekly":
            closed = HOLIDAYS[reader.choice("holidays", tuple(HOLIDAYS), "unknown")]
            return {"hours": _weekly(reader), "closed_on_holidays": closed}
        case "always":
            return {"hours": ALWAYS, "closed_on_holidays": None}
        case _:
            return {"hours": None, "closed_on_holidays": None}


def _weekly(reader: Reader) -> list[str]:
    lines = hours_lines(reader.one("hours"))
    problem = problem_of_hours(lines)
    if problem:
        reader.wrong("hours", problem)
    return lines


def hours_lines(written: str) -> list[str]:
    """Hours as people write them, a line each, in the form of the data: "Mon-Fri 09:00-17:00"."""
    lines = (_TO.sub("-", _TIME.sub(_on_the_clock, _DAY.sub(_short, line))) for line in written.splitlines())
    return [" ".join(line.split()) for line in lines if line.strip()]


def _short(day: re.Match[str]) -> str:
    return day[1].title()


def _on_the_clock(time: re.Match[str]) -> str:
    """Such as 17:00 for "5 pm"."""
    hours, minutes, half = int(time[1]), time[2], (time[3] or "").lower()
    # "9-5" may mean either half of the day.
    is_clear = 1 <= hours <= NOON if half else minutes
    if not is_clear:
        return time[0]
    if half:
        hours = hours % NOON + (NOON if half == "p" else 0)
    return f"{hours:02}:{minutes or '00'}"


def problem_of_hours(lines: Sequence[str]) -> str | None:
    """What is wrong with the hours of a week, in a sentence; None where nothing is."""
    if not lines:
        return "Write the hours, a line each, such as Mon-Fri 09:00-17:00, or choose that they are not known."
    if len(lines) > MOST_LINES:
        return f"These are {len(lines)} lines. Use {MOST_LINES} at most."
    try:
        openings = tuple(opening for line in lines for opening in openings_of(line))
    except ValueError as error:
        return str(error)
    return "One opening begins before another is over. Write them as one." if meeting(openings) else None
