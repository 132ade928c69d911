from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.catalogs.alphabets import read_alphabets
from hotline.catalogs.catalog import Catalogs
from hotline.catalogs.checks import Standards, check
from hotline.catalogs.findings import Finding
from hotline.catalogs.glossary import Glossary, Rendering, Term
from hotline.script.model import Part, Script, Topic

MakeScript = Callable[..., Script]
WritePo = Callable[[str], Path]
Findings = tuple[Finding, ...]

TERM = Term("lawyer", ("lawyer",), "Somebody who is licensed to practise law.")
ABOGADO = Rendering("abogado", ("abogad",), ("notari",), None)
STANDARDS = Standards(
    alphabets=read_alphabets(),
    glossary=Glossary({"lawyer": TERM}, {"es": {"lawyer": ABOGADO}}),
    obeys=lambda language, words: {("en", "MENU"): "menu", ("es", "INICIO"): "menu"}.get((language, words)),
)


def checked(script: Script, path: Path, standards: Standards = STANDARDS) -> Findings:
    return check(script, Catalogs(script, path.parents[2]), standards)


@pytest.fixture
def found(make_script: MakeScript, write_po: WritePo) -> Callable[..., Findings]:
    """The findings for a message, translated as given."""

    def findings(source: str, text: str, *, of: str | None = None, before: str = "") -> Findings:
        return checked(
            make_script({"a": source}), write_po(f'{before}msgctxt "a"\nmsgid "{of or source}"\nmsgstr "{text}"\n')
        )

    return findings


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Keep the door closed.", "No abra la puerta."),
        ("More", "More"),
        ("{phone.referral_line}", "{phone.referral_line}"),
        ("Legal Hotline: {phone.referral_line}", "Legal Hotline: {phone.referral_line}"),
        ("{key} {choice}", "{choice} {key}"),
        ("Call 911 or 988 and ask a lawyer.", "Llame al 988 o al 911 y pregunte a su abogada."),
    ],
)
def test_nothing_is_wrong_with_a_good_translation(found: Callable[..., Findings], source: str, text: str) -> None:
    assert found(source, text) == ()


@pytest.mark.parametrize(
    ("source", "text", "what"),
    [
        ("Sign nothing.", "", "the translation is empty"),
        ("Sign nothing.", "  ", "the translation is empty"),
        ("Sign nothing.", "Sign nothing.", "the text is still English"),
        ("Sign nothing now.", "Sign nothing ahora.", "this is English: sign nothing"),
        ("Call 911.", "Llame al 912.", "the numbers are not those of the English: 911 is missing, 912 is too many"),
        ("By {date}.", "Pronto.", "the placeholders are not those of the English"),
        ("Write MENU.", "Escriba MENU.", "no word in it is the command 'menu' in this language"),
        ("Sign nothing.", "No firme nada. ", "the text begins or ends with a blank"),
        ("Sign nothing.", "No firme\\rnada.", "the text holds an invisible character that a phone cannot carry"),
        ("Sign nothing.", "Não firme.", "letters that the language does not have: ã (U+00E3) in 'Não'"),
        ("Ask a lawyer.", "Pregunte a un amigo.", "the term 'lawyer' is not rendered as the glossary has it"),
        ("Ask a lawyer.", "Un abogado o notario.", "'notari' misleads for the term 'lawyer'"),
    ],
)
def test_what_is_wrong_is_said(found: Callable[..., Findings], source: str, text: str, what: str) -> None:
    (finding,) = found(source, text)
    assert (finding.language, finding.message_id, finding.what) == ("es", "a", what)
    assert finding.file == "locales/es/LC_MESSAGES/hotline.po"
    assert finding.remedy


def test_a_translation_of_earlier_english_is_told_from_a_fuzzy_one(found: Callable[..., Findings]) -> None:
    (changed,) = found("Sign nothing.", "No firme.", of="Do not sign.")
    (fuzzy,) = found("Sign nothing.", "No firme.", before="#, fuzzy\n")
    assert changed.what == "the English has changed since it was translated"
    assert fuzzy.what == "the translation is marked as fuzzy"


def test_a_message_that_the_file_does_not_have_is_missing(make_script: MakeScript, write_po: WritePo) -> None:
    (finding,) = checked(make_script({"a": "Sign nothing."}), write_po(""))
    assert finding.what == "the message is missing"
    assert finding.remedy.startswith("run: hotline catalog update")


def test_a_choice_that_the_english_names_is_named_in_the_translation(
    make_script: MakeScript, write_po: WritePo
) -> None:
    script = make_script({"label": "Check my town", "a": "Choose Check my town."})
    label = replace(script.messages["label"], is_label=True)
    script = replace(script, messages={**script.messages, "label": label})
    entries = 'msgctxt "label"\nmsgid "Check my town"\nmsgstr "Ver mi ciudad"\n\n'
    path = write_po(f'{entries}msgctxt "a"\nmsgid "Choose Check my town."\nmsgstr "Elija Consultar."\n')
    (finding,) = checked(script, path)
    assert finding.remedy == "name it as it is: 'Ver mi ciudad'"


def test_english_that_no_catalog_can_carry_is_found_in_the_script(make_script: MakeScript, write_po: WritePo) -> None:
    findings = checked(make_script({"a": "Sign\x04nothing."}), write_po(""))
    assert [finding.language for finding in findings] == ["en", "es"]
    assert (findings[0].file, findings[0].remedy) == ("phrases.toml", "delete it")


def test_letters_that_english_does_not_have_are_found_in_the_script(make_script: MakeScript, write_po: WritePo) -> None:
    finding = checked(make_script({"a": "Sign n\u043ething."}), write_po(""))[0]
    assert (finding.language, finding.what) == ("en", "'nоthing' mixes Cyrillic and Latin letters that look alike")


def test_a_header_with_the_plurals_of_another_language_is_found(make_script: MakeScript, write_po: WritePo) -> None:
    path = write_po("")
    path.write_text(path.read_text(encoding="utf-8").replace("plural=(n != 1)", "plural=(n > 1)"), encoding="utf-8")
    (finding,) = checked(make_script({}), path)
    assert (finding.language, finding.message_id) == ("es", "")
    assert "Plural-Forms" in finding.what


def test_a_glossary_that_lacks_a_term_is_found_once(make_script: MakeScript, write_po: WritePo) -> None:
    standards = replace(STANDARDS, glossary=Glossary({"lawyer": TERM}, {"es": {}}))
    (finding,) = checked(make_script({}), write_po(""), standards)
    assert (finding.file, finding.what) == ("locales/es/glossary.toml", "the term 'lawyer' is missing")


def test_a_language_without_an_alphabet_is_found_once(make_script: MakeScript, write_po: WritePo) -> None:
    alphabets = {code: alphabet for code, alphabet in STANDARDS.alphabets.items() if code != "es"}
    (finding,) = checked(make_script({}), write_po(""), replace(STANDARDS, alphabets=alphabets))
    assert (finding.language, finding.remedy) == ("es", "add [es]")


HARD = "Individuals apprehended pursuant to administrative documentation may nevertheless decline interrogation."
MIDDLING = "You may ask a lawyer whether the paper that they hold is really one that a judge has signed for you."


def graded(make_script: MakeScript, write_po: WritePo, texts: Mapping[str, str]) -> list[Finding]:
    script = make_script(texts)
    parts = tuple(Part(key, key, key) for key in texts)
    script = replace(script, topics={"t": Topic("t", "title", False, parts, (), None, "topics/t.toml")})  # noqa: FBT003
    return [finding for finding in checked(script, write_po("")) if finding.language == "en"]


def test_a_statement_that_is_hard_to_read_is_found(make_script: MakeScript, write_po: WritePo) -> None:
    hard, on_average = sorted(graded(make_script, write_po, {"a": HARD}), key=lambda finding: -len(finding.message_id))
    assert (hard.message_id, hard.file) == ("a", "phrases.toml")
    assert "of school; 8 at most" in hard.what
    assert "on average; 6 at most" in on_average.what


def test_many_statements_that_are_somewhat_hard_are_found_together(make_script: MakeScript, write_po: WritePo) -> None:
    (finding,) = graded(make_script, write_po, {"a": MIDDLING, "b": MIDDLING})
    assert (finding.message_id, finding.remedy) == ("", "write more simply, first in b, a")


def test_easy_statements_are_left_alone(make_script: MakeScript, write_po: WritePo) -> None:
    assert graded(make_script, write_po, {"a": "Sign nothing. Ask for a lawyer.", "b": MIDDLING}) == []
