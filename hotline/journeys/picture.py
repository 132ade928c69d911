"""Journeys as a picture: for each language and topic, the seconds from pick-up to the first useful word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from hotline.journeys.walk import Journey

_CELL, _ROW, _LEFT, _TOP, _MARGIN = 50, 24, 150, 66, 16
_INK, _PAPER, _ACCENT = "#1c2430", "#ffffff", (11, 110, 79)
# From this share of the longest on, dark letters would not be read.
_DARK_FROM = 0.55


def draw(title: str, journeys: Sequence[Journey], names: Mapping[str, str]) -> str:
    """An SVG: a column for each language, by the name in `names`, a row for each topic."""
    languages = list(dict.fromkeys(journey.language for journey in journeys))
    topics = list(dict.fromkeys(journey.topic for journey in journeys))
    longest = max(journey.useful_seconds for journey in journeys)
    width, height = _LEFT + _CELL * len(languages) + _MARGIN, _TOP + _ROW * len(topics) + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' font-family="system-ui, sans-serif" font-size="12" role="img">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{width}" height="{height}" fill="{_PAPER}"/>',
        f'<text x="{_MARGIN}" y="24" font-size="14" font-weight="600" fill="{_INK}">{escape(title)}</text>',
    ]
    for column, language in enumerate(languages):
        x = _LEFT + _CELL * column + _CELL / 2
        parts.append(
            f'<text x="{x:g}" y="{_TOP - 8}" text-anchor="middle" fill="{_INK}">{escape(language)}'
            f"<title>{escape(names.get(language, language))}</title></text>"
        )
    for row, topic in enumerate(topics):
        y = _TOP + _ROW * row + _ROW * 0.67
        parts.append(f'<text x="{_LEFT - 10}" y="{y:g}" text-anchor="end" fill="{_INK}">{escape(topic)}</text>')
    for journey in journeys:
        x = _LEFT + _CELL * languages.index(journey.language)
        y = _TOP + _ROW * topics.index(journey.topic)
        share = journey.useful_seconds / longest
        ink = _PAPER if share > _DARK_FROM else _INK
        parts.append(
            f'<rect x="{x}" y="{y}" width="{_CELL - 2}" height="{_ROW - 2}" fill="{_shade(share)}"/>'
            f'<text x="{x + _CELL / 2 - 1:g}" y="{y + _ROW * 0.67:g}" text-anchor="middle" fill="{ink}">'
            f"{journey.useful_seconds:.0f}<title>{escape(names.get(journey.language, journey.language))}, "
            f"{escape(journey.topic)}: {journey.useful_seconds:.1f} seconds, {journey.keys} keys</title></text>"
        )
    return "\n".join([*parts, "</svg>", ""])


def _shade(share: float) -> str:
    return "#" + "".join(f"{round(255 + (full - 255) * (0.08 + 0.92 * share)):02x}" for full in _ACCENT)
