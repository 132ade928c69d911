from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from hotline.catalogs.findings import Finding, Severity
from hotline.catalogs.pofile import read, text_of
from hotline.checks import Report, check
from hotline.locales import LOCALES
from hotline.script.loader import DATA

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="session")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped data and locales in two languages."""
    folder = tmp_path_factory.mktemp("shipped")
    languages = shutil.copytree(DATA, folder / "data") / "languages.toml"
    english, spanish = re.findall(r"(?ms)^\[(?:en|es)\]\n.*?(?=^\[|\Z)", languages.read_text(encoding="utf-8"))
    languages.write_text(english + spanish, encoding="utf-8")
    for code in ("en", "es"):
        shutil.copytree(LOCALES / code, folder / "locales" / code)
    return folder


@pytest.fixture
def folder(copied: Path, tmp_path: Path) -> Path:
    """A copy to be broken."""
    return Path(shutil.copytree(copied, tmp_path / "shipped"))


@pytest.fixture
def checked(folder: Path) -> Callable[[], Report]:
    return lambda: check(TODAY, folder / "locales", folder / "data")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def translate(folder: Path, message: str, text: str) -> None:
    """Gives a Spanish message a text that counts as one of today's English."""
    path = folder / "locales" / "es" / "LC_MESSAGES" / "hotline.po"
    file = read(path)
    (entry,) = (entry for entry in file if entry.msgctxt == message)
    entry.msgstr, entry.flags = text, [flag for flag in entry.flags if flag != "fuzzy"]
    entry.previous_msgctxt = entry.previous_msgid = None
    path.write_text(text_of(file), encoding="utf-8")


def of(report: Report, message: str) -> list[Finding]:
    return [finding for finding in report.findings if (finding.language, finding.message_id) == ("es", message)]


def test_what_is_shipped_has_no_errors_and_every_message_is_measured() -> None:
    report = check(TODAY)
    assert report.script is not None
    assert (report.broken, report.findings, report.due) == ((), (), ())
    said = [message for message in report.script.messages.values() if not message.is_on_page]
    assert len(report.measures) == len(said) * len(report.script.languages)
    assert [progress.language for progress in report.progress] == list(report.script.languages)[1:]


def test_a_script_that_cannot_be_served_is_all_that_is_said(folder: Path, checked: Callable[[], Report]) -> None:
    change(folder / "data" / "menus.toml", "[main]", "[first]")
    report = checked()
    assert report.script is None
    assert any("'main' is missing" in line for line in report.broken)
    assert report.errors == len(report.broken)


@pytest.mark.parametrize(
    "file",
    ["locales/es/glossary.toml", "locales/es/commands.toml", "data/alphabets.toml", "data/glossary.toml"],
)
def test_a_file_that_is_missing_is_one_error_and_the_rest_is_looked_at(
    folder: Path, checked: Callable[[], Report], file: str
) -> None:
    before = checked().findings
    (folder / file).unlink()
    report = checked()
    (line,) = report.broken
    assert "the file is missing" in line
    assert set(report.findings) <= set(before)
    assert report.progress


def test_all_broken_files_are_named_together(folder: Path, checked: Callable[[], Report]) -> None:
    for file in ("es/LC_MESSAGES/hotline.po", "es/glossary.toml"):
        (folder / "locales" / file).write_text("oops\n", encoding="utf-8")
    first, second = checked().broken
    assert first.startswith("es/glossary.toml: cannot be read")
    assert "hotline.po, line 1" in second


def test_commands_are_those_that_the_line_obeys(folder: Path, checked: Callable[[], Report]) -> None:
    change(folder / "locales" / "es" / "commands.toml", 'menu = ["menú", ', 'menu = ["carta", ')
    (finding,) = of(checked(), "updating")
    assert finding.what == "no word in it is the command 'menu' in this language"


def test_a_text_that_is_too_long_or_has_costly_signs_is_found_in_its_file(
    folder: Path, checked: Callable[[], Report]
) -> None:
    translate(folder, "more", "Más… " * 20)
    findings = of(checked(), "more")
    assert {finding.file for finding in findings} == {"locales/es/LC_MESSAGES/hotline.po"}
    assert {finding.severity for finding in findings} == {Severity.ERROR, Severity.WARNING}
    assert any("segments of UCS-2" in finding.what for finding in findings)
    assert any(finding.what.startswith("…") for finding in findings)


def test_english_is_held_to_plain_signs_too(folder: Path, checked: Callable[[], Report]) -> None:
    change(folder / "data" / "phrases.toml", 'text = "Choose a language."', 'text = "Choose a language…"')
    found = [finding for finding in checked().findings if finding.language == "en"]
    assert [(finding.message_id, finding.file) for finding in found] == [("language", "phrases.toml")]


def test_what_is_due_is_no_error(folder: Path) -> None:
    on_time = check(TODAY, folder / "locales", folder / "data")
    late = check(date(2040, 1, 1), folder / "locales", folder / "data")
    assert late.due
    assert late.errors == on_time.errors


def test_findings_stand_in_the_order_of_the_script(folder: Path, checked: Callable[[], Report]) -> None:
    translate(folder, "updating", "")
    translate(folder, "welcome", "")
    report = checked()
    assert report.script is not None
    order = [finding.message_id for finding in report.findings if finding.language == "es"]
    assert order == sorted(order, key=list(report.script.messages).index)
    assert order.index("welcome") < order.index("updating")


def test_errors_and_matters_of_style_are_counted_apart() -> None:
    finding = Finding("es", "a", "what", "remedy", "file")
    report = Report(None, ("broken",), (finding, replace(finding, severity=Severity.WARNING)))
    assert (report.errors, report.warnings) == (2, 1)


def test_everything_is_checked_in_seconds() -> None:
    before = time.process_time()
    check(TODAY)
    assert time.process_time() - before < 12
