"""The urgent notice as its page shows it: what was written, what is wrong with it, how residents read and hear it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from hotline.catalogs.alphabets import LATIN, Alphabet, read_alphabets, strange_letters
from hotline.catalogs.findings import Remark, Severity
from hotline.channels.segments import count_segments
from hotline.channels.text import bodies, text_of
from hotline.channels.typography import costly_signs
from hotline.console.fields import Posted, Reader, merged, seen_over
from hotline.console.previews import Bubble
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys
from hotline.dialogue.scene import MENU_KEY
from hotline.dialogue.session import Session
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.script.model import REFERRAL_LINE, Language, Script
from hotline.script.notice import MOST_NOTICE_CHARACTERS, NOTICE_FILE, Notice
from hotline.script.organisations import CONNECTICUT
from hotline.script.validation import problems_of_notice
from hotline.store.drafts import Value

LONGEST = timedelta(days=14)
USUALLY = timedelta(days=1)
KEY = "notice"
# No language has this code.
_UNTIL = "until"

# What no phone shows, and what would turn around the text that follows.
_UNSAYABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class AskedNotice:
    """What a form asks for. `errors` has a sentence for each field that is wrong; nothing is saved then."""

    until: datetime | None
    texts: Mapping[str, str]
    errors: Mapping[str, str]

    @property
    def value(self) -> Value:
        """As a change of the draft has it."""
        return {"until": self.until.isoformat(), "texts": dict(self.texts)} if self.until else None


@dataclass(frozen=True, slots=True)
class Offered:
    """A number that may be given out, and the placeholder by which a text names it."""

    placeholder: str
    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text of the notice becomes: as it is read and heard alone, and the `first` texts that begin with it.

    `without` are the same without the notice.
    """

    written: str
    spoken: str
    first: tuple[Bubble, ...]
    without: tuple[Bubble, ...]

    @property
    def segments_added(self) -> int:
        return sum(one.segments.count for one in self.first) - sum(one.segments.count for one in self.without)

    @property
    def price_added(self) -> float:
        """In US dollars, for each first reply."""
        return sum(one.price for one in self.first) - sum(one.price for one in self.without)


@dataclass(frozen=True, slots=True)
class Looked:
    """A text of the notice in a language. `reading` is None where it is empty or cannot be said."""

    language: Language
    text: str
    remarks: tuple[Remark, ...]
    reading: Reading | None

    @property
    def is_wrong(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice as it is: `read` is what residents read, by language; in `silent` ones nothing is said."""

    until: datetime
    is_over: bool
    read: tuple[tuple[Language, str], ...]
    silent: tuple[Language, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """`live` and `drafted` are None where there is no notice; `is_changed` where they are not alike.

    `looked` has what the form holds, by language, `earliest` and `latest` the days on which it may end.
    """

    live: Shown | None
    drafted: Shown | None
    is_changed: bool
    looked: tuple[Looked, ...]
    numbers: tuple[Offered, ...]
    earliest: date
    latest: date
    comes_twice: bool
    clocks_change: bool


@dataclass(frozen=True, slots=True)
class MergedNotice:
    """My notice with what others changed of it meanwhile; `is_clashing` where both changed the same text or the end."""

    value: Value
    is_clashing: bool


def notice_page(drafted: Drafted, form: Posted, now: datetime) -> Page:
    """The page with what its form holds."""
    content, reader = drafted.content, Reader(form)
    english = reader.one(field_of(content.script.source_language))
    live, notice = drafted.base.content.script.notice, content.script.notice
    until = notice.until if notice else None
    return Page(
        live=_shown(drafted.base.content, now) if live else None,
        drafted=_shown(content, now) if notice else None,
        is_changed=live != notice,
        looked=tuple(
            looked_at(content, code, reader.one(field_of(code)), now, english) for code in content.script.languages
        ),
        numbers=numbers_offered(content),
        earliest=now.astimezone(CONNECTICUT).date(),
        latest=(now + LONGEST).astimezone(CONNECTICUT).date(),
        comes_twice=until is not None and comes_twice(until),
        clocks_change=until is not None and clocks_change(now, until),
    )


def posted_of(value: Value, now: datetime) -> dict[str, tuple[str, ...]]:
    """A notice as its form would post it; where there is none, an empty form that ends at the usual time."""
    texts = value["texts"] if value else {}
    until = datetime.fromisoformat(str(value["until"])).astimezone(CONNECTICUT) if value else usual_end(now)
    return {
        "day": (until.date().isoformat(),),
        "time": (f"{until:%H:%M}",),
        **{field_of(code): (str(text),) for code, text in (texts.items() if isinstance(texts, Mapping) else ())},
    }


def merged_notice(seen: Value, mine: Value, present: Value) -> MergedNotice:
    """Each language's text and the end are of whoever changed them since the form was opened."""
    before, wanted, now = _flat(seen), _flat(mine), _flat(present)
    names = dict.fromkeys((*before, *wanted, *now))
    found = merged(before, {name: wanted.get(name) for name in names}, now, ())
    texts = {name: text for name, text in found.fields.items() if name != _UNTIL and text is not None}
    return MergedNotice({"until": found.fields[_UNTIL], "texts": texts} if texts else None, bool(found.clashing))


def seen_over_notice(seen: Value, mine: Value, present: Value) -> Value:
    """What a form has shown, for somebody who now knows of the clash: sent again, mine stands where both wrote."""
    before, wanted, now = _flat(seen), _flat(mine), _flat(present)
    names = dict.fromkeys((*before, *wanted, *now))
    clashing = merged(before, {name: wanted.get(name) for name in names}, now, ()).clashing
    known = seen_over(before, now, clashing, ()) or {}
    return {"until": known.get(_UNTIL), "texts": {name: text for name, text in known.items() if name != _UNTIL}}


def read_notice(posted: Posted, content: Content, now: datetime) -> AskedNotice:
    """What a form asks the notice to be, for the languages in which something was written."""
    reader, texts = Reader(posted), dict[str, str]()
    for code in content.script.languages:
        looked = looked_at(content, code, reader.one(field_of(code)), now)
        if looked.text:
            texts[code] = looked.text
        for remark in looked.remarks:
            if remark.severity is Severity.ERROR:
                reader.wrong(field_of(code), f"{_sentence(remark.what)} {_sentence(remark.remedy)}".strip())
    if not texts:
        reader.wrong(field_of(content.script.source_language), "Write the notice in at least one language.")
    return AskedNotice(_until(reader, now), texts, reader.errors)


def field_of(language: str) -> str:
    """The name of the field in which the text of a language is written."""
    return f"text.{language}"


def looked_at(content: Content, language: str, written: str, now: datetime, english: str = "") -> Looked:
    """A text of the notice as somebody is writing it, beside its English if there is one."""
    script, text = content.script, " ".join(written.split())
    spoken_in = script.languages[language]
    if not text:
        return Looked(spoken_in, "", (), None)
    alone = replace(script, notice=Notice(now + LONGEST, {language: text}))
    wrong = tuple(_wrong(alone, language, text))
    remarks = (*wrong, *(_style(text, spoken_in) if not wrong else ()))
    texts = {**({script.source_language: english} if english else {}), language: text}
    noticing = replace(script, notice=Notice(now + LONGEST, texts))
    return Looked(spoken_in, text, remarks, None if wrong else _reading(content, noticing, language, now))


def numbers_offered(content: Content) -> tuple[Offered, ...]:
    """The numbers that may be given out, that of the referral line first."""
    found = [
        Offered(f"{{phone.{one.id}}}", one.name, content.written.phone(one.phone))
        for one in content.script.organisations.values()
        if one.phone and one.may_be_dialled
    ]
    return tuple(sorted(found, key=lambda one: one.placeholder != f"{{phone.{REFERRAL_LINE}}}"))


def until_in(day: date, clock: time) -> datetime | None:
    """A time of Connecticut's clocks; None where they leave it out. Of a time that comes twice, the second."""
    there = datetime.combine(day, clock, CONNECTICUT).replace(fold=1)
    return there if there.astimezone(UTC).astimezone(CONNECTICUT).time() == clock else None


def comes_twice(until: datetime) -> bool:
    """Whether Connecticut's clocks show this time twice, as they go back."""
    there = until.astimezone(CONNECTICUT)
    return there.replace(fold=0).utcoffset() != there.replace(fold=1).utcoffset()


def clocks_change(now: datetime, until: datetime) -> bool:
    """Whether Connecticut's clocks go forward or back between two times."""
    return now.astimezone(CONNECTICUT).utcoffset() != until.astimezone(CONNECTICUT).utcoffset()


def usual_end(now: datetime) -> datetime:
    """The end that a new notice is offered: a day from now, at the full hour."""
    return (now + USUALLY).astimezone(CONNECTICUT).replace(minute=0, second=0, microsecond=0)


def _shown(content: Content, now: datetime) -> Shown | None:
    script, notice = content.script, content.script.notice
    if notice is None:
        return None
    read = tuple(
        (script.languages[code], content.written.notice(code)) for code in script.languages if code in notice.texts
    )
    silent = tuple(language for code, language in script.languages.items() if code not in notice.texts)
    return Shown(notice.until, now >= notice.until, read, silent)


def _flat(value: Value) -> dict[str, object]:
    """A notice as fields: its end, and each text by its language."""
    texts = value.get("texts") if value else None
    return {_UNTIL: value.get("until") if value else None, **(texts if isinstance(texts, Mapping) else {})}


def _until(reader: Reader, now: datetime) -> datetime | None:
    day, clock = reader.day("day", needed="Say on which day the notice ends."), reader.one("time")
    try:
        at = time.fromisoformat(clock).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        reader.wrong("time", "Say at what time it ends, such as 16:00.")
        return None
    if "day" in reader.errors or day is None:
        return None
    today, last = now.astimezone(CONNECTICUT).date(), (now + LONGEST).astimezone(CONNECTICUT).date()
    if not today <= date.fromisoformat(day) <= last:
        reader.wrong("day", f"A notice ends within {LONGEST.days} days. Choose a day from today to {last.isoformat()}.")
        return None
    until = until_in(date.fromisoformat(day), at)
    if until is None:
        reader.wrong(
            "time", "Connecticut's clocks go forward that night and leave this time out. Choose one an hour later."
        )
    elif until.astimezone(UTC) <= now:
        reader.wrong("time", "This time is over. Choose one that is still to come.")
    elif until.astimezone(UTC) > now + LONGEST:
        reader.wrong("time", f"A notice ends within {LONGEST.days} days. Choose an earlier time.")
    return until


def _wrong(noticing: Script, language: str, text: str) -> Iterator[Remark]:
    """Why a text cannot be said."""
    if len(text) > MOST_NOTICE_CHARACTERS:
        yield Remark(f"it has {len(text):,} characters", f"use {MOST_NOTICE_CHARACTERS} at most")
        return
    if found := _UNSAYABLE.search(text):
        yield Remark(f"it holds an invisible character (U+{ord(found[0]):04X})", "delete it")
    prefix = f"{NOTICE_FILE}: {language}: "
    for problem in problems_of_notice(noticing):
        yield Remark(problem.removeprefix(prefix), "")


def _style(text: str, language: Language) -> Iterator[Remark]:
    """What makes a text dearer or odd, but can be said."""
    alphabet = _alphabets().get(language.code)
    if alphabet is None:
        return
    for remark in costly_signs(text, latin_letters=alphabet.script == LATIN):
        yield replace(remark, severity=Severity.WARNING)
    for remark in strange_letters("", text, alphabet, right_to_left=language.direction == "rtl"):
        yield replace(remark, severity=Severity.WARNING)


def _reading(content: Content, noticing: Script, language: str, now: datetime) -> Reading:
    written, spoken = replace(content.written, script=noticing), replace(content.spoken, script=noticing)
    reply = advance(noticing, Session(language=language), Keys(now, MENU_KEY)).reply
    return Reading(
        written=written.notice(language),
        spoken=" ".join(utterance.words for utterance in spoken.utterances_of_notice(language)),
        first=_bubbles(text_of(reply, written)),
        without=_bubbles(text_of(replace(reply, notice=False), written)),
    )


def _bubbles(text: str) -> tuple[Bubble, ...]:
    return tuple(Bubble(body, count_segments(body)) for body in bodies(text))


@cache
def _alphabets() -> Mapping[str, Alphabet]:
    return read_alphabets()


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""
