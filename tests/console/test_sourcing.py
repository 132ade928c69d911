from __future__ import annotations

from datetime import date

import pytest

from hotline.console.fields import Reader
from hotline.console.sourcing import NewSource, Sourced, dated, next_review, organisation_id, read_sourcing, source_id
from hotline.script.model import Source

TODAY = date(2026, 11, 23)
KNOWN = {id: Source(id, f"Title of {id}", None) for id in ("a", "b", "c")}
COMPLETE = {"sources": ["a"], "as_of": ["2026-11-01"], "review_by": ["2027-01-01"]}


def read(**posted: list[str]) -> tuple[Sourced, dict[str, str]]:
    reader = Reader({**COMPLETE, **posted})
    return read_sourcing(reader, KNOWN, {"sources": ["c", "a"]}, TODAY), reader.errors


def test_sources_keep_their_order_and_one_may_be_added_or_made() -> None:
    found, errors = read(
        sources=["a", "c"],
        add_source=["b"],
        new_source_title=["Hartford Courant, 2026"],
        new_source_url=["courant.com/x"],
    )
    assert not errors
    assert found.fields["sources"] == ["c", "a", "b", "hartford-courant-2026"]
    assert found.new == NewSource("hartford-courant-2026", "Hartford Courant, 2026", "courant.com/x")


def test_a_source_whose_title_is_known_is_that_one() -> None:
    found, errors = read(new_source_title=["Title of b"])
    assert (found.new, found.fields["sources"], errors) == (None, ["a", "b"], {})


def test_doubt_and_the_need_of_a_lawyer_belong_together() -> None:
    assert read()[0].fields["needs_lawyer_review"] is None
    found, _ = read(doubt=["Is it in force?"])
    assert (found.fields["needs_lawyer_review"], found.fields["doubt"]) == (True, "Is it in force?")


@pytest.mark.parametrize(
    ("posted", "field"),
    [
        ({"sources": []}, "sources"),
        ({"sources": ["nowhere"]}, "sources"),
        ({"add_source": ["nowhere"]}, "add_source"),
        ({"as_of": [""]}, "as_of"),
        ({"as_of": ["2026-11-24"]}, "as_of"),
        ({"review_by": ["2026-11-01"]}, "review_by"),
        ({"review_by": ["2036-11-01"]}, "review_by"),
        ({"review_by": [""]}, "review_by"),
        ({"new_source_url": ["courant.com"]}, "new_source_title"),
        ({"new_source_title": ["A"], "new_source_url": ["javascript:alert(1)"]}, "new_source_url"),
        ({"new_source_title": ["A"], "new_source_url": ["<b>"]}, "new_source_url"),
        ({"new_source_title": ["x" * 100_000]}, "new_source_title"),
        ({"doubt": ["\0"]}, "doubt"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(posted: dict[str, list[str]], field: str) -> None:
    _, errors = read(**posted)
    assert field in errors


def test_names_are_made_of_titles_and_none_twice() -> None:
    assert source_id("Patch, août 2025: «ICE»", ()) == "patch-aout-2025-ice"
    assert source_id("A", ("a", "a-2")) == "a-3"
    assert source_id("新闻", ()) == "source"
    assert len(source_id("word " * 100, ())) <= 40
    assert source_id("x" * 100, ()) == "x" * 40
    assert organisation_id("Hartford Help", ("hartford_help",)) == "hartford_help_2"
    assert organisation_id("211 Infoline", ()).isidentifier()


def test_the_next_look_is_never_sooner_than_it_was() -> None:
    assert next_review(TODAY) == date(2027, 2, 21)
    late = {"sources": ["a"], "as_of": "2026-05-22", "review_by": "2026-11-30", "doubt": None}
    assert dated(late, TODAY) == {**late, "as_of": "2026-11-23", "review_by": "2027-02-21"}
    assert dated({**late, "review_by": "2027-06-01"}, TODAY) == {
        **late,
        "as_of": "2026-11-23",
        "review_by": "2027-06-01",
    }
    assert next_review(TODAY, date(2026, 1, 1)) == date(2027, 2, 21)
    assert next_review(TODAY, date(2028, 1, 1)) == date(2028, 1, 1)
