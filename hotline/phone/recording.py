"""A recording as the phone fetched it: how long it is and, where its file tells, the words that are spoken."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

# Of the WAVE format's registered tags.
PLAYED_FORMATS = frozenset({1, 7})

_CHUNK = struct.Struct("<4sI")
# Tag, channels, samples a second, bytes a second, bytes of one sample of all channels.
_FORMAT = struct.Struct("<HHIIH")


@dataclass(frozen=True, slots=True)
class Recording:
    """`data` as it was fetched. What is no WAV file of PCM or mu-law has no words and takes 0.0 seconds."""

    seconds: float
    words: str | None
    data: bytes


def read_recording(data: bytes) -> Recording:
    """Any bytes; a file that breaks off counts as far as it goes. The words are the title (INAM) of its INFO list."""
    seconds, words = _seconds_and_words(data)
    return Recording(seconds, words, data)


def _seconds_and_words(data: bytes) -> tuple[float, str | None]:
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        return 0.0, None
    form, samples, words = b"", None, None
    for name, content in _chunks(data, 12):
        match name:
            case b"fmt ":
                form = content
            case b"data":
                samples = content if samples is None else samples
            case b"LIST" if content[:4] == b"INFO":
                words = words or _title(content)
    if samples is None or len(form) < _FORMAT.size:
        return 0.0, None
    tag, _, rate, _, size = _FORMAT.unpack_from(form)
    if tag not in PLAYED_FORMATS or not rate or not size:
        return 0.0, None
    return len(samples) // size / rate, words


def _chunks(data: bytes, start: int) -> Iterator[tuple[bytes, bytes]]:
    """Each chunk's name and content; one of an odd size has a byte after it."""
    while start + _CHUNK.size <= len(data):
        name, size = _CHUNK.unpack_from(data, start)
        start += _CHUNK.size
        yield name, data[start : start + size]
        start += size + size % 2


def _title(info: bytes) -> str | None:
    title = next((content for name, content in _chunks(info, 4) if name == b"INAM"), b"")
    try:
        words = title.partition(b"\0")[0].decode()
    except UnicodeDecodeError:
        return None
    return " ".join(words.split()) or None
