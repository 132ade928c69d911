"""The catalogs that the line speaks from: read from PO files, read again when a file changes, never a stale text."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import polib

from hotline.catalogs.pofile import UNPRINTABLE, PoError, read_text, text_at
from hotline.locales import LOCALES
from hotline.logs import Log
from hotline.script.model import Message, Script
from hotline.script.placeholders import placeholders_in
from hotline.shared import Shared

SWEEP_SECONDS = 0.5
# A file changed more recently than this may still be in the writing, and is left until the next sweep.
SETTLE_SECONDS = 0.2
REVIEWED = "reviewed: yes"
# With the day behind it: the English was worded anew without a change of its meaning, and the translation kept.
REWORDED = "reworded: "

log = Log(__name__)

FileStamp = tuple[int, int, int]


class CatalogError(Exception):
    """The catalogs cannot be served. `problems` has a line for each thing that is wrong, with its remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class State(StrEnum):
    """Whether a translation may be said. STALE: it is there, but not of today's English, or not fit to be said."""

    CURRENT = "current"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Entry:
    """A translation as its PO file has it. `source` is the English that it translates.

    `reviewed` is true where a native speaker has set the translator comment `# reviewed: yes`; `reworded` is the day
    on which the English was worded anew and the translation kept, as `# reworded: 2026-11-23` says. Of a fuzzy one
    `previous` is the English that it was made from, where the file tells.
    """

    source: str
    text: str
    fuzzy: bool
    reviewed: bool
    reworded: date | None = None
    previous: str | None = None

    @property
    def made_from(self) -> str:
        """The English that the translation was made from."""
        return self.previous if self.fuzzy and self.previous else self.source


class _Entries(dict[str, Entry]):
    """The entries of one file. They take longest of all to read."""


_SHARED = Shared[_Entries]()


@dataclass(frozen=True, slots=True)
class _Loaded:
    entries: Mapping[str, Entry]
    states: Mapping[str, State]


def po_path(locales: Path, language: str) -> Path:
    return locales / language / "LC_MESSAGES" / "hotline.po"


def state_of(message: Message, entry: Entry | None) -> State:
    """Whether `entry` may be said for `message`."""
    if entry is None or not entry.text.strip():
        return State.MISSING
    fit = same_placeholders(message.text, entry.text) and not UNPRINTABLE.search(entry.text)
    return State.CURRENT if fit and not entry.fuzzy and entry.source == message.text else State.STALE


def entries_of(file: polib.POFile) -> dict[str, Entry]:
    """The translations in a PO file, by their message ids."""
    return {found.msgctxt: _entry_of(found) for found in file if found.msgctxt and not found.obsolete}


def same_placeholders(source: str, text: str) -> bool:
    """Whether both hold the same placeholders, each as often, in any order."""
    try:
        return Counter(placeholders_in(source)) == Counter(placeholders_in(text))
    except ValueError:
        return False


class Catalogs:
    """Every language's texts of one script. May be used by many threads at once."""

    def __init__(self, script: Script, locales: Path = LOCALES) -> None:
        """Reads the PO files under `locales`. Raises CatalogError with everything that is wrong in them."""
        self._script = script
        self._paths = {code: po_path(locales, code) for code in script.languages if code != script.source_language}
        self._seen = {code: _stamp_of(path) for code, path in self._paths.items()}
        self._sweeping = threading.Lock()
        self._next_sweep = time.monotonic() + SWEEP_SECONDS
        loaded: dict[str, _Loaded] = {}
        problems = []
        for code, path in self._paths.items():
            try:
                loaded[code] = self._load(path)
            except PoError as error:
                problems.append(str(error))
        if problems:
            raise CatalogError(tuple(problems))
        self._loaded: Mapping[str, _Loaded] = loaded
        self._version = 0
        for folder in sorted(locales.glob("*/LC_MESSAGES")):
            if folder.parent.name not in script.languages:
                log.warning(
                    "a folder of locales is left out: languages.toml has no such language; "
                    "add it there or remove the folder",
                    language=folder.parent.name,
                )

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a PO file, in the script's order; the source language has none."""
        return tuple(self._paths)

    @property
    def version(self) -> int:
        """Grows whenever what may be said has changed."""
        return self._version

    def text(self, language: str, message_id: str) -> str | None:
        """What may be said; None where the translation is missing or stale, or there is no such language or message."""
        message = self._script.messages.get(message_id)
        if message is None or language == self._script.source_language:
            return message.text if message else None
        loaded = self._loaded.get(language)
        if loaded is None or loaded.states.get(message_id) is not State.CURRENT:
            return None
        return loaded.entries[message_id].text

    def earlier(self, language: str, message_id: str) -> str | None:
        """A translation of what the English said before, if it is fit to be said at all."""
        message, entry = self._script.messages.get(message_id), self.entry(language, message_id)
        if message is None or entry is None or not entry.text.strip():
            return None
        return entry.text if same_placeholders(message.text, entry.text) else None

    def state(self, language: str, message_id: str) -> State:
        if language == self._script.source_language:
            return State.CURRENT if message_id in self._script.messages else State.MISSING
        loaded = self._loaded.get(language)
        return loaded.states.get(message_id, State.MISSING) if loaded else State.MISSING

    def entry(self, language: str, message_id: str) -> Entry | None:
        """The translation as it stands in the PO file, fit to be said or not."""
        loaded = self._loaded.get(language)
        return loaded.entries.get(message_id) if loaded else None

    def path(self, language: str) -> Path:
        """The PO file of one of `languages`."""
        return self._paths[language]

    def trying(self, script: Script, language: str, message_id: str, text: str) -> Catalogs:
        """The same with another translation of one message, for another script; nothing is read or written.

        In the source language the text is that of the script.
        """
        tried, loaded = copy(self), dict(self._loaded)
        if language in loaded:
            message = script.messages[message_id]
            entry = Entry(message.text, text, fuzzy=False, reviewed=False)
            loaded[language] = _Loaded(
                {**loaded[language].entries, message_id: entry},
                {**loaded[language].states, message_id: state_of(message, entry)},
            )
        tried._script, tried._loaded, tried._next_sweep = script, loaded, math.inf  # noqa: SLF001 - it is a copy
        return tried

    def refresh(self) -> None:
        """Takes up PO files that have changed. Cheap: the files are looked at once in SWEEP_SECONDS at most.

        Where a file is broken or gone its last good texts stay, and the log has one warning for each such change.
        """
        if time.monotonic() < self._next_sweep or not self._sweeping.acquire(blocking=False):
            return
        try:
            self._next_sweep = time.monotonic() + SWEEP_SECONDS
            for language, path in self._paths.items():
                self._look_at(language, path)
        finally:
            self._sweeping.release()

    def _look_at(self, language: str, path: Path) -> None:
        stamp = _stamp_of(path)
        if stamp == self._seen[language] or _is_settling(stamp):
            return
        self._seen[language] = stamp
        try:
            loaded = self._load(path)
        except PoError as error:
            log.warning(
                "a catalog cannot be read, and the line says what the last good one said; run: hotline check",
                language=language,
                error=error,
            )
        else:
            self._loaded = {**self._loaded, language: loaded}
            self._version += 1
            log.info("a catalog is read again", language=language)

    def _load(self, path: Path) -> _Loaded:
        text = text_at(path)
        entries = _SHARED.of(text.encode(), lambda: _Entries(entries_of(read_text(path, text))))
        states = {key: state_of(message, entries.get(key)) for key, message in self._script.messages.items()}
        return _Loaded(entries, states)


def _entry_of(found: polib.POEntry) -> Entry:
    comments = [comment.strip().casefold() for comment in found.tcomment.split("\n")]
    days = [_day(comment.removeprefix(REWORDED)) for comment in comments if comment.startswith(REWORDED)]
    return Entry(
        source=found.msgid,
        text=found.msgstr,
        fuzzy=found.fuzzy,
        reviewed=REVIEWED in comments,
        reworded=max((day for day in days if day), default=None),
        previous=found.previous_msgid or None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _stamp_of(path: Path) -> FileStamp | None:
    """What changes when a file changes (time in nanoseconds, bytes, inode); None where there is no file to be seen."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _is_settling(stamp: FileStamp | None) -> bool:
    # A time in the future says nothing, so such a file is read at once.
    return stamp is not None and 0 <= time.time() - stamp[0] / 1e9 < SETTLE_SECONDS
