"""Releases and drafts hardly differ: what was read from the same content is the same value for all of them."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

Value = TypeVar("Value")


class Shared(Generic[Value]):
    """Values by the content that they were read from, as long as anybody uses them. They are never changed."""

    def __init__(self) -> None:
        self._used: WeakValueDictionary[bytes, Value] = WeakValueDictionary()

    def of(self, content: bytes, read: Callable[[], Value]) -> Value:
        """What was read from it, now where nobody uses it yet. What `read` raises goes on to the caller."""
        digest = sha256(content).digest()
        found = self._used.get(digest)
        return self._used.setdefault(digest, read()) if found is None else found
