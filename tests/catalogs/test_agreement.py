from __future__ import annotations

from time import process_time

import pytest

from hotline.catalogs.agreement import disagreements, missing_choices, wrong_commands

COMMANDS = {
    "en": {"menu": "menu", "forget": "forget", "m": "more"},
    "es": {"menu": "menu", "olvidar": "forget", "m": "more", "borrar todo": "forget"},
    "vi": {"xoa het": "forget"},
    "zh": {"忘记": "forget"},
}


def obeys(language: str, words: str) -> str | None:
    return COMMANDS[language].get(words.casefold())


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Call 911 or 988.", "988 o 911: llame."),
        ("Call 911.", "اتصل بالرقم ٩١١."),
        ("By {date}: {phone.line}.", "{phone.line} antes del {date}."),
        ("Since January 2025 it holds.", "自2025年1月起有效。"),
        ("In April 2025, press 4.", "2025年4月，请按4。"),
        ("Key in the five digits.", "Nhập 5 chữ số."),
        ("Form I-205 and I-94.", "Formulario I-94 e I-205."),
        ("See ctlawhelp.org/rights or {url.line}.", "Vea {url.line} o ctlawhelp.org/rights."),
        ("Text APPLY to {text.sls}.", "Mande APPLY al {text.sls}."),
        ("In the U.S. sign nothing.", "En EE.UU. no firme nada."),
    ],
)
def test_what_agrees_is_left_alone(source: str, text: str) -> None:
    assert list(disagreements(source, text)) == []


@pytest.mark.parametrize(
    ("source", "text", "what"),
    [
        ("By {date}.", "Pronto.", "the placeholders are not those of the English"),
        ("By {date}.", "El {date", "the placeholders are not those of the English"),
        ("By {date}.", "El {date} o el {date}.", "the placeholders are not those of the English"),
        ("Other languages: write 9.", "Otros idiomas: escriba 6.", ": 9 is missing, 6 is too many"),
        ("Press 0.", "Oprima cero.", ": 0 is missing"),
        ("Call 911 {date}.", "Llame {date}.", ": 911 is missing"),
        ("Call 911.", "Llame al 911, al 911.", ": 911 is too many"),
        ("It holds since January 2025.", "自2025年2月起有效。", ": 2 is too many"),
        ("Press 1 in January.", "Oprima en enero.", ": 1 is missing"),
        ("Text APPLY to {text.sls}.", "Mande SOLICITAR al {text.sls}.", "APPLY is missing"),
        ("See ctlawhelp.org.", "Vea ctlawhelp.com.", ": ctlawhelp.org is missing, ctlawhelp.com is too many"),
        ("See ctlawhelp.org/rights.", "Vea ctlawhelp.org.", "ctlawhelp.org/rights is missing"),
    ],
)
def test_what_disagrees_is_named(source: str, text: str, what: str) -> None:
    (remark,) = disagreements(source, text)
    assert what in remark.what


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Para borrar este chat, escriba OLVIDAR."),
        ("es", "Para borrar este chat, escriba BORRAR TODO."),
        ("es", 'Para borrar este chat, escriba "olvidar".'),
        ("zh", "要删除，请写“忘记”。"),
        ("vi", "VIẾT XOA HET"),
    ],
)
def test_a_command_that_is_obeyed_in_the_language_is_right(language: str, text: str) -> None:
    assert list(wrong_commands("To erase this chat, write FORGET.", text, language, "en", obeys)) == []


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("To erase this chat, write FORGET.", "Para borrar este chat, escriba FORGET."),
        ("To erase this chat, write FORGET.", "Para borrar este chat, escriba BORRAME."),
        ("To erase this chat, write FORGET.", "Para borrar este chat, escriba olvidar."),
        ("To erase this chat, write FORGET.", "Para borrar este chat, escriba MENU."),
        ("MENU or FORGET.", "MENU."),
        ("Write M.", "Escriba X."),
    ],
)
def test_a_command_that_is_not_obeyed_is_found(source: str, text: str) -> None:
    (remark,) = wrong_commands(source, text, "es", "en", obeys)
    assert "command" in remark.what
    assert "es/commands.toml" in remark.remedy


def test_capitals_that_are_no_command_ask_for_nothing() -> None:
    assert list(wrong_commands("A JUDGE signs it.", "Lo firma un juez.", "es", "en", obeys)) == []


def test_a_text_of_capitals_alone_is_read_at_once() -> None:
    began = process_time()
    assert len(list(wrong_commands("To erase this chat, write FORGET.", "A " * 5000, "es", "en", obeys))) == 1
    assert process_time() - began < 1


LABELS = {"Check my town": "town.title", "At court": "court.title"}
TRANSLATED = {"town.title": "Ver mi ciudad"}


@pytest.mark.parametrize("text", ["Elija Ver mi ciudad.", 'Elija "ver mi ciudad".'])
def test_a_choice_is_named_as_the_language_has_it(text: str) -> None:
    assert list(missing_choices("Then choose Check my town.", text, LABELS, TRANSLATED.get)) == []


def test_a_choice_under_another_name_is_found() -> None:
    (remark,) = missing_choices("Then choose Check my town.", "Elija Consultar.", LABELS, TRANSLATED.get)
    assert remark.remedy == "name it as it is: 'Ver mi ciudad'"


@pytest.mark.parametrize(
    "source",
    [
        "At court you can stay silent.",
        "Stay calm. At court you can stay silent.",
        "Then choose At court.",
    ],
)
def test_words_of_a_choice_at_the_beginning_and_choices_without_translation_ask_for_nothing(source: str) -> None:
    assert list(missing_choices(source, "Puede guardar silencio.", LABELS, TRANSLATED.get)) == []
