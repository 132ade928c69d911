"""Known values, looked for in whatever a program left behind, in every form in which it could have left them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

import numpy as np
import numpy.typing as npt

# Of a hash so much is looked for: one that was cut shorter than 64 bits no longer tells two numbers apart for sure.
HASH_BYTES, HASH_HEX, HASH_BASE64 = 8, 16, 10
CHECKSUM_BYTES = 4
ALGORITHMS = ("md5", "sha1", "sha256", "sha512")

# So many places for each window that few others fall on one that is taken.
_PLACES_EACH = 32
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_CHUNK = 1 << 22


def forms_as_written(value: str) -> dict[str, list[bytes]]:
    """What stands there where a value was written down, by the name of the way.

    Whoever looks for these looks in the haystack with_small_letters() too.
    """
    raw = value.encode()
    alignments = [base64_within(raw, start) for start in range(3)]
    return {
        "as it is": [raw],
        "in small letters": [value.casefold().encode()],
        "backwards": [value[::-1].encode()],
        "for a URL": [quote(value, safe="").encode(), quote_plus(value).encode()],
        "for JSON": [json.dumps(value)[1:-1].encode()],
        "in UTF-16": [value.encode("utf-16-le"), value.encode("utf-16-be")],
        "in hex": [raw.hex().encode()],
        "in base64": alignments,
        "in base64 for a URL": [one.translate(bytes.maketrans(b"+/", b"-_")) for one in alignments],
    }


def base64_within(raw: bytes, start: int) -> bytes:
    """The letters that stand for these bytes alone, where they begin at this place in a group of three."""
    first, last = (start * 8 + 5) // 6, (start + len(raw)) * 8 // 6
    return base64.b64encode(bytes(start) + raw)[first:last]


def forms_hashed(value: str, keys: Mapping[str, bytes]) -> dict[str, list[bytes]]:
    """What stands there where a value was hashed, plainly or under one of the keys: the beginnings of the hashes."""
    raw = value.encode()
    forms = {f"{name}, plain": _forms_of_hash(hashlib.new(name, raw).digest()) for name in ALGORITHMS}
    return forms | {
        f"{name}, under {what}": _forms_of_hash(hmac.digest(key, raw, name))
        for name in ALGORITHMS
        for what, key in keys.items()
    }


def _forms_of_hash(digest: bytes) -> list[bytes]:
    coded, hexadecimal = base64.b64encode(digest), digest.hex().encode()
    for_url = base64.urlsafe_b64encode(digest)
    return [
        digest[:HASH_BYTES],
        hexadecimal[:HASH_HEX],
        *{coded[:HASH_BASE64], for_url[:HASH_BASE64]},
    ]


def checksums(value: str) -> dict[str, list[bytes]]:
    """CRC 32 in all forms. They are so short that some stand in any heap of bytes by chance."""
    checksum = zlib.crc32(value.encode())
    raw = checksum.to_bytes(CHECKSUM_BYTES, "big")
    return {
        "crc32 in decimal": [b"%d" % checksum],
        "crc32 in hex": [raw.hex().encode()],
        "crc32 in base64": [base64.b64encode(raw)[:6]],
        "crc32 in bytes": [raw],
        "crc32 in bytes, the last first": [raw[::-1]],
    }


def with_small_letters(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    return {**parts, **{f"{part}, in small letters": haystack.lower() for part, haystack in parts.items()}}


@dataclass(frozen=True, slots=True)
class Found:
    """In what it was found, how it was written and where."""

    part: str
    how: str
    at: int


class Needles:
    """Forms of at least `window` bytes, four or eight, and the names of the ways in which they are written."""

    def __init__(self, forms: Iterable[tuple[str, bytes]], *, window: int = 8) -> None:
        self._window = window
        self._by_window: dict[int, list[tuple[bytes, str]]] = {}
        for how, form in dict.fromkeys(forms):
            assert len(form) >= window, how
            self._by_window.setdefault(int.from_bytes(form[:window], "little"), []).append((form, how))
        self._windows = np.sort(np.fromiter(self._by_window, np.uint64, len(self._by_window)))
        self._bits = (len(self._by_window) * _PLACES_EACH).bit_length()
        self._taken = np.zeros(1 << self._bits, bool)
        self._taken[self._places(self._windows)] = True

    def __len__(self) -> int:
        return sum(map(len, self._by_window.values()))

    def find(self, parts: Mapping[str, bytes]) -> Iterator[Found]:
        """Every place in these parts where one of the forms stands."""
        for part, haystack in parts.items():
            for at, window in self._candidates(haystack):
                for form, how in self._by_window.get(window, ()):
                    if haystack.startswith(form, at):
                        yield Found(part, how, at)

    def shares(self, parts: Mapping[str, bytes]) -> dict[str, float]:
        """Of the forms of each way, the share that stands anywhere: of very short ones, some do by chance."""
        there = {
            (how, form)
            for haystack in parts.values()
            for at, window in self._candidates(haystack)
            for form, how in self._by_window.get(window, ())
            if haystack.startswith(form, at)
        }
        found = Counter(how for how, _ in there)
        of_each = Counter(how for forms in self._by_window.values() for _, how in forms)
        return {how: found[how] / many for how, many in of_each.items()}

    def _candidates(self, haystack: bytes) -> Iterator[tuple[int, int]]:
        for start in range(0, max(len(haystack) - self._window + 1, 0), _CHUNK):
            chunk = haystack[start : start + _CHUNK + self._window - 1]
            shape, unsigned = (len(chunk) - self._window + 1,), np.dtype(f"<u{self._window}")
            windows = np.ndarray(shape, unsigned, chunk, strides=(1,)).astype(np.uint64)
            places = np.flatnonzero(self._taken[self._places(windows)])
            candidates = windows[places]
            nearest = np.searchsorted(self._windows, candidates).clip(max=len(self._windows) - 1)
            is_known = self._windows[nearest] == candidates
            for place, window in zip(places[is_known], candidates[is_known], strict=True):
                yield start + int(place), int(window)

    def _places(self, windows: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
        shifted: npt.NDArray[np.uint64] = (windows * _MULTIPLIER) >> np.uint64(64 - self._bits)
        return shifted
