from __future__ import annotations

import pytest

from hotline.channels.utterances import Utterance, marked, plain, utterances


def pieces(text: str, language: str = "es") -> list[tuple[str, str]]:
    return [(one.language, one.words) for one in utterances(text, language, "en")]


def test_a_text_without_marks_is_one_utterance() -> None:
    assert utterances("Llame al 9 1 1.", "es", "en", slowly=True) == (Utterance("es", "Llame al 9 1 1.", slowly=True),)


def test_an_english_name_is_an_utterance_of_its_own_and_signs_around_it_are_dropped() -> None:
    text = f'Diga: "{marked("I do not consent")}" (no doy permiso). No firme.'
    assert pieces(text) == [("es", "Diga:"), ("en", "I do not consent"), ("es", "(no doy permiso). No firme.")]


@pytest.mark.parametrize(
    ("between", "said"),
    [
        (", ", "Bridgeport, New Haven"),
        (" ", "Bridgeport New Haven"),
        ("、", "Bridgeport, New Haven"),
    ],
)
def test_names_with_nothing_but_signs_between_them_are_said_in_one_breath(between: str, said: str) -> None:
    assert pieces(f"{marked('Bridgeport')}{between}{marked('New Haven')}.") == [("en", said)]


def test_a_text_of_signs_alone_says_nothing() -> None:
    assert pieces('... "!"') == []


def test_in_english_itself_everything_is_one_utterance() -> None:
    assert pieces(f"Call {marked('CT Safe Connect')} now", "en") == [("en", "Call CT Safe Connect now")]


def test_marks_leave_a_text_without_a_trace() -> None:
    assert plain(f"a {marked('b')} c") == "a b c"
