from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hotline.releases.changes import applied, examples_path
from hotline.releases.examples import topic_of, topics_by_text
from hotline.releases.things import value_in
from hotline.store.drafts import Change, Value
from tests.console.drafting import base

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
FILE = r"""# What people text.
detained = [
  "se llevaron a mi hermano", # often
  "dijo \"ya no\" y se fue",
  'c:\temp',
]
none = [
  "que calor",
]
"""


def after(key_text: str, value: Value) -> str:
    key = f"example:es:{key_text}"
    made = applied(
        {**base().files, examples_path("es"): FILE.encode()},
        [Change(key, value, "ana", NOW)],
        lambda _: b"",
    )
    assert made.refused == {}
    return made.files[examples_path("es")].decode()


@pytest.mark.parametrize("text", ["se llevaron a mi hermano", 'dijo "ya no" y se fue', "c:\\temp"])
def test_each_example_has_its_topic(text: str) -> None:
    assert topics_by_text(FILE.encode())[text] == "detained"
    assert topic_of(FILE, text) == "detained"


@pytest.mark.parametrize("text", ["hola", "que", "# What people text."])
def test_other_texts_have_none(text: str) -> None:
    assert text not in topics_by_text(FILE.encode())
    assert topic_of(FILE, text) is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"detained = [", b"detained = 3", b""])
def test_a_file_that_cannot_be_read_holds_nothing(content: bytes) -> None:
    assert topics_by_text(content) == {}


@pytest.mark.parametrize("text", ["se llevaron a mi hermano", 'dijo "ya no" y se fue', "c:\\temp"])
def test_an_example_moves_to_another_topic(text: str) -> None:
    moved = after(text, {"text": text, "topic": "none"})
    assert topics_by_text(moved.encode()) == {**topics_by_text(FILE.encode()), text: "none"}
    assert moved.count("\n") == FILE.count("\n")


def test_an_example_that_is_removed_is_removed_wherever_it_stands() -> None:
    left = after("que calor", {"text": "que calor", "topic": "detained", "removed": True})
    assert "que calor" not in topics_by_text(left.encode())


def test_an_example_is_a_thing_that_can_be_changed() -> None:
    files = {**base().files, examples_path("es"): FILE.encode()}
    content = base().content
    found = value_in(content.script, content.catalogs, files, "example:es:que calor")
    assert found == {"text": "que calor", "topic": "none"}
    assert value_in(content.script, content.catalogs, files, "example:es:nada") is None
