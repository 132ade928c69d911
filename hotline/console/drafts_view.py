"""What the page of the draft shows. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from hotline.catalogs.catalog import Catalogs, State
from hotline.console.describing import FieldChange, Thing, fields_changed, name_of_message, thing_of
from hotline.releases.changes import kind_of, parts_of
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.script.model import Script
from hotline.store.drafts import Change

# More changes than these are not drawn on one page.
MOST_SHOWN = 150

_GROUPS = {
    "notice": "notice",
    "text": "messages",
    "provenance": "messages",
    "translation": "messages",
    "reviewed": "messages",
    "organisation": "organisations",
    "town": "towns",
    "source": "sources",
    "recording": "recordings",
    "example": "examples",
    "file": "files",
}
GROUPS = tuple(dict.fromkeys(_GROUPS.values()))
_OF_A_MESSAGE = ("text", "provenance", "translation", "reviewed")
# As Publishing writes its problems: of a text in a language, and of a change.
_OF_A_TEXT = re.compile(r"(?P<id>\S+) \((?P<language>[a-z-]+)\): (?P<words>.+)", re.DOTALL)
_OF_A_CHANGE = re.compile(r"(?P<key>(?:notice|[a-z]+:\S+)): (?P<words>.+)", re.DOTALL)
_NAMED = re.compile(r"\{\w+\.(\w+)\}")


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """A change of the draft. `refused` says why it cannot be made.

    `live_moved` where the live value is not the one that it was made from any more; `is_of_other_english` where it is a
    translation of another English than the draft has. `needs` are the changes, by key, that must go out with it.
    """

    change: Change
    thing: Thing
    fields: tuple[FieldChange, ...]
    refused: str
    live_moved: bool
    is_of_other_english: bool
    needs: frozenset[str]

    @property
    def id(self) -> str:
        return id_of(self.change.key)


@dataclass(frozen=True, slots=True)
class Group:
    """Changes of one kind. Of very many only the first are shown; `number` is how many there are."""

    name: str
    number: int
    shown: tuple[ChangeShown, ...]


@dataclass(frozen=True, slots=True)
class Silenced:
    """A message that is said by the standing text in these languages until it is translated anew."""

    id: str
    name: str
    part: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DraftShown:
    """`groups` are those asked for, `sizes` how many changes there are in each that has some."""

    number: int
    authors: tuple[str, ...]
    sizes: Mapping[str, int]
    groups: tuple[Group, ...]
    silenced: tuple[Silenced, ...]

    @property
    def shown(self) -> tuple[ChangeShown, ...]:
        return tuple(change for group in self.groups for change in group.shown)


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """Why something cannot be published, and what it is about; None where that is not one thing."""

    thing: Thing | None
    words: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """The changes that are to go out, by key, and those among them that were added because others need them."""

    keys: frozenset[str]
    added: frozenset[str]


def id_of(key: str) -> str:
    """What stands for a change in a form: 16 hexadecimal digits, however long its key is."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def group_of(key: str) -> str:
    return _GROUPS.get(kind_of(key), "files")


def draft_shown(drafted: Drafted, group: str = "") -> DraftShown:
    """The draft, or one group of its changes."""
    script = drafted.content.script
    place = _order(script)
    changes = sorted(drafted.draft.changes, key=lambda change: place(change.key))
    needs = needs_of(changes, drafted.base.content.script)
    by_group = {name: [one for one in changes if group_of(one.key) == name] for name in GROUPS}
    left = MOST_SHOWN
    groups = []
    for name, members in by_group.items():
        if members and group in {"", name}:
            shown = tuple(_shown(drafted, change, needs[change.key]) for change in members[:left])
            groups.append(Group(name, len(members), shown))
            left -= len(shown)
    return DraftShown(
        number=len(changes),
        authors=tuple(dict.fromkeys(change.by for change in drafted.draft.changes)),
        sizes={name: len(members) for name, members in by_group.items() if members},
        groups=tuple(groups),
        silenced=silenced(script, drafted.base.content.catalogs, drafted.content.catalogs),
    )


def chosen(drafted: Drafted, group: str, left_out: Collection[str]) -> Chosen:
    """All changes of a group, or of the draft, but those left out, by their ids; and what these need."""
    changes = drafted.draft.changes
    wanted = {one.key for one in changes if group in {"", group_of(one.key)} and id_of(one.key) not in left_out}
    needs = needs_of(changes, drafted.base.content.script)
    added = {key for wish in wanted for key in needs[wish]} - wanted
    return Chosen(frozenset(wanted | added), frozenset(added))


def digest_of_changes(drafted: Drafted, keys: Collection[str]) -> str:
    """By which it is told later whether these changes, and what they change, are still those that were looked at."""
    looked_at = sorted(f"{one.key}\0{digest_of_value(one.value)}" for one in drafted.draft.changes if one.key in keys)
    return hashlib.sha256(
        "\0".join((drafted.base.manifest.digest, *looked_at)).encode("utf-8", "surrogatepass")
    ).hexdigest()


def needs_of(changes: Iterable[Change], live: Script) -> Mapping[str, frozenset[str]]:
    """The changes without which each, by its key, would be wrong: an English that was translated, a new source."""
    by_key = {change.key: change for change in changes}
    direct = {key: frozenset(_needs(change, by_key, live)) - {key} for key, change in by_key.items()}
    return {key: _closure(key, direct) for key in by_key}


def silenced(script: Script, live: Catalogs, drafted: Catalogs) -> tuple[Silenced, ...]:
    """What is translated in the live release and would not be in the draft."""
    found = {
        id: tuple(
            code
            for code in drafted.languages
            if live.state(code, id) is State.CURRENT and drafted.state(code, id) is not State.CURRENT
        )
        for id in script.messages
    }
    return tuple(Silenced(id, *name_of_message(script, id), languages) for id, languages in found.items() if languages)


def problems_shown(script: Script, problems: Iterable[str]) -> tuple[ProblemShown, ...]:
    """The lines of a PublishError."""
    return tuple(_problem(script, line) for line in problems)


def _problem(script: Script, line: str) -> ProblemShown:
    if (found := _OF_A_TEXT.fullmatch(line)) and found["id"] in script.messages:
        return ProblemShown(thing_of(script, f"translation:{found['language']}:{found['id']}"), found["words"])
    if found := _OF_A_CHANGE.fullmatch(line):
        key = found["key"]
        if kind_of(key) in _GROUPS:
            return ProblemShown(thing_of(script, key), found["words"])
    return ProblemShown(None, line)


def _shown(drafted: Drafted, change: Change, needs: frozenset[str]) -> ChangeShown:
    before = drafted.value_before(change.key)
    return ChangeShown(
        change=change,
        thing=thing_of(drafted.content.script, change.key),
        fields=fields_changed(change.key, before, change.value),
        refused=drafted.refused.get(change.key, ""),
        live_moved=bool(change.seen) and change.seen != digest_of_value(before),
        is_of_other_english=_is_of_other_english(drafted, change),
        needs=needs,
    )


def _is_of_other_english(drafted: Drafted, change: Change) -> bool:
    if kind_of(change.key) != "translation" or change.key in drafted.refused:
        return False
    return drafted.content.catalogs.state(*parts_of(change.key)) is State.STALE


def _needs(change: Change, among: Mapping[str, Change], live: Script) -> Iterable[str]:
    kind, parts, value = kind_of(change.key), parts_of(change.key), change.value or {}
    if kind in {"translation", "reviewed"}:
        language, id = parts
        english, translation = among.get(f"text:{id}"), f"translation:{language}:{id}"
        if kind == "reviewed" and translation in among:
            yield translation
        elif english and (language == live.source_language or _is_of(change, english)):
            yield english.key
    sources = value.get("sources")
    for source in sources if isinstance(sources, list | tuple) else ():
        if f"source:{source}" in among:
            yield f"source:{source}"
    for text in _texts(value):
        for name in _NAMED.findall(text):
            if f"organisation:{name}" in among and name not in live.organisations:
                yield f"organisation:{name}"


def _is_of(translation: Change, english: Change) -> bool:
    """Whether a translation was made of this English, and not of that before."""
    of, text = (translation.value or {}).get("of"), str((english.value or {}).get("text"))
    return english.at <= translation.at if of is None else of == " ".join(text.split())


def _texts(value: Mapping[str, object]) -> Iterable[str]:
    texts = value.get("texts")
    return (str(text) for text in (value.get("text", ""), *(texts.values() if isinstance(texts, Mapping) else ())))


def _closure(key: str, direct: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    coming = [*direct[key]]
    while coming:
        one = coming.pop()
        if one not in found:
            found.add(one)
            coming += direct[one]
    return frozenset(found - {key})


def _order(script: Script) -> Callable[[str], tuple[object, ...]]:
    """Where a change stands in the draft: messages in the order of the script, of each the English first."""
    messages = {id: place for place, id in enumerate(script.messages)}
    languages = {code: place for place, code in enumerate(script.languages, 1)}

    def place(key: str) -> tuple[object, ...]:
        kind, parts = kind_of(key), parts_of(key)
        if kind not in _OF_A_MESSAGE:
            return (0, "", 0, 0, *parts)
        language, id = parts if len(parts) > 1 else ("", parts[0])
        return (messages.get(id, len(messages)), id, languages.get(language, 0), _OF_A_MESSAGE.index(kind))

    return place
