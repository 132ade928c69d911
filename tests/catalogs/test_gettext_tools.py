"""What others who work with gettext would say of the catalogs that are shipped."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from hotline.locales import LOCALES

CATALOGS = sorted(LOCALES.glob("*/LC_MESSAGES/hotline.po"))
# Those of pofilter's tests that hold for our texts. Left out: acronyms (commands are translated), brackets and
# doublequoting and endpunc (English is quoted, with its translation behind it), doublewords (some languages repeat
# words), sentencecount, puncspacing, startpunc, startcaps and simplecaps (every language has its own), unchanged
# ("{key} {choice}").
TESTS = (
    "blank", "doublespacing", "emails", "endwhitespace", "escapes", "filepaths", "isfuzzy", "newlines",
    "nplurals", "numbers", "printf", "purepunc", "pythonbraceformat", "startwhitespace", "tabs", "untranslated", "urls",
    "variables", "xmltags",
)  # fmt: skip


def pofilter() -> str | None:
    """The tool, on the path or beside this Python."""
    return shutil.which("pofilter") or shutil.which("pofilter", path=str(Path(sys.executable).parent))


@pytest.mark.usefixtures("gettext")
@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_msgfmt_finds_nothing(path: Path) -> None:
    found = subprocess.run(["msgfmt", "--check", "-o", "/dev/null", path], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")


@pytest.mark.parametrize("path", CATALOGS, ids=lambda path: path.parts[-3])
def test_pofilter_finds_nothing(path: Path, tmp_path: Path) -> None:
    tool = pofilter()
    if tool is None:
        pytest.skip("pofilter is not installed; get it with: pip install translate-toolkit")
    selected = [f"--test={name}" for name in TESTS]
    output = tmp_path / "found.po"
    command = [tool, "--progress=none", f"--language={path.parts[-3]}", *selected, "-i", str(path), "-o", str(output)]
    subprocess.run(command, capture_output=True, check=True)
    assert not output.exists(), output.read_text(encoding="utf-8")
