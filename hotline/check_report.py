"""The report of `hotline check` as lines of text: aligned tables, then one sentence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from hotline.catalogs.findings import Finding, Severity
from hotline.channels.measures import Measure
from hotline.checks import Report

_GAP = "  "


def report_lines(report: Report) -> Iterator[str]:
    """What is wrong and where, what is due, how much is reviewed, and the sum."""
    yield from report.broken
    if report.script is None:
        return
    for (language, file), findings in groupby(report.findings, key=lambda finding: (finding.language, finding.file)):
        yield f"{language}{_GAP}{file}"
        yield from _table(_rows(findings))
    if report.due:
        yield "To be reviewed: the day has come"
        yield from _table((item.name, item.file, str(item.review_by)) for item in report.due)
    if report.progress:
        yield from _table(
            [
                ("", "translated", "reviewed by a native", "of"),
                *((p.language, str(p.translated), str(p.reviewed), str(p.messages)) for p in report.progress),
            ]
        )
    yield _sum(report, len(report.script.messages), report.script.languages)


def segment_lines(report: Report) -> Iterator[str]:
    """What each message costs in each language, the dearest first, and the sums."""
    yield from report.broken
    by_message: dict[str, dict[str, Measure]] = defaultdict(dict)
    for measure in report.measures:
        by_message[measure.message_id][measure.language] = measure
    languages = list(dict.fromkeys(measure.language for measure in report.measures))
    dearest = sorted(by_message, key=lambda message: _cost(by_message[message].values()), reverse=True)
    sums = [_total(measure for measure in report.measures if measure.language == code) for code in languages]
    rows = [
        ("SMS segments (g: GSM-7, u: UCS-2), seconds spoken", *languages, "all"),
        *(_row(message, languages, by_message[message]) for message in dearest),
        ("all", *sums, _total(report.measures)),
    ]
    yield from _table(rows, right=True)


def _rows(findings: Iterable[Finding]) -> Iterator[Sequence[str]]:
    for finding in findings:
        style = "style: " if finding.severity is Severity.WARNING else ""
        yield (finding.message_id or "(the file)", f"{style}{finding.what} -> {finding.remedy}")


def _sum(report: Report, messages: int, languages: Iterable[str]) -> str:
    counts = [
        _counted(report.errors, "error"),
        _counted(report.warnings, "matter", " of style"),
        _counted(len(report.due), "statement", " to be reviewed"),
    ]
    found = ", ".join(count for count in counts if count)
    wrong = "" if report.errors else "nothing wrong"
    return f"{messages} messages in {', '.join(languages)}: {'; '.join(filter(None, (wrong, found)))}."


def _counted(number: int, thing: str, rest: str = "") -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}{rest}" if number else ""


def _row(message: str, languages: list[str], measures: dict[str, Measure]) -> Sequence[str]:
    return (message, *(_cell(measures.get(code)) for code in languages), _total(measures.values()))


def _cell(measure: Measure | None) -> str:
    if measure is None:
        return "-"
    written = f"{measure.segments.count}{measure.segments.encoding[0].lower()}" if measure.segments else "-"
    return f"{written} {'-' if measure.seconds is None else f'{measure.seconds:.0f}s':>3}"


def _total(measures: Iterable[Measure]) -> str:
    segments, seconds = _cost(measures)
    return f"{segments} {seconds:.0f}s"


def _cost(measures: Iterable[Measure]) -> tuple[int, float]:
    kept = list(measures)
    return sum(m.segments.count for m in kept if m.segments), sum(m.seconds or 0 for m in kept)


def _table(rows: Iterable[Sequence[str]], *, right: bool = False) -> Iterator[str]:
    """Lines whose columns are aligned; all but the first to the right where `right`."""
    kept = list(rows)
    widths = [max(map(len, column)) for column in zip(*kept, strict=True)]
    for row in kept:
        first, *others = (
            cell.rjust(width) if right and column else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield f"{_GAP}{_GAP.join([first, *others])}".rstrip()
