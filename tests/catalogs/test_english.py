from __future__ import annotations

import re

import pytest

from hotline.catalogs.english import kept_english, leaks, taken_words, untranslated
from hotline.catalogs.names import English

DOOR = "Look for the signature of a JUDGE. Without it, say: I do not consent to you coming in. Ask ICE for form I-205."
HOLD = "An ICE request to hold you is not an order of a court in Connecticut. Keep your green card."
DHS = "The top says Department of Homeland Security."
ENGLISH = English({"door": DOOR, "hold": HOLD, "dhs": DHS}, {}, ("Legal Hotline",))


def found(source: str, text: str, *, shares_letters: bool = True, own: str = "") -> list[str]:
    terms = {"detainer", "green card"} if source == HOLD else set()
    own_terms = [re.compile(own, re.IGNORECASE)] if own else []
    remarks = leaks(source, text, ENGLISH, terms=terms, own_terms=own_terms, shares_letters=shares_letters)
    return [remark.what.removeprefix("this is English: ") for remark in remarks]


@pytest.mark.parametrize(
    ("source", "text", "shares_letters"),
    [
        (DOOR, 'Diga: "I do not consent to you coming in" (no doy permiso). Pida a ICE el formulario I-205.', True),
        (DOOR, '请说："I do not consent to you coming in"(我不同意)。向ICE要I-205表。', False),
        (DOOR, "Ищите подпись судьи (JUDGE). Спросите ICE о форме I-205.", False),
        (HOLD, "Si ICE pide que le retengan (detainer), no es una orden.", True),
        (HOLD, "这是ICE的扣留请求(detainer)。请带好绿卡（green card）。", False),
        (HOLD, "No lo ordena una corte de Connecticut.", True),
        (DHS, "Вверху стоит Department of Homeland Security.", False),
        (DHS, "Arriba dice Department of Homeland Security.", True),
        ("See ctlawhelp.org/rights now.", "Смотрите ctlawhelp.org/rights.", False),
        (DOOR, "No firme. A la una no me a. Me doy.", True),
    ],
)
def test_names_and_quoted_english_may_stand(source: str, text: str, *, shares_letters: bool) -> None:
    assert found(source, text, shares_letters=shares_letters) == []


@pytest.mark.parametrize(
    ("source", "text", "english"),
    [
        (DOOR, "Busque the signature of un juez.", ["the signature of"]),
        (DOOR, "Sin eso, diga: I do not consent to you coming in.", ["do not consent to you coming in"]),
        (DOOR, 'Diga: "I do not agree to you" ahora.', ["do not", "to you"]),
        (HOLD, "Busque the form of a court ahora.", ["of a court"]),
        (DOOR, "Busque: keep the order of eso.", ["keep the order of"]),
        (DOOR, "Busque la firma (look for the signature of a JUDGE).", ["look for the signature of a"]),
    ],
)
def test_english_in_a_language_of_the_same_letters_is_found_by_runs_of_words(
    source: str, text: str, english: list[str]
) -> None:
    assert found(source, text) == english


@pytest.mark.parametrize(
    ("source", "text", "english"),
    [
        (DOOR, "Ищите signature судьи.", ["signature"]),
        (DOOR, "查看有没有judge的签名。", ["judge"]),
        (DOOR, "Look for the подпись.", ["Look for the"]),
        (HOLD, "Это Detainer от ICE.", ["Detainer"]),
        (DOOR, "a ви мовчите", ["a"]),
        (DHS, "Вверху of Homeland Security.", ["of"]),
        (DOOR, 'Скажите: "do not enter".', ["do not enter"]),
    ],
)
def test_in_another_script_a_single_word_is_found(source: str, text: str, english: list[str]) -> None:
    assert found(source, text, shares_letters=False) == english


def test_a_term_that_the_language_has_taken_over_is_its_own() -> None:
    assert found(HOLD, "Guarde your green card.") == ["your green card"]
    assert found(HOLD, "Guarde seu green card.", own=r"\bgreen card") == []


@pytest.mark.parametrize("text", ["Sign nothing.", "Ask Legal Hotline for help."])
def test_a_text_that_is_its_english_is_untranslated(text: str) -> None:
    assert [remark.what for remark in untranslated(text, text, ENGLISH)] == ["the text is still English"]
    assert found(text, text) == []


@pytest.mark.parametrize("text", ["Menu", "Legal Hotline: {phone.referral_line}", "{key} {choice}"])
def test_a_word_a_name_and_placeholders_may_be_the_same(text: str) -> None:
    assert list(untranslated(text, text, ENGLISH)) == []


def kept(source: str, text: str, *names: str) -> list[str]:
    return [text[start:end] for start, end in kept_english(source, text, names)]


@pytest.mark.parametrize(
    ("source", "text", "english"),
    [
        (DOOR, 'Diga: "I do not consent to you coming in" (no doy permiso).', ["I do not consent to you coming in"]),
        (DOOR, '请说："I do not consent to you coming in"(我不同意)。', ["I do not consent to you coming in"]),
        (DOOR, 'Diga: "i DO not, consent" y "to you".', ["i DO not, consent", "to you"]),
        (HOLD, "Si ICE pide que le retengan (request to hold you), no es una orden.", ["request to hold you"]),
        (HOLD, "这是ICE的扣留请求（hold）。请带好绿卡（green card）。", ["hold", "green card"]),
        (DHS, "Вверху стоит Department of Homeland Security.", ["Department of Homeland Security"]),
        ("The U.S. District Court says so.", "Lo dice U.S. District Court.", ["U.S. District Court"]),
        ("The Trust Act. The Trust Act.", "La Ley Trust Act y Trust Act", ["Trust Act", "Trust Act"]),
        ("The Trust Act binds.", "《Trust Act》法案和Trust Act管。", ["Trust Act", "Trust Act"]),
        ("The Trust Act binds.", "قانون Trust Act، وقانون الـTrust Act", ["Trust Act"]),
    ],
)
def test_what_a_translation_quotes_and_names_in_english_is_told(source: str, text: str, english: list[str]) -> None:
    assert kept(source, text) == english


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (DOOR, 'Diga: "I do not agree" ahora.'),
        (DOOR, "Diga: I do not consent to you coming in."),
        (DOOR, 'Diga: "no doy permiso" (no firme).'),
        (HOLD, "Dice (request to hold you is not an order)."),
        ("The bill binds all but ICE. ICE still arrests.", "No obliga a ICE. ICE aún arresta."),
        ("Ask the lawyer ({name.slsct}): {phone.slsct}.", "Pida al abogado ({name.slsct}): {phone.slsct}."),
        ('Say "{organisation}".', 'Diga "{organisation}".'),
        (DOOR, ""),
        ("", DOOR),
    ],
)
def test_what_is_not_in_the_english_or_is_filled_in_later_is_no_quotation(source: str, text: str) -> None:
    assert kept(source, text) == []


def test_names_are_told_whole_and_only_where_they_are_names() -> None:
    source, names = "Call New Haven Legal in New Haven.", ("New Haven", "New Haven Legal", "Stamford")
    assert kept(source, "Llame a New Haven Legal en New Haven.", *names) == ["New Haven Legal", "New Haven"]
    assert kept(source, "Llame a New Havens, xNew Haven o Stamford.", *names) == []
    assert kept(source, "在New Haven，和New Haven一带", *names) == ["New Haven", "New Haven"]
    assert kept(source, "في وNew Haven، New Haven", *names) == ["New Haven"]
    assert kept(source, 'Diga "in New Haven" ahora.', *names) == ["in New Haven"]
    assert kept(source, "New Havené, éNew Haven, New Haven2", *names) == []


@pytest.mark.parametrize(
    ("source", "text", "taken"),
    [
        (DOOR, "JUDGE, ICE ak I-205: ICE", ("I-205", "ICE", "JUDGE")),
        (DOOR, "ice, judge, i-205, POLICE, I-2051, DHS", ()),
        ("ICE", "ICE-së, 'ICE'.", ("ICE",)),
        (DOOR, "", ()),
    ],
)
def test_words_that_are_taken_as_they_are_are_told(source: str, text: str, taken: tuple[str, ...]) -> None:
    assert taken_words(source, text) == taken
