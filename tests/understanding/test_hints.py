from __future__ import annotations

from hotline.understanding.hints import hints_of
from hotline.understanding.lessons import Example
from hotline.understanding.normal import words


def _examples(topic: str, *texts: str) -> list[Example]:
    return [Example(text, words(text), "es", topic) for text in texts]


def test_phrases_that_several_people_use_for_one_topic_are_hints_as_they_are_written() -> None:
    door = _examples("ice-at-door", "La migra está aquí", "la migra está afuera", "ya llegó la migra!")
    assert hints_of(door) == ("la migra", "migra")


def test_what_is_said_of_everything_is_no_hint() -> None:
    lawyer = _examples("legal-help", "ayuda por favor", "abogado por favor", "un abogado barato", "el abogado")
    scams = _examples("scams", "me robaron por favor", "por favor digan")
    assert hints_of([*lawyer, *scams]) == ("abogado",)


def test_small_talk_is_no_hint() -> None:
    assert hints_of(_examples("none", "buen partido", "buen partido ayer", "que buen partido")) == ()


def test_a_phrase_is_hinted_in_its_most_careful_spelling() -> None:
    assert "detención" in hints_of(_examples("detained", "detencion!", "en detencion", "la detención", "detencion ya"))


def test_chinese_is_hinted_by_words_of_two_to_four_characters() -> None:
    texts = ("移民局敲门了", "移民局在门口", "有移民局的人")
    hints = hints_of(Example(text, words(text), "zh", "ice-at-door") for text in texts)
    assert set(hints) == {"移民", "民局", "移民局"}


def test_another_alphabet_than_the_usual_one_is_no_hint() -> None:
    arabic = [Example(text, words(text), "ar", "detained") for text in ("اعتقلوا اخي", "اعتقلوا ابني", "اعتقلوا زوجي")]
    latin = [Example("akhadou", words("akhadou"), "ar", "detained")] * 3
    assert hints_of([*arabic, *latin, *arabic]) == ("اعتقلوا",)
