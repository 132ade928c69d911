from __future__ import annotations

import numpy as np

from hotline.understanding.table import rows_by_text

TABLE = rows_by_text(["a", "门", "\ud800"], np.array([[1, 10], [2, 20], [3, 30]]))


def test_rows_are_found_by_text_in_the_order_asked() -> None:
    places, known = TABLE.find(["门", "b", "a", "门", "\ud800"])
    assert TABLE.rows[places].tolist() == [[2, 20], [1, 10], [2, 20], [3, 30]]
    assert known.tolist() == [True, False, True, True, True]


def test_nothing_asked_or_nothing_known_is_nothing_found() -> None:
    assert not len(TABLE.find([])[0])
    assert not len(TABLE.find(["", "zz", "a "])[0])


def test_columns_are_taken_in_the_order_named() -> None:
    swapped = TABLE.columns([1, 0])
    assert swapped.rows[swapped.find(["a"])[0]].tolist() == [[10, 1]]


def test_of_a_text_that_stands_twice_the_first_row_is_kept() -> None:
    table = rows_by_text(["a", "a"], np.array([[1], [2]]))
    assert table.rows.tolist() == [[1]]
