"""Files that whoever reads meanwhile finds whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

READABLE_BY_ALL = 0o644


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file, with its folder where there is none. Raises OSError, and then leaves what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            os.fchmod(handle, READABLE_BY_ALL)
            file.write(content)
        Path(unfinished).replace(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
