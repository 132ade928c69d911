"""Charts as SVG, drawn on the server: they need no script, and their colours are the style sheet's.

They are as wide as the page lets them: places across are shares of the width, so that letters keep their size. Beside
each stands a table with the same numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import TypeAlias

from markupsafe import Markup

# None stands for few, which are not told exactly: they might tell of somebody.
Count: TypeAlias = int | None
Label: TypeAlias = date | str

FEW = "<5"
# Few are drawn as high as this, hollow.
_FEW_HEIGHT = 2.5
# In pixels: for the numbers above the highest line, the chart itself, and the days below it.
_ABOVE, _PLOT, _BELOW = 18, 140, 24
_SMALL_PLOT = 56
_HEIGHT_OF_A_SHARE = 12
# A bar fills this much of its place.
_BAR = 0.72
_STEPS = (1, 2, 5)
_NONE = "None in these days."
_NOTHING = Markup('<text class="chart-name" x="50%" y="{}" text-anchor="middle">{}</text>').format(
    _ABOVE + _PLOT // 2, _NONE
)
# So many series can be told apart by colour and stroke.
MOST_SERIES = 3


def words_of(count: Count) -> str:
    """A number as it is read: "1,234", or "<5" for few."""
    return FEW if count is None else f"{count:,}"


def bars(
    title: str, labels: Sequence[Label], values: Sequence[Count], *, unit: str = "", description: str = ""
) -> Markup:
    """A bar for each label. Days run from left to right; other labels stand below each other with a bar beside."""
    if labels and not isinstance(labels[0], date):
        return _lying_bars(title, [str(label) for label in labels], values, unit)
    days = [day for day in labels if isinstance(day, date)]
    shapes = Markup().join(_standing_bars(days, values, _ABOVE, _PLOT, _top(values))) or _NOTHING
    drawing = _drawing(title, description or _summary(days, values, unit), _days_axis(days, _top(values)), shapes)
    return _figure(title, drawing, _table(title, days, {unit.capitalize() or "Number": values}))


def line(title: str, days: Sequence[date], series: Mapping[str, Sequence[Count]], *, description: str = "") -> Markup:
    """A line for each of up to MOST_SERIES series of numbers, told apart by stroke as well. Raises ValueError."""
    if len(series) > MOST_SERIES:
        raise ValueError(f"Of {len(series)} lines none can be followed. Draw small multiples instead.")
    top = _top([value for values in series.values() for value in values])
    shapes = Markup().join(_line(days, values, place, top) for place, values in enumerate(series.values()))
    described = description or " ".join(f"{name}: {_summary(days, values, '')}" for name, values in series.items())
    drawing = _drawing(title, described, _days_axis(days, top), shapes)
    return _figure(title, _keys(series) + drawing, _table(title, days, series))


def shares(title: str, rows: Sequence[tuple[str, float | None, Count]], *, heading: str = "Share") -> Markup:
    """A share of a whole for each row: its label, the share between 0 and 1 or None for few, and the whole."""
    lines = Markup().join(
        Markup(
            '<tr><th scope="row">{}</th><td>{}</td><td class="number">{}</td><td class="number">{}</td></tr>'
        ).format(
            label,
            _share(share),
            "–" if share is None else f"{share:.0%}",
            Markup('<span class="quiet">of {}</span>').format(words_of(whole)),
        )
        for label, share, whole in rows
    )
    head = Markup(
        '<thead class="unseen"><tr><th scope="col">Of</th><td></td><th scope="col">{}</th>'
        '<th scope="col">Of how many</th></tr></thead>'
    ).format(heading)
    return Markup('<table class="chart shares"><caption>{}</caption>{}<tbody>{}</tbody></table>').format(
        title, head, lines
    )


def small_multiples(title: str, days: Sequence[date], series: Mapping[str, Sequence[Count]]) -> Markup:
    """A small chart for each series, all to the same scale."""
    top = _top([value for values in series.values() for value in values])
    charts = Markup().join(
        Markup('<div class="multiple"><p><b>{}</b> <span class="quiet">{}</span></p>{}</div>').format(
            name,
            _total(values),
            _drawing(
                f"{title}: {name}",
                _summary(days, values, ""),
                Markup('<line class="chart-base" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(_SMALL_PLOT),
                Markup().join(_standing_bars(days, values, 0, _SMALL_PLOT, top)),
                _SMALL_PLOT + 1,
            ),
        )
        for name, values in series.items()
    )
    return _figure(title, Markup('<div class="multiples">{}</div>').format(charts), _table(title, days, series))


def _figure(title: str, drawing: Markup, table: Markup) -> Markup:
    return Markup(
        '<figure class="chart"><figcaption>{}</figcaption>{}<details class="more"><summary>The numbers'
        '<span class="unseen"> of “{}”</span></summary><div class="more-body">{}</div></details></figure>'
    ).format(title, drawing, title, table)


def _drawing(
    title: str, description: str, axis: Markup, shapes: Markup, height: int = _ABOVE + _PLOT + _BELOW
) -> Markup:
    id = f"chart-{re.sub('[^a-z0-9]+', '-', title.casefold()).strip('-')}"
    return Markup(
        '<svg role="img" width="100%" height="{height}" aria-labelledby="{id}-title {id}-desc">'
        '<title id="{id}-title">{title}</title><desc id="{id}-desc">{description}</desc>{axis}{shapes}</svg>'
    ).format(id=id, title=title, description=description, height=height, axis=axis, shapes=shapes)


def _standing_bars(days: Sequence[date], values: Sequence[Count], above: int, plot: int, top: int) -> Iterator[Markup]:
    width = 100 / max(len(days), 1)
    for place, (day, value) in enumerate(zip(days, values, strict=True)):
        if value == 0:
            continue
        height = plot * (_FEW_HEIGHT if value is None else value) / top
        yield Markup('<rect class="{}" x="{}%" y="{}" width="{}%" height="{}"><title>{}: {}</title></rect>').format(
            "chart-few" if value is None else "chart-bar",
            _short(width * (place + (1 - _BAR) / 2)),
            _short(above + plot - height),
            _short(width * _BAR),
            _short(height),
            _day(day),
            words_of(value),
        )


def _lying_bars(title: str, labels: Sequence[str], values: Sequence[Count], unit: str) -> Markup:
    most = max((value for value in values if value is not None), default=0) or 1
    rows = Markup().join(
        Markup('<tr><th scope="row">{}</th><td>{}</td><td class="number">{}</td></tr>').format(
            label, _lying_bar(None if value is None else value / most), words_of(value)
        )
        for label, value in zip(labels, values, strict=True)
    )
    head = Markup(
        '<thead class="unseen"><tr><th scope="col">What</th><td></td><th scope="col">{}</th></tr></thead>'
    ).format(unit.capitalize() or "Number")
    return Markup('<table class="chart shares"><caption>{}</caption>{}<tbody>{}</tbody></table>').format(
        title, head, rows
    )


def _lying_bar(share: float | None) -> Markup:
    """`share` of the longest; None for few."""
    shape = (
        Markup('<rect class="chart-few" x="1" y="2" width="6" height="8"/>')
        if share is None
        else Markup('<rect class="chart-bar" x="0" y="0" width="{}%" height="100%"/>').format(_short(100 * share))
    )
    return Markup('<svg aria-hidden="true" width="100%" height="{}">{}</svg>').format(_HEIGHT_OF_A_SHARE, shape)


def _share(share: float | None) -> Markup:
    track = Markup('<rect class="chart-track" x="0" y="0" width="100%" height="100%"/>')
    if share is None:
        return Markup('<svg aria-hidden="true" width="100%" height="{}">{}</svg>').format(_HEIGHT_OF_A_SHARE, track)
    return Markup(
        '<svg aria-hidden="true" width="100%" height="{}">{}'
        '<rect class="chart-bar" x="0" y="0" width="{}%" height="100%"/></svg>'
    ).format(_HEIGHT_OF_A_SHARE, track, _short(100 * min(max(share, 0.0), 1.0)))


def _line(days: Sequence[date], values: Sequence[Count], series: int, top: int) -> Markup:
    points = [
        (_across(days, place), _ABOVE + _PLOT * (1 - (_FEW_HEIGHT if value is None else value) / top))
        for place, value in enumerate(values)
    ]
    strokes = Markup().join(
        Markup('<line class="chart-line" data-series="{}" x1="{}%" y1="{}" x2="{}%" y2="{}"/>').format(
            series, _short(x), _short(y), _short(next_x), _short(next_y)
        )
        for (x, y), (next_x, next_y) in pairwise(points)
    )
    dots = Markup().join(
        Markup('<circle class="{}" data-series="{}" cx="{}%" cy="{}" r="{}"><title>{}: {}</title></circle>').format(
            "chart-few" if value is None else "chart-dot", series, _short(x), _short(y), 3, _day(day), words_of(value)
        )
        for (x, y), day, value in zip(points, days, values, strict=True)
    )
    return strokes + dots


def _keys(series: Mapping[str, object]) -> Markup:
    keys = Markup().join(
        Markup(
            '<li><svg aria-hidden="true" width="28" height="10">'
            '<line class="chart-line" data-series="{}" x1="1" y1="5" x2="27" y2="5"/></svg> {}</li>'
        ).format(place, name)
        for place, name in enumerate(series)
    )
    return Markup('<ul class="legend">{}</ul>').format(keys)


def _days_axis(days: Sequence[date], top: int) -> Markup:
    """Lines at nothing, half and all of the scale, with their numbers, and the first, the middle and the last day."""
    levels = [0, top // 2, top] if top % 2 == 0 else [0, top]
    lines = Markup().join(
        Markup('<line class="{cls}" x1="0" x2="100%" y1="{y}" y2="{y}"/>{number}').format(
            cls="chart-grid" if level else "chart-base",
            y=_short(_ABOVE + _PLOT * (1 - level / top)),
            number=Markup('<text x="0" y="{}">{:,}</text>').format(
                _short(_ABOVE + _PLOT * (1 - level / top) - 4), level
            )
            if level
            else "",
        )
        for level in levels
    )
    if not days:
        return lines
    marked = {0: "start", len(days) // 2: "middle", len(days) - 1: "end"}
    names = Markup().join(
        Markup('<text x="{}%" y="{}" text-anchor="{}">{}</text>').format(
            {"start": 0, "end": 100}.get(anchor, _short(_across(days, place))),
            _ABOVE + _PLOT + 18,
            anchor,
            _day(days[place]),
        )
        for place, anchor in marked.items()
    )
    return lines + names


def _table(title: str, days: Sequence[date], series: Mapping[str, Sequence[Count]]) -> Markup:
    head = Markup().join(Markup('<th scope="col" data-kind="number">{}</th>').format(name) for name in series)
    rows = Markup().join(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            _day(day),
            Markup().join(
                Markup('<td class="number" data-label="{}">{}</td>').format(name, words_of(values[place]))
                for name, values in series.items()
            ),
        )
        for place, day in reversed([*enumerate(days)])
    )
    return Markup(
        '<div class="chart-table" role="region" tabindex="0" aria-label="{0}"><table class="numbers">'
        '<caption class="unseen">{0}</caption><thead><tr><th scope="col">Day</th>{1}</tr></thead>'
        "<tbody>{2}</tbody></table></div>"
    ).format(title, head, rows)


def _summary(days: Sequence[date], values: Sequence[Count], unit: str) -> str:
    """What somebody who cannot see the chart would ask first."""
    known = [(value, day) for value, day in zip(values, days, strict=True) if value is not None]
    if not any(value is None or value for value in values):
        return _NONE
    total = f"{_total(values)}{f' {unit}' if unit else ''} from {_day(days[0])} to {_day(days[-1])}"
    if not any(value for value, _ in known):
        return f"{total}; fewer than five on each day."
    most, day = max(known)
    return f"{total}; most on {_day(day)}: {words_of(most)}."


def _total(values: Sequence[Count]) -> str:
    total = sum(value or 0 for value in values)
    if None not in values:
        return f"{total:,}"
    return f"over {total:,}" if total else "few"


def _top(values: Sequence[Count]) -> int:
    """The end of the scale: a round number that nothing exceeds."""
    most = max((value for value in values if value is not None), default=0)
    scale = 1
    while True:
        for step in _STEPS:
            if step * scale >= max(most, 10):
                return step * scale
        scale *= 10


def _across(days: Sequence[object], place: int) -> float:
    """The middle of a day's place, as a share of the width in hundredths."""
    return 100 * (place + 0.5) / max(len(days), 1)


def _day(day: date) -> str:
    return f"{day:%b} {day.day}"


def _short(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")
