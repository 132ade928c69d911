"""The draft as content: what the line would say if it were published now."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from hotline.catalogs.catalog import CatalogError
from hotline.releases.changes import applied
from hotline.releases.content import Content, content_in
from hotline.releases.files import (
    Files,
    Manifest,
    digest_of,
    files_in,
    manifest_of,
    packaged_files,
    write_folder,
)
from hotline.releases.live import Live
from hotline.releases.things import value_in
from hotline.script.loader import ScriptError
from hotline.store.drafts import Draft, Drafts, Value
from hotline.store.releases import Pointer, Releases
from hotline.understanding.lessons import UnderstandingError

KEPT_ON_DISK = 4


@dataclass(frozen=True, slots=True)
class Base:
    """The release that a draft changes. Without a pointer it is what the package holds."""

    pointer: Pointer | None
    content: Content
    files: Files
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft made into content. `problems` say why it cannot be; the content is then that of the base.

    `refused` says of changes, by their keys, why they could not be made.
    """

    draft: Draft
    base: Base
    files: Files
    content: Content
    refused: Mapping[str, str]
    problems: tuple[str, ...] = ()

    def value(self, key: str) -> Value:
        """What a thing is in the draft."""
        return value_in(self.content.script, self.content.catalogs, self.files, key)

    def value_before(self, key: str) -> Value:
        """What a thing is in the base."""
        return value_in(self.base.content.script, self.base.content.catalogs, self.base.files, key)

    @property
    def keys(self) -> frozenset[str]:
        """Those of all changes."""
        return frozenset(change.key for change in self.draft.changes)

    @property
    def changed_paths(self) -> frozenset[str]:
        """The files that are others than in the base."""
        paths = {*self.files, *self.base.files}
        return frozenset(path for path in paths if self.files.get(path) != self.base.files.get(path))


class Drafting:
    """One worker's view of the draft. May be used by many threads at once."""

    def __init__(self, live: Live, releases: Releases, drafts: Drafts, folder: Path, audio: Path) -> None:
        """`folder` is for the files of drafts, `audio` for sounds."""
        self._live = live
        self._releases = releases
        self._drafts = drafts
        self._folder = folder
        self._audio = audio
        self._lock = threading.Lock()
        self._base: Base | None = None
        self._drafted: Drafted | None = None
        self._latest: Drafted | None = None

    def now(self) -> Drafted:
        """All changes of the draft. Raises RedisError, or OSError."""
        draft = self._drafts.read()
        with self._lock:
            base = self._base_now()
            known = self._drafted
            if known is None or known.draft != draft or known.base is not base:
                known = self._drafted = self._made_before(draft, base) or self.made(draft, base)
            return known

    def only(self, keys: Iterable[str]) -> Drafted:
        """Some changes of the draft alone. Raises as `now`."""
        whole, chosen = self.now(), set(keys)
        changes = tuple(change for change in whole.draft.changes if change.key in chosen)
        if changes == whole.draft.changes:
            return whole
        return self.made(Draft(whole.draft.version, changes), whole.base)

    def made(self, draft: Draft, base: Base) -> Drafted:
        """A draft made into content, on a base. Raises RedisError, or OSError."""
        made = self._latest = self._made(draft, base)
        return made

    def _made_before(self, draft: Draft, base: Base) -> Drafted | None:
        """What was tried last is what was then saved."""
        latest = self._latest
        is_it = latest is not None and latest.base is base and latest.draft.changes == draft.changes
        return replace(latest, draft=draft) if latest and is_it else None

    def _made(self, draft: Draft, base: Base) -> Drafted:
        if not draft.changes:
            return Drafted(draft, base, base.files, base.content, {})
        made = applied(base.files, draft.changes, self._releases.blob)
        try:
            content = self._loaded(made.files, base)
        except (ScriptError, CatalogError, UnderstandingError) as error:
            problems = tuple(str(error).splitlines())
            return Drafted(draft, base, made.files, base.content, made.refused, problems)
        return Drafted(draft, base, made.files, content, made.refused)

    def blob(self, content: bytes) -> str:
        """Keeps what a change of the draft refers to, and gives its digest. Raises RedisError."""
        digest = digest_of(content)
        self._releases.keep_blob(digest, content)
        return digest

    def _base_now(self) -> Base:
        speaking = self._live.speaking
        known = self._base
        if known is None or known.pointer != speaking.pointer or known.content is not speaking.content:
            pointer = speaking.pointer
            files = files_in(self._live.folder_of(pointer.manifest)) if pointer else packaged_files()
            known = self._base = Base(pointer, speaking.content, files, manifest_of(files))
        return known

    def _loaded(self, files: Files, base: Base) -> Content:
        digests = {
            path: base.manifest.digests[path] if base.files.get(path) is content else digest_of(content)
            for path, content in files.items()
        }
        by_digest = {digests[path]: content for path, content in files.items()}
        folder = self._folder / Manifest(digests).digest
        near = max(self._folders(), key=lambda path: path.stat().st_mtime, default=None)
        write_folder(folder, Manifest(digests), by_digest.__getitem__, near)
        # A draft that is again as it was has its folder already, and needs it as much as a new one.
        os.utime(folder)
        for old in sorted(self._folders(), key=lambda path: path.stat().st_mtime)[:-KEPT_ON_DISK]:
            shutil.rmtree(old, ignore_errors=True)
        changed = {path for path in {*files, *base.files} if files.get(path) is not base.files.get(path)}
        return content_in(folder, self._audio, base.content, changed)

    def _folders(self) -> list[Path]:
        with suppress(OSError):
            return [path for path in self._folder.iterdir() if path.is_dir() and not path.name.startswith(".")]
        return []
