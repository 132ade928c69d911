from __future__ import annotations

import pytest

from hotline.understanding.understanding import Understanding


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        ("there are men in front of my house", None, "en"),
        ("hay unos hombres enfrente de mi casa", None, "es"),
        ("hola", None, "es"),
        ("hello", None, "en"),
        ("ok", None, None),
        ("06511", None, None),
        ("911", "es", None),
        ("🚨🚨", None, None),
        ("", None, None),
        ("   \n", "es", None),
        ("¿?", None, None),
        ("Сколько стоит", None, None),
        ("Hamden", "es", None),
    ],
)
def test_the_language_is_told_or_left_open(
    understanding: Understanding, text: str, spoken: str | None, language: str | None
) -> None:
    assert understanding.understand(text, spoken).language == language


@pytest.mark.parametrize("text", ["no", "ok gracias", "daca", "trust act", "green card", "torrington", "warrant"])
def test_a_word_or_two_that_both_use_do_not_leave_spanish(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text, "es").language in {"es", None}


@pytest.mark.parametrize(("text", "spoken"), [("ayuda abogado", "en"), ("hello lawyer", "es")])
def test_words_that_cannot_be_mistaken_change_the_language(
    understanding: Understanding, text: str, spoken: str
) -> None:
    assert understanding.understand(text, spoken).language not in {spoken, None}


@pytest.mark.parametrize(("text", "spoken"), [("hola", "en"), ("lawyer", "es"), ("hello", "es"), ("thanks", "es")])
def test_one_foreign_word_changes_nothing(understanding: Understanding, text: str, spoken: str) -> None:
    assert understanding.understand(text, spoken).language in {spoken, None}


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("tengo corte el lunes por un speeding ticket", "es"),
        ("my abogado did not call me back yet", "en"),
        ("el landlord nos va a sacar del basement", "es"),
        ("la migra is at my door", "en"),
    ],
)
def test_a_foreign_word_in_a_sentence_does_not_change_the_language(
    understanding: Understanding, text: str, spoken: str
) -> None:
    assert understanding.understand(text, spoken).language == spoken
    assert understanding.understand(text, None).language == spoken


def test_a_sentence_in_another_language_changes_it(understanding: Understanding) -> None:
    assert understanding.understand("se llevaron a mi hermano esta mañana", "en").language == "es"
    assert understanding.understand("they took my brother this morning", "es").language == "en"


def test_a_language_that_nobody_knows_does_no_harm(understanding: Understanding) -> None:
    assert understanding.understand("se llevaron a mi hermano", "xx").language == "es"


@pytest.mark.parametrize("text", ["puedo pedir asilo", "necesito ayuda", "quiero saber de asilo"])
def test_what_is_between_two_languages_is_not_answered_in_the_source_language(
    shipped: Understanding, text: str
) -> None:
    assert shipped.understand(text).language in {"es", "pt"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("la migra esta tocando la puerta", "es"),
        ("a imigração ta batendo na porta", "pt"),
        ("imigrasyon ap frape pot la", "ht"),
        ("移民局的人在敲门", "zh"),
        ("policja imigracyjna stoi pod drzwiami", "pl"),
        ("imigracioni po troket ne dere", "sq"),
        ("الهجرة تدق على باب بيتي", "ar"),
        ("l immigration tape a la porte", "fr"),
        ("di tru dang go cua nha toi", "vi"),
        ("миграционная полиция стучит в дверь", "ru"),
        ("імміграційна поліція стукає у двері", "uk"),
    ],
)
def test_agents_at_the_door_are_understood_in_each_language(shipped: Understanding, text: str, language: str) -> None:
    understood = shipped.understand(text)
    assert (understood.language, understood.best.topic) == (language, "ice-at-door")
