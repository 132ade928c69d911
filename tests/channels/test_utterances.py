from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.channels.utterances import Utterance, marked, plain, utterances

WORDS = st.text(alphabet="aé1, .:;\"'()。、،؟\n?-", max_size=8)


def pieces(text: str, language: str = "es") -> list[tuple[str, str]]:
    return [(one.language, one.words) for one in utterances(text, language, "en")]


def letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def test_a_text_without_marks_is_one_utterance() -> None:
    assert utterances("Llame al 9 1 1.", "es", "en", slowly=True) == (Utterance("es", "Llame al 9 1 1.", slowly=True),)


def test_an_english_name_is_an_utterance_of_its_own_and_signs_around_it_are_dropped() -> None:
    text = f'Diga: "{marked("I do not consent")}" (no doy permiso). No firme.'
    assert pieces(text) == [("es", "Diga:"), ("en", "I do not consent"), ("es", "(no doy permiso). No firme.")]


def test_a_text_may_begin_and_end_with_english() -> None:
    text = f"{marked('New Haven')}: sin regla. {marked('Trust Act')}."
    assert pieces(text) == [("en", "New Haven"), ("es", "sin regla."), ("en", "Trust Act")]


@pytest.mark.parametrize(
    ("between", "said"),
    [
        (", ", "Bridgeport, New Haven"),
        (" ", "Bridgeport New Haven"),
        ("", "Bridgeport New Haven"),
        ("، ", "Bridgeport, New Haven"),
        ("、", "Bridgeport, New Haven"),
        ('" ("', "Bridgeport, New Haven"),
        ('" "', "Bridgeport New Haven"),
    ],
)
def test_names_with_nothing_but_signs_between_them_are_said_in_one_breath(between: str, said: str) -> None:
    assert pieces(f"{marked('Bridgeport')}{between}{marked('New Haven')}.") == [("en", said)]


@pytest.mark.parametrize("text", ["", " ", '... "!"', marked(""), f"({marked('...')})", "\n\n", "😀"])
def test_a_text_of_signs_alone_says_nothing(text: str) -> None:
    assert pieces(text) == []


def test_lines_are_said_in_one_breath() -> None:
    assert pieces("Uno.\n\n  Dos.\t") == [("es", "Uno. Dos.")]


def test_in_english_itself_everything_is_one_utterance() -> None:
    assert pieces(f"Call {marked('CT Safe Connect')} now", "en") == [("en", "Call CT Safe Connect now")]


def test_every_piece_is_said_slowly_where_one_is() -> None:
    said = utterances(f"Llame a {marked('CT Safe Connect')} ahora.", "es", "en", slowly=True)
    assert [one.slowly for one in said] == [True, True, True]


def test_marks_leave_a_text_without_a_trace() -> None:
    assert plain(f"a {marked('b')} c") == "a b c"


@given(st.lists(st.tuples(WORDS, WORDS), max_size=4), WORDS)
def test_no_letter_is_lost_or_said_twice_or_by_the_wrong_voice(pairs: list[tuple[str, str]], rest: str) -> None:
    text = "".join(f"{own}{marked(english)}" for own, english in pairs) + rest
    said = utterances(text, "es", "en")
    assert letters("".join(one.words for one in said)) == letters(plain(text))
    assert letters("".join(one.words for one in said if one.language == "en")) == letters(
        "".join(english for _, english in pairs)
    )
    for one in said:
        assert letters(one.words)
        assert one.words == " ".join(plain(one.words).split())
    assert all(left.language != right.language for left, right in pairwise(said))
