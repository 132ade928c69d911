"""The files of a release, by their paths within it, and the manifest that names their content."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TypeAlias

from hotline.locales import LOCALES
from hotline.script.loader import DATA
from hotline.understanding.trained import TRAINED_FILE

SCRIPT_FOLDER = "script"
LOCALES_FOLDER = "locales"
TRAINED = "understanding/trained.npz"

Files: TypeAlias = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Manifest:
    """The SHA-256 of each file's content, by the file's path. Its own digest names a release's content."""

    digests: Mapping[str, str]

    @property
    def digest(self) -> str:
        return digest_of(self.to_json())

    def apart(self, other: Manifest) -> frozenset[str]:
        """The paths of which these do not have the same content."""
        return frozenset(path for path, _ in self.digests.items() ^ other.digests.items())

    def to_json(self) -> bytes:
        return json.dumps(dict(sorted(self.digests.items())), separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Manifest:
        """Raises ValueError for what is no manifest."""
        digests = json.loads(text)
        if not isinstance(digests, dict) or not all(map(is_path, digests)):
            raise ValueError("this is no manifest of a release")
        return cls(digests)


def digest_of(content: bytes) -> str:
    """64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def manifest_of(files: Files) -> Manifest:
    return Manifest({path: digest_of(content) for path, content in files.items()})


def is_path(path: str) -> bool:
    """Whether a path stands within a release: relative, in one of its folders, without a way out."""
    parts = PurePosixPath(path).parts
    is_plain = len(parts) > 1 and "/".join(parts) == path and not {"..", ".", "/"} & set(parts) and "\0" not in path
    return is_plain and (path == TRAINED or parts[0] in {SCRIPT_FOLDER, LOCALES_FOLDER})


def packaged_files() -> dict[str, bytes]:
    """What the package holds."""
    return {
        **_files_in(DATA, SCRIPT_FOLDER, ("*.toml", "topics/*.toml")),
        **_files_in(LOCALES, LOCALES_FOLDER, ("*/*.toml", "*/LC_MESSAGES/*.po", "*/recordings/*.wav")),
        TRAINED: TRAINED_FILE.read_bytes(),
    }


def packaged_path(path: str) -> Path:
    """Where the package keeps a file of a release."""
    if path == TRAINED:
        return TRAINED_FILE
    folder, _, rest = path.partition("/")
    return (DATA if folder == SCRIPT_FOLDER else LOCALES) / rest


def files_in(folder: Path) -> dict[str, bytes]:
    """What stands in a release's folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def write_folder(
    folder: Path, manifest: Manifest, content_of: Callable[[str], bytes], near: Path | None = None
) -> None:
    """Puts a release's files into a folder in one step; one that exists is complete already.

    `content_of` gives the content of a digest. What a folder `near` holds under the same path with the same content is
    linked, not written. Raises OSError.
    """
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".making-"))
    try:
        for path, digest in manifest.digests.items():
            target = made / path
            target.parent.mkdir(parents=True, exist_ok=True)
            if not (near and _linked(near / path, target, digest)):
                target.write_bytes(content_of(digest))
        # Another worker may have made the same folder meanwhile.
        with suppress(OSError):
            made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    if not folder.exists():
        raise OSError(f"{folder} could not be made")


def _linked(source: Path, target: Path, digest: str) -> bool:
    try:
        if digest_of(source.read_bytes()) != digest:
            return False
        target.hardlink_to(source)
    except OSError:
        return False
    return True


def _files_in(root: Path, folder: str, patterns: tuple[str, ...]) -> dict[str, bytes]:
    paths = sorted(path for pattern in patterns for path in root.glob(pattern))
    return {f"{folder}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in paths}
