from __future__ import annotations

from hotline.understanding.features import features_of


def test_words_neighbours_and_pieces_of_words_are_features() -> None:
    features = features_of(("la", "migra", "la"))
    assert (features["la"], features["migra"], features["la migra"], features["migra la"]) == (2, 1, 1, 1)
    assert (features["~_la_"], features["~igra_"], features["~migra"]) == (2, 1, 1)
    assert "la migra la" not in features


def test_three_words_in_a_row_tell_only_where_words_are_characters() -> None:
    assert features_of(("移", "民", "局"))["移 民 局"] == 1


def test_misspelt_words_look_alike() -> None:
    assert len(set(features_of(("imigracion",))) & set(features_of(("imigrasion",)))) >= 15


def test_no_words_have_no_features() -> None:
    assert not features_of(())
