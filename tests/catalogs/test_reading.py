from __future__ import annotations

import pytest

from hotline.catalogs.reading import grade, syllables


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("the door state states rules asked stopped judge you are ice", 1),
        ("lawyer silent paper people table being needed places mother's mayor about", 2),
        ("removal guardian consulate employer area hospital attorney", 3),
        ("January sanctuary immigration citizenship's", 4),
    ],
)
def test_syllables_are_counted(words: str, number: int) -> None:
    assert {word: syllables(word) for word in words.split()} == dict.fromkeys(words.split(), number)


def test_the_grade_is_that_of_flesch_and_kincaid() -> None:
    # 8 words and 10 syllables in 2 sentences.
    assert grade("Keep the door closed. You can stay silent.", ()) == pytest.approx(0.39 * 4 + 11.8 * 9 / 8 - 15.59)


def test_long_sentences_of_long_words_are_hard() -> None:
    hard = "Individuals apprehended pursuant to administrative documentation may nevertheless decline interrogation."
    assert grade(hard, ()) > 20
    assert grade("Sign nothing. Ask for a lawyer.", ()) < 4


def test_numbers_names_and_what_is_filled_in_count_as_one_syllable() -> None:
    assert grade("Ask Connecticut.", {"Connecticut"}) == grade("Ask it.", ())
    assert grade("Call {phone.referral_line}.", ()) == grade("Call it.", ())
    assert grade("In 2025 call 911.", ()) == grade("In it call it.", ())


def test_initials_end_no_sentence_and_placeholders_do() -> None:
    assert grade("It is the U.S. Court here.", ()) == grade("It is the U S Court here.", ())
    assert grade("See {url.cca}. Go there.", ()) == grade("See it. Go there.", ())


def test_a_text_without_words_is_easy() -> None:
    assert grade("", ()) == 0
    assert grade("...", ()) == 0
