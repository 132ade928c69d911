"""WAV files for the phone's tests, chunk by chunk."""

from __future__ import annotations

import struct

RATE = 8000
PCM, MU_LAW = 1, 7


def wav(words: str | None = None, seconds: float = 0.1) -> bytes:
    """A file as the hotline serves it: silence in mu-law, with the words as its title."""
    title = [] if words is None else [info(words.encode())]
    return riff(form(MU_LAW, 1), *title, chunk(b"data", b"\xff" * round(seconds * RATE)))


def riff(*chunks: bytes) -> bytes:
    return chunk(b"RIFF", b"WAVE" + b"".join(chunks))


def form(tag: int, size: int, rate: int = RATE, channels: int = 1) -> bytes:
    """`size` is that of one sample of all channels, in bytes."""
    return chunk(b"fmt ", struct.pack("<HHIIHH", tag, channels, rate, rate * size, size, 8 * size // channels))


def info(title: bytes) -> bytes:
    return chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"odd") + chunk(b"INAM", title + b"\0"))


def chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
