from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from hotline.console import drafts_view as module
from hotline.console.drafts_view import (
    GROUPS,
    chosen,
    digest_of_changes,
    draft_shown,
    group_of,
    id_of,
    needs_of,
    problems_shown,
)
from hotline.releases.things import digest_of_value
from hotline.script.model import Script
from hotline.store.drafts import Change, Draft, Value
from tests.console.drafting import FOUR, base, drafted

TITLE, RULE = "topic.ice-at-door.title", "topic.ice-at-door.first"
HOUSE = {"text": "In my house", "meaning": "changed"}


def change(key: str, value: Value = None, minutes: int = 0, **fields: object) -> Change:
    return Change(key, value, "ana", FOUR + timedelta(minutes=minutes), **fields)  # type: ignore[arg-type]  # of Change


def needs(script: Script, changes: Iterable[Change]) -> dict[str, set[str]]:
    return {key: set(found) for key, found in needs_of(changes, script).items() if found}


def test_every_kind_of_change_has_a_group() -> None:
    assert {group_of(f"{kind}:a:b") for kind in ("text", "translation", "provenance", "reviewed")} == {"messages"}
    assert group_of("notice") == "notice"
    assert group_of("unheard of") in GROUPS


def test_changes_stand_in_the_order_of_the_script_and_of_a_message_the_english_first() -> None:
    shown = draft_shown(
        drafted(
            {
                "translation:ht:menu.main.title": {"text": "Tanpri"},
                "translation:es:menu.main.title": {"text": "Menú"},
                f"text:{TITLE}": HOUSE,
                "text:menu.main.title": {"text": "The menu", "meaning": "same"},
                "town:hamden": {"review_by": "2027-01-01"},
                "notice": {"until": "2026-11-24T20:00:00-05:00", "texts": {"en": "The office is closed."}},
            }
        )
    )
    assert [group.name for group in shown.groups] == ["notice", "messages", "towns"]
    assert [one.change.key for one in shown.groups[1].shown] == [
        f"text:{TITLE}",
        "text:menu.main.title",
        "translation:es:menu.main.title",
        "translation:ht:menu.main.title",
    ]
    assert shown.sizes == {"notice": 1, "messages": 4, "towns": 1}
    assert (shown.number, shown.authors) == (6, ("ana",))


def test_one_group_alone_is_shown_with_the_size_of_the_draft() -> None:
    made = drafted({f"text:{TITLE}": HOUSE, "town:hamden": {"review_by": "2027-01-01"}})
    shown = draft_shown(made, "towns")
    assert [group.name for group in shown.groups] == ["towns"]
    assert shown.number == 2


def test_a_change_shows_what_is_live_and_what_is_to_be() -> None:
    (one,) = draft_shown(drafted({f"text:{TITLE}": HOUSE})).shown
    (field,) = one.fields
    assert (field.before, field.after) == ("At my home", "In my house")
    assert (one.refused, one.live_moved, one.is_of_other_english) == ("", False, False)


def test_a_change_that_cannot_be_made_says_why() -> None:
    (one,) = draft_shown(drafted({"text:topic.nowhere.first": HOUSE})).shown
    assert one.refused


def test_a_change_of_what_was_changed_live_since_is_marked() -> None:
    seen, other = digest_of_value({"text": "At my home"}), digest_of_value({"text": "What was live then"})
    for digest, moved in ((seen, False), (other, True), ("", False)):
        changes = (change(f"text:{TITLE}", HOUSE, seen=digest),)
        made = drafted({f"text:{TITLE}": HOUSE})
        made = type(made)(Draft(1, changes), made.base, made.files, made.content, made.refused)
        (one,) = draft_shown(made).shown
        assert one.live_moved is moved, digest


def test_a_translation_of_another_english_than_the_drafts_is_marked() -> None:
    translation = f"translation:es:{TITLE}"
    old, new = {"text": "En mi casa", "of": "At my home"}, {"text": "En mi casa", "of": "In my house"}
    for value, expected in ((old, True), (new, False)):
        found = {
            one.change.key: one for one in draft_shown(drafted({f"text:{TITLE}": HOUSE, translation: value})).shown
        }
        assert found[translation].is_of_other_english is expected


def test_it_says_which_languages_will_not_say_a_message() -> None:
    shown = draft_shown(
        drafted({f"text:{TITLE}": HOUSE, f"translation:es:{TITLE}": {"text": "En mi casa", "of": "In my house"}})
    )
    (silenced,) = shown.silenced
    assert (silenced.id, silenced.name, silenced.part) == (TITLE, "In my house", "title")
    assert set(silenced.languages) == set(base().content.catalogs.languages) - {"es"}


def test_a_change_that_keeps_the_meaning_silences_nobody() -> None:
    assert draft_shown(drafted({f"text:{TITLE}": {"text": "In my house", "meaning": "same"}})).silenced == ()


def test_of_very_many_changes_the_first_are_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SHOWN", 2)
    ids = [id for id in base().content.script.messages if id.startswith("topic.ice-at-door")][:3]
    made = drafted({f"translation:es:{id}": {"text": base().content.script.messages[id].text} for id in ids})
    shown = draft_shown(made)
    assert (len(shown.shown), shown.groups[0].number) == (2, 3)
    assert chosen(made, "", ()).keys == made.keys


def test_all_go_out_but_those_that_were_not_ticked() -> None:
    made = drafted(
        {f"text:{TITLE}": HOUSE, "town:hamden": {"review_by": "2027-01-01"}, "source:x": {"title": "X", "url": None}}
    )
    assert chosen(made, "", ()).keys == made.keys
    assert chosen(made, "", {id_of("town:hamden")}).keys == {f"text:{TITLE}", "source:x"}
    assert chosen(made, "towns", ()).keys == {"town:hamden"}
    assert chosen(made, "towns", {id_of("town:hamden")}).keys == frozenset()
    assert chosen(made, "notice", ()).keys == frozenset()


def test_what_a_change_needs_goes_out_with_it() -> None:
    made = drafted({f"text:{TITLE}": HOUSE, f"translation:es:{TITLE}": {"text": "En mi casa", "of": "In my house"}})
    found = chosen(made, "", {id_of(f"text:{TITLE}")})
    assert found.keys == made.keys
    assert found.added == {f"text:{TITLE}"}


def test_a_translation_needs_the_english_that_it_is_of(script: Script) -> None:
    text, es = change("text:a", {"text": "new  one"}, 5), "translation:es:a"
    assert needs(script, [text, change(es, {"text": "x", "of": "new one"}, 9)]) == {es: {"text:a"}}
    assert needs(script, [text, change(es, {"text": "x", "of": "old"}, 9)]) == {}
    assert needs(script, [text, change(es, {"text": "x"}, 9)]) == {es: {"text:a"}}
    assert needs(script, [text, change(es, {"text": "x"}, 1)]) == {}


def test_a_review_needs_the_translation_and_that_its_english(script: Script) -> None:
    changes = [
        change("text:a", {"text": "new"}),
        change("translation:es:a", {"text": "x", "of": "new"}),
        change("reviewed:es:a", {"text": "x"}),
        change("reviewed:en:a", {"text": "new"}),
    ]
    assert needs(script, changes) == {
        "translation:es:a": {"text:a"},
        "reviewed:es:a": {"translation:es:a", "text:a"},
        "reviewed:en:a": {"text:a"},
    }


def test_new_sources_and_organisations_are_needed_by_what_names_them(script: Script) -> None:
    changes = [
        change("source:new", {"title": "New", "url": None}),
        change("provenance:a", {"sources": ["new", "old"]}),
        change("organisation:newly_made", {"name": "Newly made", "sources": ["new"]}),
        change("organisation:ghla", {"phone": "+12035550123"}),
        change("text:a", {"text": "Call {phone.newly_made} or {phone.ghla}."}),
        change("notice", {"until": "", "texts": {"en": "Call {phone.newly_made}."}}),
    ]
    assert needs(script, changes) == {
        "provenance:a": {"source:new"},
        "organisation:newly_made": {"source:new"},
        "text:a": {"organisation:newly_made", "source:new"},
        "notice": {"organisation:newly_made", "source:new"},
    }


def test_a_value_that_is_not_as_it_should_be_needs_nothing(script: Script) -> None:
    changes = [
        change("provenance:a", {"sources": 3}),
        change("notice", {"texts": []}),
        change("x", None),
        change("", {}),
    ]
    assert needs(script, changes) == {}


def test_another_change_is_told_from_what_was_looked_at() -> None:
    key, other = f"text:{TITLE}", "town:hamden"
    made = drafted({key: HOUSE, other: {"review_by": "2027-01-01"}})
    again = drafted({key: HOUSE, other: {"review_by": "2027-02-01"}})
    assert digest_of_changes(made, {key}) == digest_of_changes(again, {key})
    assert digest_of_changes(made, {key, other}) != digest_of_changes(again, {key, other})
    assert digest_of_changes(made, {key}) != digest_of_changes(made, {key, other})


@pytest.mark.parametrize(
    ("line", "page", "words"),
    [
        (f"{TITLE} (es): too long; shorten it", "console.translation", "too long; shorten it"),
        (f"{TITLE} (en): too long: shorten it", "console.message", "too long: shorten it"),
        ("town:hamden: there is no such town", "console.town", "there is no such town"),
        ("notice: it is over", "console.notice", "it is over"),
        ("topic.nowhere (es): gone", None, "topic.nowhere (es): gone"),
        ("towns.toml: town 'x': wrong", None, "towns.toml: town 'x': wrong"),
        ("Redis does not write to disk: set appendonly yes", None, "Redis does not write to disk: set appendonly yes"),
        ("", None, ""),
    ],
)  # fmt: skip
def test_a_problem_leads_to_what_it_is_about(script: Script, line: str, page: str | None, words: str) -> None:
    (shown,) = problems_shown(script, [line])
    assert shown.words == words
    assert (shown.thing.page[0] if shown.thing and shown.thing.page else None) == page


@pytest.mark.parametrize("key", ["", "\0", "example:es:\ud800", "x" * 100_000, "\u202e:<b>"])
def test_the_id_of_a_change_is_short_and_plain_whatever_its_key(key: str) -> None:
    assert len(id_of(key)) == 16
    assert id_of(key).isalnum()
