from __future__ import annotations

from pathlib import Path

import pytest

from hotline.understanding.tuning.e5 import E5
from hotline.understanding.tuning.vocabulary import pieces_kept, vocabulary_of
from tests.understanding.tuning.small_e5 import write_small_e5


@pytest.fixture
def e5(tmp_path: Path) -> E5:
    return E5(write_small_e5(tmp_path / "e5.bin"))


def test_pieces_of_other_alphabets_and_capitals_go(e5: E5) -> None:
    assert [e5.pieces[number] for number in pieces_kept(e5, ())] == ["▁", "▁la", "門", "é", "a", "l"]


def test_what_the_texts_hold_is_kept(e5: E5) -> None:
    kept = pieces_kept(e5, ["नम"])
    assert "नम" in [e5.pieces[number] for number in kept]


def test_the_vocabulary_is_that_of_the_pieces_kept(e5: E5) -> None:
    vocabulary = vocabulary_of(e5, pieces_kept(e5, ()))
    assert vocabulary.numbers("la", 5) == [0, 5, 2]
