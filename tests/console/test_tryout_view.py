from __future__ import annotations

import pytest

from hotline.console.tryout_view import Tried, first_example, suggestions, tried
from tests.console.drafting import drafted

EXAMPLES = b"""
# What people write.
ice-at-door = [
  "ice \\"is\\" here\\nnow",
  "second",
]
detained = ["they took him"]
empty = [
]
single = [
  'not read',
]
"""


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("ice-at-door", 'ice "is" here\nnow'),
        ("detained", "they took him"),
        ("empty", None),
        ("single", None),
        ("ice", None),
        ("", None),
        (".*", None),
    ],
)
def test_the_first_example_of_a_topic_is_found(topic: str, expected: str | None) -> None:
    assert first_example(EXAMPLES, topic) == expected


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b'a = ["\xff"]', b'a = ["\\q"]', b'a = ["\\'])
def test_what_is_no_file_of_examples_has_none(content: bytes) -> None:
    assert first_example(content, "a") is None


def test_suggestions_are_of_what_was_changed_and_then_of_the_main_menu() -> None:
    plain = suggestions(drafted(), "es")
    made = drafted(
        {"translation:es:topic.trust-act.title": {"text": "La ley"}, "town:hamden": {"review_by": "2027-01-01"}}
    )
    changed = suggestions(made, "es")
    assert len(plain) == len(changed) == 3
    assert changed[0] == first_example(made.files["locales/es/examples.toml"], "trust-act")
    assert changed[1:] == plain[:2]


def test_every_language_has_suggestions() -> None:
    made = drafted()
    assert all(len(suggestions(made, code)) == 3 for code in made.content.script.languages)


def test_it_is_told_what_is_tried() -> None:
    assert tried(drafted()) == Tried(None, 0, (), (), 0, is_to_learn=False)
    made = drafted(
        {
            "example:es:caracola": {"text": "caracola", "topic": "detained"},
            "text:topic.nowhere.title": {"text": "x", "meaning": "same"},
        }
    )
    assert tried(made) == Tried(None, 2, ("ana",), (), 1, is_to_learn=True)
