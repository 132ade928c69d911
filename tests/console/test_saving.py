from __future__ import annotations

from pathlib import Path

import pytest

from hotline.console.desk import ConflictError, RefusedError
from hotline.console.fields import seen_in
from hotline.console.organisation_form import GROUPS, posted_of, read_organisation
from hotline.console.saving import save_fields, seen_after
from hotline.console.sourcing import PROVENANCE, NewSource
from hotline.console.town_form import GROUPS as RULE_GROUPS
from hotline.console.town_form import WITHOUT_RULE
from hotline.releases.drafting import Drafted
from hotline.store.connection import RedisClient
from hotline.store.drafts import Value
from tests.console.newsroom import Newsroom, newsroom_at

KEY, HELP = "organisation:nhlaa", "organisation.nhlaa.help"
TOWN, RULE = "town:hamden", "town.hamden.rule"
PROVENANCE_OF_HELP = {
    "sources": ["nhlegal"],
    "as_of": "2026-11-20",
    "review_by": "2027-03-01",
    "needs_lawyer_review": False,
    "doubt": None,
}


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


def seen(newsroom: Newsroom) -> Value:
    """What a form shows that is opened now."""
    return newsroom.desk.drafted().value(KEY)


def save(newsroom: Newsroom, shown: Value, by: str = "ben", **changes: object) -> Drafted:
    """Saves a form that showed something and was changed in some fields."""
    drafted = newsroom.desk.drafted()
    posted = {**posted_of(shown), **{name: [str(value)] for name, value in changes.items()}}
    asked = read_organisation(posted, drafted.content.script, shown, newsroom.desk.now().date())
    assert not asked.errors
    return save_fields(newsroom.desk, KEY, shown, asked.fields, GROUPS, message=HELP, by=by)


def changes(newsroom: Newsroom) -> dict[str, Value]:
    return {change.key: change.value for change in newsroom.desk.drafts.read().changes}


def test_a_change_has_the_fields_that_differ_and_leaves_the_draft_when_none_does(newsroom: Newsroom) -> None:
    shown = seen(newsroom)
    save(newsroom, shown, name="New Haven Legal Aid")
    assert changes(newsroom) == {KEY: {"name": "New Haven Legal Aid"}}
    save(newsroom, seen(newsroom), does="Free legal aid.")
    assert changes(newsroom) == {KEY: {"name": "New Haven Legal Aid", "does": "Free legal aid."}}
    before = shown or {}
    save(newsroom, seen(newsroom), name=before["name"], does=before["does"])
    assert changes(newsroom) == {}


def test_nothing_changed_is_no_change(newsroom: Newsroom) -> None:
    save(newsroom, seen(newsroom))
    assert changes(newsroom) == {}
    assert newsroom.desk.history.of(KEY) == ()


def test_two_people_change_different_fields_at_once_and_both_are_kept(newsroom: Newsroom) -> None:
    shown = seen(newsroom)
    save(newsroom, shown, by="ana", name="Ana's")
    drafted = save(newsroom, shown, by="ben", does="Ben's.")
    assert changes(newsroom) == {KEY: {"name": "Ana's", "does": "Ben's."}}
    assert drafted.content.script.organisations["nhlaa"].name == "Ana's"


def test_two_people_change_the_same_and_the_second_is_told_and_loses_nothing(newsroom: Newsroom) -> None:
    shown = seen(newsroom)
    save(newsroom, shown, by="ana", name="Ana's", does="Ana's.")
    with pytest.raises(ConflictError) as raised:
        save(newsroom, shown, by="ben", name="Ben's")
    error = raised.value
    assert error.change
    assert (error.mine, error.change.by) == ({"name": "Ben's"}, "ana")
    assert changes(newsroom) == {KEY: {"name": "Ana's", "does": "Ana's."}}
    (entry,) = newsroom.desk.history.log(1)
    assert (entry.by, entry.what, entry.after) == ("ben", "set aside", {"name": "Ben's"})

    posted = {**posted_of(shown), "name": ["Ben's"]}
    script, today = newsroom.desk.drafted().content.script, newsroom.desk.now().date()
    wanted = read_organisation(posted, script, shown, today).fields
    again = seen_in({"seen": [seen_after(error, shown, wanted, GROUPS)]})
    save_fields(newsroom.desk, KEY, again, wanted, GROUPS, message=HELP, by="ben")
    assert changes(newsroom) == {KEY: {"name": "Ben's", "does": "Ana's."}}


def test_a_number_is_not_verified_by_one_while_another_changes_it(newsroom: Newsroom) -> None:
    shown = seen(newsroom)
    save(newsroom, shown, by="ana", phone="203-555-0100")
    with pytest.raises(ConflictError):
        save(newsroom, shown, by="ben", phone_certainty="verified", number_source="nhlegal")
    assert not newsroom.desk.drafted().content.script.organisations["nhlaa"].may_be_dialled


def test_of_two_changes_of_what_it_rests_on_the_later_counts(newsroom: Newsroom) -> None:
    newsroom.save(f"provenance:{HELP}", PROVENANCE_OF_HELP)
    save(newsroom, seen(newsroom), name="N.")
    assert changes(newsroom) == {KEY: {"name": "N."}, f"provenance:{HELP}": PROVENANCE_OF_HELP}
    drafted = save(newsroom, seen(newsroom), as_of="2026-11-21")
    assert set(changes(newsroom)) == {KEY}
    made = drafted.content.script.organisations["nhlaa"].provenance
    assert (made.as_of.isoformat(), made.review_by.isoformat(), made.sources) == (
        "2026-11-21",
        "2027-03-01",
        ("nhlegal",),
    )
    newsroom.save(f"provenance:{HELP}", PROVENANCE_OF_HELP)
    made = newsroom.desk.drafted().content.script.organisations["nhlaa"].provenance
    assert made.as_of.isoformat() == "2026-11-20"


def test_a_text_that_is_gone_takes_the_changes_of_it_along(newsroom: Newsroom) -> None:
    newsroom.save(f"text:{HELP}", {"text": "{name.nhlaa} helps. See {url.nhlaa}.", "meaning": "changed"})
    newsroom.save(f"translation:es:{HELP}", {"text": "{name.nhlaa} ayuda. Vea {url.nhlaa}."})
    drafted = save(newsroom, seen(newsroom), without_help="yes")
    assert changes(newsroom) == {KEY: {"help": None}}
    assert (drafted.refused, drafted.problems) == ({}, ())
    assert HELP not in drafted.content.script.messages


def test_what_the_script_cannot_be_without_is_refused_with_the_reason(newsroom: Newsroom) -> None:
    line = "organisation:referral_line"
    shown = newsroom.desk.drafted().value(line)
    with pytest.raises(RefusedError) as raised:
        save_fields(newsroom.desk, line, shown, {"phone_certainty": "unverified"}, GROUPS, message="", by="ben")
    assert "must be one that may be given out" in str(raised.value)
    assert changes(newsroom) == {}


def test_a_rule_that_goes_takes_the_changes_of_its_text_along(newsroom: Newsroom) -> None:
    newsroom.save(f"text:{RULE}", {"text": "Hamden has a law.", "meaning": "changed"})
    shown = newsroom.desk.drafted().value(TOWN)
    drafted = save_fields(newsroom.desk, TOWN, shown, WITHOUT_RULE, RULE_GROUPS, message=RULE, by="ben")
    assert set(changes(newsroom)) == {TOWN}
    assert drafted.content.script.towns["hamden"].rule is None
    assert not drafted.refused


def test_a_new_source_is_saved_with_what_rests_on_it_or_not_at_all(newsroom: Newsroom) -> None:
    source, line = NewSource("courant-2026", "Hartford Courant, 2026", None), "organisation:referral_line"
    there = newsroom.desk.drafted().value(line)
    with pytest.raises(RefusedError):
        save_fields(newsroom.desk, line, there, {"phone": "1"}, GROUPS, message="", by="ben", source=source)
    assert changes(newsroom) == {}
    fields = {"sources": ["courant-2026"]}
    drafted = save_fields(newsroom.desk, KEY, seen(newsroom), fields, GROUPS, message=HELP, by="ben", source=source)
    assert drafted.content.script.organisations["nhlaa"].provenance.sources == ("courant-2026",)
    assert drafted.content.script.sources["courant-2026"].title == "Hartford Courant, 2026"


def test_all_fields_of_what_it_rests_on_are_in_one_group() -> None:
    assert frozenset(PROVENANCE) in GROUPS
