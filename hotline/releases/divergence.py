"""How the files that are live and those that are packaged have gone apart, and which of them moved on."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.releases.files import Manifest


@dataclass(frozen=True, slots=True)
class Divergence:
    """Paths in order: files changed since both agreed, in what is live alone, in the package alone, or in both."""

    live: tuple[str, ...] = ()
    packaged: tuple[str, ...] = ()
    both: tuple[str, ...] = ()


def divergence(live: Manifest, packaged: Manifest, agreed: Manifest) -> Divergence:
    """`agreed` has each file as both had it last."""
    apart = [path for path in _paths(live, packaged) if _of(live, path) != _of(packaged, path)]
    live_moved = {path for path in apart if _of(live, path) != _of(agreed, path)}
    package_moved = {path for path in apart if _of(packaged, path) != _of(agreed, path)}
    return Divergence(
        live=tuple(path for path in apart if path in live_moved - package_moved),
        packaged=tuple(path for path in apart if path in package_moved - live_moved),
        both=tuple(path for path in apart if path in live_moved & package_moved),
    )


def agreed_after(live: Manifest, packaged: Manifest, agreed: Manifest) -> Manifest:
    """What both last agreed on, once `live` is live."""
    now = {path: digest for path, digest in live.digests.items() if digest == _of(packaged, path)}
    # What neither has any more needs no memory.
    before = {path: agreed.digests[path] for path in _paths(live, packaged) if path in agreed.digests}
    return Manifest({**before, **now})


def _paths(*manifests: Manifest) -> list[str]:
    return sorted({path for manifest in manifests for path in manifest.digests})


def _of(manifest: Manifest, path: str) -> str | None:
    return manifest.digests.get(path)
