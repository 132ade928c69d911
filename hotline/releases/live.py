"""What a worker speaks from: the release that is live, taken up as soon as it is, and kept on disk for a restart."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from redis.exceptions import RedisError

from hotline.catalogs.catalog import CatalogError
from hotline.channels.audio.files import write_whole
from hotline.logs import Log
from hotline.releases.content import Content, content_in, packaged_content
from hotline.releases.files import Manifest, write_folder
from hotline.script.loader import ScriptError
from hotline.store.releases import LostReleaseError, Pointer, Releases, Worker
from hotline.understanding.lessons import UnderstandingError

LOOK_SECONDS = 0.2
REPORT_SECONDS = 1.0
# What could not be taken up is tried again after this time.
RETRY_SECONDS = 10.0
# How many releases stay on disk: that which is live, and those that a worker may still be speaking from.
KEPT_ON_DISK = 5
_POINTER = "live"

UNUSABLE = (ScriptError, CatalogError, UnderstandingError, LostReleaseError, RedisError, OSError, ValueError)

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Speaking:
    """A release and what was loaded of it. Without a pointer it is what the package holds."""

    pointer: Pointer | None
    content: Content


@dataclass(frozen=True, slots=True)
class _Refused:
    """A manifest that could not be loaded, why, and when that is tried again."""

    manifest: str
    why: str
    retry_at: float


class Live:
    """One worker's view. May be asked by many threads; only the one that watches changes it."""

    def __init__(
        self,
        releases: Releases,
        folder: Path,
        audio: Path,
        now: Callable[[], datetime],
        packaged: Callable[[Path], Content] = packaged_content,
    ) -> None:
        """Begins with the release that was kept in `folder`, or with what is packaged; Redis is not asked yet.

        `audio` is the folder of sounds. Raises what `packaged` raises.
        """
        self._releases = releases
        self._folder = folder
        self._now = now
        self._audio = audio
        self._speaking = kept_on_disk(folder, audio) or Speaking(None, packaged(audio))
        self._before: Content | None = None
        self._ready: tuple[str, Content] | None = None
        self._refused: _Refused | None = None
        self._trouble = ""

    @property
    def content(self) -> Content:
        return self._speaking.content

    @property
    def speaking(self) -> Speaking:
        return self._speaking

    @property
    def contents(self) -> tuple[Content, ...]:
        """What calls may still be made of: the content, and that before it."""
        return (self.content, self._before) if self._before else (self.content,)

    @property
    def trouble(self) -> str:
        """Why this is not the release that Redis calls live; empty where it is, or where nothing was published yet."""
        return self._trouble

    def folder_of(self, manifest: str) -> Path:
        """Where the files of a release stand, made from Redis where they are missing.

        Raises RedisError, LostReleaseError, or OSError.
        """
        folder = self._folder / manifest
        if not folder.exists():
            pointer = self._speaking.pointer
            near = self._folder / pointer.manifest if pointer else None
            named = Manifest.from_json(self._releases.manifest(manifest))
            write_folder(folder, named, self._releases.blob, near)
        return folder

    def look(self) -> None:
        """Takes up what Redis says is live, and makes ready what will be. Nothing is raised; trouble is remembered."""
        try:
            live, coming = self._releases.pointers()
        except RedisError as error:
            self._trouble = f"Redis does not answer ({type(error).__name__})"
            return
        if live is None:
            self._trouble = "Redis holds no release" if self._speaking.pointer else ""
        elif live == self._speaking.pointer:
            self._trouble = ""
        else:
            self._take_up(live)
        # What is ready is taken up before it makes room for what comes next.
        if coming:
            self._make_ready(coming)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Looks now, then again and again in a thread of its own, until the block ends."""
        over, id = threading.Event(), uuid4().hex
        # Whoever was forked, or starts anew, speaks from what is live before it answers anybody.
        self.look()
        threads = [
            threading.Thread(target=work, args=(over, id), daemon=True) for work in (self._watch, self._stay_known)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(REPORT_SECONDS)
            with suppress(RedisError):
                self._releases.leave(id)

    def _watch(self, over: threading.Event, id: str) -> None:
        said = ""
        while not over.wait(LOOK_SECONDS):
            self.look()
            says = f"{self._speaking.pointer} {self._ready and self._ready[0]} {self._refused} {self._trouble}"
            if says != said:
                said = says
                self._report(id)

    def _stay_known(self, over: threading.Event, id: str) -> None:
        """Whoever publishes waits for a worker that is still making a release ready, however long that takes."""
        while not over.wait(REPORT_SECONDS):
            self._report(id)

    def _report(self, id: str) -> None:
        refused = self._refused
        worker = Worker(
            id=id,
            at=self._now(),
            live=str(self._speaking.pointer or ""),
            ready=self._ready[0] if self._ready else "",
            refused=refused.manifest if refused else "",
            trouble=refused.why if refused else self._trouble,
        )
        with suppress(RedisError):
            self._releases.report(worker)

    def _make_ready(self, manifest: str) -> None:
        if self._ready and self._ready[0] == manifest:
            return
        if content := self._loaded(manifest):
            self._ready = (manifest, content)

    def _take_up(self, live: Pointer) -> None:
        pointer, content = self._speaking.pointer, None
        if pointer and pointer.manifest == live.manifest:
            content = self.content
        elif self._ready and self._ready[0] == live.manifest:
            content = self._ready[1]
        else:
            content = self._loaded(live.manifest)
        if content is None:
            self._trouble = f"the release that is live cannot be taken up: {self._refused.why if self._refused else ''}"
            return
        if content is not self.content:
            self._before = self.content
        self._speaking, self._ready, self._trouble = Speaking(live, content), None, ""
        log.info("a release is live", release=live.number)
        self._keep(live)

    def _loaded(self, manifest: str) -> Content | None:
        """A release loaded; None, and the reason remembered for a while, where that is not possible."""
        refused = self._refused
        if refused and refused.manifest == manifest and time.monotonic() < refused.retry_at:
            return None
        try:
            content = content_in(self.folder_of(manifest), self._audio, *self._near(manifest))
        except UNUSABLE as error:
            why = _first_line(error)
            self._refused = _Refused(manifest, why, time.monotonic() + RETRY_SECONDS)
            log.warning("a release cannot be taken up; the console says why", error=error)
            return None
        self._refused = None
        return content

    def _near(self, manifest: str) -> tuple[Content | None, frozenset[str]]:
        """What this worker speaks from, and where a release differs from that; nothing where that is not known."""
        pointer = self._speaking.pointer
        if pointer is None:
            return None, frozenset()
        try:
            ours, theirs = (Manifest.from_json(self._releases.manifest(one)) for one in (pointer.manifest, manifest))
        except LostReleaseError:
            return None, frozenset()
        return self.content, ours.apart(theirs)

    def _keep(self, live: Pointer) -> None:
        """A restart begins with this release, whether Redis answers then or not."""
        try:
            write_whole(self._folder / _POINTER, str(live).encode())
            folders = sorted(
                (path for path in self._folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
            )
            for old in folders[:-KEPT_ON_DISK]:
                if old.name != live.manifest:
                    shutil.rmtree(old, ignore_errors=True)
        except OSError as error:
            log.warning("the release could not be kept on disk", error=error)


def kept_on_disk(folder: Path, audio: Path) -> Speaking | None:
    """The release that workers kept last in `folder`; None where there is none, or it cannot be served any more."""
    try:
        pointer = Pointer.of((folder / _POINTER).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    kept = folder / pointer.manifest if pointer else None
    if kept is None or not kept.is_dir():
        return None
    try:
        return Speaking(pointer, content_in(kept, audio))
    except UNUSABLE as error:
        log.warning("the release on disk is left aside", error=error)
        return None


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
