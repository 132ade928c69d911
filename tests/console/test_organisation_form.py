from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.console.fields import change_from, merged
from hotline.console.organisation_form import (
    GROUPS,
    hours_lines,
    number_in,
    posted_of,
    problem_of_hours,
    read_call,
    read_organisation,
)
from hotline.console.sourcing import Asked
from hotline.script.loader import load_script
from tests.console.drafting import FOUR, base, drafted

SCRIPT = load_script()
TODAY = FOUR.date()
LIVE = {id: drafted().value(f"organisation:{id}") for id in SCRIPT.organisations}
NEW = {
    "name": ["Hartford Help"],
    "does": ["Helps."],
    "sources": ["nhlegal"],
    "as_of": ["2026-11-23"],
    "review_by": ["2027-02-01"],
}


def asked(id: str, **posted: list[str]) -> Asked:
    """What a form asks for that was opened and changed in some fields."""
    return read_organisation({**posted_of(LIVE[id]), **posted}, SCRIPT, LIVE[id], TODAY, id)


def change(id: str, **posted: list[str]) -> dict[str, object]:
    found = asked(id, **posted)
    assert not found.errors
    return change_from(LIVE[id], None, merged(LIVE[id], found.fields, LIVE[id], GROUPS).fields)


@pytest.mark.parametrize("id", SCRIPT.organisations)
def test_a_form_that_is_saved_as_it_was_opened_changes_nothing(id: str) -> None:
    assert change(id) == {}


def test_only_what_was_changed_is_in_the_change() -> None:
    assert change("sls", name=["SLS"]) == {"name": "SLS"}
    assert change("sls", hours_kind=["always"]) == {"hours": "always"}
    assert change("sls", hours_kind=["unknown"]) == {"hours": None}
    assert change("sls", hours=["Mon-Fri 9am-5pm"]) == {"hours": ["Mon-Fri 09:00-17:00"]}
    assert change("sls", holidays=["open"]) == {"closed_on_holidays": False}
    assert change("nhlaa", counties=[]) == {"counties": []}
    assert change("nhlaa", languages=["es"]) == {"languages": ["es"]}
    assert change("nhlaa", host=["https://www.nhlegal.org/"]) == {}
    assert change("emergency", counties=["Hartford"]) == {"counties": ["Hartford"]}


def test_a_number_without_its_text_line_takes_its_word_with_it() -> None:
    assert change("lifeline", text_line=[""]) == {"text_line": None, "text_certainty": None}


def test_a_new_number_has_not_been_called_and_needs_a_source_where_it_is_verified() -> None:
    moved = ["+1 (203) 555-0100"]
    assert change("nhlaa", phone=moved) == {"phone": "+12035550100"}
    assert asked("nhlaa", phone=moved).fields["test_called"] is None
    assert "number_source" in asked("lifeline", phone=moved).errors
    assert "number_source" in asked("nhlaa", phone_certainty=["verified"]).errors
    assert "number_source" in asked("nhlaa", phone_certainty=["verified"], number_source=["nowhere"]).errors
    assert "number_source" in asked("nhlaa", phone_certainty=["verified"], number_source=["new"]).errors
    assert change("nhlaa", phone_certainty=["verified"], number_source=["nhlegal"]) == {"phone_certainty": "verified"}
    title = ["Its own web site, 23 November 2026"]
    found = asked("nhlaa", phone_certainty=["verified"], number_source=["new"], new_source_title=title)
    assert not found.errors
    assert found.new_source
    assert found.new_source.id == "its-own-web-site-23-november-2026"


def test_a_source_that_gives_the_number_is_among_those_that_all_rests_on() -> None:
    found = asked("nhlaa", phone_certainty=["verified"], number_source=["safe-connect"], sources=["nhlegal"])
    assert not found.errors
    assert found.fields["sources"] == ["nhlegal", "safe-connect"]


def test_a_number_of_the_founding_article_is_that_number_only() -> None:
    assert "phone_certainty" in asked("referral_line", phone=["203-555-0100"]).errors
    assert "phone_certainty" in asked("nhlaa", phone_certainty=["seed"]).errors
    assert "text_certainty" in asked("lifeline", text_certainty=["seed"]).errors


def test_what_is_said_of_it_as_help_is_written_once_and_then_a_message() -> None:
    assert change("nhlaa", help=["Another text."]) == {}
    assert change("nhlaa", without_help=["yes"]) == {"help": None}
    offered = {"help": ["{name.aclu_ct} helps. See {url.aclu_ct}."], "status": ["any"]}
    assert "status" in asked("aclu_ct", **(offered | {"status": ["unknown"]})).errors
    assert change("emergency", **offered)["help"] == offered["help"][0]


def test_a_new_one_has_what_it_needs_and_nothing_that_is_empty() -> None:
    found = read_organisation(NEW, SCRIPT, None, TODAY)
    assert not found.errors
    assert change_from(None, None, found.fields) == {
        "name": "Hartford Help",
        "does": "Helps.",
        "languages": [],
        "sources": ["nhlegal"],
        "as_of": "2026-11-23",
        "review_by": "2027-02-01",
    }


def test_a_new_one_becomes_part_of_the_script() -> None:
    posted = {
        **NEW,
        "phone": ["203 555 0100"],
        "phone_certainty": ["verified"],
        "number_source": ["nhlegal"],
        "help": ["{name.hartford_help} helps anybody. Call {phone.hartford_help}."],
        "status": ["any"],
        "counties": ["Hartford"],
        "hours_kind": ["weekly"],
        "hours": ["Mon-Fri 9:00-17:00\nSat 10:00-14:00"],
    }
    found = read_organisation(posted, SCRIPT, None, TODAY)
    assert not found.errors
    draft = drafted({"organisation:hartford_help": change_from(None, None, found.fields)})
    assert (draft.refused, draft.problems) == ({}, ())
    made = draft.content.script.organisations["hartford_help"]
    assert (made.phone, made.may_be_dialled, made.counties) == ("+12035550100", True, ("Hartford",))
    assert draft.content.script.messages["organisation.hartford_help.help"].text.endswith("{phone.hartford_help}.")
    assert draft.files.keys() == base().files.keys()


def test_fields_of_one_that_has_gone_are_refused_and_all_else_stays() -> None:
    draft = drafted({"organisation:gone": {"name": "Gone"}, "organisation:nhlaa": {"name": "Here"}})
    assert draft.refused.keys() == {"organisation:gone"}
    assert not draft.problems
    assert draft.content.script.organisations["nhlaa"].name == "Here"


def test_a_call_says_that_the_number_works_and_no_more() -> None:
    seen = LIVE["nhlaa"] or {}
    assert read_call({}, seen, TODAY).fields == {"test_called": "2026-11-23"}
    found = read_call({"checked": ["yes"], "verified": ["yes"], "number_source": ["nhlegal"]}, seen, TODAY)
    assert not found.errors
    assert found.fields == {
        "test_called": "2026-11-23",
        "phone_certainty": "verified",
        "as_of": "2026-11-23",
        "review_by": "2027-02-21",
    }


@pytest.mark.parametrize("source", [[], [""], ["nowhere"], ["safe-connect"]])
def test_a_call_alone_verifies_no_number(source: list[str]) -> None:
    found = read_call({"verified": ["yes"], "number_source": source}, LIVE["nhlaa"] or {}, TODAY)
    assert "number_source" in found.errors


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1-800-798-0671", "+18007980671"),
        ("(203) 555-0100", "+12035550100"),
        ("203.555.0100", "+12035550100"),
        ("+1 203 555 0100", "+12035550100"),
        ("211", "211"),
        ("12", None),
        ("+911", None),
        ("9-1-1", None),
        ("+44 20 1234 5678", None),
        ("103 555 0100", None),
        ("203-555-0100 ext. 5", None),
        ("٢٠٣٥٥٥٠١٠٠", None),
        ("2035550100" * 10_000, None),
        ("203555\n0100", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_people_write_them(written: str, number: str | None) -> None:
    assert number_in(written) == number


@given(st.text(st.sampled_from("0123456789+-(). a٣"), max_size=16))
def test_whatever_is_taken_for_a_number_can_be_in_the_script(written: str) -> None:
    number = number_in(written)
    assert number is None or (number.isascii() and len(number) in {3, 12})


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("Mon-Fri 09:00-17:00", "Mon-Fri 09:00-17:00"),
        ("monday to friday: 9:00 – 17:00", "Mon-Fri 09:00-17:00"),
        ("Mon - Fri  9 am to 5 p.m.", "Mon-Fri 09:00-17:00"),
        ("Thurs 12am-12pm", "Thu 00:00-12:00"),
        ("Sat 10:30AM-2PM", "Sat 10:30-14:00"),
    ],
)
def test_hours_are_read_as_people_write_them(written: str, line: str) -> None:
    assert hours_lines(f"\n {written} \r\n\n") == [line]
    assert problem_of_hours([line]) is None


@pytest.mark.parametrize(
    "written",
    [
        *("", "9-5", "Mon-Fri 9-5", "Mon 13pm-2pm", "Mon 25:00-26:00", "Someday 09:00-10:00", "Mon-Fri 09:00", "Mon\0"),
        *("Mon 09:00-12:00\nMon 11:00-14:00", "Mon 09:00-10:00\n" * 100, "x" * 100_000, "Mon-Sun 00:00-24:00"),
    ],
)
def test_hours_that_are_not_clear_are_told(written: str) -> None:
    found = asked("sls", hours=[written])
    assert "hours" in found.errors


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "\u202eabc"),
        ("does", ""),
        ("does", "x" * 100_000),
        ("phone", "abc"),
        ("phone", "\0"),
        ("text_line", "1"),
        ("phone_certainty", "sure"),
        ("host", "<script>"),
        ("host", "no host"),
        ("status", "x"),
        ("ages", "x"),
        ("hours_kind", "x"),
        ("holidays", "x"),
        ("counties", "Kings"),
        ("languages", "xx"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(field: str, value: str) -> None:
    assert field in asked("sls", **{field: [value]}).errors


def test_a_number_that_texts_name_stays_one_that_may_be_given_out() -> None:
    assert "texts still name it" in asked("referral_line", phone_certainty=["unverified"]).errors["phone_certainty"]
    assert "texts still name it" in asked("safe_connect", phone=[""]).errors["phone"]
    assert "texts still name it" in asked("ghla", host=[""]).errors["host"]
    assert not asked("hartford_immigration_court", phone=[""]).errors


def test_no_two_have_one_name() -> None:
    assert "name" in read_organisation({**NEW, "name": ["ct safe CONNECT"]}, SCRIPT, None, TODAY).errors
    assert "name" in asked("sls", name=["CT Safe Connect"]).errors


def test_an_empty_form_is_told_what_it_needs() -> None:
    assert read_organisation({}, SCRIPT, None, TODAY).errors.keys() == {"name", "does", "sources", "as_of", "review_by"}
