"""Whether places are found however they are written, and nothing else is taken for one. See the figures with

python -m pytest tests/understanding/test_places.py -s
"""

from __future__ import annotations

import random
import string
import time
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.understanding.development import DEVELOPMENT
from hotline.understanding.likeness import names_of
from hotline.understanding.normal import words
from hotline.understanding.places import ANY_TOWN, MOST_TOWNS, Places, Split, places_of
from hotline.understanding.understanding import Understanding

HERE = Path(__file__).parent
SHIPPED = load_script()
LONGEST_TEXT = 1600


@pytest.fixture(scope="module")
def places() -> Places:
    return places_of(SHIPPED)


def in_sentence(places: Places, text: str) -> Split:
    return places.split(words(text))


def as_answer(places: Places, text: str) -> Split:
    return places.split(words(text), whole=True)


def table(name: str) -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads((HERE / "places" / name).read_text(encoding="utf-8"))


def texts_of(kind: str) -> list[str]:
    return list(table("texts.toml")[kind])


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("hamden", ("hamden",)),
        ("I live in NEW HAVEN.", ("new-haven",)),
        ("new-haven", ("new-haven",)),
        ("newhaven ct", ("new-haven",)),
        ("Nêw  Haven", ("new-haven",)),
        ("06511", ("new-haven",)),
        ("06511-1234", ("new-haven",)),
        ("West Hartford", ("west-hartford",)),
        ("de Hartford a Hamden", ("hartford", "hamden")),
        ("hamden 06514 HAMDEN", ("hamden",)),
        ("a new haven't", ()),
        ("106514", ()),
        ("hamdenite", ()),
        ("", ()),
    ],
)
def test_towns_are_found_as_whole_words(script: Script, text: str, slugs: tuple[str, ...]) -> None:
    assert places_of(script).split(words(text)).towns == slugs


def test_the_words_around_a_town_are_kept(script: Script) -> None:
    said = places_of(script).split(("is", "new", "haven", "safe"))
    assert said == Split(("new-haven",), ("is", ANY_TOWN, "safe"))


@pytest.mark.parametrize(("slug", "name"), [(slug, town.name) for slug, town in SHIPPED.towns.items()])
def test_every_town_is_found_by_its_name(places: Places, slug: str, name: str) -> None:
    for text in (
        name,
        name.upper(),
        f"{name} CT",
        f"I live in {name}",
        f"vivo en {name}, Connecticut",
        name.replace(" ", ""),
    ):
        assert in_sentence(places, text).towns[0] == slug
        assert as_answer(places, text).towns[0] == slug
    assert in_sentence(places, name).towns == ((slug,) if name != "Canaan" else ("canaan", "north-canaan"))


def test_every_village_and_spelling_names_its_town(places: Places) -> None:
    missed = {
        (slug, name)
        for slug, town in SHIPPED.towns.items()
        for name in (*town.villages, *town.spellings)
        if slug not in in_sentence(places, name).towns or slug not in as_answer(places, name).towns
    }
    assert missed == set()


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("Storrs", ("mansfield",)),
        ("UConn", ("mansfield",)),
        ("Mystic", ("groton", "stonington")),
        ("Willimantic", ("windham",)),
        ("Rockville", ("vernon",)),
        ("Winsted", ("winchester",)),
        ("Danielson", ("killingly",)),
        ("Jewett City", ("griswold",)),
        ("Georgetown", ("redding", "ridgefield", "weston", "wilton")),
        ("Falls Village", ("canaan",)),
        ("Gales Ferry", ("ledyard",)),
        ("Uncasville", ("montville",)),
        ("Niantic", ("east-lyme",)),
        ("Terryville", ("plymouth",)),
        ("Plantsville", ("southington",)),
        ("Unionville", ("farmington",)),
        ("Collinsville", ("canton",)),
        ("Oakville", ("watertown",)),
        ("Moosup", ("plainfield",)),
        ("Cos Cob", ("greenwich",)),
        ("Devon", ("milford",)),
        ("Fair Haven", ("new-haven",)),
        ("Westville", ("new-haven",)),
        ("Whitneyville", ("hamden",)),
        ("Gardner Lake", ("bozrah", "montville", "salem")),
        ("Hadlyme", ("east-haddam", "lyme")),
    ],
)
def test_a_village_names_the_town_or_towns_that_it_lies_in(places: Places, text: str, slugs: tuple[str, ...]) -> None:
    assert in_sentence(places, f"I live in {text}").towns == slugs
    assert as_answer(places, text).towns == slugs


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("Groton 06355", ("groton",)),
        ("06512 New Haven", ("new-haven",)),
        ("Mystic, Stonington", ("stonington",)),
        ("from Avon to Kent", ("avon", "kent")),
        ("Orange CT", ("orange",)),
        ("the police in Union", ("union",)),
        ("Union police", ("union",)),
        ("soy de Bethel", ("bethel",)),
        ("mieszkam w Derby", ("derby",)),
        ("n haven", ("new-haven", "north-haven")),
        ("N. Branford", ("north-branford",)),
        ("So. Windsor", ("south-windsor",)),
        ("S Norwalk", ("norwalk",)),
        ("Mt Carmel", ("hamden",)),
        ("we live in E. Hartford", ("east-hartford",)),
        ("is hartford a sanctuary", ("hartford",)),
        ("what are New Haven's rules", ("new-haven",)),
        ("thanh pho new haven", ("new-haven",)),
        ("vivo en is jarfor", ("east-hartford",)),
        ("Danbury Road in Wilton", ("wilton",)),
        ("calle Washington en Hartford", ("hartford",)),
        ("آنا ساكن بهارتفورد", ("hartford",)),
        ("живу в Нью-Хейвене", ("new-haven",)),
        ("我住在沃特伯里", ("waterbury",)),
        ("jetoj në Hartford", ("hartford",)),
        ("٠٦٥١١", ("new-haven",)),
        (
            "Bridgeport Hartford Stamford Danbury Norwalk Meriden",
            ("bridgeport", "hartford", "stamford", "danbury", "norwalk"),
        ),
    ],
)
def test_a_town_is_found_in_a_sentence(places: Places, text: str, slugs: tuple[str, ...]) -> None:
    assert in_sentence(places, text).towns == slugs


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("mieszkam w Hartford", ("hartford",)),
        ("w Hartford", ("west-hartford", "hartford")),
        ("in W Hartford", ("west-hartford",)),
        ("moro em Danbury e Hartford", ("danbury", "hartford")),
    ],
)
def test_a_short_form_that_is_a_word_elsewhere_is_taken_with_care(
    places: Places, text: str, slugs: tuple[str, ...]
) -> None:
    assert in_sentence(places, text).towns == slugs


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("6511", ("new-haven",)),
        ("o6511", ("new-haven",)),
        ("065111234", ("new-haven",)),
        ("065 11", ("new-haven",)),
        ("Union", ("union",)),
        ("i live in union please", ("union",)),
        ("hartford or new brtain", ("hartford", "new-britain")),
        ("Salem", ("salem",)),
        ("NH", ("new-haven",)),
    ],
)
def test_a_town_is_found_in_an_answer(places: Places, text: str, slugs: tuple[str, ...]) -> None:
    assert as_answer(places, text).towns == slugs


@pytest.mark.parametrize("text", texts_of("outside"))
def test_a_place_outside_is_known_for_one(places: Places, text: str) -> None:
    for split in (in_sentence(places, text), as_answer(places, text)):
        assert (split.towns, split.outside) == ((), True)


@pytest.mark.parametrize(("text", "slug"), table("texts.toml")["in_connecticut"].items())
def test_connecticut_wins(places: Places, text: str, slug: str) -> None:
    split = in_sentence(places, text)
    assert (split.towns, split.outside) == ((slug,), False)


@pytest.mark.parametrize("text", texts_of("said"))
def test_an_ordinary_text_names_no_place(places: Places, text: str) -> None:
    assert in_sentence(places, text) == Split((), words(text))


@pytest.mark.parametrize("text", texts_of("asked"))
def test_an_answer_that_is_no_place_names_none(places: Places, text: str) -> None:
    split = as_answer(places, text)
    assert (split.towns, split.outside) == ((), False)


def test_misspelt_and_misheard_names_are_found_or_asked_about(places: Places) -> None:
    found = [(text, slug, as_answer(places, text).towns) for text, slug in table("misspelt.toml")["asked"].items()]
    found += [(text, slug, in_sentence(places, text).towns) for text, slug in table("misspelt.toml")["said"].items()]
    wrong = [case for case in found if case[1] not in case[2]]
    asked = [case for case in found if case[1] in case[2] and len(case[2]) > 1]
    print(f"\n{len(found)} misspelt names: {len(asked)} asked about, {len(wrong)} wrong", *wrong, sep="\n  ")  # noqa: T201
    assert len(found) >= 200
    assert len(wrong) <= 0.03 * len(found)
    assert len(asked) <= 0.05 * len(found)


def test_one_slip_in_a_name_is_forgiven_in_an_answer(places: Places) -> None:
    slips = [(slip, town.slug) for town in SHIPPED.towns.values() for slip in _slips(town.name) if len(town.name) > 5]
    towns = [(slug, as_answer(places, slip).towns) for slip, slug in slips]
    right = sum(found == (slug,) for slug, found in towns)
    wrong = sum(slug not in found for slug, found in towns)
    print(f"\n{len(slips)} slips: {right} right, {len(slips) - right - wrong} asked about, {wrong} wrong")  # noqa: T201
    assert wrong <= 0.01 * len(slips)
    assert right >= 0.95 * len(slips)


@pytest.mark.slow
def test_examples_and_development_texts_are_not_taken_for_places_that_they_are_only_like(places: Places) -> None:
    strict = replace(places, names=names_of((), ()))
    texts = [words(text) for path in _texts() for texts in _table(path).values() for text in texts]
    in_sentences = [said for said in texts if places.split(said) != strict.split(said)]
    short = [said for said in texts if len(said) <= 4 and not places.split(said).towns]
    in_answers = [
        said for said in short if _names_a_place(places, said, whole=True) and not _names_a_place(places, said)
    ]
    counts = f"{len(in_sentences)} of {len(texts)} texts, {len(in_answers)} of {len(short)} short ones as answers"
    print(f"\nby likeness: {counts}")  # noqa: T201
    assert len(in_sentences) <= 0.0015 * len(texts)
    assert len(in_answers) <= 0.006 * len(short)


@pytest.mark.timed
def test_the_places_are_made_in_a_moment() -> None:
    assert min(_seconds(lambda: places_of(SHIPPED)) for _ in range(5)) < 0.5


@pytest.mark.timed
@pytest.mark.parametrize("whole", [False, True])
def test_a_text_of_one_message_takes_a_few_milliseconds(places: Places, *, whole: bool) -> None:
    message = "they took my brother in danberry this morning near main street, he worked in a restaurant, who can help"
    for said in (words(message), words("new hevan")):
        split = partial(places.split, said, whole=whole)
        assert median(_seconds(split) for _ in range(20)) < 0.01


HOSTILE = {
    "announcements": "in " * 533,
    "slips": "in hartfrdo " * 133,
    "names": "newhavn " * 200,
    "one word": "x" * LONGEST_TEXT,
    "han": "在哈" * 800,
    "short forms": "w hartfort " * 145,
    "digits": "06511 " * 266,
    "separators": "- _ . " * 266,
    "surrogates": "\ud800 hola \udc80 " * 100,
    "right to left": "\u202eفي هارتفورد " * 100,
    "superscripts": "² 06511² " * 100,
}


@pytest.mark.timed
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_any_text_of_1600_characters_is_read_in_a_moment(places: Places, text: str) -> None:
    said = words(text)
    for whole in (False, True):
        assert min(_seconds(partial(places.split, said, whole=whole)) for _ in range(3)) < 0.15


@settings(deadline=None, max_examples=300)
@given(text=st.text(st.one_of(st.characters(), st.sampled_from("hartfodnew wei06512"))), whole=st.booleans())
def test_any_text_is_split_without_losing_a_word(text: str, *, whole: bool) -> None:
    said = words(text)
    split = places_of_shipped().split(said, whole=whole)
    assert len(split.towns) <= MOST_TOWNS
    assert set(split.towns) <= set(SHIPPED.towns)
    assert not (split.towns and split.outside)
    assert [word for word in split.words if word != ANY_TOWN and word not in said] == []


@pytest.mark.parametrize("language", sorted(path.parent.name for path in LOCALES.glob("*/commands.toml")))
def test_every_language_has_words_that_stand_around_a_place(language: str) -> None:
    assert SHIPPED.naming.announcing[language]
    assert SHIPPED.naming.beside[language]


def test_no_name_consists_of_words_that_say_nothing(places: Places) -> None:
    names = [words(name) for town in SHIPPED.towns.values() for name in town.names]
    assert [name for name in names if set(name) <= places.around.beside] == []


@pytest.mark.parametrize(
    ("text", "asked", "topic", "towns", "outside"),
    [
        ("danberry", True, "my-town", ("danbury",), False),
        ("Boston", False, "my-town", (), True),
        ("hartford", False, "my-town", ("hartford",), False),
        ("necesito un abogado en stamford", True, "legal-help", ("stamford",), False),
        ("necesito un abogado en Boston", False, "legal-help", (), True),
    ],
)
def test_places_are_carried_beside_the_topic(
    shipped: Understanding, text: str, topic: str, towns: tuple[str, ...], *, asked: bool, outside: bool
) -> None:
    understood = shipped.understand(text, None, asked_for_town=asked)
    assert (understood.best.topic, understood.towns, understood.outside) == (topic, towns, outside)


_SHIPPED_PLACES = places_of(SHIPPED)


def places_of_shipped() -> Places:
    """For hypothesis, which takes no fixture of this scope."""
    return _SHIPPED_PLACES


def _names_a_place(places: Places, said: tuple[str, ...], *, whole: bool = False) -> bool:
    split = places.split(said, whole=whole)
    return bool(split.towns) or split.outside


def _slips(name: str) -> list[str]:
    """A name with a letter left out, added, mistaken and swapped; the same in every run."""
    chance = random.Random(name)
    place, letter = chance.randrange(1, len(name) - 1), chance.choice(string.ascii_lowercase)
    before, here, after = name[:place], name[place], name[place + 1 :]
    return [
        before + after,
        before + letter + here + after,
        before + letter + after,
        before + after[:1] + here + after[1:],
    ]


def _texts() -> list[Path]:
    return [*LOCALES.glob("*/examples.toml"), *DEVELOPMENT.glob("*.toml")]


def _table(path: Path) -> Mapping[str, list[str]]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _seconds(act: Callable[[], object]) -> float:
    """Of this process alone, whatever else the machine does."""
    start = time.process_time()
    act()
    return time.process_time() - start
