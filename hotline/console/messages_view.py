"""What the list of all messages shows, computed from the draft. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from hotline.catalogs.catalog import State
from hotline.channels.audio.recordings import digest_of
from hotline.channels.voices import recorded_as
from hotline.console.naming import VOICE, Group, Name, groups_of
from hotline.dialogue.reply import Say
from hotline.releases.changes import key_of, recording_path
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.releases.files import Files
from hotline.script.model import Message
from hotline.script.placeholders import is_argument, placeholders_in
from hotline.understanding.normal import plain


class Show(StrEnum):
    """Which messages a list has; in one language where one is chosen, otherwise in any of them."""

    ALL = "all"
    CHANGED = "changed"
    STALE = "stale"
    MISSING = "missing"
    REWORDED = "reworded"
    UNREVIEWED = "unreviewed"
    OVERDUE = "overdue"
    FOR_A_LAWYER = "lawyer"
    TRANSLATED = "translated"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list was asked for: a text to find, a group by its slug and a language by its code; empty for any."""

    text: str = ""
    group: str = ""
    language: str = ""
    show: Show = Show.ALL


@dataclass(frozen=True, slots=True)
class Translated:
    """How far a message is in a language. `text` is the translation as it stands, fit to be said or not."""

    language: str
    state: State
    text: str
    is_reviewed: bool = False
    reworded: date | None = None
    is_changed: bool = False
    is_recorded: bool = False

    @property
    def shows(self) -> frozenset[Show]:
        current = self.state is State.CURRENT
        found = {
            Show.TRANSLATED: current,
            Show.STALE: self.state is State.STALE,
            Show.MISSING: self.state is State.MISSING,
            Show.REWORDED: current and self.reworded is not None,
            Show.UNREVIEWED: current and not self.is_reviewed,
            Show.CHANGED: self.is_changed,
            Show.RECORDED: self.is_recorded,
        }
        return frozenset(show for show, holds in found.items() if holds)


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the list. `translations` are in the script's order, without the language of the source.

    Where a language was chosen, `own` is the only one of them.
    """

    name: Name
    text: str
    is_overdue: bool
    is_for_a_lawyer: bool
    is_changed: bool
    is_recorded: bool
    translations: tuple[Translated, ...]
    own: Translated | None = None

    def in_state(self, state: State) -> tuple[str, ...]:
        """The languages in which it is so."""
        return tuple(one.language for one in self.translations if one.state is state)

    @property
    def reviewed(self) -> int:
        """In how many languages it is reviewed."""
        return sum(one.is_reviewed for one in self.translations)

    @property
    def stale(self) -> tuple[str, ...]:
        return self.in_state(State.STALE)

    @property
    def missing(self) -> tuple[str, ...]:
        return self.in_state(State.MISSING)

    @property
    def shows(self) -> frozenset[Show]:
        """The lists that it belongs to."""
        found = {show for one in self.translations for show in one.shows}
        if any(one.state is not State.CURRENT for one in self.translations):
            found.discard(Show.TRANSLATED)
        own = {
            Show.OVERDUE: self.is_overdue,
            Show.FOR_A_LAWYER: self.is_for_a_lawyer,
            Show.CHANGED: self.is_changed,
            Show.RECORDED: self.is_recorded,
        }
        return frozenset({Show.ALL, *found, *(show for show, holds in own.items() if holds)})


@dataclass(frozen=True, slots=True)
class Rows:
    """A group with those of its messages that were asked for."""

    group: Group
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """`counts` says of each list how many messages it has, of those that text, group and language leave.

    What is recorded is counted only where a language or this list is asked for: it takes a while to find out.
    """

    groups: tuple[Rows, ...]
    counts: Mapping[Show, int]
    all_groups: tuple[Group, ...]

    @property
    def shown(self) -> int:
        return sum(len(rows.rows) for rows in self.groups)


def listed(drafted: Drafted, asked: Asked, today: date) -> Listed:
    """The messages that were asked for, group by group."""
    groups, keys = groups_of(drafted.content.script), drafted.keys
    by_group = [
        Rows(
            group,
            tuple(_row(drafted, name, asked, keys, today) for name in group.names if _has(drafted, name, asked.text)),
        )
        for group in groups
        if asked.group in {"", group.slug}
    ]
    shows = [row.shows for rows in by_group for row in rows.rows]
    known = [show for show in Show if show is not Show.RECORDED or _looks_for_recordings(asked)]
    counts = {show: sum(show in found for found in shows) for show in known}
    chosen = [Rows(one.group, tuple(row for row in one.rows if asked.show in row.shows)) for one in by_group]
    return Listed(tuple(one for one in chosen if one.rows), counts, groups)


def translated(
    drafted: Drafted, language: str, id: str, keys: Collection[str], *, recordings: bool = False
) -> Translated:
    """How far a message is in a language; `keys` are those of the draft.

    Whether it is recorded is looked up only where that is asked for.
    """
    catalogs = drafted.content.catalogs
    entry = catalogs.entry(language, id)
    own = (key_of("translation", language, id), key_of("reviewed", language, id))
    return Translated(
        language=language,
        state=catalogs.state(language, id),
        text=entry.text if entry else "",
        is_reviewed=entry is not None and entry.reviewed,
        reworded=entry.reworded if entry else None,
        is_changed=any(key in keys for key in own),
        is_recorded=recordings and is_recorded(drafted.content, drafted.files, language, id),
    )


def is_recorded(content: Content, files: Files, language: str, id: str) -> bool:
    """Whether somebody has recorded these very words. What is filled in at run time cannot be."""
    if not _recordings(files, language) or not is_heard_whole(content, id):
        return False
    said = content.spoken.utterances(Say(id), language)
    spoken_in, words = recorded_as(said, content.script.source_language)
    return recording_path(spoken_in, digest_of(words)) in files


def is_heard_whole(content: Content, id: str) -> bool:
    """Whether a message is spoken as it is, so that it can be recorded: not another instead, and nothing filled in."""
    text = content.script.messages[id].text
    is_filled_in = any(is_argument(name) for name in placeholders_in(text))
    return f"{id}{VOICE}" not in content.script.messages and not is_filled_in


def is_overdue(message: Message, today: date) -> bool:
    return message.provenance is not None and today > message.provenance.review_by


def _recordings(files: Files, language: str) -> bool:
    folder = recording_path(language, "").rpartition("/")[0]
    return any(path.startswith(folder) for path in files)


def _row(drafted: Drafted, name: Name, asked: Asked, keys: Collection[str], today: date) -> Row:
    content = drafted.content
    message, source = content.script.messages[name.id], content.script.source_language
    wanted, looks = asked.language, _looks_for_recordings(asked)
    translations = tuple(
        translated(drafted, language, name.id, keys, recordings=looks)
        for language in content.catalogs.languages
        if wanted in {"", language}
    )
    return Row(
        name=name,
        text=message.text,
        is_overdue=is_overdue(message, today),
        is_for_a_lawyer=message.provenance is not None and message.provenance.needs_lawyer_review,
        is_changed=key_of("text", name.id) in keys or key_of("provenance", name.id) in keys,
        is_recorded=looks and not wanted and is_recorded(content, drafted.files, source, name.id),
        translations=translations,
        own=translations[0] if wanted and translations else None,
    )


def _looks_for_recordings(asked: Asked) -> bool:
    return bool(asked.language) or asked.show is Show.RECORDED


def _has(drafted: Drafted, name: Name, sought: str) -> bool:
    """Whether a text is found in the English, the id, the title or any translation; accents and case say nothing.

    The English is also searched as it is read, with its numbers. Mere marks are sought as they are.
    """
    if not sought:
        return True
    content, id = drafted.content, name.id
    entries = (content.catalogs.entry(language, id) for language in content.catalogs.languages)
    english, read = content.script.messages[id].text, content.written.source_text(id)
    texts = (id, name.of, name.piece_name, english, read, *(entry.text for entry in entries if entry))
    words = plain(sought)
    return any(words in _folded(text) if words else sought in text for text in texts)


@lru_cache(maxsize=1 << 14)
def _folded(text: str) -> str:
    return plain(text)
