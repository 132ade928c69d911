from __future__ import annotations

import pytest

from hotline.script.model import Script
from hotline.understanding.places import ANY_TOWN, find_towns, places_of


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
    assert find_towns(script, text) == slugs


def test_the_words_around_a_town_are_kept(script: Script) -> None:
    assert places_of(script).split(("is", "new", "haven", "safe")) == (("new-haven",), ("is", ANY_TOWN, "safe"))
