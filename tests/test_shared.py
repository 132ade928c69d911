from __future__ import annotations

import gc

import pytest

from hotline.shared import Shared


class Kept(dict[str, int]):
    """Something that can be referred to weakly."""


def test_the_same_content_is_read_once_as_long_as_somebody_uses_it() -> None:
    shared, read = Shared[Kept](), []

    def of(content: bytes) -> Kept:
        def made() -> Kept:
            read.append(content)
            return Kept(x=len(content))

        return shared.of(content, made)

    first = of(b"one")
    assert of(b"one") is first
    assert of(b"other") is not first
    assert read == [b"one", b"other"]
    del first
    gc.collect()
    assert of(b"one") == {"x": 3}
    assert read == [b"one", b"other", b"one"]


def test_what_cannot_be_read_is_not_kept() -> None:
    shared = Shared[Kept]()

    def fail() -> Kept:
        raise LookupError

    with pytest.raises(LookupError):
        shared.of(b"one", fail)
    assert shared.of(b"one", Kept) == {}
