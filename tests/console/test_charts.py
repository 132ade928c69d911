from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from hotline.console.charts import FEW, MOST_SERIES, Count, bars, line, shares, small_multiples, words_of

DAYS = [date(2026, 10, 25) + timedelta(days=past) for past in range(30)]
VALUES: list[Count] = [None if past % 9 == 4 else (past * 37) % 61 + 5 for past in range(30)]
HOSTILE = '"><script>alert(1)</script>'
COUNTS = st.lists(st.none() | st.integers(0, 10**7), max_size=40)

DRAW: dict[str, Callable[[str, list[date], list[Count]], Markup]] = {
    "bars": bars,
    "lying bars": lambda title, days, values: bars(title, [str(day) for day in days], values),
    "line": lambda title, days, values: line(title, days, {"Texts": values, "Calls": values}),
    "multiples": lambda title, days, values: small_multiples(title, days, {"Spanish": values}),
}


def parsed(chart: Markup) -> ET.Element:
    return ET.fromstring(chart)  # noqa: S314 - of our own making


def shapes(chart: Markup, kind: str) -> list[ET.Element]:
    return [one for one in parsed(chart).iter() if one.get("class") == kind]


def number(shape: ET.Element, name: str) -> float:
    return float((shape.get(name) or "").rstrip("%"))


def test_a_number_is_read_as_it_is_and_few_are_not_told() -> None:
    assert [words_of(count) for count in (0, 5, 1234, None)] == ["0", "5", "1,234", FEW]


def test_each_day_with_something_has_a_bar_as_high_as_its_number() -> None:
    found = shapes(bars("Texts", DAYS[:3], [50, 0, 100]), "chart-bar")
    assert [number(bar, "height") for bar in found] == [70, 140]
    assert found[0].get("x") != found[1].get("x")


def test_few_are_a_low_hollow_mark_and_never_a_number() -> None:
    chart = bars("Texts", DAYS[:3], [50, None, 100])
    (few,) = shapes(chart, "chart-few")
    assert 0 < number(few, "height") < number(shapes(chart, "chart-bar")[0], "height")
    assert Markup.escape(f"Oct 26: {FEW}") in chart


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_the_same_numbers_stand_in_a_table(draw: Callable[[str, list[date], list[Count]], Markup]) -> None:
    root = parsed(draw("Texts", DAYS, VALUES))
    rows = {
        " ".join(cell for cell in ("".join(one.itertext()) for one in row) if cell)
        for row in root.iter("tr")
        if row.find("td") is not None
    }
    for value in VALUES:
        assert any(row.split()[-1] == words_of(value) for row in rows)
    assert len([row for row in root.iter("tr") if row.find("td[@class='number']") is not None]) == len(DAYS)


def test_a_screen_reader_is_told_title_and_gist() -> None:
    chart = parsed(bars("Conversations a day", DAYS[:3], [50, None, 100], unit="conversations"))
    drawing = next(chart.iter("svg"))
    named = {one.get("id"): one.text for one in drawing if one.tag in {"title", "desc"}}
    assert [named[id] for id in (drawing.get("aria-labelledby") or "").split()] == [
        "Conversations a day",
        "over 150 conversations from Oct 25 to Oct 27; most on Oct 27: 100.",
    ]
    assert drawing.get("role") == "img"


@pytest.mark.parametrize(
    ("values", "gist"),
    [
        ([0, 0], "None in these days."),
        ([None, 0], "few from Oct 25 to Oct 26; fewer than five on each day."),
        ([7, 0], "7 from Oct 25 to Oct 26; most on Oct 25: 7."),
    ],
)
def test_the_gist_of_little(values: list[Count], gist: str) -> None:
    assert gist in bars("Texts", DAYS[:2], values)


def test_nothing_at_all_is_said_where_bars_would_stand() -> None:
    chart = bars("Texts", DAYS, [0] * 30)
    assert not shapes(chart, "chart-bar")
    assert [one.text for one in shapes(chart, "chart-name")] == ["None in these days."]


def test_lines_are_told_apart_by_more_than_colour() -> None:
    chart = parsed(line("Use", DAYS, {"Texts": VALUES, "Calls": VALUES}))
    drawn = {one.get("data-series") for one in chart.iter("line") if one.get("class") == "chart-line"}
    keys = [" ".join("".join(one.itertext()).split()) for one in chart.iter("li")]
    assert (drawn, keys) == ({"0", "1"}, ["Texts", "Calls"])


def test_more_lines_than_can_be_followed_are_refused() -> None:
    with pytest.raises(ValueError, match="small multiples"):
        line("Use", DAYS, {str(name): VALUES for name in range(MOST_SERIES + 1)})


def test_small_multiples_share_one_scale() -> None:
    chart = small_multiples("By language", DAYS[:1], {"Spanish": [100], "Arabic": [10]})
    high, low = (number(bar, "height") for bar in shapes(chart, "chart-bar"))
    assert high == 10 * low


def test_a_share_is_drawn_of_a_whole_and_not_where_it_would_tell_of_few() -> None:
    chart = shares("Not understood", [("Spanish", 0.25, 812), ("Ukrainian", None, 7)])
    assert [number(bar, "width") for bar in shapes(chart, "chart-bar")] == [25]
    assert "25%" in chart
    assert "of 812" in chart


def test_labels_that_are_no_days_stand_below_each_other() -> None:
    chart = bars("Topics", ["At my home", "Who sees my data"], [200, 50])
    assert [number(bar, "width") for bar in shapes(chart, "chart-bar")] == [100, 25]
    assert [one.text for one in parsed(chart).iter("th")][-2:] == ["At my home", "Who sees my data"]


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_markup_in_words_is_text(draw: Callable[[str, list[date], list[Count]], Markup]) -> None:
    for chart in (
        draw(HOSTILE, DAYS, VALUES),
        line(HOSTILE, DAYS, {HOSTILE: VALUES}),
        shares(HOSTILE, [(HOSTILE, 1, 9)]),
    ):
        assert "<script" not in chart
        parsed(chart)


@pytest.mark.parametrize("draw", DRAW.values(), ids=DRAW)
def test_nothing_is_styled_but_by_the_style_sheet(draw: Callable[[str, list[date], list[Count]], Markup]) -> None:
    assert not re.search(r"\s(style|fill|stroke|on\w+)=", draw("Texts", DAYS, VALUES))


@given(COUNTS)
def test_any_numbers_stay_within_the_drawing(values: list[Count]) -> None:
    days = [date(2026, 1, 1) + timedelta(days=past) for past in range(len(values))]
    for name, draw in DRAW.items():
        chart = parsed(draw(name, days, values))
        for drawing in chart.iter("svg"):
            full = drawing.get("height")
            for one in drawing.iter("rect"):
                assert 0 <= number(one, "x") <= 100
                assert 0 <= number(one, "width") <= 100
                if not (one.get("height") or "").endswith("%"):
                    assert number(one, "y") >= 0
                    assert number(one, "y") + number(one, "height") <= float(full or 0) + 0.02
