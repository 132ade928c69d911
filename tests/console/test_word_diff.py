from __future__ import annotations

from time import monotonic

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.console.word_diff import MOST_TOKENS, Words, word_diff


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ()),
        ("", "new", (("inserted", "new"),)),
        ("old", "", (("deleted", "old"),)),
        ("the same", "the same", (("same", "the same"),)),
        (
            "You can stay silent.",
            "You may stay silent.",
            (("same", "You "), ("deleted", "can"), ("inserted", "may"), ("same", " stay silent.")),
        ),
        ("one two three", "eins zwei three", (("deleted", "one two"), ("inserted", "eins zwei"), ("same", " three"))),
        ("To {a.b}.", "To {c.d}.", (("same", "To "), ("deleted", "{a.b}"), ("inserted", "{c.d}"), ("same", "."))),
        ("保持冷静", "保持安静", (("same", "保持"), ("deleted", "冷"), ("inserted", "安"), ("same", "静"))),
        ("الباب مغلقًا", "الباب مغلقة", (("same", "الباب "), ("deleted", "مغلقًا"), ("inserted", "مغلقة"))),
    ],
)  # fmt: skip
def test_words_are_compared_whole(before: str, after: str, expected: Words) -> None:
    assert word_diff(before, after) == expected


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_out_of_the_difference(before: str, after: str) -> None:
    found = word_diff(before, after)
    assert "".join(text for kind, text in found if kind != "inserted") == before
    assert "".join(text for kind, text in found if kind != "deleted") == after
    assert all(text for _, text in found)


@pytest.mark.timed
def test_a_very_long_text_is_not_compared_word_by_word() -> None:
    before, after = "a b " * MOST_TOKENS, "b a " * MOST_TOKENS
    began = monotonic()
    assert word_diff(before, after) == (("deleted", before), ("inserted", after))
    assert monotonic() - began < 0.5
