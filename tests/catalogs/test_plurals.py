from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from hotline.catalogs.merge import merge
from hotline.catalogs.plurals import wrong_plurals
from hotline.catalogs.pofile import PoError, read
from hotline.script.model import Script

POLISH = "nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);"


def found(script: Script, language: str, header: str) -> list[str]:
    return [remark.what for remark in wrong_plurals(header, script.languages[language])]


def test_the_header_of_a_new_catalog_is_right_in_every_language(script: Script) -> None:
    for code, language in script.languages.items():
        assert found(script, code, merge(None, Catalog(), language).metadata["Plural-Forms"]) == []


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("nplurals=2; plural=(n != 1);", []),
        ("nplurals=2; plural=n!=1", []),
        ("nplurals=2; plural=(n==1 ? 0 : 1);", []),
        ("nplurals=2; plural=(n > 1);", ["the header's Plural-Forms are not those of the language"]),
        ("nplurals=1; plural=0;", ["the header's Plural-Forms are not those of the language"]),
        (POLISH, ["the header's Plural-Forms are not those of the language"]),
        ("nplurals=3; plural=(n != 1);", ["the header's Plural-Forms cannot be read"]),
        ("nplurals=2; plural=(n ==);", ["the header's Plural-Forms cannot be read"]),
        ("nplurals=2; plural=n/0;", ["the header's Plural-Forms cannot be read"]),
        ("nplurals=INTEGER; plural=EXPRESSION;", ["the header's Plural-Forms cannot be read"]),
        ("", ["the header's Plural-Forms cannot be read"]),
    ],
)
def test_a_header_is_held_to_the_rule_of_its_language(script: Script, header: str, what: list[str]) -> None:
    assert found(script, "es", header) == what


def test_an_entry_with_plurals_is_refused(write_po: Callable[[str], Path]) -> None:
    with pytest.raises(PoError, match="no use for msgid_plural"):
        read(write_po('msgctxt "a"\nmsgid "1 town"\nmsgid_plural "{n} towns"\nmsgstr[0] "x"\nmsgstr[1] "y"\n'))
