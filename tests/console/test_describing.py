from __future__ import annotations

from dataclasses import replace

import pytest

from hotline.console.describing import FieldChange, Thing, fields_changed, thing_of
from hotline.console.word_diff import Words
from hotline.script.model import Script
from hotline.store.drafts import Value

DOOR = "topic.ice-at-door.first"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (f"text:{DOOR}", Thing("", "text", DOOR, "At my home", "first")),
        (f"translation:es:{DOOR}", Thing("", "translation", DOOR, "At my home", "first", "es")),
        ("provenance:town.hamden.rule", Thing("", "provenance", "town.hamden.rule", "Hamden", "rule")),
        ("reviewed:es:try-again.voice", Thing("", "reviewed", "try-again.voice", "", "try again voice", "es")),
        ("organisation:ghla", Thing("", "organisation", "ghla", "Greater Hartford Legal Aid")),
        ("town:hamden", Thing("", "town", "hamden", "Hamden")),
        ("notice", Thing("", "notice", "", "")),
        ("recording:ht:abc", Thing("", "recording", "abc", "", language="ht")),
        ("example:es:a: b", Thing("", "example", "a: b", "a: b", language="es")),
        ("file:script/menus.toml", Thing("", "file", "script/menus.toml", "script/menus.toml")),
        ("text:topic.gone.first", Thing("", "text", "topic.gone.first", "", "topic gone first")),
        ("organisation:gone", Thing("", "organisation", "gone", "gone")),
        ("unheard of", Thing("", "unheard of", "", "")),
        ("", Thing("", "", "", "")),
    ],
)  # fmt: skip
def test_a_thing_is_called_what_the_script_calls_it(script: Script, key: str, expected: Thing) -> None:
    assert thing_of(script, key) == replace(expected, key=key)


@pytest.mark.parametrize(
    ("key", "before", "after", "expected"),
    [
        ("text:a", {"text": "one"}, {"text": "two", "meaning": "changed"}, [FieldChange("text", "one", "two")]),
        ("translation:ar:a", None, {"text": "two", "of": "x"}, [FieldChange("text", None, "two", "ar")]),
        ("reviewed:es:a", {"text": "two"}, {"text": "two"}, [FieldChange("text", None, "two", "es")]),
        (
            "organisation:a",
            {"name": "A", "phone": "+1", "languages": ["es"]},
            {"phone": "+2", "languages": ["es", "ht"], "hours": None},
            [FieldChange("phone", "+1", "+2"), FieldChange("languages", "es", "es, ht")],
        ),
        ("organisation:a", {"name": "A", "hours": "x"}, {"hours": None}, [FieldChange("hours", "x", None)]),
        ("town:a", {"name": "A"}, None, [FieldChange("name", "A", None)]),
        (
            "example:es:hola",
            None,
            {"text": "hola", "topic": "greeting"},
            [FieldChange("text", None, "hola", "es"), FieldChange("topic", None, "greeting")],
        ),
        (
            "example:es:hola",
            {"text": "hola", "topic": "greeting"},
            {"text": "hola", "topic": "greeting", "removed": True},
            [FieldChange("text", "hola", None, "es"), FieldChange("topic", "greeting", None)],
        ),
        (
            "notice",
            {"until": "2026-11-23T20:00:00-05:00", "texts": {"en": "one", "es": "uno"}},
            {"until": "2026-11-24T20:00:00-05:00", "texts": {"en": "one", "ar": "x"}},
            [
                FieldChange(
                    "until",
                    "Monday, November 23, 2026 at 8:00 PM Eastern Standard Time",
                    "Tuesday, November 24, 2026 at 8:00 PM Eastern Standard Time",
                ),
                FieldChange("es", "uno", None, "es"),
                FieldChange("ar", None, "x", "ar"),
            ],
        ),
        (
            "provenance:a",
            {"sources": ["x"], "needs_lawyer_review": True, "doubt": None},
            {"sources": ["x"], "needs_lawyer_review": False, "doubt": None},
            [FieldChange("needs_lawyer_review", "yes", "no")],
        ),
        ("recording:ht:x", None, {"sound": "abc"}, [FieldChange("sound", None, "abc")]),
        ("text:a", {"text": "one"}, {"text": "one"}, []),
        ("", None, None, []),
    ],
)  # fmt: skip
def test_only_what_differs_is_shown_field_by_field(
    key: str, before: Value, after: Value, expected: list[FieldChange]
) -> None:
    assert list(fields_changed(key, before, after)) == expected


def test_words_of_a_field_are_compared() -> None:
    assert FieldChange("text", "a door", "the door").words == (("deleted", "a"), ("inserted", "the"), ("same", " door"))
    assert FieldChange("text", None, "new").words == (("inserted", "new"),)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("2027-02-01", "2027-01-01", (("deleted", "2027-02-01"), ("inserted", "2027-01-01"))),
        (None, "+12035550123", (("inserted", "+12035550123"),)),
        ("yes", None, (("deleted", "yes"),)),
        (None, None, ()),
    ],
)
def test_a_day_or_a_number_is_another_one_as_a_whole(before: str | None, after: str | None, expected: Words) -> None:
    assert FieldChange("review_by", before, after).words == expected
