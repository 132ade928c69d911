from __future__ import annotations

import pytest

from hotline.catalogs.findings import Severity
from hotline.channels.segments import count_segments
from hotline.channels.typography import costly_signs


@pytest.mark.parametrize(
    ("text", "sign", "instead"),
    [
        ("Don’t sign.", "’", "write '"),
        ("Say “no”.", "“", 'write "'),
        ("Wait … here.", "…", "write ..."),
        ("9 – 12", "–", "write -"),
        ("Call\u00a0911.", "U+00A0", "write a blank"),
        ("Call\u202f911.", "U+202F", "write a blank"),
        ("Call\t911.", "U+0009", "write a blank"),
    ],
)
def test_a_sign_that_alone_turns_a_text_into_ucs_2_is_an_error(text: str, sign: str, instead: str) -> None:
    assert count_segments(text).encoding == "UCS-2"
    remark = next(costly_signs(text, latin_letters=True))
    assert remark.what.startswith(sign)
    assert "turns the text into UCS-2" in remark.what
    assert (remark.remedy, remark.severity) == (instead, Severity.ERROR)


@pytest.mark.parametrize("text", ["No firme “nada” — aquí.", "Où ? C’est là\u00a0: œuvre"])
def test_in_a_text_that_is_ucs_2_anyway_it_is_a_matter_of_style(text: str) -> None:
    remarks = list(costly_signs(text, latin_letters=True))
    assert len(remarks) > 1
    assert {remark.severity for remark in remarks} == {Severity.WARNING}


def test_other_scripts_have_signs_of_their_own_but_no_blanks() -> None:
    assert list(costly_signs("请写“菜单”——现在…", latin_letters=False)) == []
    assert list(costly_signs("Скажите «нет» — сейчас.", latin_letters=False)) == []
    (remark,) = costly_signs("Звоните\u00a0911.", latin_letters=False)
    assert remark.severity is Severity.WARNING


@pytest.mark.parametrize(
    "text", ["", 'Don\'t sign "it" - wait... 9-12', "¿Año? Ñandú, à ù", "Não assine nada: coração"]
)
def test_letters_and_plain_signs_are_left_alone(text: str) -> None:
    assert list(costly_signs(text, latin_letters=True)) == []
