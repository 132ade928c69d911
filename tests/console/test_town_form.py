from __future__ import annotations

import pytest

from hotline.console.fields import change_from, merged
from hotline.console.sourcing import Asked
from hotline.console.town_form import GROUPS, WITHOUT_RULE, posted_of, read_rule
from hotline.console.towns_view import page
from hotline.script.towns import RuleKind
from tests.console.drafting import FOUR, drafted

TODAY = FOUR.date()
PACKAGED = drafted()
SCRIPT = PACKAGED.content.script
RULE = {
    "rule": ["Avon passed a resolution. Neither stops ICE."],
    "kind": ["resolution"],
    "sources": ["trust-act-2019"],
    "as_of": ["2026-11-23"],
    "review_by": ["2027-02-01"],
    "doubt": ["Whether it still stands."],
}


def asked(slug: str, **posted: list[str]) -> Asked:
    live = PACKAGED.value(f"town:{slug}")
    return read_rule({**posted_of(live), **posted}, SCRIPT, live, TODAY)


def change(slug: str, **posted: list[str]) -> dict[str, object]:
    live, found = PACKAGED.value(f"town:{slug}"), asked(slug, **posted)
    assert not found.errors
    return change_from(live, None, merged(live, found.fields, live, GROUPS).fields)


@pytest.mark.parametrize("slug", [town.slug for town in SCRIPT.towns.values() if town.rule])
def test_a_form_that_is_saved_as_it_was_opened_changes_nothing(slug: str) -> None:
    assert change(slug) == {}


def test_the_text_of_a_rule_that_is_there_is_not_changed_here() -> None:
    assert change("hamden", rule=["Another."], kind=["resolution"]) == {"kind": "resolution"}


def test_a_town_is_given_a_rule_and_loses_it_again() -> None:
    given = change("avon", **RULE)
    draft = drafted({"town:avon": given})
    assert (draft.refused, draft.problems) == ({}, ())
    found = page(draft, "avon", TODAY)
    assert (found.told, found.town.kind) == (RULE["rule"][0], RuleKind.RESOLUTION)
    assert found.provenance
    assert found.provenance.needs_lawyer_review
    assert change_from(PACKAGED.value("town:avon"), given, WITHOUT_RULE) == {}


def test_a_rule_that_is_live_is_taken_away_with_all_that_it_rests_on() -> None:
    draft = drafted({"town:hamden": change_from(PACKAGED.value("town:hamden"), None, WITHOUT_RULE)})
    assert (draft.refused, draft.problems) == ({}, ())
    found = page(draft, "hamden", TODAY)
    assert (found.town.rule, found.had_rule, found.provenance) == (None, True, None)
    assert "town.hamden.rule" not in draft.content.script.messages
    assert draft.content.script.towns["hamden"].zips == SCRIPT.towns["hamden"].zips


@pytest.mark.parametrize(
    ("field", "value"),
    [("rule", ""), ("rule", "x" * 100_000), ("rule", "\u202e"), ("kind", ""), ("kind", "law"), ("sources", "nowhere")],
)
def test_what_is_wrong_is_told_at_its_field(field: str, value: str) -> None:
    assert field in asked("avon", **(RULE | {field: [value]})).errors
