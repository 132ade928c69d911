from __future__ import annotations

import pytest

from hotline.understanding.likeness import Like, names_of, sound_of

NAMES = names_of(("danbury", "hartford", "newhartford", "kent", "нью"), ("danbury", "hartford", "newhartford", "kent"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("danberry", "danbury"),
        ("dembury", "denbury"),
        ("estratford", "stratford"),
        ("guaterbury", "waterbury"),
        ("vaterburi", "waterbury"),
        ("jamden", "hamden"),
        ("artfor", "hartford"),
        ("weathersfield", "wetersfield"),
    ],
)
def test_names_that_sound_alike_have_one_sound(one: str, other: str) -> None:
    assert sound_of(one) == sound_of(other)


@pytest.mark.parametrize(("one", "other"), [("danbury", "hamden"), ("milford", "guilford"), ("norwalk", "norwich")])
def test_names_that_sound_different_have_two(one: str, other: str) -> None:
    assert sound_of(one) != sound_of(other)


def test_the_name_itself_is_like_it_in_full() -> None:
    assert NAMES.like("danbury") == (Like("danbury", 1.0),)


@pytest.mark.parametrize("text", ["danberi", "dambury", "danbuyr", "tanbury"])
def test_a_misspelt_name_is_like_it(text: str) -> None:
    assert [like.name for like in NAMES.like(text)] == ["danbury"]


@pytest.mark.parametrize("text", ["", "d", "dan", "lawyer", "ayuda", "x" * 2000])
def test_other_texts_are_like_no_name(text: str) -> None:
    assert NAMES.like(text) == ()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hartfrod", "hartford"),
        ("newhratfrod", "newhartford"),
        ("hrtfrod", None),
        ("artford", None),
        ("kemt", None),
        ("", None),
    ],
)
def test_inside_a_sentence_a_slip_or_two_is_forgiven_by_length(text: str, name: str | None) -> None:
    assert NAMES.mistyped(text) == name


@pytest.mark.parametrize(("text", "name"), [("hartfod", "hartford"), ("hratfrod", None), ("danbry", None)])
def test_what_nothing_announces_may_have_one_slip(text: str, name: str | None) -> None:
    assert NAMES.surely_mistyped(text) == name
