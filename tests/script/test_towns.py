from __future__ import annotations

import csv
import shutil
from collections import Counter
from pathlib import Path

import pytest

from hotline.script.loader import DATA, ScriptError, load_script
from hotline.script.model import Script
from hotline.script.towns import COUNTIES, RuleKind

PLACES = Path(__file__).parents[1] / "understanding" / "places"

# Where the table of zips.csv is wrong: Hadlyme lies in Lyme and East Haddam, not in East Lyme.
WRONG_IN_TABLE = {"06439"}

# The census of 2010: the town with the most people, then those with 5 % or nearly so.
IN_SEVERAL_TOWNS = {
    "06018": ("north-canaan", "canaan"),
    "06031": ("canaan", "cornwall", "salisbury"),
    "06065": ("hartland", "barkhamsted"),
    "06076": ("stafford", "union"),
    "06098": ("winchester", "colebrook"),
    "06117": ("west-hartford", "hartford"),
    "06239": ("killingly", "plainfield"),
    "06242": ("eastford", "union"),
    "06247": ("hampton", "scotland"),
    "06259": ("pomfret", "eastford"),
    "06280": ("windham", "scotland"),
    "06330": ("sprague", "scotland"),
    "06351": ("griswold", "lisbon"),
    "06354": ("plainfield", "sterling"),
    "06355": ("groton", "stonington"),
    "06371": ("old-lyme", "lyme"),
    "06415": ("colchester", "east-haddam"),
    "06512": ("east-haven", "new-haven"),
    "06513": ("new-haven", "east-haven"),
    "06754": ("warren", "cornwall"),
    "06777": ("washington", "warren"),
    "06796": ("cornwall", "sharon"),
}

# Post office boxes, where nobody lives: whose they may be.
BOXES_OF_SEVERAL_TOWNS = {
    "06161": ("hartford", "wethersfield"),
    "06372": ("stonington", "groton"),
    "06383": ("sprague", "lisbon"),
    "06439": ("lyme", "east-haddam"),
    "06792": ("torrington", "harwinton"),
    "06829": ("redding", "ridgefield", "weston", "wilton"),
}


@pytest.fixture(scope="module")
def shipped() -> Script:
    return load_script()


def table() -> list[tuple[str, str]]:
    lines = (PLACES / "zips.csv").read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return [(row["zip"], row["town"].lower().replace(" ", "-")) for row in rows]


def test_the_eight_counties_have_all_169_towns(shipped: Script) -> None:
    assert Counter(town.county for town in shipped.towns.values()) == {
        "Fairfield": 23,
        "Hartford": 29,
        "Litchfield": 26,
        "Middlesex": 15,
        "New Haven": 27,
        "New London": 21,
        "Tolland": 13,
        "Windham": 15,
    }
    assert len(shipped.towns) == 169
    assert {town.county for town in shipped.towns.values()} == COUNTIES


def test_every_slug_is_its_name(shipped: Script) -> None:
    assert {slug for slug, town in shipped.towns.items() if slug != town.name.lower().replace(" ", "-")} == set()


def test_every_town_has_a_zip_code(shipped: Script) -> None:
    assert [slug for slug, town in shipped.towns.items() if not (town.zips or town.shared_zips)] == []


def test_every_zip_code_of_the_table_has_its_town(shipped: Script) -> None:
    rows = table()
    assert len({code for code, _ in rows}) == len(rows) == 438
    found = {code: shipped.towns_with_zip(code) for code, _ in rows}
    assert {code for code, town in rows if town not in found[code]} == WRONG_IN_TABLE
    asked = {code for code, towns in found.items() if len(towns) > 1}
    assert asked == {*IN_SEVERAL_TOWNS, *BOXES_OF_SEVERAL_TOWNS}


@pytest.mark.parametrize(
    ("code", "towns"), [*IN_SEVERAL_TOWNS.items(), *BOXES_OF_SEVERAL_TOWNS.items()], ids=lambda value: str(value)[:5]
)
def test_a_zip_code_in_several_towns_names_them_the_largest_part_first(
    shipped: Script, code: str, towns: tuple[str, ...]
) -> None:
    assert shipped.towns_with_zip(code) == towns


def test_no_zip_code_stands_there_that_the_table_lacks(shipped: Script) -> None:
    known = {code for town in shipped.towns.values() for code in (*town.zips, *town.shared_zips)}
    assert known == {code for code, _ in table()}


@pytest.mark.parametrize(
    ("code", "outside"),
    [
        ("06510", False),
        ("06390", True),
        ("06999", False),
        ("01103", True),
        ("02891", True),
        ("10001", True),
        ("00906", True),
        ("99950", True),
        ("99999", False),
        ("00000", False),
    ],
)
def test_a_zip_code_of_another_state_is_outside_and_a_slip_is_not(shipped: Script, code: str, *, outside: bool) -> None:
    assert shipped.is_outside(code) is outside


def test_a_rule_says_what_it_is(shipped: Script) -> None:
    with_rule = {slug: town.kind for slug, town in shipped.towns.items() if town.rule}
    assert with_rule["hamden"] is RuleKind.ORDINANCE
    assert [slug for slug, kind in with_rule.items() if kind is None] == []
    assert [slug for slug, town in shipped.towns.items() if town.kind and not town.rule] == []


def test_no_name_of_a_town_is_a_spelling_of_another(shipped: Script) -> None:
    names = {town.name.casefold(): slug for slug, town in shipped.towns.items()}
    taken = {
        (slug, other)
        for slug, town in shipped.towns.items()
        for other in (*town.villages, *town.spellings)
        if names.get(other.casefold(), slug) != slug
    }
    # The village of Canaan is the middle of North Canaan; the town of Canaan is around Falls Village.
    assert taken == {("north-canaan", "Canaan")}


def test_no_spelling_stands_twice_in_a_town(shipped: Script) -> None:
    for town in shipped.towns.values():
        known = [name.casefold() for name in town.names]
        assert [name for name, times in Counter(known).items() if times > 1] == [], town.name


def test_all_other_states_are_known(shipped: Script) -> None:
    assert len(shipped.outside) == 51
    assert "connecticut" not in shipped.outside


def test_no_town_of_connecticut_is_said_to_be_outside(shipped: Script) -> None:
    names = {town.name.casefold() for town in shipped.towns.values()}
    outside = {name.casefold() for state in shipped.outside.values() for name in state.names}
    assert names & outside == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "problem"),
    [
        ("towns.toml", 'county = "Tolland"', 'county = "Toland"', "'county' must be one of"),
        ("towns.toml", 'zips = ["06001"]', 'zips = ["06001", "06002"]', "move one to 'shared_zips'"),
        ("towns.toml", 'shared_zips = ["06512"]', 'shared_zips = ["06519"]', "must stand in 'zips' of another town"),
        ("towns.toml", 'shared_zips = ["06512"]', 'shared_zips = ["6512"]', "must have five digits"),
        ("towns.toml", 'kind = "ordinance"', 'kind = "law"', "'kind' must be one of ordinance, resolution"),
        ("towns.toml", 'kind = "ordinance"\n', "", "'kind' is missing"),
        ("towns.toml", 'zips = ["06001"]', 'zips = ["06001"]\nkind = "ordinance"', "no such field: kind"),
        ("towns.toml", '"Woodtick"', '"-"', "has no letters"),
        ("outside.toml", '"06390"', '"06511"', "is in Connecticut"),
        ("outside.toml", '"Honolulu"', '"?"', "has no letters"),
        ("places.toml", "[short]", "[shorts]", "'short' is missing"),
        ("places.toml", '"labor union",', "7,", "'none' must be a list of texts"),
        ("places.toml", '["mt"]', '["."]', "has no letters"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, file: str, old: str, new: str, problem: str) -> None:
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ScriptError, match=problem) as raised:
        load_script(folder)
    assert any(line.startswith(file) and problem in line for line in raised.value.problems)
