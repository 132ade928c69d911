"""How many SMS segments a text takes, and in which encoding: what Twilio bills.

Counts as npm `sms-segments-calculator` 1.3.0 does (mode 'auto', no smart encoding), also where it departs from the
standard: it splits no grapheme cluster (an emoji family, a letter with its marks), however long, across segments.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from hotline.channels.graphemes import graphemes

# 3GPP TS 23.038, section 6.2.1: one septet each.
GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# 3GPP TS 23.038, section 6.2.1.1: an escape septet and another one.
GSM_EXTENSION = frozenset("\f^{}\\[~]|€")

Encoding = Literal["GSM-7", "UCS-2"]

# A message of 140 octets; each part of a longer one gives 6 of them to the header that joins the parts.
_ALONE: dict[Encoding, int] = {"GSM-7": 160, "UCS-2": 70}
_JOINED: dict[Encoding, int] = {"GSM-7": 153, "UCS-2": 67}


@dataclass(frozen=True, slots=True)
class Segments:
    """`units` are septets (GSM-7, an extension character is two) or UTF-16 code units (UCS-2); `room` is in units."""

    encoding: Encoding
    units: int
    count: int
    room: int


def count_segments(text: str) -> Segments:
    """The segments of `text`; an empty text is sent as one segment. `room` is what the last one can still take."""
    encoding: Encoding = "UCS-2" if ucs2_culprits(text) else "GSM-7"
    if encoding == "UCS-2":
        sizes = [sum(_utf16_units(character) for character in cluster) for cluster in graphemes(text)]
    else:
        sizes = [2 if character in GSM_EXTENSION else 1 for character in text]
    count, room = _pack(sizes, _ALONE[encoding], _JOINED[encoding])
    return Segments(encoding, sum(sizes), count, room)


def ucs2_culprits(text: str) -> tuple[str, ...]:
    """The characters that force UCS-2, each once, in order of first appearance."""
    return tuple(dict.fromkeys(c for c in text if c not in GSM_BASIC and c not in GSM_EXTENSION))


def _utf16_units(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _pack(sizes: list[int], alone: int, joined: int) -> tuple[int, int]:
    """(segments, room in the last), for pieces that may not be split.

    A piece that turns one segment into two goes into the second with all that the first must give up for its header,
    even if a giant cluster makes that more than a segment holds: the calculator does so.
    """
    ends = list(accumulate(sizes, initial=0))
    if ends[-1] <= alone:
        return 1, alone - ends[-1]
    overflowing = bisect_right(ends, alone)
    count, used = 2, ends[overflowing] - ends[bisect_right(ends, joined) - 1]
    for size in sizes[overflowing:]:
        if used + size > joined:
            count, used = count + 1, 0
        used += size
    return count, max(0, joined - used)
