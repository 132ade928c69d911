from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polib
import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.script.loader import load_script
from hotline.script.model import Script

_PLACEHOLDER = re.compile(r"(\{[^}]*\})")
_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "абцдефгхийклмнопкрстувьхыз")
_ARABIC_LETTERS = str.maketrans("abcdefghijklmnopqrstuvwxyz,;?", "ابصدهفجحيژكلمنوپقرستعثوخيز،؛؟")


def in_other_letters(text: str, letters: dict[int, int] = _LETTERS) -> str:
    """A make-believe translation: other letters, the same placeholders, so that a leak of English is seen."""
    return "".join(
        piece if piece.startswith("{") else piece.lower().translate(letters) for piece in _PLACEHOLDER.split(text)
    )


def in_arabic_letters(text: str) -> str:
    return in_other_letters(text, _ARABIC_LETTERS)


@pytest.fixture(scope="session")
def script() -> Script:
    """The script that the line serves, in the first two of its languages."""
    served = load_script()
    return replace(served, languages={code: served.languages[code] for code in ("en", "es")})


@pytest.fixture(scope="session")
def catalogs(script: Script, tmp_path_factory: pytest.TempPathFactory) -> Catalogs:
    locales = tmp_path_factory.mktemp("locales")
    write_catalog(script, locales)
    return Catalogs(script, locales)


def write_catalog(
    script: Script,
    locales: Path,
    *,
    without: str = "",
    language: str = "es",
    translated: Callable[[str], str] = in_other_letters,
) -> Path:
    """A PO file in other letters for one language, without one message."""
    po = polib.POFile()
    po.metadata = {"Content-Type": "text/plain; charset=UTF-8", "Language": language}
    po.extend(
        polib.POEntry(msgctxt=message.id, msgid=message.text, msgstr=translated(message.text))
        for message in script.messages.values()
        if message.id != without
    )
    path = locales / language / "LC_MESSAGES" / "hotline.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    po.save(str(path))
    return path


@pytest.fixture(scope="session")
def written(script: Script, catalogs: Catalogs) -> WrittenWording:
    return WrittenWording(script, catalogs)


@pytest.fixture(scope="session")
def spoken(script: Script, catalogs: Catalogs) -> SpokenWording:
    return SpokenWording(script, catalogs)


@pytest.fixture(scope="session")
def arabic(script: Script, tmp_path_factory: pytest.TempPathFactory) -> tuple[WrittenWording, SpokenWording]:
    """The line in English and Arabic."""
    language = load_script().languages["ar"]
    speaking = replace(script, languages={"en": script.languages["en"], "ar": language})
    locales = tmp_path_factory.mktemp("arabic")
    write_catalog(speaking, locales, language="ar", translated=in_arabic_letters)
    catalogs = Catalogs(speaking, locales)
    return WrittenWording(speaking, catalogs), SpokenWording(speaking, catalogs)
