from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.channels.graphemes import graphemes
from hotline.channels.parting import parted

FAMILY = "👩‍👩‍👧‍👦"


def by_length(text: str, most: int) -> list[str]:
    return parted(text, lambda piece: len(piece) <= most)


@pytest.mark.parametrize(
    ("text", "most", "pieces"),
    [
        ("Short.", 10, ["Short."]),
        ("", 10, []),
        (" \n ", 1, []),
        ("One two.\nThree four. Five", 20, ["One two.", "Three four. Five"]),
        ("One two. Three four. Five", 21, ["One two. Three four.", "Five"]),
        ("One two. Three four, five", 8, ["One two.", "Three", "four,", "five"]),
        ("Call 1.800.798 now", 12, ["Call", "1.800.798", "now"]),
        ("请保持冷静。不要开门。", 8, ["请保持冷静。", "不要开门。"]),
        ("他说“不要开门！”然后走了。", 10, ["他说“不要开门！”", "然后走了。"]),
        ("有三件事：冷静、安静、关门", 9, ["有三件事：冷静、", "安静、关门"]),
        ("هل أنت بخير؟ لا تفتح الباب؛ اتصل بنا", 28, ["هل أنت بخير؟", "لا تفتح الباب؛ اتصل بنا"]),
        ("لا تفتح الباب، اتصل بنا", 16, ["لا تفتح الباب،", "اتصل بنا"]),
        ("endless" * 3, 7, ["endless"] * 3),
        (f"a{FAMILY}{FAMILY}", 9, [f"a{FAMILY}", FAMILY]),
        ("e\u0301" * 3, 3, ["e\u0301"] * 3),
        ("e" + "\u0301" * 5, 2, ["e\u0301", "\u0301\u0301", "\u0301\u0301"]),
    ],
)
def test_a_text_is_parted_where_a_reader_pauses(text: str, most: int, pieces: list[str]) -> None:
    assert by_length(text, most) == pieces


@given(st.text(st.sampled_from('ab. \n。，؟،;"”1é\u0301' + FAMILY), max_size=300), st.integers(1, 40))
def test_no_piece_is_too_long_or_empty_and_nothing_but_blanks_is_lost(text: str, most: int) -> None:
    pieces = by_length(text, most)
    assert all(0 < len(piece) <= most and piece == piece.strip() for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.lists(st.sampled_from(["a", "b", " ", "e\u0301", FAMILY]), max_size=100).map("".join))
def test_no_letter_is_cut(text: str) -> None:
    pieces = by_length(text, len(FAMILY))
    whole = {cluster for cluster in graphemes(text) if cluster.strip()}
    assert {cluster for piece in pieces for cluster in graphemes(piece) if cluster.strip()} <= whole


def test_what_fits_is_asked_of_the_whole_beginning() -> None:
    assert parted("ж" * 10, lambda piece: len(piece.encode()) <= 6) == ["жжж", "жжж", "жжж", "ж"]
