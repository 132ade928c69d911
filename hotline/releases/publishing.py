"""A draft becomes a release: checked, kept, made ready by every worker, then live on all of them at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from hotline.catalogs.catalog import State
from hotline.catalogs.findings import Finding, Severity
from hotline.catalogs.pofile import PoError
from hotline.checks import Report, check
from hotline.releases.changes import brought_up_to_date, key_of, kind_of
from hotline.releases.divergence import agreed_after
from hotline.releases.drafting import Drafted, Drafting
from hotline.releases.files import (
    LOCALES_FOLDER,
    SCRIPT_FOLDER,
    TRAINED,
    Files,
    Manifest,
    files_in,
    manifest_of,
    packaged_files,
    write_folder,
)
from hotline.releases.live import Live
from hotline.script.loader import ScriptError
from hotline.store.connection import RedisClient
from hotline.store.durability import why_not_durable
from hotline.store.history import Entry
from hotline.store.releases import PACKAGED, LostReleaseError, Pointer, Release, Releases

# A worker that does not say within this time that it is ready is not waited for any longer.
READY_SECONDS = 60.0
LOOK_SECONDS = 0.05

CHECKING, LEARNING, KEEPING, MAKING_READY = "checking", "learning", "keeping", "making ready"

# What is being done, and how much of it is: from 0 to 1, None where that is not known.
Tell: TypeAlias = Callable[[str, float | None], None]
# What is learned from the examples among files, as the content of the file TRAINED.
Learn: TypeAlias = Callable[[Path, Tell], bytes]


class PublishError(Exception):
    """Nothing was published. `problems` has a line for each reason, which says what to do."""

    def __init__(self, *problems: str) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def silently(step: str, share: float | None) -> None:
    """For whoever does not want to know how far it is."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes and brings back releases. Raises RedisError where Redis is out of reach, in every method.

    `folder` is for the files of what is being published; `learn` learns from the examples.
    """

    redis: RedisClient
    releases: Releases
    live: Live
    drafting: Drafting
    folder: Path
    now: Callable[[], datetime]
    learn: Learn

    def publish(self, keys: Collection[str], *, version: int, by: str, note: str, tell: Tell = silently) -> Release:
        """Makes the changes with these keys live; the others stay in the draft.

        `version` is that of the draft which was looked at. Raises PublishError.
        """
        self._require_durable()
        drafted = self.drafting.only(keys)
        if drafted.draft.version != version:
            raise PublishError("The draft has changed since you looked at it. Look again, then publish.")
        if not drafted.draft.changes:
            raise PublishError("There is nothing to publish. Change something first.")
        tell(CHECKING, None)
        files = self._finished(drafted, tell)
        release = Release(
            manifest=manifest_of(files).digest,
            by=by,
            at=self.now(),
            note=note,
            changes=drafted.draft.changes,
            before={key: drafted.value_before(key) for key in drafted.keys},
            agreed=self._agreed(files, self._live_release(drafted)),
        )
        return self.make_live(files, release, drafted.base.pointer, tell)

    def restore(self, number: int, *, by: str, note: str, tell: Tell = silently) -> Release:
        """Makes an earlier release live again, or with PACKAGED what the hotline came with.

        The draft stays as it is. Raises PublishError.
        """
        self._require_durable()
        earlier = self.releases.release(number)
        if earlier is None and number != PACKAGED:
            raise PublishError(f"There is no release {number}.")
        files = files_in(self.live.folder_of(earlier.manifest)) if earlier else packaged_files()
        agreed, manifest = self._agreed(files, earlier), manifest_of(files).digest
        release = Release(manifest, by, self.now(), note, restores=number, agreed=agreed)
        return self.make_live(files, release, self.releases.live(), tell)

    def put_back(self, *, by: str, note: str, tell: Tell = silently) -> Release:
        """Publishes once more what this worker speaks from, of which Redis knows nothing any more.

        What other releases held is lost with Redis; the numbers begin anew. Raises PublishError.
        """
        self._require_durable()
        drafted = self.drafting.now()
        if drafted.base.pointer is None:
            raise PublishError("Nothing was published that could be put back: the line speaks from its package.")
        if self.releases.live():
            raise PublishError("Redis holds a release again. Look again at what is live.")
        files = drafted.base.files
        release = Release(drafted.base.manifest.digest, by, self.now(), note, agreed=self._agreed(files, None))
        return self.make_live(files, release, None, tell)

    def make_live(self, files: Files, release: Release, live: Pointer | None, tell: Tell = silently) -> Release:
        """Makes files that are checked already live as `release`; `live` is what Redis called live when they were made.

        Every worker has them ready before any speaks from them. Raises PublishError.
        """
        tell(KEEPING, None)
        manifest = manifest_of(files)
        self._keep(files, manifest)
        tell(MAKING_READY, None)
        self._wait_until_ready(manifest.digest)
        entry = Entry(
            self.now(), release.by, "published" if release.restores is None else "restored", note=release.note
        )
        published = self.releases.publish(release, live=live, entry=entry)
        if published is None:
            raise PublishError(
                "Somebody published, or changed the same things, meanwhile, or Redis started anew. "
                "Look again, then publish."
            )
        return published

    def problems_of(self, drafted: Drafted) -> tuple[str, ...]:
        """Why a draft cannot be published, a line each; empty where it can."""
        try:
            self._finished(drafted, silently, learning=False)
        except PublishError as error:
            return error.problems
        return ()

    def _require_durable(self) -> None:
        if problem := why_not_durable(self.redis):
            raise PublishError(problem)

    def _finished(self, drafted: Drafted, tell: Tell, *, learning: bool = True) -> Files:
        """The files as they are published: checked, with the catalogs of today's English, and what was learned."""
        refused = tuple(f"{key}: {reason}" for key, reason in drafted.refused.items())
        if refused or drafted.problems:
            raise PublishError(*refused, *drafted.problems)
        try:
            files: Files = brought_up_to_date(drafted.files)
        except (ScriptError, PoError) as error:
            raise PublishError(*str(error).splitlines()) from error
        folder = self._written(files)
        is_to_learn = any(kind_of(change.key) == "example" for change in drafted.draft.changes)
        if learning and is_to_learn:
            tell(LEARNING, None)
            files = {**files, TRAINED: self.learn(folder, tell)}
            folder = self._written(files)
        trained = folder / TRAINED if learning or not is_to_learn else None
        report = check(self.now().date(), folder / LOCALES_FOLDER, folder / SCRIPT_FOLDER, trained)
        if problems := tuple(blocking(report, drafted)):
            raise PublishError(*problems)
        return files

    def _written(self, files: Files) -> Path:
        manifest = manifest_of(files)
        by_digest = {manifest.digests[path]: content for path, content in files.items()}
        folder = self.folder / manifest.digest
        write_folder(folder, manifest, by_digest.__getitem__)
        return folder

    def _live_release(self, drafted: Drafted) -> Release | None:
        """That which a draft changes."""
        pointer = drafted.base.pointer
        return self.releases.release(pointer.number) if pointer else None

    def _agreed(self, files: Files, earlier: Release | None) -> str:
        """Keeps in what files and package agreed last, going on from `earlier`; the digest of that."""
        packaged = manifest_of(packaged_files())
        agreed = agreed_after(manifest_of(files), packaged, agreed_in(self.releases, earlier) or packaged)
        self.releases.keep({}, agreed.digest, agreed.to_json())
        return agreed.digest

    def _keep(self, files: Files, manifest: Manifest) -> None:
        by_digest = {manifest.digests[path]: content for path, content in files.items()}
        self.releases.keep(by_digest, manifest.digest, manifest.to_json())

    def _wait_until_ready(self, manifest: str) -> None:
        """Until every worker has it ready and can switch at once. Raises PublishError where one of them cannot."""
        end = self.now() + timedelta(seconds=READY_SECONDS)
        while self.now() < end:
            # A server that started anew meanwhile may not remember what was asked for.
            self.releases.announce(manifest)
            workers = self.releases.workers(self.now())
            if troubled := [worker for worker in workers if worker.refused == manifest]:
                raise PublishError(f"The line cannot take this up: {troubled[0].trouble}")
            if all(manifest in {worker.ready, worker.live.partition(":")[2]} for worker in workers):
                return
            time.sleep(LOOK_SECONDS)


def agreed_in(releases: Releases, release: Release | None) -> Manifest | None:
    """The files as a release and the package had both last; None where nobody knows. Raises RedisError."""
    if release and release.agreed:
        with suppress(LostReleaseError):
            return Manifest.from_json(releases.manifest(release.agreed))
    return None


def blocking(report: Report, drafted: Drafted) -> Iterable[str]:
    """What of a report must be mended before it is published, a line each.

    What a language does not say, because it is missing or stale there, does not hold up the others, unless it is what
    somebody has just written for this very English.
    """
    yield from report.broken
    for finding in report.findings:
        if finding.severity is Severity.ERROR and _is_said(finding, drafted):
            where = f"{finding.message_id} ({finding.language})" if finding.message_id else finding.file
            yield f"{where}: {finding.what}; {finding.remedy}"


def _is_said(finding: Finding, drafted: Drafted) -> bool:
    language, id, catalogs = finding.language, finding.message_id, drafted.content.catalogs
    if not id or catalogs.state(language, id) is State.CURRENT:
        return True
    entry = catalogs.entry(language, id)
    is_of_today = entry is not None and entry.source == drafted.content.script.messages[id].text
    return is_of_today and key_of("translation", language, id) in drafted.keys
