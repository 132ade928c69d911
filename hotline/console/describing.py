"""What a change is to, and how it differs from what was before, for people to read. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hotline.channels.wording import number_as_read
from hotline.console.word_diff import Words, word_diff
from hotline.console.words import moment_in_full
from hotline.releases.changes import kind_of, parts_of
from hotline.script.model import Message, Script
from hotline.store.drafts import Value

_NUMBER = re.compile(r"\+1\d{10}")
# A change of these has the fields that change, and no others.
_TABLES = frozenset({"organisation", "town"})
_SAYS_MORE = frozenset({"meaning", "of", "removed"})


@dataclass(frozen=True, slots=True)
class Thing:
    """What a change's key names: a text or a table of the script by its `id`, in a language where it is of one.

    `name` is how the script's own data call it, `part` which piece of that. The English of a message has no language.
    """

    key: str
    kind: str
    id: str
    name: str
    part: str = ""
    language: str = ""

    @property
    def page(self) -> tuple[str, Mapping[str, str]] | None:
        """Where it is changed: the endpoint of a page of the console, and its arguments; None for what has no page."""
        match self.kind:
            case "translation" | "reviewed" if self.language:
                return "console.translation", {"id": self.id, "language": self.language}
            case "text" | "provenance" | "translation" | "reviewed":
                return "console.message", {"id": self.id}
            case "organisation":
                return "console.organisation", {"id": self.id}
            case "town":
                return "console.town", {"slug": self.id}
            case "recording":
                return "console.recordings_in", {"language": self.language}
            case "example":
                return "console.examples_in", {"language": self.language}
            case "notice":
                return "console.notice", {}
            case _:
                return None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a thing, by its name, before and after; None where there is none. `language` is that of a text."""

    name: str
    before: str | None
    after: str | None
    language: str = ""

    @property
    def words(self) -> Words:
        """What differs. A day, a number or a name is another one as a whole."""
        before, after = self.before or "", self.after or ""
        if _is_one_word(before) and _is_one_word(after):
            both: Words = (("deleted", before), ("inserted", after))
            return tuple((kind, text) for kind, text in both if text)
        return word_diff(before, after)


def thing_of(script: Script, key: str) -> Thing:
    """Also where the script does not know it, or not any more."""
    kind, parts = kind_of(key), parts_of(key)
    language, id = parts if len(parts) > 1 else ("", parts[0])
    match kind:
        case "text" | "provenance" | "translation" | "reviewed":
            name, part = name_of_message(script, id)
            language = "" if language == script.source_language else language
        case "organisation":
            name, part = script.organisations[id].name if id in script.organisations else id, ""
        case "town":
            name, part = script.towns[id].name if id in script.towns else id, ""
        case "source":
            name, part = script.sources[id].title if id in script.sources else id, ""
        case "notice" | "recording":
            name, part = "", ""
        case _:
            name, part = id, ""
    return Thing(key, kind, id, name, part, language)


def name_of_message(script: Script, id: str) -> tuple[str, str]:
    """A message by the title, in English, of what it belongs to, and its own part of that: ("At my home", "first")."""
    kind, _, rest = id.partition(".")
    owner, _, part = rest.partition(".")
    title: Message | None = None
    match kind:
        case "topic" if owner in script.topics:
            title = script.messages.get(script.topics[owner].title)
        case "menu" if owner in script.menus:
            title = script.messages.get(script.menus[owner].title)
        case "organisation" if owner in script.organisations:
            return script.organisations[owner].name, _plain(part)
        case "town" if owner in script.towns:
            return script.towns[owner].name, _plain(part)
    return (title.text, _plain(part)) if title else ("", _plain(id))


def fields_changed(key: str, before: Value, after: Value) -> tuple[FieldChange, ...]:
    """What a change makes of a thing, field by field. `after` is the change's value."""
    kind, parts = kind_of(key), parts_of(key)
    if kind == "notice":
        return _different(_of_notice(before), _of_notice(after), is_of_languages=True)
    old, new = dict(before or {}), dict(after or {})
    if kind in _TABLES and after is not None:
        new = {name: value for name, value in {**old, **new}.items() if value is not None}
    if new.get("removed"):
        new = {}
    # A review does not change the text that it is of.
    if kind == "reviewed":
        old = {}
    language = parts[0] if kind in {"translation", "reviewed", "example"} else ""
    return _different(old, new, language=language)


def _of_notice(value: Value) -> Mapping[str, object]:
    if value is None:
        return {}
    texts = value.get("texts")
    return {"until": _moment(str(value.get("until"))), **(texts if isinstance(texts, Mapping) else {})}


def _moment(written: str) -> str:
    try:
        return moment_in_full(datetime.fromisoformat(written))
    except ValueError:
        return written


def _is_one_word(text: str) -> bool:
    return text.isascii() and not any(character.isspace() for character in text)


def _different(
    old: Mapping[str, object], new: Mapping[str, object], *, language: str = "", is_of_languages: bool = False
) -> tuple[FieldChange, ...]:
    def of(name: str) -> str:
        if is_of_languages:
            return name if name != "until" else ""
        return language if name == "text" else ""

    return tuple(
        FieldChange(name, _as_text(old.get(name)), _as_text(new.get(name)), of(name))
        for name in dict.fromkeys((*old, *new))
        if name not in _SAYS_MORE and old.get(name) != new.get(name)
    )


def _as_text(value: object) -> str | None:
    match value:
        case None | [] | ():
            return None
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(str, value))
        case str() if _NUMBER.fullmatch(value):
            return number_as_read(value)
        case Mapping():
            return json.dumps(dict(value), ensure_ascii=False)
        case _:
            return str(value)


def _plain(id: str) -> str:
    return id.replace("-", " ").replace("_", " ").replace(".", " ")
