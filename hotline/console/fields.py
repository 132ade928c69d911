"""The fields of a thing that a form changes: how they are read, and what two people changed of them at once."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeAlias

from hotline.store.drafts import Value

Fields: TypeAlias = Mapping[str, object]
Posted: TypeAlias = Mapping[str, Sequence[str]]

# Control characters, marks that change the direction of what follows, and halves of characters.
INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


class FormError(Exception):
    """A form that no page of ours made."""


@dataclass(slots=True)
class Reader:
    """Reads what was posted, field by field; `errors` has a sentence for each that is wrong."""

    posted: Posted
    errors: dict[str, str] = field(default_factory=dict)

    def one(self, name: str) -> str:
        """What was written in a field, without blanks around it."""
        return next(iter(self.posted.get(name, ())), "").strip()

    def several(self, name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.posted.get(name, ())))

    def line(self, name: str, most: int, *, needed: str = "") -> str | None:
        """A text on one line of at most so many characters; None where it is empty. `needed` says what lacks."""
        text = " ".join(re.sub(r"[\r\n\t]", " ", self.one(name)).split())
        if not text and needed:
            self.wrong(name, needed)
        elif found := INVISIBLE.search(text):
            self.wrong(name, f"This holds an invisible character (U+{ord(found[0]):04X}). Delete it.")
        elif len(text) > most:
            self.wrong(name, f"This has {len(text):,} characters. Use {most:,} at most.")
        return text or None

    def day(self, name: str, *, needed: str = "") -> str | None:
        """A day as 2026-11-23; None where it is empty."""
        written = self.one(name)
        if not written and needed:
            self.wrong(name, needed)
        elif written and not _is_day(written):
            self.wrong(name, "Write a day of the calendar, such as 2026-11-23.")
        return written or None

    def choice(self, name: str, allowed: Collection[str], otherwise: str) -> str:
        """One of the choices that the form offers."""
        chosen = self.one(name) or otherwise
        if chosen not in allowed:
            self.wrong(name, "Choose one of these.")
            return otherwise
        return chosen

    def choices(self, name: str, allowed: Collection[str], before: object = None) -> list[str]:
        """Those that were ticked: first what was there `before`, then in the order in which they are offered."""
        ticked, held = self.several(name), before if isinstance(before, list) else []
        if not set(ticked) <= set(allowed):
            self.wrong(name, "Choose among these.")
        return [one for one in dict.fromkeys((*held, *allowed)) if one in ticked and one in allowed]

    def wrong(self, name: str, sentence: str) -> None:
        """Keeps the first thing that is wrong with a field."""
        self.errors.setdefault(name, sentence)


@dataclass(frozen=True, slots=True)
class Merged:
    """What a thing becomes, and the fields of which two people meant different things at once."""

    fields: Fields
    clashing: tuple[str, ...]


def seen_in(posted: Posted) -> Value:
    """The fields that the form showed when it was opened; None where there was no such thing. Raises FormError."""
    try:
        seen = json.loads(next(iter(posted.get("seen", ())), ""))
        # Escapes can make halves of characters, which no page could show again.
        seen_of(seen).encode()
    except (ValueError, RecursionError) as error:
        raise FormError from error
    if seen is not None and not (isinstance(seen, dict) and all(map(_is_of_a_field, seen.values()))):
        raise FormError
    return seen


def seen_of(value: Value) -> str:
    """The hidden field of a form by which a later save knows what it showed."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def merged(seen: Value, wanted: Fields, present: Value, groups: Collection[frozenset[str]]) -> Merged:
    """Mine over what it is now: `wanted` in the fields that I changed since I saw it, `present` in all others.

    Fields of one group belong together: where somebody else changed one of them meanwhile, mine to another clashes.
    """
    before, now = seen or {}, present or {}
    mine = {name for name, value in wanted.items() if value != before.get(name)}
    theirs = {name for name in {*before, *now} if before.get(name) != now.get(name)}
    fields = {name: value if name in mine else now.get(name) for name, value in wanted.items()}
    different = {name for name in wanted if fields[name] != now.get(name)}
    clashing = [name for name in wanted if name in different and theirs & _group_of(name, groups)]
    return Merged(fields, tuple(clashing))


def seen_over(seen: Value, present: Value, clashing: Collection[str], groups: Collection[frozenset[str]]) -> Value:
    """What a form has shown, for somebody who now knows of the clash: sent again, mine stands where both changed it.

    What only others changed meanwhile still stays.
    """
    known = frozenset[str]().union(*(_group_of(name, groups) for name in clashing))
    if present is None:
        return None
    before = seen or {}
    return {
        name: present.get(name) if name in known else before.get(name)
        for name in {*before, *present}
        if name in (present if name in known else before)
    }


def visible(text: str) -> str:
    """A text in which nothing is hidden, for somebody who must see what it really is."""
    return INVISIBLE.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def change_from(live: Value, earlier: Value, wanted: Fields) -> dict[str, object]:
    """The value of a change that makes a thing `wanted`: what differs from the live one, None for what is removed.

    What an `earlier` change of the draft says of other fields stays.
    """
    held = live or {}
    return {name: value for name, value in {**(earlier or {}), **wanted}.items() if value != held.get(name)}


def _is_of_a_field(value: object) -> bool:
    """Whether it is a value as fields have them: at most a list, or a table, of texts."""
    if isinstance(value, list | dict):
        texts = value.values() if isinstance(value, dict) else value
        return all(isinstance(text, str) for text in texts)
    return value is None or isinstance(value, str | bool)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _group_of(name: str, groups: Collection[frozenset[str]]) -> frozenset[str]:
    return next((group for group in groups if name in group), frozenset({name}))
