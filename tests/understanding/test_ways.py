from __future__ import annotations

from dataclasses import replace

import pytest

from hotline.script.model import Script
from hotline.script.towns import Naming, State, Town
from hotline.understanding.normal import words
from hotline.understanding.ways import Meaning, Ways, surroundings_of, ways_of

NAMING = Naming(
    only_in_context=("Union",),
    none=("credit union",),
    before={"arabic": ("ب",)},
    after={"cyrillic": ("е",), "latin": ("u",)},
    short={"West": ("w",), "North": ("n",), "New": ("n",)},
    heard={"West": ("wes", "is"), "Haven": ("jeiven",)},
    announcing={"en": ("in",), "es": ("soy de",)},
    beside={"en": ("is",)},
)
TOWNS = (
    Town("union", "Union", "Tolland", ("06076",), None),
    Town("west-haven", "West Haven", "New Haven", ("06516",), None, villages=("Mystic",)),
    Town("new-haven", "New Haven", "New Haven", ("06511",), None, shared_zips=("06516",), spellings=("هيفن", "Хейвен")),
    Town("north-haven", "North Haven", "New Haven", ("06473",), None, villages=("Mystic",)),
)


@pytest.fixture(scope="module")
def ways(script: Script) -> Ways:
    towns = {town.slug: town for town in TOWNS}
    outside = {"new-york": State("new-york", "New York", places=("Union", "Rye"))}
    return ways_of(replace(script, towns=towns, outside=outside, naming=NAMING))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("West Haven", Meaning(("west-haven",))),
        ("westhaven", Meaning(("west-haven",))),
        ("West Havenu", Meaning(("west-haven",))),
        ("w haven", Meaning(("west-haven",), only_in_context=True)),
        ("n haven", Meaning(("new-haven", "north-haven"), only_in_context=True)),
        ("wes haven", Meaning(("west-haven",))),
        ("wes jeiven", Meaning(("west-haven",))),
        ("is jeiven", Meaning(("west-haven",), only_in_context=True)),
        ("is haven", None),
        ("Unionu", None),
        ("Mystic", Meaning(("west-haven", "north-haven"))),
        ("06516", Meaning(("west-haven", "new-haven"))),
        ("بهيفن", Meaning(("new-haven",))),
        ("Хейвене", Meaning(("new-haven",))),
        ("New York", Meaning(is_outside=True)),
        ("credit union", Meaning()),
        ("Rye", Meaning(is_outside=True)),
    ],
)
def test_a_way_to_write_a_place_has_a_meaning(ways: Ways, text: str, meaning: Meaning | None) -> None:
    assert ways.whole.get(words(text)) == meaning


def test_connecticut_wins_where_a_name_stands_for_both(ways: Ways) -> None:
    assert ways.whole["union",] == Meaning(("union",), only_in_context=True)


def test_names_are_known_without_blanks(ways: Ways) -> None:
    assert ways.cut["westhaven"] == Meaning(("west-haven",))
    assert "creditunion" not in ways.cut


def test_the_longest_phrase_before_and_after_a_place_is_measured(script: Script) -> None:
    around = surroundings_of(replace(script, naming=NAMING))
    said = words("soy de union")
    assert (around.announcing.before(said, 2), around.announcing.before(said, 1)) == (2, 0)
    assert around.announcing.after(said, 0) == 2
    assert around.announcing.after(said, 3) == 0


def test_words_that_say_nothing_are_those_beside_and_those_that_announce(script: Script) -> None:
    around = surroundings_of(replace(script, naming=NAMING))
    assert around.beside == {"in", "soy", "de", "is"}
    assert around.short == {"w": ("west",), "n": ("north", "new")}
