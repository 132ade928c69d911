from __future__ import annotations

from hotline.journeys.table import table_lines
from tests.journeys.some import journey


def test_each_journey_is_a_line_and_languages_are_parted() -> None:
    lines = list(table_lines([journey("en", "scams"), journey("en", "schools"), journey("ht", "scams", useful=101.26)]))
    assert [line.split()[:2] for line in lines if line.strip()][1:] == [
        ["en", "scams"],
        ["en", "schools"],
        ["ht", "scams"],
    ]
    assert lines.count("") == 2
    assert "101.3 s" in lines[-1]


def test_columns_stand_below_each_other() -> None:
    *_, short, long = table_lines([journey("en", "scams"), journey("en", "talk-to-person")])
    assert short.index("8.0 s") == long.index("8.0 s")
