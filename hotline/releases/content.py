"""All that the line speaks from and understands by: one release, loaded whole, and never changed afterwards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hotline.catalogs.catalog import Catalogs
from hotline.channels.documents import Documents
from hotline.channels.voices import Voices, voices_of
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.locales import LOCALES
from hotline.releases.files import LOCALES_FOLDER, SCRIPT_FOLDER, TRAINED
from hotline.script.loader import DATA, load_script
from hotline.script.model import Script
from hotline.understanding.trained import TRAINED_FILE
from hotline.understanding.understanding import Understanding, load_understanding

# What the understanding of texts is made of, beside the words that are commands.
_UNDERSTOOD_BY = frozenset(
    {
        TRAINED,
        *(f"{SCRIPT_FOLDER}/{name}.toml" for name in ("organisations", "towns", "places", "outside", "languages")),
    }
)


@dataclass(frozen=True, slots=True)
class Content:
    """What one reply is made of. Whoever answers takes one and keeps to it, so that no reply is of two releases.

    `locales` is the folder of its catalogs, examples and recordings; `documents` are those that were rendered lately.
    """

    script: Script
    catalogs: Catalogs
    understanding: Understanding
    written: WrittenWording
    spoken: SpokenWording
    voices: Voices
    locales: Path
    documents: Documents


@cache
def packaged_content(audio: Path) -> Content:
    """What the package holds, loaded once for a process; `audio` is the folder of sounds.

    Raises ScriptError, CatalogError or UnderstandingError.
    """
    script = load_script(DATA)
    return content_of(script, load_understanding(script, LOCALES, trained=TRAINED_FILE), LOCALES, audio)


def content_in(folder: Path, audio: Path, near: Content | None = None, changed: Iterable[str] = ()) -> Content:
    """A release whose files stand in a folder. Raises as `packaged_content`.

    Where it differs from content `near` it in no more than the paths `changed`, it understands as that does if it can.
    """
    script, locales, trained = load_script(folder / SCRIPT_FOLDER), folder / LOCALES_FOLDER, folder / TRAINED
    if near and not any(path in _UNDERSTOOD_BY or path.endswith("/commands.toml") for path in changed):
        understanding = near.understanding
    else:
        understanding = load_understanding(script, locales, trained=trained if trained.exists() else TRAINED_FILE)
    return content_of(script, understanding, locales, audio)


def content_of(script: Script, understanding: Understanding, locales: Path, audio: Path) -> Content:
    """What is loaded already, with the catalogs and recordings in `locales`. Raises CatalogError."""
    catalogs = Catalogs(script, locales)
    spoken = SpokenWording(script, catalogs, understanding.hints)
    return Content(
        script=script,
        catalogs=catalogs,
        understanding=understanding,
        written=WrittenWording(script, catalogs),
        spoken=spoken,
        voices=voices_of(spoken, locales, audio),
        locales=locales,
        documents=Documents(),
    )
