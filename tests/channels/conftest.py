from __future__ import annotations

import re
from pathlib import Path

import polib
import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.script.model import Script

_PLACEHOLDER = re.compile(r"(\{[^}]*\})")
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстувьхыз")


def in_other_letters(text: str) -> str:
    """A make-believe translation: other letters, the same placeholders, so that a leak of English is seen."""
    return "".join(
        piece if piece.startswith("{") else piece.lower().translate(_LETTERS) for piece in _PLACEHOLDER.split(text)
    )


@pytest.fixture(scope="session")
def catalogs(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Catalogs:
    locales = tmp_path_factory.mktemp("locales")
    write_catalog(script, locales)
    return Catalogs(script, locales)


def write_catalog(script: Script, locales: Path, *, without: str = "") -> Path:
    """A PO file in other letters for the second language, without one message."""
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": "es"}
    po.extend(
        polib.POEntry(msgctxt=message.id, msgid=message.text, msgstr=in_other_letters(message.text))
        for message in script.messages.values()
        if message.id != without
    )
    path = locales / "es" / "LC_MESSAGES" / "hotline.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    po.save(str(path))
    return path


@pytest.fixture(scope="session")
def written(script: Script, catalogs: Catalogs) -> WrittenWording:
    return WrittenWording(script, catalogs)


@pytest.fixture(scope="session")
def spoken(script: Script, catalogs: Catalogs) -> SpokenWording:
    return SpokenWording(script, catalogs)
