from __future__ import annotations

from pathlib import Path

import pytest

from hotline.catalogs.alphabets import read_alphabets
from hotline.catalogs.glossary import (
    Glossary,
    Rendering,
    Term,
    incomplete,
    read_renderings,
    read_terms,
    wrong_terms,
)
from hotline.locales import LOCALES
from hotline.script.model import Script
from hotline.script.tables import TableError

TERMS = {
    "warrant": Term("warrant", ("warrant", "warrants"), "a paper"),
    "judges-warrant": Term("judges-warrant", ("judge's warrant", "warrant signed by a JUDGE"), "signed by a judge"),
    "court": Term("court", ("court", "courts"), "where a judge decides"),
    "trust-act": Term("trust-act", ("Trust Act",), "a law"),
    "check-in": Term("check-in", ("check-in",), "an appointment"),
    "notary": Term("notary", ("notary",), "a witness"),
}
SPANISH = {
    "warrant": Rendering("orden", ("orden", "órden"), ("garantía",), None),
    "judges-warrant": Rendering("orden firmada por un JUEZ", ("orden firmad juez", "orden de un juez"), (), None),
    "notary": Rendering("notario", ("notari",), ("notario público",), "a trap"),
}
CHINESE = {"court": Rendering("法院", ("法院", "法庭"), ("衙门",), None)}
GLOSSARY = Glossary(TERMS, {"es": SPANISH, "zh": CHINESE})


@pytest.mark.parametrize(
    ("source", "terms"),
    [
        ("Ask for a warrant.", ["warrant"]),
        ("Only a warrant signed by a JUDGE counts.", ["judges-warrant"]),
        ("A judge's warrant is no other warrant.", ["judges-warrant", "warrant"]),
        ("Warrants differ. Court is near.", ["warrant", "court"]),
        ("Write to U.S. District Court.", []),
        ("Go to the courtyard, on a check-in day.", ["check-in"]),
        ("The Trust Act binds them.", ["trust-act"]),
        ("Trust the act of a notary's helper.", ["notary"]),
        ("See {url.court} now.", []),
    ],
)
def test_terms_are_found_the_longest_first_and_never_within_names(source: str, terms: list[str]) -> None:
    assert [term.id for term in GLOSSARY.terms_in(source)] == terms


def found(source: str, text: str, language: str = "es") -> list[str]:
    terms, renderings = GLOSSARY.terms_in(source), GLOSSARY.renderings[language]
    return [remark.what for remark in wrong_terms(text, terms, renderings, parts_words=language == "es")]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Warrants differ.", "Las ÓRDENES son distintas."),
        ("A judge's warrant.", "La orden de un juez."),
        ("A judge's warrant.", "La orden firmada, juez."),
        ("Go to court.", "Vaya a la corte."),
    ],
)
def test_a_form_of_the_glossary_is_enough_and_a_term_without_rendering_asks_for_none(source: str, text: str) -> None:
    assert found(source, text) == []


@pytest.mark.parametrize(
    ("source", "text", "what"),
    [
        ("Warrants differ.", "Los papeles son distintos.", "the term 'warrant' is not rendered as the glossary has it"),
        ("Warrants differ.", "El desorden.", "the term 'warrant' is not rendered as the glossary has it"),
        ("A judge's warrant.", "La orden.", "the term 'judges-warrant' is not rendered as the glossary has it"),
        ("A warrant.", "La orden o garantía.", "'garantía' misleads for the term 'warrant'"),
        ("A notary.", "Un notario público.", "'notario público' misleads for the term 'notary'"),
    ],
)
def test_another_word_and_one_that_misleads_are_found(source: str, text: str, what: str) -> None:
    assert found(source, text) == [what]


def test_where_no_blanks_part_words_a_form_stands_anywhere() -> None:
    assert found("Go to court.", "请去法院。", "zh") == []
    assert found("Go to court.", "请去那里。", "zh") != []


def test_what_a_glossary_lacks_and_what_it_has_too_much_is_found() -> None:
    assert [remark.what for remark in incomplete(TERMS, {**SPANISH, "bail": SPANISH["warrant"]})] == [
        "the term 'court' is missing",
        "the term 'trust-act' is missing",
        "the term 'check-in' is missing",
        "there is no term 'bail'",
    ]


def test_the_glossaries_that_are_shipped_have_every_term(script: Script) -> None:
    terms = read_terms()
    for language in script.languages:
        if language != script.source_language:
            assert list(incomplete(terms, read_renderings(LOCALES, language))) == []


def test_what_is_to_be_written_is_a_form_and_is_not_to_be_avoided(script: Script) -> None:
    terms, alphabets = read_terms(), read_alphabets()
    for language in script.languages:
        if language != script.source_language:
            renderings, parts_words = read_renderings(LOCALES, language), alphabets[language].parts_words
            for term in terms.values():
                text = renderings[term.id].use
                assert list(wrong_terms(text, [term], renderings, parts_words=parts_words)) == [], (language, term.id)


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("glossary.toml", '[a]\nenglish = ["x"]\n', "'means' is missing"),
        ("glossary.toml", '[a]\nenglish = []\nmeans = "m"\n', "'english' must be at least one text"),
        ("glossary.toml", '[a]\nenglish = ["x", "  "]\nmeans = "m"\n', "none of them empty"),
        ("glossary.toml", '[a]\nenglish = ["x"]\nmeans = "m"\ncolour = 1\n', "no such field: colour"),
        (
            "glossary.toml",
            '[a]\nenglish = ["x"]\nmeans = "m"\n[b]\nenglish = ["X"]\nmeans = "m"\n',
            "'X' stands under 'a' and 'b'",
        ),
        ("glossary.toml", 'a = "x"\n', "'english' is missing"),
        ("es/glossary.toml", "[a]\nforms = ['x']\n", "'use' is missing"),
        ("es/glossary.toml", "[a]\nuse = 'x'\nforms = []\n", "'forms' must be at least one text"),
        ("es/glossary.toml", "[a\n", "cannot be read"),
    ],
)
def test_a_wrong_table_is_named(tmp_path: Path, file: str, content: str, says: str) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(content, encoding="utf-8")
    with pytest.raises(TableError) as raised:
        read_renderings(tmp_path, "es") if "/" in file else read_terms(tmp_path)
    assert str(raised.value).startswith(file)
    assert says in str(raised.value)


def test_a_glossary_without_terms_finds_nothing() -> None:
    assert Glossary({}, {}).terms_in("A warrant.") == ()
