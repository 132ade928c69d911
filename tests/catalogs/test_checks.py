from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.catalogs.checks import Finding, check
from hotline.script.model import Script

MakeScript = Callable[..., Script]
WritePo = Callable[[str], Path]
Findings = tuple[Finding, ...]


@pytest.fixture
def found(make_script: MakeScript, write_po: WritePo) -> Callable[..., Findings]:
    """The findings for a message, translated as given."""

    def findings(source: str, text: str, *, of: str | None = None, before: str = "") -> Findings:
        script = make_script({"a": source})
        path = write_po(f'{before}msgctxt "a"\nmsgid "{of or source}"\nmsgstr "{text}"\n')
        return check(script, Catalogs(script, path.parents[2]))

    return findings


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Keep the door closed.", "No abra la puerta."),
        ("More", "More"),
        ("{phone.referral_line}", "{phone.referral_line}"),
        ("Legal Hotline: {phone.referral_line}", "Legal Hotline: {phone.referral_line}"),
        ("Call 911 or 988.", "988 o 911: llame."),
        ("Call 911.", "اتصل بالرقم ٩١١."),
        ("{key} {choice}", "{choice} {key}"),
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
        ("Ask Legal Hotline for help.", "Ask Legal Hotline for help.", "the text is still English"),
        ("By {date}.", "Pronto.", "the placeholders are not those of the English"),
        ("By {date}.", "El {date", "the placeholders are not those of the English"),
        ("By {date}.", "El {date} o el {date}.", "the placeholders are not those of the English"),
        ("Call 911.", "Llame al 912.", "the numbers are not those of the English"),
        ("Call 911 {date}.", "Llame {date}.", "the numbers are not those of the English"),
        ("Sign nothing.", "No firme nada. ", "the text begins or ends with a blank"),
        ("Sign nothing.", "No firme\\rnada.", "the text holds an invisible character that a phone cannot carry"),
    ],
)
def test_what_is_wrong_is_said(found: Callable[..., Findings], source: str, text: str, what: str) -> None:
    (finding,) = found(source, text)
    assert (finding.language, finding.message_id, finding.what) == ("es", "a", what)
    assert "es/LC_MESSAGES/hotline.po" in finding.remedy


def test_a_translation_of_earlier_english_is_told_from_a_fuzzy_one(found: Callable[..., Findings]) -> None:
    (changed,) = found("Sign nothing.", "No firme.", of="Do not sign.")
    (fuzzy,) = found("Sign nothing.", "No firme.", before="#, fuzzy\n")
    assert changed.what == "the English has changed since it was translated"
    assert fuzzy.what == "the translation is marked as fuzzy"


def test_a_message_that_the_file_does_not_have_is_missing(make_script: MakeScript, write_po: WritePo) -> None:
    script = make_script({"a": "Sign nothing."})
    (finding,) = check(script, Catalogs(script, write_po("").parents[2]))
    assert finding.what == "the message is missing"
    assert finding.remedy.startswith("run: hotline catalog update")


def test_english_that_no_catalog_can_carry_is_found_in_the_script(make_script: MakeScript, write_po: WritePo) -> None:
    script = make_script({"a": "Sign\x04nothing."})
    findings = check(script, Catalogs(script, write_po("").parents[2]))
    assert [finding.language for finding in findings] == ["en", "es"]
    assert findings[0].remedy == "delete it in phrases.toml"
