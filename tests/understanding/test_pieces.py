from __future__ import annotations

import pytest

from hotline.understanding.pieces import FIRST, LAST, UNKNOWN, Vocabulary

PIECES = ["▁", "▁la", "▁mi", "gra", "m", "i", "g", "r", "a", "▁migra", "é"]
SCORES = [-5.0, -2.0, -3.0, -3.0, *[-6.0] * 5, -4.0, -6.0]
VOCABULARY = Vocabulary(PIECES, SCORES)
NUMBER = {piece: number for number, piece in enumerate(PIECES, 4)}


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("la migra", ["▁la", "▁migra"]),
        ("LA  Migra\n", ["▁la", "▁migra"]),
        ("migr", ["▁mi", "g", "r"]),
        ("ｍigra", ["▁migra"]),
        ("e\u0301", ["▁", "é"]),
        ("", []),
        (" \t ", []),
    ],
)
def test_a_text_is_cut_into_the_likeliest_pieces(text: str, pieces: list[str]) -> None:
    assert VOCABULARY.numbers(text, 10) == [FIRST, *(NUMBER[piece] for piece in pieces), LAST]


def test_a_sign_that_nobody_knows_is_one_unknown_piece() -> None:
    assert VOCABULARY.numbers("ω🚨", 10) == [FIRST, NUMBER["▁"], UNKNOWN, UNKNOWN, LAST]


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    numbers = VOCABULARY.numbers("la " * 50 + "migra", 6)
    assert numbers == [FIRST, *[NUMBER["▁la"]] * 5, NUMBER["▁migra"], LAST]


def test_signs_that_stand_for_many_do_not_make_a_text_longer_than_its_window() -> None:
    assert len(VOCABULARY.numbers("\ufdfa" * 100_000, 100_000)) < 2500
