"""A bar chart as SVG: shares side by side, for a page that is light or dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_COLOURS = ("#b9bec7", "#7d8696", "#0b6e4f")
_LETTER = 8
_HEIGHT, _BAR, _GAP, _LEFT, _TOP, _BOTTOM = 180, 14, 18, 44, 58, 28


@dataclass(frozen=True, slots=True)
class Bar:
    """`share` from 0 to 1."""

    name: str
    share: float


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    bars: Sequence[Bar]


def draw(title: str, groups: Sequence[Group]) -> str:
    """The chart of groups that all have the same bars, at most as many as there are colours."""
    room = _LETTER * len(title)
    step = max(len(groups[0].bars) * _BAR + _GAP, room / len(groups))
    width, height = round(_LEFT + step * len(groups) + _GAP), _TOP + _HEIGHT + _BOTTOM
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="system-ui, sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="20" font-size="14" font-weight="600" fill="#1c2430">{escape(title)}</text>',
    ]
    x = _LEFT
    for bar, colour in zip(groups[0].bars, _COLOURS, strict=False):
        parts.append(f'<rect x="{x}" y="32" width="11" height="11" fill="{colour}"/>')
        parts.append(f'<text x="{x + 16}" y="42" fill="#1c2430">{escape(bar.name)}</text>')
        x += 110
    for percent in (0, 25, 50, 75, 100):
        y = _TOP + _HEIGHT * (100 - percent) / 100
        parts.append(f'<line x1="{_LEFT}" y1="{y}" x2="{width - _GAP}" y2="{y}" stroke="#e3e6ea"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end" fill="#5a6372">{percent}%</text>')
    for index, group in enumerate(groups):
        left = _LEFT + (step - len(group.bars) * _BAR) / 2 + index * step
        for number, (bar, colour) in enumerate(zip(group.bars, _COLOURS, strict=False)):
            tall = _HEIGHT * bar.share
            parts.append(
                f'<rect x="{left + number * _BAR:g}" y="{_TOP + _HEIGHT - tall:.1f}" width="{_BAR - 2}"'
                f' height="{tall:.1f}" fill="{colour}"><title>{escape(bar.name)} {bar.share:.1%}</title></rect>'
            )
        middle = left + len(group.bars) * _BAR / 2
        parts.append(
            f'<text x="{middle:g}" y="{_TOP + _HEIGHT + 18}" text-anchor="middle" fill="#1c2430">'
            f"{escape(group.label)}</text>"
        )
    return "\n".join([*parts, "</svg>", ""])
