from __future__ import annotations

import pytest

from hotline.understanding.normal import WINDOW, plain, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("¡Qué  TAL!", ("que", "tal")),
        ("don't, don’t", ("dont", "dont")),
        ("heeeelp", ("help",)),
        ("1000 call 911", ("1000", "call", "911")),
        ("ﬁne ＩＣＥ", ("fine", "ice")),
        ("門口有移民局 ICE", ("門", "口", "有", "移", "民", "局", "ice")),
        ("снаружи чёрная машина", ("снаружи", "черная", "машина")),
        ("đường Łódź", ("duong", "lodz")),
        ("п'ять пʼять", ("пять", "пять")),
        ("😱🚨", ()),
        ("", ()),
    ],
)
def test_words_are_folded(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


def test_composed_and_decomposed_letters_are_the_same() -> None:
    assert plain("espan\u0303ol") == plain("español") == "espanol"


def test_a_long_text_keeps_its_beginning_and_its_end() -> None:
    found = words("first " + "filler " * 5000 + "last")
    assert (found[0], found[-1]) == ("first", "last")
    assert len(" ".join(found)) <= WINDOW


def test_characters_that_stand_for_many_stay_within_the_window() -> None:
    assert len(plain("\ufdfa" * 100_000)) <= WINDOW
