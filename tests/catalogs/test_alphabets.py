from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from hotline.catalogs.alphabets import Alphabet, read_alphabets, strange_letters
from hotline.script.model import Script
from hotline.script.tables import TableError

ALPHABETS = read_alphabets()
GOOD = 'script = "LATIN"\nletters = "é"\ncharacters_a_second = 13\nseconds_a_digit = 0.4\n'


def found(language: str, text: str, source: str = "Ask ICE.") -> list[str]:
    return [
        remark.what for remark in strange_letters(source, text, ALPHABETS[language], right_to_left=language == "ar")
    ]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "¿Quién firmó? Año, pingüino, ÁRBOL."),
        ("pt", "Não, você, coração, à direita."),
        ("ht", "Pa siyen anyen. Kè, mòn, la."),
        ("zh", "您可以保持沉默。向ICE要I-205表，其他语言：9。"),
        ("pl", "Żółć, zażółć gęślą jaźń."),
        ("sq", "Çfarë të bëjmë?"),
        ("ar", "لا توقّع على أي شيءٍ. اتصل بـ ICE."),
        ("fr", "Où êtes-vous ? L'œuvre, naïve, ça."),
        ("vi", "Quý vị có quyền giữ im lặng. ĐỪNG KÝ."),
        ("ru", "Объём, съезд, это ICE-агенты."),
        ("uk", "Під'їзд, ґанок, м'яч, єдність, ІНШІ."),
    ],
)
def test_a_text_in_the_letters_of_its_language_is_right(language: str, text: str) -> None:
    assert found(language, text) == []


@pytest.mark.parametrize(
    ("language", "text", "letters"),
    [
        ("es", "Não assine.", "ã"),
        ("ht", "Pa siyé.", "é"),
        ("uk", "Вы можете молчать", "ы"),
        ("uk", "Это объём", "Эъё"),
        ("ru", "Ґанок і їжа є", "іїєҐ"),
        ("zh", "請保持沉默，法院之後", "請後"),
        ("zh", "在家於此", "於"),
        ("ar", "گفت که", "گک"),
        ("fr", "Не подписывайте", "Н"),
        ("en", "Señal", "ñ"),
    ],
)
def test_letters_of_another_language_are_found(language: str, text: str, letters: str) -> None:
    (what,) = found(language, text)
    assert what.startswith("letters that the language does not have: ")
    assert all(f"{letter} (U+" in what for letter in letters)


@pytest.mark.parametrize(
    ("language", "text"), [("ru", "Позвоните aдвокату"), ("uk", "Адвoкат"), ("es", "Llame al аbogado")]
)
def test_a_letter_that_only_looks_right_is_found(language: str, text: str) -> None:
    (what,) = found(language, text)
    assert what.endswith("mixes Cyrillic and Latin letters that look alike")


def test_a_name_in_letters_that_only_look_latin_is_found() -> None:
    assert found("uk", "Це агенти ІСЕ.") == ["'ІСЕ' is written in letters that only look Latin"]
    assert found("uk", "Це агенти ІСЕ.", source="Ask them.") == []


@pytest.mark.parametrize(("language", "text"), [("vi", "Quý vị"), ("es", "Señor"), ("fr", "Déjà")])
def test_letters_and_accents_are_composed(language: str, text: str) -> None:
    assert found(language, unicodedata.normalize("NFD", text)) == [
        "its letters and accents are not composed (Unicode NFC)"
    ]


def test_a_mark_without_a_letter_of_its_own_is_found() -> None:
    assert "U+0301" in found("ru", "за\u0301мок")[0]


def test_marks_of_direction_belong_to_what_is_written_from_right_to_left_alone() -> None:
    assert found("ar", "اتصل \u200e911") == []
    assert found("es", "Llame \u200e911") == ["it holds an invisible character (U+200E)"]
    assert found("ar", "اتصل\u200b") == ["it holds an invisible character (U+200B)"]


def test_placeholders_are_no_letters_of_a_text() -> None:
    assert found("uk", "Телефонуйте: {phone.referral_line}") == []


def test_every_language_of_the_line_has_an_alphabet(script: Script) -> None:
    assert set(script.languages) <= set(ALPHABETS)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("script = 1", "'script' must be"),
        ("letters = 5", "'letters' must be letters in quotes"),
        ('letters = "e\u0301"', "'letters' must be letters in quotes, composed"),
        ("characters_a_second = 0", "'characters_a_second' must be a number above 0"),
        ("characters_a_second = true", "'characters_a_second' must be a number above 0"),
        ("seconds_a_digit = nan", "'seconds_a_digit' must be a number above 0"),
        ('charset = "klingon"', "no character set 'klingon'"),
        ("colour = 1", "no such field: colour"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, line: str, says: str) -> None:
    name = line.partition(" ")[0]
    kept = [good for good in GOOD.splitlines() if not good.startswith(name)]
    (tmp_path / "alphabets.toml").write_text("\n".join(["[es]", *kept, line]), encoding="utf-8")
    with pytest.raises(TableError, match=r"^alphabets\.toml \[es\]: ") as raised:
        read_alphabets(tmp_path)
    assert says in str(raised.value)


def test_an_alphabet_is_read_with_its_capitals(tmp_path: Path) -> None:
    (tmp_path / "alphabets.toml").write_text(f"[xx]\n{GOOD}", encoding="utf-8")
    alphabet: Alphabet = read_alphabets(tmp_path)["xx"]
    assert all(alphabet.has(letter) for letter in "azAZéÉ")
    assert not alphabet.has("è")
