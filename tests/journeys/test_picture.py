from __future__ import annotations

from xml.etree import ElementTree

from hotline.journeys.picture import draw
from tests.journeys.some import journey

SVG = "{http://www.w3.org/2000/svg}"


def test_the_picture_has_a_cell_for_each_journey_with_its_seconds() -> None:
    found = [journey("en", "scams", useful=8.4), journey("ht", "scams", useful=30.0), journey("en", "schools")]
    picture = ElementTree.fromstring(draw("A <title> & more", found, {"ht": "Kreyòl"}))  # noqa: S314 - our own
    cells = [text for text in picture.iter(f"{SVG}text") if text.find(f"{SVG}title") is not None]
    seconds = [text.text for text in cells if text.text and text.text.isdigit()]
    assert seconds == ["8", "30", "8"]
    assert len(list(picture.iter(f"{SVG}rect"))) == 1 + len(found)
    assert any("Kreyòl, scams: 30.0 seconds" in "".join(text.itertext()) for text in cells)


def test_the_longest_is_the_darkest() -> None:
    picture = draw("x", [journey("en", "scams", useful=5), journey("en", "schools", useful=30)], {})
    assert "#0b6e4f" in picture
    assert picture.index("#0b6e4f") > picture.index("schools")
