from __future__ import annotations

import timeit

import pytest

from hotline.console.organisations_view import Show, page, reach, rows
from hotline.script.organisations import Certainty
from hotline.script.placeholders import placeholders_in
from hotline.store.drafts import Value
from tests.console.drafting import FOUR, drafted

TODAY = FOUR.date()
PACKAGED = drafted()
NUMBER: dict[str, Value] = {"organisation:safe_connect": {"phone": "+12035550100"}}


def test_every_organisation_is_a_row_with_its_number_as_it_is_read() -> None:
    found = {row.id: row for row in rows(PACKAGED, TODAY)}
    assert list(found) == list(PACKAGED.content.script.organisations)
    line = found["referral_line"]
    assert (line.number, line.certainty, line.is_given_out) == ("1-800-798-0671", Certainty.SEED, True)
    assert found["nhlaa"].number == "1-203-946-4811"
    assert not found["nhlaa"].is_given_out
    assert found["sls"].hours == ("Monday to Friday, 9:00 AM to 12:00 PM and 1:00 PM to 2:00 PM",)


@pytest.mark.parametrize("search", ["safe connect", "SAFE-CONNECT", "safe_connect", "888-774-2900", "violence at home"])
def test_one_is_found_by_its_name_its_number_or_what_it_does(search: str) -> None:
    assert [row.id for row in rows(PACKAGED, TODAY, search)] == ["safe_connect"]


@pytest.mark.parametrize(("search", "finds"), [("\0", 43), ("\u202e", 43), ("x" * 100_000, 0), ("<qjx>", 0)])
def test_an_odd_search_finds_what_its_words_find(search: str, finds: int) -> None:
    assert len(rows(PACKAGED, TODAY, search)) == finds


def test_lists_of_what_needs_somebody() -> None:
    called: dict[str, Value] = {
        "organisation:sls": {"test_called": "2026-11-23"},
        "organisation:ghla": {"as_of": "2025-01-01", "review_by": "2025-02-01"},
    }
    draft = drafted(called)
    shown = {show: {row.id for row in rows(draft, TODAY) if row.is_shown(show)} for show in Show}
    assert shown[Show.ALL] == set(draft.content.script.organisations)
    assert shown[Show.CHANGED] == {"sls", "ghla"}
    assert shown[Show.OVERDUE] == {"ghla"}
    assert shown[Show.NOT_CALLED].isdisjoint({"sls", "ghla", "emergency", "lifeline"})
    assert "safe_connect" in shown[Show.NOT_CALLED]
    assert shown[Show.NOT_GIVEN] == {
        one.id for one in draft.content.script.organisations.values() if one.phone and not one.may_be_dialled
    }


def test_a_number_is_said_in_every_text_that_names_it_in_every_language() -> None:
    found = reach(PACKAGED.content, "referral_line")
    named = [
        message.id
        for message in PACKAGED.content.script.messages.values()
        if "phone.referral_line" in placeholders_in(message.text)
    ]
    assert [naming.message.id for naming in found.namings] == named
    assert (found.texts, found.languages) == (len(named) * 12, 12)
    assert found.transfers == ("talk-to-person",)
    assert found.is_last_resort


def test_a_number_that_nobody_names_reaches_nobody() -> None:
    found = reach(PACKAGED.content, "nhlaa")
    assert (found.texts, found.languages, found.transfers, found.is_last_resort) == (0, 0, (), False)


def test_a_language_whose_translation_is_not_ready_does_not_say_it() -> None:
    message = reach(PACKAGED.content, "safe_connect").namings[0].message
    draft = drafted({f"text:{message.id}": {"text": f"{message.text} Now.", "meaning": "changed"}})
    found = reach(draft.content, "safe_connect").namings[0]
    assert [language.code for language in found.languages] == ["en"]


def test_a_change_of_a_number_is_shown_before_and_after_as_it_is_read_and_heard() -> None:
    found = page(drafted(NUMBER), "safe_connect", FOUR)
    assert found.number
    assert (found.number.read, found.number.said) == (
        "1-203-555-0100",
        "1, 2 0 3, 5 5 5, 0 1 0 0. 1, 2 0 3, 5 5 5, 0 1 0 0",
    )
    assert [example.language.code for example in found.examples] == ["en", "es"]
    for example in found.examples:
        assert example.before
        assert "1-888-774-2900" in example.before.written
        assert "1-203-555-0100" in example.after.written
        assert "2 0 3, 5 5 5, 0 1 0 0" in example.after.spoken
    assert [(one.name, one.before, one.after) for one in found.differences] == [
        ("phone", "1-888-774-2900", "1-203-555-0100")
    ]


def test_without_a_change_an_example_has_nothing_before() -> None:
    found = page(PACKAGED, "safe_connect", FOUR)
    assert found.differences == ()
    assert found.examples
    assert all(example.before is None for example in found.examples)


def test_one_that_is_new_in_the_draft_says_so() -> None:
    new: dict[str, Value] = {
        "organisation:hartford_help": {
            "name": "Hartford Help",
            "does": "Helps.",
            "languages": [],
            "sources": ["nhlegal"],
            "as_of": "2026-11-23",
            "review_by": "2027-02-01",
        }
    }
    draft = drafted(new)
    assert page(draft, "hartford_help", FOUR).is_new
    assert not page(draft, "nhlaa", FOUR).is_new
    assert "hartford_help" in {row.id for row in rows(draft, TODAY) if row.is_changed}


def test_an_organisation_that_is_not_there_is_no_page() -> None:
    with pytest.raises(KeyError):
        page(PACKAGED, "nobody", FOUR)


@pytest.mark.timed
@pytest.mark.parametrize("id", ["referral_line", "sls"])
def test_a_page_is_computed_fast(id: str) -> None:
    assert min(timeit.repeat(lambda: page(PACKAGED, id, FOUR), number=1, repeat=5)) < 0.1
