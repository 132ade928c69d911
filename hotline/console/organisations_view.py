"""What the pages of organisations show, computed from the draft."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from hotline.console.describing import FieldChange, fields_changed, name_of_message
from hotline.console.words import Moment, hours_in_words, in_english, told_of_hours
from hotline.dialogue.reply import Say
from hotline.releases.changes import key_of
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.releases.things import value_in
from hotline.script.model import REFERRAL_LINE, SHORT_NUMBER_DIGITS, Language, Message
from hotline.script.organisations import Certainty, Organisation
from hotline.script.placeholders import is_argument, placeholders_in
from hotline.store.drafts import Value
from hotline.store.history import Entry, History
from hotline.understanding.normal import plain

MOST_EXAMPLES = 2
MOST_STEPS = 20
CHANGED = "changed"
KIND = "organisation"


class Show(StrEnum):
    """Which organisations a list has."""

    ALL = "all"
    CHANGED = "changed"
    OVERDUE = "overdue"
    NOT_CALLED = "not-called"
    NOT_GIVEN = "not-given"


@dataclass(frozen=True, slots=True)
class Row:
    """One organisation of the list; `number` is as people read it, `hours` and `languages` in English."""

    id: str
    name: str
    does: str
    number: str | None
    certainty: Certainty
    is_given_out: bool
    hours: tuple[str, ...]
    languages: tuple[str, ...]
    as_of: date
    review_by: date
    is_overdue: bool
    test_called: date | None
    may_be_called: bool
    is_changed: bool

    def is_shown(self, show: Show) -> bool:
        match show:
            case Show.ALL:
                return True
            case Show.CHANGED:
                return self.is_changed
            case Show.OVERDUE:
                return self.is_overdue
            case Show.NOT_CALLED:
                return self.may_be_called and self.test_called is None
            case Show.NOT_GIVEN:
                return self.number is not None and not self.is_given_out


@dataclass(frozen=True, slots=True)
class Number:
    """A telephone number as people read it and as a voice says it."""

    read: str
    said: str
    certainty: Certainty

    @property
    def is_given_out(self) -> bool:
        return self.certainty.may_be_told


@dataclass(frozen=True, slots=True)
class Naming:
    """A message that names something of an organisation, and the languages in which it now does.

    `name` is what the message belongs to, `part` which piece of that.
    """

    message: Message
    name: str
    part: str
    languages: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a number is said. `transfers` are the topics from which a caller is connected with it."""

    namings: tuple[Naming, ...]
    transfers: tuple[str, ...]
    is_last_resort: bool

    @property
    def texts(self) -> int:
        return sum(len(naming.languages) for naming in self.namings)

    @property
    def languages(self) -> int:
        return len({language.code for naming in self.namings for language in naming.languages})

    @property
    def count_in_words(self) -> str:
        texts = "1 text" if self.texts == 1 else f"{self.texts:,} texts"
        return f"{texts} in {self.languages} {'language' if self.languages == 1 else 'languages'}"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message in a language, as it is read and as it is heard."""

    written: str
    spoken: str


@dataclass(frozen=True, slots=True)
class Example:
    """A message that names the number; `before` is what is live, None where it does not differ from the draft."""

    message: Message
    language: Language
    before: Rendered | None
    after: Rendered


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody did to a thing, and the fields that this changed."""

    entry: Entry
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One organisation in the draft. `help` is what is said of it as help near a resident, as it is read."""

    organisation: Organisation
    number: Number | None
    text_line: Number | None
    reach: Reach
    examples: tuple[Example, ...]
    hours: tuple[str, ...]
    told_of_hours: tuple[Moment, ...]
    help: str | None
    is_overdue: bool
    is_new: bool
    may_be_called: bool
    differences: tuple[FieldChange, ...]


def rows(drafted: Drafted, today: date, search: str = "") -> tuple[Row, ...]:
    """The organisations of the draft in the order of the data, those that a search finds."""
    sought = plain(search)
    found = (_row(drafted, one, today) for one in drafted.content.script.organisations.values())
    return tuple(row for row in found if sought in plain(_searched(row)))


def page(drafted: Drafted, id: str, now: datetime) -> Page:
    """Raises KeyError where there is no such organisation."""
    content = drafted.content
    organisation = content.script.organisations[id]
    return Page(
        organisation=organisation,
        number=_number(content, organisation.phone, organisation.phone_certainty),
        text_line=_number(content, organisation.text_line, organisation.text_certainty),
        reach=reach(content, id),
        examples=tuple(examples(drafted, id)),
        hours=hours_in_words(organisation.hours),
        told_of_hours=told_of_hours(organisation, organisation.hours, content.written, now),
        help=content.written.words(Say(organisation.help), content.script.source_language)
        if organisation.help
        else None,
        is_overdue=now.date() > organisation.provenance.review_by,
        may_be_called=may_be_called(organisation),
        is_new=id not in drafted.base.content.script.organisations,
        differences=differences(drafted, key_of(KIND, id)),
    )


def may_be_called(organisation: Organisation) -> bool:
    """Whether somebody may call it to test its number; 911 and its like are kept free for who is in danger."""
    return organisation.phone is not None and len(organisation.phone) > SHORT_NUMBER_DIGITS


def live_value(drafted: Drafted, key: str) -> Value:
    """What a thing is in the release that the draft changes."""
    base = drafted.base
    return value_in(base.content.script, base.content.catalogs, base.files, key)


def differences(drafted: Drafted, key: str) -> tuple[FieldChange, ...]:
    """The fields of a thing that the draft changes, whatever changes of the draft do so."""
    live = live_value(drafted, key)
    return fields_changed(key, live, {**dict.fromkeys(live or ()), **(drafted.value(key) or {})})


def steps_of(history: History, key: str) -> tuple[Step, ...]:
    """The latest that was done to a thing, the last first. Raises RedisError."""
    return tuple(
        Step(entry, fields_changed(key, entry.before, entry.after) if entry.what == CHANGED else ())
        for entry in history.of(key, MOST_STEPS)
    )


def reach(content: Content, id: str) -> Reach:
    """Where the numbers of an organisation are said, by telephone or as a text line."""
    names = {f"phone.{id}", f"text.{id}"}
    transfers = tuple(topic.slug for topic in content.script.topics.values() if topic.transfer == id)
    return Reach(tuple(_namings(content, names)), transfers, id == REFERRAL_LINE)


def examples(drafted: Drafted, id: str) -> Iterator[Example]:
    """A few messages with the number in them, in different languages, live and in the draft."""
    content = drafted.content
    can_be_shown = [naming for naming in reach(content, id).namings if _is_complete(content, naming.message)]
    if not can_be_shown:
        return
    naming = min(can_be_shown, key=lambda one: (-len(one.languages), len(one.message.text)))
    for language in naming.languages[:MOST_EXAMPLES]:
        after = _rendered(content, naming.message.id, language.code)
        known = naming.message.id in drafted.base.content.script.messages
        before = _rendered(drafted.base.content, naming.message.id, language.code) if known else None
        yield Example(naming.message, language, before if before != after else None, after)


def _row(drafted: Drafted, organisation: Organisation, today: date) -> Row:
    script = drafted.content.script
    return Row(
        id=organisation.id,
        name=organisation.name,
        does=organisation.does,
        number=drafted.content.written.phone(organisation.phone) if organisation.phone else None,
        certainty=organisation.phone_certainty,
        is_given_out=organisation.may_be_dialled,
        hours=hours_in_words(organisation.hours),
        languages=tuple(in_english(script.languages[code]) for code in organisation.languages),
        as_of=organisation.provenance.as_of,
        review_by=organisation.provenance.review_by,
        is_overdue=today > organisation.provenance.review_by,
        test_called=organisation.test_called,
        may_be_called=may_be_called(organisation),
        is_changed=key_of(KIND, organisation.id) in drafted.keys,
    )


def _searched(row: Row) -> str:
    return f"{row.id} {row.name} {row.does} {row.number or ''}"


def _number(content: Content, number: str | None, certainty: Certainty) -> Number | None:
    return Number(content.written.phone(number), content.spoken.phone(number), certainty) if number else None


def _namings(content: Content, names: set[str]) -> Iterator[Naming]:
    for message in content.script.messages.values():
        if names.isdisjoint(placeholders_in(message.text)):
            continue
        current = (code for code in content.script.languages if content.catalogs.text(code, message.id) is not None)
        name, part = name_of_message(content.script, message.id)
        yield Naming(message, name, part, tuple(content.script.languages[code] for code in current))


def _is_complete(content: Content, message: Message) -> bool:
    """Whether a message is a whole sentence, read and heard, that needs nothing which a conversation fills in."""
    has_another_form = f"{message.id}.voice" in content.script.messages or message.room is None
    needs_more = any(is_argument(name) for name in placeholders_in(message.text))
    return not (message.is_label or has_another_form or needs_more)


def _rendered(content: Content, message: str, language: str) -> Rendered:
    spoken = content.spoken.utterances(Say(message), language)
    return Rendered(content.written.words(Say(message), language), " ".join(one.words for one in spoken))
