from __future__ import annotations

from functools import cache
from time import monotonic, process_time

import pytest

from hotline.catalogs.checks import Standards
from hotline.catalogs.findings import Finding, Severity
from hotline.channels.measures import measures
from hotline.checks import findings_of
from hotline.console.looking import Looked, look, out_of_step, remarks_on, rules_of
from tests.console.drafting import FOUR, base, drafted

CONTENT = base().content
DOOR, MAIN = "topic.ice-at-door.first", "menu.main.text"


@cache
def standards() -> Standards:
    return rules_of(drafted())


def looked(id: str, text: str, language: str = "en") -> Looked:
    return look(CONTENT, standards(), language, id, text, at=FOUR)


def said_of(id: str, text: str, language: str = "en") -> str:
    return " | ".join(f"{remark.what}; {remark.remedy}" for remark in looked(id, text, language).remarks)


@cache
def everything() -> tuple[Finding, ...]:
    measured = tuple(measures(CONTENT.script, CONTENT.catalogs, standards().alphabets))
    return findings_of(CONTENT.script, CONTENT.catalogs, standards(), measured)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "es", "zh", "ar"])
def test_what_the_check_of_everything_finds_is_found_text_by_text(language: str) -> None:
    """The shipped texts have no errors, but matters of style."""
    texts = {id: str(CONTENT.catalogs.text(language, id)) for id in CONTENT.script.messages}
    found = remarks_on(CONTENT, standards(), language, texts)
    for id in texts:
        expected = {one.what for one in everything() if (one.language, one.message_id) == (language, id)}
        assert {remark.what for remark in found[id]} == expected, id


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the text is empty; write one"),
        (" \n ", "the text is empty"),
        ("Call {", "a brace stands alone"),
        ("Call }", "a brace stands alone"),
        ("Call {}", "a brace stands alone"),
        ("Call {0!r}", "a brace stands alone"),
        ("Call {phone.nobody}.", "there is no organisation 'nobody'"),
        ("Say {town}.", "the line knows no {town} here"),
        ("Keep it “shut”.", "left double quotation mark"),
        ("Wait…", "horizontal ellipsis"),
        ("Keep it\x00 shut.", "invisible character (U+0000)"),
        ("Keep it\u202e shut.", "invisible character (U+202E)"),
        ("word " * 200, "segments"),
        ("x" * 1601, "shorten it to 1,600 at most"),
        (
            "Notwithstanding administrative determinations individuals retain constitutional protections throughout "
            "immigration enforcement proceedings.",
            "it reads like grade",
        ),
    ],
)
def test_what_is_wrong_with_the_english_is_said_in_plain_words(text: str, said: str) -> None:
    assert said in said_of(DOOR, text)
    assert looked(DOOR, text).is_wrong


def test_a_mistake_does_not_name_the_file_that_the_writer_never_sees() -> None:
    assert said_of("organisation.nhlaa.help", "Call 203-946-4811.").startswith("'help' gives numbers")
    assert said_of(DOOR, "Say {town}.").startswith("the line knows no")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the text is empty"),
        ("¿Qué necesita? 3", "3 is too many"),
        ("¿Qué necesita? {phone.referral_line}", "the placeholders are not those of the English"),
        ("What do you need?", "the text is still English"),
        ("¿Qué “necesita”?", "left double quotation mark"),
        ("Что вам нужно?", "not"),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(text: str, said: str) -> None:
    assert said in said_of(MAIN, text, "es")


def test_a_good_text_is_read_in_its_reply_before_it_is_saved() -> None:
    shown = looked(MAIN, "What is happening?")
    assert shown.remarks == ()
    assert shown.preview
    assert shown.preview.bubbles[0].text.startswith("What is happening?\n")
    assert CONTENT.catalogs.text("en", MAIN) == "What do you need?"
    spanish = looked(MAIN, "¿Qué pasa?", "es")
    assert spanish.preview
    assert spanish.preview.bubbles[0].text.startswith("¿Qué pasa?\n")
    assert CONTENT.catalogs.text("es", MAIN) != "¿Qué pasa?"


def test_a_text_that_cannot_be_said_has_no_preview() -> None:
    assert looked(MAIN, "{").preview is None
    assert looked(MAIN, "{phone.referral_line}", "es").preview is None


def test_a_number_that_changed_sets_every_translation_out_of_step() -> None:
    phrase = "not-forgotten"
    english = CONTENT.script.messages[phrase].text
    assert out_of_step(CONTENT, phrase, english) == ()
    assert looked(phrase, english.replace("30", "40")).out_of_step == CONTENT.catalogs.languages


def test_matters_of_style_do_not_make_a_text_wrong() -> None:
    shown = looked("updating", "ممم", "ar")
    assert shown.is_wrong
    style = [one for one in looked(MAIN, "¿Qué – ñ – í?", "es").remarks if one.severity is Severity.WARNING]
    assert style
    assert "dash" in style[0].what


def test_an_unknown_message_or_language_is_a_key_error() -> None:
    for id, language in (("nothing", "en"), (MAIN, "xx")):
        with pytest.raises(KeyError):
            looked(id, "text", language)


@pytest.mark.timed
def test_a_look_takes_no_longer_than_a_pause_in_typing() -> None:
    began = monotonic()
    for language in ("en", "es", "zh", "ar"):
        looked(DOOR, "Keep the door closed.", language)
    assert monotonic() - began < 1.0


@pytest.mark.parametrize("text", ["A ", "ICE ", "a.b.", "a-", '"', "“", "(", "1 ", "a.", "Aa Bb ", "word ", "a\u0301"])
@pytest.mark.parametrize(("id", "language"), [("updating", "es"), ("updating", "ar"), (DOOR, "en")])
def test_no_text_is_looked_at_for_long(id: str, language: str, text: str) -> None:
    began = process_time()
    looked(id, (text * 1600)[:1600], language)
    assert process_time() - began < 3


def test_rules_are_read_once_for_the_same_data() -> None:
    first = rules_of(drafted())
    assert rules_of(drafted({f"text:{MAIN}": {"text": "What now?", "meaning": "same"}})) is first
    assert first.glossary.terms
    assert first.alphabets
