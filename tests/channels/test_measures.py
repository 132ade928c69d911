from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.catalogs.alphabets import read_alphabets
from hotline.catalogs.catalog import Catalogs
from hotline.channels.measures import MOST_TOWNS, Measure, measures, seconds_of, too_long
from hotline.channels.segments import count_segments
from hotline.script.loader import load_script
from hotline.script.model import Script

ALPHABETS = read_alphabets()
EN, RU, ZH = ALPHABETS["en"], ALPHABETS["ru"], ALPHABETS["zh"]

Measured = Callable[..., Measure]


@pytest.fixture(scope="session")
def script() -> Script:
    """The script that the line serves, in English alone: no catalog is needed."""
    served = load_script()
    return replace(served, languages={"en": served.languages["en"]})


@pytest.fixture
def changed(script: Script) -> Callable[..., Script]:
    """The script with one message changed."""

    def change(id: str, text: str) -> Script:
        return replace(script, messages={**script.messages, id: replace(script.messages[id], text=text)})

    return change


@pytest.fixture
def measured(changed: Callable[..., Script]) -> Measured:
    """What a message costs with another text."""

    def measure(id: str, text: str) -> Measure:
        found = changed(id, text)
        return next(m for m in measures(found, Catalogs(found, Path("none")), ALPHABETS) if m.message_id == id)

    return measure


def test_every_message_is_measured_whatever_fills_it(script: Script) -> None:
    found = [measure.message_id for measure in measures(script, Catalogs(script, Path("none")), ALPHABETS)]
    assert found == [id for id, message in script.messages.items() if not message.is_on_page]


def test_numbers_and_names_are_filled_in_before_a_text_is_counted(measured: Measured) -> None:
    measure = measured("town", "Call {phone.referral_line}.")
    assert measure.segments == count_segments("Call 1-800-798-0671.")


def test_the_longest_that_may_fill_a_text_is_counted(measured: Measured, script: Script) -> None:
    towns = sorted((town.name for town in script.towns.values()), key=len)[-MOST_TOWNS:]
    several = measured("several-towns", "{towns}").segments
    assert several is not None
    assert several.units == sum(map(len, towns)) + len(", ") + len(", or ")
    languages = measured("language-choice", "{language}").segments
    assert languages == count_segments("English")
    choice = measured("choice", "{key} {choice}").segments
    assert choice is not None
    assert choice.units >= max(len(m.text) for m in script.messages.values() if m.is_label and "{" not in m.text) + 2


def test_what_is_only_spoken_has_no_segments_and_what_has_a_voice_is_only_written(measured: Measured) -> None:
    assert measured("no-transfer.voice", "Call this number.").segments is None
    assert measured("updating", "We are updating this.").seconds is None
    assert measured("updating.voice", "We are updating this.").seconds == pytest.approx(21 / EN.characters_a_second)


@pytest.mark.parametrize(
    ("id", "text", "what"),
    [
        ("topic.ice-at-door.first", "x" * 3 * 153, ""),
        ("topic.ice-at-door.first", "x" * (3 * 153 + 1), "it takes 4 segments of GSM-7 (460 units); 3 at most"),
        ("topic.ice-at-door.first", "á" * 5 * 67, ""),
        ("topic.ice-at-door.first", "á" * (5 * 67 + 1), "it takes 6 segments of UCS-2 (336 units); 5 at most"),
        ("topic.ice-at-door.forced", "x" * 4 * 153, ""),
        ("topic.ice-at-door.forced", "x" * (5 * 153 + 1), "it takes 6 segments of GSM-7 (766 units); 5 at most"),
        ("menu.main.text", "x" * (3 * 153 + 1), "it takes 4 segments of GSM-7 (460 units); 3 at most"),
        ("welcome", "x" * (3 * 153 + 1), "it takes 4 segments of GSM-7 (460 units); 3 at most"),
        ("town.hamden.rule", "x" * (3 * 153 + 1), "it takes 4 segments of GSM-7 (460 units); 3 at most"),
        ("more", "x" * 160, ""),
        ("more", "x" * 161, "it takes 2 segments of GSM-7 (161 units); 1 at most"),
        ("more", "á" * 71, "it takes 2 segments of UCS-2 (71 units); 1 at most"),
    ],
)
def test_a_text_has_the_room_of_its_kind(
    measured: Measured, changed: Callable[..., Script], id: str, text: str, what: str
) -> None:
    remarks = [remark.what for remark in too_long(changed(id, text), measured(id, text))]
    assert [remark for remark in remarks if "segments" in remark] == ([what] if what else [])


def test_what_takes_longer_than_a_caller_listens_is_too_long(
    measured: Measured, changed: Callable[..., Script]
) -> None:
    def remarks(text: str) -> list[str]:
        return [remark.what for remark in too_long(changed("town.voice", text), measured("town.voice", text))]

    assert remarks("x" * int(35 * EN.characters_a_second)) == []
    assert remarks("x" * int(36 * EN.characters_a_second)) == ["it takes 36.0 seconds to say; 35 at most"]
    assert remarks(" ".join("1" * 100)) == ["it takes 38.0 seconds to say; 35 at most"]


def test_digits_are_said_one_by_one_and_english_at_the_rate_of_english() -> None:
    assert seconds_of("1, 8 0 0", EN, EN) == pytest.approx(4 * EN.seconds_a_digit)
    assert seconds_of("Да ICE", RU, EN) == pytest.approx(3 / RU.characters_a_second + 3 / EN.characters_a_second)
    assert seconds_of("向ICE", ZH, EN) == pytest.approx(1 / ZH.characters_a_second + 3 / EN.characters_a_second)
    assert seconds_of("", EN, EN) == 0


def test_a_language_without_an_alphabet_is_not_measured(script: Script) -> None:
    assert list(measures(script, Catalogs(script, Path("none")), {})) == []


def test_what_may_not_be_said_is_not_measured(script: Script, tmp_path: Path) -> None:
    both = replace(script, languages={**script.languages, "es": load_script().languages["es"]})
    path = tmp_path / "es" / "LC_MESSAGES" / "hotline.po"
    path.parent.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
    entry = f'msgctxt "more"\nmsgid "{script.messages["more"].text}"\nmsgstr "Más"\n'
    path.write_text(header + entry, encoding="utf-8")
    found = [m for m in measures(both, Catalogs(both, tmp_path), ALPHABETS) if m.language == "es"]
    assert [(m.message_id, m.segments) for m in found] == [("more", count_segments("Más"))]
