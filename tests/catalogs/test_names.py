from __future__ import annotations

from collections.abc import Callable

import pytest

from hotline.catalogs.names import English, begins_sentence, english_of, without_placeholders
from hotline.script.model import Script


def english(*texts: str, labels: tuple[str, ...] = ()) -> English:
    named = ("Legal Hotline of the State",)
    return English({str(number): text for number, text in enumerate(texts)}, dict.fromkeys(labels, "label"), named)


@pytest.mark.parametrize("name", ["ICE", "Connecticut", "I-205", "A-number", "A", "Trust", "Act", "Legal", "Hotline"])
def test_names_are_known_by_their_capitals(name: str) -> None:
    known = english("ICE may use form I-205 in Connecticut. Give the A-number. It is the Trust Act.").names
    assert name in known


@pytest.mark.parametrize("word", ["Keep", "Call", "say", "I", "number", "Without", "You", "of", "the"])
def test_the_beginning_of_a_sentence_or_a_saying_makes_no_name(word: str) -> None:
    assert word not in english('Keep calm. Call now. Without it, say: I do. You ask: "You?"').names


def test_a_choice_that_a_text_names_is_no_name() -> None:
    texts = ("Then choose Check my town.",)
    assert "Check" in english(*texts).names
    assert "Check" not in english(*texts, labels=("Check my town",)).names


def test_the_vocabulary_has_the_words_that_are_no_names() -> None:
    assert english("Ask ICE in Connecticut.").vocabulary == {"ask", "in"}


def test_the_english_of_a_script_has_its_texts_and_names(make_script: Callable[..., Script]) -> None:
    found = english_of(make_script({"a": "Call {phone.referral_line} now."}))
    assert found.texts == {"a": "Call \n now."}
    assert found.named[0] == "Legal Hotline"


def test_a_text_with_wrong_braces_stays_as_it_is() -> None:
    assert without_placeholders("Call {now.") == "Call {now."


@pytest.mark.parametrize(
    ("text", "begins"), [("Stay. Ask", True), ("Say: Ask", True), ("\nAsk", True), ("to Ask", False)]
)
def test_a_sentence_begins_after_a_stop_a_colon_or_a_line(text: str, begins: bool) -> None:  # noqa: FBT001
    assert begins_sentence(text, text.index("Ask")) is begins
