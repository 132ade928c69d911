from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.console.fields import FormError, Reader, change_from, merged, seen_in, seen_of, seen_over, visible

GROUPS = (frozenset({"phone", "phone_certainty"}), frozenset({"as_of", "review_by"}))
LIVE = {
    "name": "A",
    "phone": "+12035550100",
    "phone_certainty": "old",
    "as_of": "2026-01-01",
    "review_by": "2026-02-01",
}


def test_what_two_people_change_in_different_fields_is_kept_of_both() -> None:
    theirs, mine = {**LIVE, "as_of": "2026-01-02"}, {**LIVE, "name": "B"}
    found = merged(LIVE, mine, theirs, GROUPS)
    assert found.fields == {**LIVE, "name": "B", "as_of": "2026-01-02"}
    assert not found.clashing


def test_the_same_change_twice_is_no_clash() -> None:
    theirs = {**LIVE, "name": "B"}
    assert merged(LIVE, theirs, theirs, GROUPS).clashing == ()


def test_two_changes_of_one_field_clash_and_mine_is_what_was_to_be_saved() -> None:
    found = merged(LIVE, {**LIVE, "name": "Mine"}, {**LIVE, "name": "Theirs"}, GROUPS)
    assert found.clashing == ("name",)
    assert found.fields["name"] == "Mine"


def test_a_number_that_one_verifies_while_another_changes_it_clashes() -> None:
    verified, changed = {**LIVE, "phone_certainty": "verified"}, {**LIVE, "phone": "988"}
    assert merged(LIVE, verified, changed, GROUPS).clashing == ("phone_certainty",)
    assert merged(LIVE, changed, verified, GROUPS).clashing == ("phone",)


def test_what_has_gone_meanwhile_clashes_with_a_change_of_it() -> None:
    without = {name: value for name, value in LIVE.items() if name != "name"}
    assert merged(LIVE, {**LIVE, "name": "B"}, without, GROUPS).clashing == ("name",)
    assert merged(LIVE, LIVE, without, GROUPS).clashing == ()


def test_sent_again_after_a_clash_mine_stands_in_it_and_theirs_elsewhere() -> None:
    mine, theirs = {**LIVE, "name": "Mine", "phone": "311"}, {**LIVE, "name": "Theirs", "as_of": "2026-01-02"}
    clashing = merged(LIVE, mine, theirs, GROUPS).clashing
    again = merged(seen_over(LIVE, theirs, clashing, GROUPS), mine, theirs, GROUPS)
    assert again.clashing == ()
    assert again.fields == {**LIVE, "name": "Mine", "phone": "311", "as_of": "2026-01-02"}


def test_sent_again_after_a_clash_of_a_number_mine_stands_with_all_that_belongs_to_it() -> None:
    mine, theirs = {**LIVE, "phone_certainty": "verified"}, {**LIVE, "phone": "988"}
    again = merged(seen_over(LIVE, theirs, ("phone_certainty",), GROUPS), mine, theirs, GROUPS)
    assert again.fields == mine


FIELDS = st.dictionaries(st.sampled_from([*LIVE, "host"]), st.sampled_from(["1", "2", None]))


@given(FIELDS, FIELDS, FIELDS)
def test_without_a_clash_every_field_is_as_one_of_both_meant_it(before: dict, mine: dict, theirs: dict) -> None:  # type: ignore[type-arg]
    found = merged(before, mine, theirs, ())
    for name, value in found.fields.items():
        if name in found.clashing:
            continue
        expected = theirs.get(name) if mine[name] == before.get(name) else mine[name]
        assert value == expected


@given(FIELDS, FIELDS, FIELDS)
def test_a_change_says_what_differs_from_the_live_one_and_nothing_else(live: dict, earlier: dict, wanted: dict) -> None:  # type: ignore[type-arg]
    change = change_from(live, earlier, wanted)
    assert all(value != live.get(name) for name, value in change.items())
    made = {**live, **change}
    assert all(made.get(name) == value for name, value in wanted.items())
    assert all(made.get(name) == value for name, value in earlier.items() if name not in wanted)


def test_what_cannot_be_seen_in_a_text_is_named() -> None:
    assert visible("abc\u202egnp.exe\0") == "abc[U+202E]gnp.exe[U+0000]"
    assert visible("Qué pasa, 出去, اخرج") == "Qué pasa, 出去, اخرج"


def test_what_a_form_has_shown_comes_back_as_it_was() -> None:
    assert seen_in({"seen": [seen_of(LIVE)]}) == LIVE
    assert seen_in({"seen": [seen_of(None)]}) is None


@pytest.mark.parametrize(
    "seen",
    [
        *("", "{", "[]", "3", '"text"', "[" * 100_000, "\0", "NaN"),
        *('{"sources": [[]]}', '{"sources": [1]}', '{"texts": {"en": ["x"]}}', '{"as_of": 5}', '{"as_of": NaN}'),
        *('{"name": "\\ud800"}', '{"\\udc80": "x"}'),
    ],
)
def test_a_form_that_no_page_made_is_refused(seen: str) -> None:
    with pytest.raises(FormError):
        seen_in({"seen": [seen]})
    with pytest.raises(FormError):
        seen_in({})


def read(**posted: str) -> Reader:
    return Reader({name: [value] for name, value in posted.items()})


def test_a_line_has_neither_breaks_nor_runs_of_blanks() -> None:
    assert read(name=" a \r\n b\t c ").line("name", 80) == "a b c"


@pytest.mark.parametrize("text", ["a\0b", "a\u202eb", "a\u2066b", "\ud800", "a\x1bb", "\ufeffa", "a\u200bb"])
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    reader = read(name=text)
    reader.line("name", 80)
    assert "invisible character" in reader.errors["name"]


def test_a_long_text_is_refused_with_its_length() -> None:
    reader = read(name="x" * 100_000)
    reader.line("name", 80)
    assert reader.errors == {"name": "This has 100,000 characters. Use 80 at most."}


@pytest.mark.parametrize(
    "day", ["2026-02-30", "20261123", "tomorrow", "2026-11-23T10:00", "٢٠٢٦-١١-٢٣", "2026-W47-1", "0000-01-01"]
)
def test_what_is_no_day_is_refused(day: str) -> None:
    reader = read(day=day)
    reader.day("day")
    assert "day" in reader.errors


def test_an_empty_field_is_none_and_is_told_only_where_it_is_needed() -> None:
    reader = read(name=" ", day="")
    assert (reader.line("name", 9), reader.day("day")) == (None, None)
    assert not reader.errors
    reader.line("name", 9, needed="Write its name.")
    assert reader.errors == {"name": "Write its name."}


def test_a_choice_that_was_not_offered_is_told() -> None:
    reader = Reader({"kind": ["x"], "languages": ["es", "x"]})
    assert reader.choice("kind", ("a", "b"), "a") == "a"
    assert reader.choices("languages", ("en", "es")) == ["es"]
    assert reader.errors.keys() == {"kind", "languages"}


def test_what_was_ticked_before_keeps_its_place() -> None:
    reader = Reader({"languages": ["en", "es", "fr"]})
    assert reader.choices("languages", ("en", "es", "fr"), ["fr", "gone"]) == ["fr", "en", "es"]


def test_what_is_seen_is_plain_json() -> None:
    assert json.loads(seen_of({"name": "é"})) == {"name": "é"}


@given(FIELDS, FIELDS, FIELDS)
def test_after_a_clash_the_same_form_never_clashes_again(before: dict, mine: dict, theirs: dict) -> None:  # type: ignore[type-arg]
    groups = (frozenset({"phone", "phone_certainty", "host"}),)
    clashing = merged(before, mine, theirs, groups).clashing
    again = merged(seen_over(before, theirs, clashing, groups), mine, theirs, groups)
    assert again.clashing == ()
    assert all(again.fields[name] == mine[name] for name in clashing)
