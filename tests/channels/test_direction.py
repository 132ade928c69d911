from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.channels.direction import END, LEFT_TO_RIGHT, isolated


def shown(text: str) -> str:
    """The isolates as brackets that can be seen."""
    return text.replace(LEFT_TO_RIGHT, "<").replace(END, ">")


@pytest.mark.parametrize(
    ("text", "set_in_isolates"),
    [
        ("اتصل على 1-800-798-0671.", "اتصل على <1-800-798-0671>."),
        ("اتصل على 911، 988 أو 211", "اتصل على 911، 988 أو 211"),
        ("انظر ctlegal.org/help الآن", "انظر <ctlegal.org/help> الآن"),
        ("نموذج I-862 من ICE، DMV", "نموذج <I-862> من <ICE>، <DMV>"),
        ('قل: "I do not consent to you coming in." لا تفتح.', 'قل: "<I do not consent to you coming in.>" لا تفتح.'),
        ("قل «Am I free to go? I want a lawyer.» الآن", "قل «<Am I free to go? I want a lawyer.>» الآن"),
        ("المحكمة في Bridgeport.", "المحكمة في <Bridgeport>."),
        ("Hamden أو New Haven", "<Hamden> أو <New Haven>"),
        ("من 9:00-17:30", "من <9:00-17:30>"),
        ("Building One Community (B1C)", "<Building One Community (B1C)>"),
        ("سطر\nICE 911", "سطر\n<ICE 911>"),
        ("1-800-798-0671", "<1-800-798-0671>"),
    ],
)
def test_what_runs_from_left_to_right_is_set_in_isolates(text: str, set_in_isolates: str) -> None:
    assert shown(isolated(text)) == set_in_isolates


@pytest.mark.parametrize("text", ["", " ", "911", "1", "*", "نوفمبر 2026", "العربية", "🚨", "\n\n", "..."])
def test_what_keeps_its_order_is_left_alone(text: str) -> None:
    assert isolated(text) == text


def test_a_value_that_is_isolated_already_stays_one_piece() -> None:
    value = isolated("CT Legal Help, Inc.")
    assert shown(isolated(f"اتصل ب {value}: {isolated('1-800-798-0671')}.")) == (
        "اتصل ب <CT Legal Help, Inc.>: <1-800-798-0671>."
    )


@given(st.text(st.sampled_from("ab1 -.,:?!\"'»«()+#/\nابج،؟٣é中😀\u0301\u200f" + LEFT_TO_RIGHT + END), max_size=60))
def test_only_isolates_are_added_once_and_in_pairs(text: str) -> None:
    bare = text.replace(LEFT_TO_RIGHT, "").replace(END, "")
    found = isolated(bare)
    assert found.replace(LEFT_TO_RIGHT, "").replace(END, "") == bare
    assert isolated(found) == found
    depth = 0
    for sign in found:
        depth += {LEFT_TO_RIGHT: 1, END: -1}.get(sign, 0)
        assert depth in {0, 1}
        assert not (depth and sign == "\n")
    assert depth == 0
    isolated(text)
