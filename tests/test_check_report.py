from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from hotline.catalogs.findings import Finding, Severity
from hotline.catalogs.freshness import Due, Progress
from hotline.channels.measures import Measure
from hotline.channels.segments import count_segments
from hotline.check_report import report_lines, segment_lines
from hotline.checks import Report
from hotline.script.model import Script

PO = "locales/es/LC_MESSAGES/hotline.po"
FINDINGS = (
    Finding("en", "topic.a.first", "it is hard", "write simply", "topics/a.toml"),
    Finding("es", "", "the header is wrong", "mend it", PO),
    Finding("es", "more", "the translation is empty", "translate it", PO),
    Finding("es", "welcome", "… is not needed", "write ...", PO, Severity.WARNING),
)


@pytest.fixture
def report(script: Script) -> Report:
    """A report on two messages in two languages, with nothing in it."""
    kept = {key: script.messages[key] for key in ("more", "welcome")}
    languages = {code: script.languages[code] for code in ("en", "es")}
    return Report(replace(script, messages=kept, languages=languages), ())


def test_where_nothing_is_wrong_one_sentence_says_so(report: Report) -> None:
    assert list(report_lines(report)) == ["2 messages in en, es: nothing wrong."]


def test_findings_are_grouped_by_file_and_aligned(report: Report) -> None:
    assert list(report_lines(replace(report, findings=FINDINGS))) == [
        "en  topics/a.toml",
        "  topic.a.first  it is hard -> write simply",
        "es  locales/es/LC_MESSAGES/hotline.po",
        "  (the file)  the header is wrong -> mend it",
        "  more        the translation is empty -> translate it",
        "  welcome     style: … is not needed -> write ...",
        "2 messages in en, es: 3 errors, 1 matter of style.",
    ]


def test_files_that_cannot_be_read_come_first(report: Report) -> None:
    lines = list(
        report_lines(replace(report, broken=("es/glossary.toml: the file is missing",), findings=FINDINGS[:1]))
    )
    assert lines[0] == "es/glossary.toml: the file is missing"
    assert lines[-1] == "2 messages in en, es: 2 errors."


def test_a_script_that_cannot_be_served_is_all_that_is_said() -> None:
    assert list(report_lines(Report(None, ("menus.toml: one thing", "towns.toml: another")))) == [
        "menus.toml: one thing",
        "towns.toml: another",
    ]


def test_what_is_due_and_what_is_reviewed_is_listed(report: Report) -> None:
    due = (Due("town.hamden.rule", "towns.toml", date(2027, 2, 1)), Due("more", "phrases.toml", date(2027, 3, 1)))
    lines = list(report_lines(replace(report, due=due, progress=(Progress("es", 2, 2, 1),))))
    assert lines == [
        "To be reviewed: the day has come",
        "  town.hamden.rule  towns.toml    2027-02-01",
        "  more              phrases.toml  2027-03-01",
        "      translated  reviewed by a native  of",
        "  es  2           1                     2",
        "2 messages in en, es: nothing wrong; 2 statements to be reviewed.",
    ]


def test_what_messages_cost_is_listed_the_dearest_first_with_sums(report: Report) -> None:
    measures = (
        Measure("en", "more", count_segments("More"), 0.6),
        Measure("en", "welcome", count_segments("x" * 161), 11.0),
        Measure("en", "star.voice", None, 0.4),
        Measure("es", "more", count_segments("Más"), 0.4),
        Measure("es", "welcome", count_segments("á" * 135), None),
    )
    assert list(segment_lines(replace(report, measures=measures))) == [
        "  SMS segments (g: GSM-7, u: UCS-2), seconds spoken      en      es    all",
        "  welcome                                            2g 11s  3u   -  5 11s",
        "  more                                               1g  1s  1u  0s   2 1s",
        "  star.voice                                          -  0s       -   0 0s",
        "  all                                                 3 12s    4 0s  7 12s",
    ]


@pytest.mark.parametrize("lines", [report_lines, segment_lines])
def test_no_line_ends_with_a_blank(report: Report, lines: Callable[[Report], list[str]]) -> None:
    measures = (Measure("en", "more", count_segments("More"), None),)
    assert all(line == line.rstrip() for line in lines(replace(report, findings=FINDINGS, measures=measures)))
