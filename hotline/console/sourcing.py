"""What a statement rests on, as a form asks for it: sources that are known or new, and up to when it is right."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from hotline.console.fields import Fields, Reader
from hotline.script.model import Source
from hotline.store.drafts import Value

MOST_TITLE, MOST_ADDRESS, MOST_DOUBT = 200, 200, 500
# For how long a statement is taken to be right where nobody says anything else.
REVIEWED_EVERY = timedelta(days=90)
MOST_AHEAD = timedelta(days=731)
# The field that says which source gives a telephone number; NEW is the one that the form adds.
NUMBER_SOURCE, NEW = "number_source", "new"
PROVENANCE = ("sources", "as_of", "review_by", "needs_lawyer_review", "doubt")

_ADDRESS = re.compile(r"(https?://)?[\w-]+(\.[\w-]+)+(:\d+)?([/?#]\S*)?")
_LONGEST_ID = 40


@dataclass(frozen=True, slots=True)
class NewSource:
    id: str
    title: str
    url: str | None

    @property
    def value(self) -> Mapping[str, object]:
        """As a change of the draft has it."""
        return {"title": self.title, "url": self.url}


@dataclass(frozen=True, slots=True)
class Sourced:
    """The fields of PROVENANCE, and the source among them that is to be added first."""

    fields: Fields
    new: NewSource | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks for. `errors` has a sentence for each field that is wrong; nothing is saved then."""

    fields: Fields
    new_source: NewSource | None
    errors: Mapping[str, str]


def read_sourcing(reader: Reader, known: Mapping[str, Source], before: Fields, today: date) -> Sourced:
    """What a form says a statement rests on; what is wrong with it is kept in the reader.

    The source that gives a number is among them.
    """
    new = _new_source(reader, known)
    added = (reader.choice("add_source", ("", *known), ""), reader.choice(NUMBER_SOURCE, ("", NEW, *known), ""))
    ids = ((new.id if new else "") if id == NEW else id for id in (*added, NEW))
    chosen = [*reader.choices("sources", known, before.get("sources")), *filter(None, ids)]
    if not chosen:
        reader.wrong("sources", "Choose at least one source, or add a new one.")
    as_of = reader.day("as_of", needed="Say up to which day the sources support this.")
    review_by = reader.day("review_by", needed="Say when somebody must look at this again.")
    doubt = reader.line("doubt", MOST_DOUBT)
    if not reader.errors.keys() & {"as_of", "review_by"}:
        _check_days(reader, str(as_of), str(review_by), today)
    fields = {
        "sources": list(dict.fromkeys(chosen)),
        "as_of": as_of,
        "review_by": review_by,
        "needs_lawyer_review": True if doubt else None,
        "doubt": doubt,
    }
    return Sourced(fields, new if new and new.id not in known else None)


def dated(provenance: Value, today: date) -> Value:
    """What somebody found to be right today."""
    held = provenance or {}
    review_by = next_review(today, date.fromisoformat(str(held["review_by"]))).isoformat()
    return {**held, "as_of": today.isoformat(), "review_by": review_by}


def next_review(today: date, review_by: date | None = None) -> date:
    """When what was checked today is to be looked at again."""
    usual = today + REVIEWED_EVERY
    return max(review_by, usual) if review_by else usual


def source_id(title: str, taken: Collection[str]) -> str:
    """A name for a source by its title that no other has, such as "hartford-courant-2026"."""
    return _free(_words(title, "-") or "source", taken, "-")


def organisation_id(name: str, taken: Collection[str]) -> str:
    """A name for an organisation that no other has and that can stand in placeholders, such as "hartford_help"."""
    words = _words(name, "_") or "organisation"
    return _free(words if words.isidentifier() else f"o_{words}", taken, "_")


def _check_days(reader: Reader, as_of: str, review_by: str, today: date) -> None:
    last = today + MOST_AHEAD
    if date.fromisoformat(as_of) > today:
        reader.wrong("as_of", "This day is still to come. Write today, or the day on which it was checked.")
    if review_by <= as_of:
        reader.wrong("review_by", "The next look must be later than the last one.")
    elif date.fromisoformat(review_by) > last:
        reader.wrong("review_by", f"That is too far away. Write a day up to {last.isoformat()}.")


def _new_source(reader: Reader, known: Mapping[str, Source]) -> NewSource | None:
    url = reader.line("new_source_url", MOST_ADDRESS)
    if url and not _ADDRESS.fullmatch(url):
        reader.wrong("new_source_url", "Write a web address such as ctlawhelp.org/immigration, or leave it empty.")
    title = reader.line(
        "new_source_title", MOST_TITLE, needed="Say what the new source is: who, when, what." if url else ""
    )
    if not title:
        return None
    same = next((source for source in known.values() if source.title == title), None)
    return NewSource(same.id if same else source_id(title, known), title, url)


def _words(text: str, between: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    joined = ""
    for word in words:
        if len(joined) + len(between) + len(word) > _LONGEST_ID:
            break
        joined += between * bool(joined) + word
    return joined or (words[0][:_LONGEST_ID] if words else "")


def _free(name: str, taken: Collection[str], between: str) -> str:
    return next(candidate for candidate in _candidates(name, between) if candidate not in taken)


def _candidates(name: str, between: str) -> Iterable[str]:
    yield name
    yield from (f"{name}{between}{number}" for number in range(2, 10_000))
