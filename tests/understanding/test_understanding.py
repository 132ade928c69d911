from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.locales import LOCALES
from hotline.script.loader import DATA
from hotline.script.model import Script
from hotline.understanding.lessons import UnderstandingError
from hotline.understanding.understanding import Understanding, load_understanding
from hotline.understanding.understood import EMERGENCY, GREETING, NONE

HOSTILE = {
    "nothing": "",
    "blanks": " \t\n\u200b\ufeff",
    "long": "there are agents at my door " * 4000,
    "one long word": "x" * 100_000,
    "many short words": " ".join(chr(97 + index % 26) + str(index) for index in range(40_000)),
    "lone surrogates": "\ud800\udfff hola \udc80",
    "binary": bytes(range(256)).decode("latin-1") * 400,
    "emoji": "🚨😱🏃‍♀️👨‍👩‍👧" * 5000,
    "combining marks": "a" + "\u0301\u0323" * 50_000,
    "expanding": "\ufdfa" * 100_000,
    "nulls": "\x00" * 1000,
    "right to left": "\u202eمرحبا" * 10_000,
    "han": "門" * 100_000,
}


@pytest.mark.timed
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_is_answered_within_80_milliseconds(understanding: Understanding, text: str) -> None:
    times = []
    for _ in range(5):
        start = time.perf_counter()
        understanding.understand(text, "es")
        times.append(time.perf_counter() - start)
    assert min(times) < 0.080


@pytest.mark.timed
def test_a_usual_text_takes_less_than_30_milliseconds(understanding: Understanding) -> None:
    times = []
    for _ in range(20):
        start = time.perf_counter()
        understanding.understand("there is a black van outside and they keep knocking, what should we do", None)
        times.append(time.perf_counter() - start)
    assert median(times) < 0.030


@settings(deadline=None, max_examples=200)
@given(text=st.text(st.characters()), language=st.sampled_from([None, "en", "es", "xx"]))
def test_any_text_gives_probabilities(understanding: Understanding, text: str, language: str | None) -> None:
    understood = understanding.understand(text, language)
    confidences = [understood.best.confidence, *(guess.confidence for guess in understood.alternatives)]
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert sum(confidences) <= 1 + 1e-9
    assert understood.language in {None, "en", "es"}


@pytest.mark.parametrize("text", ["", "🚨", "12345678", "¿?", "\ud800"])
def test_a_text_that_says_nothing_is_none(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text, None).best.topic == NONE


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("la migra esta tocando la puerta", "ice-at-door"),
        ("hay una camioneta con hombres de negro afuera", "ice-at-door"),
        ("ICE IS AT MY DOOR!!!", "ice-at-door"),
        ("se yebaron a mi hermano", "detained"),
        ("hello", GREETING),
        ("Buenas tardes", GREETING),
        ("hello, ice is at my door", "ice-at-door"),
    ],
)
def test_what_people_text_first_is_understood(understanding: Understanding, text: str, topic: str) -> None:
    assert understanding.understand(text, None).best.topic == topic


@pytest.mark.parametrize("text", ["ICE", "¡La migra!", "migra"])
def test_an_example_written_just_so_is_known(understanding: Understanding, text: str) -> None:
    best = understanding.understand(text, None).best
    assert best.topic == "ice-at-door"
    assert best.confidence >= 0.9


@pytest.mark.parametrize(
    "text",
    [
        "he is not breathing, ice is at the door",
        "no respira",
        "i want to kill myself because they will deport me",
        "me quiero matar",
        "the agents are at my door and my father is having a heart attack",
        ("we waited all day at the office and nobody told us anything about the papers " * 8)
        + "now he is not breathing",
    ],
)
def test_danger_to_life_comes_first(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text, None).best.topic == EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "911",
        "9 1 1",
        "9-1-1",
        "nine one one",
        "nueve uno uno",
        "nueve once",
        "nine eleven",
        "llama al 9 1 1",
        "marque 911",
    ],
)
def test_the_number_of_danger_to_life_is_danger_to_life_however_it_is_written(
    shipped: Understanding, text: str
) -> None:
    assert shipped.understand(text, None).best.topic == EMERGENCY


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1", "1"),
        (" (1). ", "1"),
        ("1\ufe0f\u20e3", "1"),
        ("#1", "1"),
        ("٣", "3"),
        ("*", "*"),
        ("#", "#"),
        ("uno", "1"),
        ("Oprimo uno.", "1"),
        ("la número dos", "2"),
        ("press ONE", "1"),
        ("number 3", "3"),
        ("cero", "0"),
        ("asterisco", "*"),
        ("06514", "06514"),
        ("0 6 5 1 4", "06514"),
        ("cero seis cinco uno cuatro", "06514"),
        ("911", None),
        ("10", None),
        ("one of them took my brother", None),
        ("el", None),
        ("", None),
        ("²", "2"),
    ],
)
def test_a_key_or_zip_code_may_be_written_or_said(understanding: Understanding, text: str, keys: str | None) -> None:
    assert understanding.keys(text) == keys


@pytest.mark.parametrize(
    ("text", "language", "keys"),
    [
        ("uno", "es", "1"),
        ("uno", "en", None),
        ("one", "es", "1"),
        ("press uno", "es", "1"),
        ("oprima one", "en", None),
    ],
)
def test_a_word_stands_for_a_key_in_its_own_language_and_the_source_language_in_all(
    understanding: Understanding, text: str, language: str, keys: str | None
) -> None:
    assert understanding.keys(text, language) == keys


@pytest.mark.parametrize(
    ("text", "spoken", "command", "language"),
    [
        ("MENU", "es", "menu", None),
        ("menú", None, "menu", None),
        ("Más.", "en", "more", None),
        ("m", "es", "more", None),
        ("  M! ", None, "more", None),
        ("atras", "en", "back", None),
        ("go back", None, "back", "en"),
        ("Olvídame", None, "forget", "es"),
        ("FORGET", "es", "forget", None),
        ("otra vez", None, "repeat", "es"),
        ("idioma", "en", "language", None),
    ],
)
def test_a_command_stands_alone(
    understanding: Understanding, text: str, spoken: str | None, command: str, language: str | None
) -> None:
    understood = understanding.understand(text, spoken)
    assert (understood.command, understood.language, understood.asks_for_language) == (command, language, None)


@pytest.mark.parametrize("text", ["please forget what i said about the lawyer", "no se como regresar a mi casa"])
def test_a_command_inside_a_sentence_is_none(understanding: Understanding, text: str) -> None:
    assert understanding.understand(text, None).command is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("español", "es"),
        ("ESPANOL", "es"),
        ("Spanish", "es"),
        ("castellano", "es"),
        ("inglés", "en"),
        ("English?", "en"),
    ],
)
def test_the_name_of_a_language_asks_for_it(understanding: Understanding, text: str, code: str) -> None:
    understood = understanding.understand(text, "en")
    assert (understood.command, understood.asks_for_language) == ("language", code)


@pytest.mark.parametrize("word", ["STOP", "start", "Help", "INFO", "end", "quit", "cancel", "yes"])
def test_a_word_of_the_carriers_is_no_command(understanding: Understanding, word: str) -> None:
    assert understanding.understand(word, None).command is None


@pytest.mark.parametrize("text", ["New Haven", "hamden?", "06514"])
def test_a_town_alone_asks_about_it(understanding: Understanding, text: str) -> None:
    understood = understanding.understand(text, None)
    assert (understood.best.topic, len(understood.towns), understood.language) == ("my-town", 1, None)


def test_towns_are_carried_beside_the_topic(understanding: Understanding) -> None:
    understood = understanding.understand("necesito un abogado en new haven o hamden", "es")
    assert (understood.best.topic, understood.towns) == ("legal-help", ("new-haven", "hamden"))


def test_without_what_was_learned_it_is_said_how_to_learn_it(script: Script, tmp_path: Path) -> None:
    with pytest.raises(UnderstandingError, match=r"trained\.npz cannot be read .* run: hotline understand train"):
        load_understanding(script, trained=tmp_path / "trained.npz")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", None])
def test_without_the_encoder_the_looks_of_a_text_are_understood(
    script: Script, tmp_path: Path, content: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    encoder = tmp_path / "encoder.npz"
    if content is not None:
        encoder.write_bytes(content)
    plain = load_understanding(script, encoder=encoder)
    assert not plain.reads_meaning
    assert "by their looks alone error=EncoderError" in caplog.text
    assert plain.understand("la migra esta tocando la puerta").best.topic == "ice-at-door"


def test_examples_that_changed_since_they_were_learned_are_told_in_the_log(
    script: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copytree(LOCALES, tmp_path / "locales")
    assert load_understanding(script, tmp_path / "locales").reads_meaning
    assert not caplog.records
    examples = tmp_path / "locales" / "es" / "examples.toml"
    examples.write_text(examples.read_text(encoding="utf-8") + "\n# a line more\n", encoding="utf-8")
    load_understanding(script, tmp_path / "locales")
    assert "examples have changed since they were learned; run: hotline understand train" in caplog.text


def test_two_processes_understand_alike() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "from conftest import make_script\n"
        "from hotline.understanding.understanding import load_understanding\n"
        "understanding = load_understanding(make_script())\n"
        "for text in ('they took him outside', 'me da miedo ir', 'asdf'): print(understanding.understand(text, None))\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", code, str(Path(__file__).parent)],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(DATA.parents[2])},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(answers) == 1
