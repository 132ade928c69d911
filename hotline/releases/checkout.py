"""The package's files as git has them, which are the reviewed base, beside what is live."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable
from pathlib import Path

from hotline.releases.divergence import Divergence, divergence
from hotline.releases.files import Manifest, digest_of, manifest_of, packaged_files, packaged_path
from hotline.releases.publishing import agreed_in
from hotline.store.releases import LostReleaseError, Release, Releases

# As far back as anybody looks whether a file was live, or committed, once.
MOST_RELEASES = 500
MOST_COMMITS = 500


def divergence_here(releases: Releases, live: Release) -> Divergence:
    """How the live release and the files here differ, which may be ahead of those that the line was started with.

    A file that seems changed on both sides was changed on one alone where the other has nothing new: a file here that
    was live once, or one that is live and was committed once. Raises RedisError or LostReleaseError.
    """
    ours, theirs = manifest_of(packaged_files()), Manifest.from_json(releases.manifest(live.manifest))
    known = divergence(theirs, ours, agreed_in(releases, live) or Manifest({}))
    manifests = list(_manifests(releases, releases.latest(MOST_RELEASES)))
    once_live = {(path, one.digests.get(path)) for one in manifests for path in known.both}
    ours_is_old = {path for path in known.both if (path, ours.digests.get(path)) in once_live}
    theirs_is_old = {path for path in known.both if was_committed(packaged_path(path), theirs.digests.get(path))}
    live_moved, ours_moved = ours_is_old - theirs_is_old, theirs_is_old - ours_is_old
    return Divergence(
        live=tuple(sorted({*known.live, *live_moved})),
        packaged=tuple(sorted({*known.packaged, *ours_moved})),
        both=tuple(path for path in known.both if path not in live_moved | ours_moved),
    )


def pull(releases: Releases, live: Release, paths: Iterable[str]) -> None:
    """Makes files of the package what they are live. Raises RedisError, LostReleaseError or OSError."""
    manifest = Manifest.from_json(releases.manifest(live.manifest))
    for path in paths:
        file, digest = packaged_path(path), manifest.digests.get(path)
        if digest is None:
            file.unlink(missing_ok=True)
        else:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(releases.blob(digest))


def was_committed(file: Path, digest: str | None) -> bool:
    """Whether a file once had the content with this digest in git."""
    commits = _git(file, "rev-list", f"--max-count={MOST_COMMITS}", "HEAD", "--", file.name) if digest else None
    contents = (_git(file, "show", f"{commit}:./{file.name}") for commit in (commits or b"").decode().split())
    return any(content is not None and digest_of(content) == digest for content in contents)


def _git(file: Path, *arguments: str) -> bytes | None:
    """None where there is no such thing, or no git."""
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are paths of the package
            ["git", *arguments],  # noqa: S607 - whichever git the engineer has
            cwd=file.parent,
            capture_output=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout if done.returncode == 0 else None


def _manifests(releases: Releases, latest: Iterable[Release]) -> Iterable[Manifest]:
    for digest in dict.fromkeys(release.manifest for release in latest):
        try:
            yield Manifest.from_json(releases.manifest(digest))
        except LostReleaseError:
            continue
