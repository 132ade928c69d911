"""Examples of what is packaged, and what may be added to them."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.console.examples_view import (
    LONGEST,
    ON_A_PAGE,
    Example,
    Sorted,
    counts,
    example_key,
    examples_of,
    languages_changed,
    listed,
    removed_value,
    sort_out,
    steering_words,
    topics_of,
    tried,
    unfit,
    value_of,
)
from hotline.releases.drafting import Drafted
from hotline.understanding.lessons import read_steering
from hotline.understanding.normal import plain
from hotline.understanding.understood import EMERGENCY, GREETING, NONE
from tests.console.drafting import base, drafted

DOOR = "la migra esta tocando la puerta"
NEW = "unos tipos de verde tocan en lo de mi tia"


@cache
def changed() -> Drafted:
    """One more, one fewer, one that moved."""
    return drafted(
        {
            example_key("es", NEW): value_of(NEW, "ice-at-door"),
            example_key("es", DOOR): {"text": DOOR, "topic": "ice-at-door", "removed": True},
            example_key("es", "viene la migra"): value_of("viene la migra", "ice-street"),
        }
    )


def sorted_out(*lines: str, topic: str = "ice-at-door") -> Sorted:
    script, content = base().content.script, base().content
    words = steering_words(read_steering(script, content.locales))
    return sort_out(
        lines,
        topic,
        examples_of(drafted(), "es"),
        script,
        lambda line: plain(line) in words or content.understanding.keys(line, "es") is not None,
    )


def test_every_topic_has_its_examples() -> None:
    script = base().content.script
    found = {one.topic: one for one in counts(script, examples_of(drafted(), "es"))}
    assert found.keys() == {*script.topics, EMERGENCY, GREETING, NONE}
    assert all(one.live == one.drafted > 20 for one in found.values())
    assert found["ice-at-door"].title == "At my home"


def test_what_the_draft_changes_is_counted_and_comes_first() -> None:
    examples = examples_of(changed(), "es")
    found = {one.topic: one.drafted - one.live for one in counts(base().content.script, examples)}
    assert {topic: number for topic, number in found.items() if number} == {"ice-at-door": -1, "ice-street": 1}
    first = listed(examples, topic="ice-at-door").examples[:3]
    assert {(one.text, one.is_new, one.removed, one.was) for one in first} == {
        (NEW, True, False, ""),
        (DOOR, False, True, ""),
        ("viene la migra", False, False, "ice-at-door"),
    }
    assert {one.text for one in listed(examples, changed=True).examples} == {NEW, DOOR, "viene la migra"}
    assert languages_changed(changed()) == {"es"}


def test_what_is_removed_or_undone_is_again_as_before() -> None:
    example = next(one for one in examples_of(drafted(), "es") if one.text == DOOR)
    removed = drafted({example_key("es", DOOR): removed_value(example)})
    assert removed.value(example_key("es", DOOR)) is None
    assert drafted().value(example_key("es", DOOR)) == value_of(DOOR, "ice-at-door")


def test_examples_are_found_without_accents_and_case() -> None:
    found = listed(examples_of(drafted(), "es"), search="  ¡LLEGÓ! ")
    assert "la migra llego" in {one.text for one in found.examples}
    assert all("llego" in plain(one.text) for one in found.examples)


def test_many_examples_are_parted_into_pages() -> None:
    examples = examples_of(drafted(), "es")
    first, last = listed(examples), listed(examples, page=listed(examples).pages)
    assert first.number == len(examples)
    assert len(first.examples) == ON_A_PAGE
    assert 0 < len(last.examples) <= ON_A_PAGE
    assert listed(examples, page=last.page + 1).examples == ()
    assert listed([]).pages == 1


def test_an_example_is_named_in_addresses_by_a_digest() -> None:
    assert Example("hola", "greeting").id == Example("hola", "none").id != Example("Hola", "greeting").id


def test_lines_are_sorted_out() -> None:
    found = sorted_out(f"  {NEW}  ", "", NEW.upper(), DOOR, "¡La MIGRA está tocando la puerta!")
    assert found.new == (NEW,)
    assert found.known == (NEW.upper(), DOOR, "¡La MIGRA está tocando la puerta!")
    assert found.refused == ()


def test_what_stands_under_another_topic_is_refused_with_where() -> None:
    (refused,) = sorted_out("La migra está tocando la puerta", topic="schools").refused
    assert refused.stands_as
    assert (refused.stands_as.topic, refused.stands_as.text) == ("ice-at-door", DOOR)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("STOP", "phone companies"),
        ("Menú", "a command of the line"),
        ("atrás", "a command of the line"),
        ("english", "a command of the line"),
        ("1", "a command of the line"),
        ("06510", "a command of the line"),
        ("!?", "holds no word"),
        ("mi numero es 203-555-0100", "long number"),
        ("llame al (203) 555 0100", "long number"),
        ("mi A es 123 456 789", "long number"),
        ("١٢٣٤٥٦٧٨٩", "long number"),
        ("escriba a ana@example.org", "e-mail or web address"),
        ("vea https://example.org/x", "e-mail or web address"),
        ("vea www.example.org", "e-mail or web address"),
        ("hola\u202ealoh", "invisible character (U+202E)"),
        ("hola\x00", "invisible character (U+0000)"),
        ("\ud800 hola", "invisible character (U+D800)"),
        ("x" * (LONGEST + 1), "401 characters"),
    ],
)
def test_what_is_no_example_is_refused(line: str, why: str) -> None:
    (refused,) = sorted_out(line).refused
    assert why in refused.why


@pytest.mark.parametrize(
    "line", ["llamen al 911 y al 988", "mi forma I-589", "hay 2 agentes, 3 carros", "en la 95 norte"]
)
def test_short_numbers_may_stand_in_an_example(line: str) -> None:
    assert unfit(line) == ""


@pytest.mark.timed
def test_a_hundred_thousand_characters_are_refused_at_once() -> None:
    began = time.perf_counter()
    for line in ("1 " * 50_000, "(" * 100_000, "a@" * 50_000, " .-/" * 25_000 + "1", "x" * 100_000):
        assert unfit(line)
    assert time.perf_counter() - began < 2


@given(st.text(max_size=60))
def test_any_line_is_new_known_refused_or_empty(line: str) -> None:
    found = sort_out([line], "none", [], base().content.script, lambda _: False)
    assert len(found.new) + len(found.known) + len(found.refused) == (1 if line.split() else 0)


def test_the_topics_are_those_of_the_script_and_three_more() -> None:
    topics = topics_of(base().content.script)
    assert list(topics)[-3:] == [EMERGENCY, GREETING, NONE]
    assert all(topics.values())
    assert topics["detained"] == "Someone was taken"


def test_texts_are_tried_live_and_with_what_was_learned() -> None:
    live = base().content.understanding
    (one,) = tried([DOOR], live, None)
    assert (one.before.language, one.before.best.topic, one.after, one.is_same) == ("es", "ice-at-door", None, False)
    (both,) = tried([DOOR], live, live)
    assert both.is_same
