"""A draft of what is packaged, without a server: changes, and what they make of it."""

from __future__ import annotations

import tempfile
from datetime import datetime
from functools import cache
from pathlib import Path

from hotline.releases.content import packaged_content
from hotline.releases.drafting import Base, Drafted, Drafting
from hotline.releases.files import manifest_of, packaged_files
from hotline.releases.live import Live
from hotline.script.organisations import CONNECTICUT
from hotline.store.connection import connect
from hotline.store.drafts import Change, Draft, Drafts, Value
from hotline.store.releases import Releases
from tests.conftest import DATA

# A Monday at four.
FOUR = datetime(2026, 11, 23, 16, tzinfo=CONNECTICUT)


@cache
def base() -> Base:
    files = packaged_files()
    return Base(None, packaged_content(DATA / "audio"), files, manifest_of(files))


def drafted(changes: dict[str, Value] | None = None) -> Drafted:
    """What ana's changes, by their keys, make of what is packaged."""
    folder = Path(tempfile.mkdtemp(dir=DATA))
    nowhere = connect(f"unix://{folder}/gone.sock")
    releases = Releases(nowhere)
    live = Live(releases, folder / "releases", DATA / "audio", lambda: FOUR)
    drafting = Drafting(live, releases, Drafts(nowhere), folder / "drafts", DATA / "audio")
    made = tuple(Change(key, value, "ana", FOUR) for key, value in (changes or {}).items())
    return drafting.made(Draft(len(made), made), base())
