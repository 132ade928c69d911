from __future__ import annotations

import pytest

from hotline.console.towns_view import Row, Show, page, rows
from hotline.releases.drafting import Drafted
from hotline.store.drafts import Value
from tests.console.drafting import FOUR, drafted

TODAY = FOUR.date()
PACKAGED = drafted()
SCRIPT = PACKAGED.content.script


def shown(draft: Drafted, show: Show) -> list[Row]:
    return [row for row in rows(draft, TODAY) if row.is_shown(show)]


def test_all_towns_are_listed_and_those_with_a_rule() -> None:
    assert len(rows(PACKAGED, TODAY)) == 169
    with_rule = shown(PACKAGED, Show.WITH_RULE)
    assert {row.slug for row in with_rule} == {town.slug for town in SCRIPT.towns.values() if town.rule}
    assert all(row.kind and row.provenance for row in with_rule)
    assert len(with_rule) + len(shown(PACKAGED, Show.WITHOUT_RULE)) == 169


@pytest.mark.parametrize("search", ["new haven", "NEW-HAVEN", "06511", "Fair Haven", "Нью-Хейвен"])
def test_a_town_is_found_by_its_name_its_villages_its_spellings_or_its_zip_code(search: str) -> None:
    assert "new-haven" in {row.slug for row in rows(PACKAGED, TODAY, search)}


def test_a_county_has_its_towns() -> None:
    found = rows(PACKAGED, TODAY, county="Windham")
    assert {row.county for row in found} == {"Windham"}
    assert rows(PACKAGED, TODAY, county="Nowhere") == ()


def test_a_rule_past_its_review_is_listed() -> None:
    assert shown(PACKAGED, Show.OVERDUE) == []
    overdue: dict[str, Value] = {"town:hamden": {"as_of": "2026-01-01", "review_by": "2026-02-01"}}
    draft = drafted(overdue)
    assert [row.slug for row in shown(draft, Show.OVERDUE)] == ["hamden"]
    assert [row.slug for row in shown(draft, Show.CHANGED)] == ["hamden"]
    assert page(draft, "hamden", TODAY).is_overdue


def test_a_town_says_its_rule_or_that_it_has_none() -> None:
    assert page(PACKAGED, "hamden", TODAY).told.startswith("Hamden has had a Welcoming City law")
    without = page(PACKAGED, "avon", TODAY)
    assert "Avon" in without.told
    assert (without.provenance, without.had_rule) == (None, False)


def test_a_changed_text_of_a_rule_is_a_change_of_its_town() -> None:
    text: dict[str, Value] = {"text:town.hamden.rule": {"text": "Hamden has a law.", "meaning": "changed"}}
    assert page(drafted(text), "hamden", TODAY).is_changed


def test_a_town_that_is_not_there_is_no_page() -> None:
    with pytest.raises(KeyError):
        page(PACKAGED, "springfield", TODAY)
