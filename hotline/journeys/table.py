"""Journeys as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hotline.journeys.walk import Journey

HEADER = ("", "topic", "keys", "first useful word", "end of first part", "texts", "segments", "call", "text")


def table_lines(journeys: Sequence[Journey]) -> Iterator[str]:
    """A line for each journey, then the slowest way to the topic that cannot wait, in each language."""
    rows = [HEADER, *(_row(journey) for journey in journeys)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADER))]
    before = None
    for row in rows:
        if before not in {None, row[0]}:
            yield ""
        before = row[0]
        cells = (
            cell.ljust(width) if column < 2 else cell.rjust(width)  # noqa: PLR2004 - words, then numbers
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _row(journey: Journey) -> tuple[str, ...]:
    return (
        journey.language,
        journey.topic,
        str(journey.keys),
        f"{journey.useful_seconds:.1f} s",
        f"{journey.part_seconds:.1f} s",
        str(journey.texts),
        str(journey.segments),
        f"${journey.call_cost:.3f}",
        f"${journey.text_cost:.3f}",
    )
