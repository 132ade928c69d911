"""What looks like anybody's in a line of a log: numbers, ZIP codes, addresses, secrets, however they are encoded."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from urllib.parse import quote, quote_plus, unquote_to_bytes

LEFT_OUT = "(left out)"

_SHORTEST_SECRET = 6
# Seven digits, however they are grouped, in any script.
_TELEPHONE = re.compile(r"\d(?:[^\w\n]{0,3}\d){6}")
_TRACES = (
    _TELEPHONE,
    re.compile(r"(?<!\d)\d{5}(?!\d)"),
    re.compile(r"[^\s@]+@[^\s@]+"),
    re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}"),
)
# Long enough to hold a number that was encoded: hex, or base64 of either alphabet.
_CODED = re.compile(r"[A-Za-z0-9+/_-]{9,}")
_HEX = re.compile(r"[0-9A-Fa-f]+")
_TO_STANDARD_BASE64 = str.maketrans("-_", "+/")


def without_traces(text: str, secrets: Sequence[str] = ()) -> str:
    """The text, or LEFT_OUT for the whole of it where a part looks like anybody's.

    A telephone number, a ZIP code, an address of e-mail, a SID of Twilio's, or one of the secrets: as it is, or
    encoded for a URL, in hex or in base64.
    """
    return LEFT_OUT if _has_traces(text, secrets) else text


def _has_traces(text: str, secrets: Sequence[str]) -> bool:
    plain = unquote_to_bytes(text).decode(errors="replace")
    return (
        any(secret in text for secret in secrets)
        or any(trace.search(form) for trace in _TRACES for form in (text, plain))
        or any(_TELEPHONE.search(told) for word in _CODED.findall(plain) for told in _told_by(word))
    )


def _told_by(word: str) -> Iterator[str]:
    """What a word would say to somebody who takes it for a part of a longer one in hex or in base64."""
    if _HEX.fullmatch(word):
        yield from (
            bytes.fromhex(word[start : start + (len(word) - start) // 2 * 2]).decode("latin-1") for start in (0, 1)
        )
    plain = word.translate(_TO_STANDARD_BASE64)
    for start in range(4):
        part = plain[start:]
        if len(part) % 4 == 1:
            part = part[:-1]
        yield base64.b64decode(part + "=" * (-len(part) % 4)).decode("latin-1")


def forms_of(secret: str) -> set[str]:
    """What a secret looks like, also within a longer text that was encoded."""
    if len(secret) < _SHORTEST_SECRET:
        return set()
    raw = secret.encode()
    coded = {form for start in range(3) for form in _base64_within(raw, start)}
    return {secret, quote(secret, safe=""), quote_plus(secret), raw.hex(), raw.hex().upper(), *coded}


def _base64_within(raw: bytes, start: int) -> Iterator[str]:
    """The letters that stand for these bytes alone, where they begin at this place in a group of three."""
    first, last = (start * 8 + 5) // 6, (start + len(raw)) * 8 // 6
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        yield encode(bytes(start) + raw).decode()[first:last]
