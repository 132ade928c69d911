"""Typographic signs that cost more than they say: quotes, dashes and blanks that GSM-7 does not have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from hotline.catalogs.findings import Remark, Severity
from hotline.channels.segments import ucs2_culprits

# What to write instead.
_PLAIN = {
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‘’‚‛‹›′´`ʼʹ", "'"),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    "…": "...",
    "\t": " ",
}


def costly_signs(text: str, *, latin_letters: bool) -> Iterator[Remark]:
    """Signs to be written plainly: an error where they alone turn a text into UCS-2, a matter of style elsewhere.

    Other scripts have quotes and dashes of their own; in them only blanks are held to this.
    """
    culprits = ucs2_culprits(text)
    signs = [sign for sign in culprits if sign in _PLAIN or _is_blank(sign)]
    alone = len(signs) == len(culprits)
    for sign in signs:
        if not (alone or latin_letters or _is_blank(sign)):
            continue
        name = unicodedata.name(sign, "CONTROL CHARACTER").lower()
        effect = " turns the text into UCS-2, 70 characters a segment instead of 160" if alone else " is not needed"
        yield Remark(
            f"{_visible(sign)} ({name}){effect}",
            f"write {_named(_PLAIN.get(sign, ' '))}",
            Severity.ERROR if alone else Severity.WARNING,
        )


def _is_blank(sign: str) -> bool:
    return sign == "\t" or unicodedata.category(sign) == "Zs"


def _visible(sign: str) -> str:
    return f"U+{ord(sign):04X}" if _is_blank(sign) else sign


def _named(sign: str) -> str:
    return "a blank" if sign == " " else sign
