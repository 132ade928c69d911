"""Help near a resident, and what a town has to do with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys
from hotline.dialogue.reply import Reply
from hotline.dialogue.session import Session
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT, AlwaysOpen, Hours, Weekday, Weekly, near, openings_of
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, SPANISH, keys_of, said, talk, words

NEARBY = replace(SPANISH, node="nearby")
IN_TOLLAND = replace(NEARBY, county="Tolland")
OFFICE = Weekly(
    tuple(opening for line in ("Mon-Fri 09:00-12:00", "Mon-Fri 13:00-14:00") for opening in openings_of(line))
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CONNECTICUT)


def helped(script: Script, county: str) -> list[str]:
    return [one.help or "" for one in near(script, county, "es", NOW)]


def with_hours(id: str, hours: Hours | None) -> Script:
    organisations = {**SCRIPT.organisations, id: replace(SCRIPT.organisations[id], hours=hours)}
    return replace(SCRIPT, organisations=organisations)


def test_help_near_me_asks_for_a_place_and_then_names_who_helps_there() -> None:
    asked = talk(SPANISH, "4", key_of_nearby("legal-help")).reply
    assert (said(asked), asked.node, asked.wants_town) == (["nearby"], "nearby", True)
    turn = talk(NEARBY, words("my-town", 1.0, towns=("andover",)))
    assert said(turn.reply) == ["nearby-list", *helped(SCRIPT, "Tolland")]
    assert not turn.reply.wants_town
    assert turn.session is not None
    assert turn.session.county == "Tolland"
    assert "ndover" not in repr(turn.session)


def key_of_nearby(topic: str) -> str:
    reply = talk(replace(SPANISH, node=topic), words("command:repeat")).reply
    return next(choice.key for choice in reply.choices if choice.label.message == "nearby.title")


def test_a_zip_code_is_a_place() -> None:
    assert said(talk(NEARBY, "06514").reply) == ["nearby-list", *helped(SCRIPT, "New Haven")]


def test_where_the_county_is_known_nobody_is_asked_again() -> None:
    reply = talk(replace(SPANISH, node="legal-help", county="Tolland"), key_of_nearby("legal-help")).reply
    assert said(reply) == ["nearby-list", *helped(SCRIPT, "Tolland")]


def test_another_place_may_be_given() -> None:
    reply = talk(IN_TOLLAND, words("command:repeat")).reply
    assert [choice.label.message for choice in reply.choices] == [
        "topic.legal-help.title",
        "another-place",
        "text-me",
        "person",
        "menu.main.title",
    ]
    turn = talk(IN_TOLLAND, "2")
    assert (said(turn.reply), turn.reply.wants_town) == (["nearby"], True)
    assert turn.session is not None
    assert turn.session.county is None


def test_legal_help_has_the_same_key_before_and_after_a_place_is_known() -> None:
    """So a call whose county was lost goes where its caller was told."""
    assert talk(NEARBY, "1").reply.node == talk(IN_TOLLAND, "1").reply.node == "legal-help"


@pytest.mark.parametrize("key", ["0", "*"])
def test_a_person_and_the_menu_are_offered(key: str) -> None:
    for session in (NEARBY, IN_TOLLAND):
        assert key in keys_of(talk(session, words("command:repeat")).reply)


@pytest.mark.parametrize("node", ["main", "schools", "my-town", "town", "legal-help", None])
def test_a_lawyer_in_a_town_is_help_near_it(node: str | None) -> None:
    reply = talk(replace(SPANISH, node=node), words("legal-help", towns=("danbury",))).reply
    assert (reply.node, said(reply)) == ("nearby", ["nearby-list", *helped(SCRIPT, "Fairfield")])


@pytest.mark.parametrize("node", ["legal-help", SCRIPT.topics["legal-help"].parts[-1].node])
def test_a_town_alone_where_legal_help_is_told_means_help_near_it(node: str) -> None:
    session = replace(SPANISH, node=node)
    assert talk(session, words("my-town", 1.0, towns=("danbury",))).reply.node == "nearby"
    assert talk(session, "06810").reply.node == "nearby"


def test_a_town_alone_elsewhere_means_its_rule() -> None:
    assert said(talk(SPANISH, words("my-town", 1.0, towns=("hamden",))).reply) == ["town.hamden.rule"]
    assert talk(SPANISH, "06514").reply.node == "my-town"


def test_at_a_list_of_help_a_topic_may_be_asked_for() -> None:
    assert talk(IN_TOLLAND, words("schools")).reply.node == "schools"


@pytest.mark.parametrize("topic", ["ice-at-door", "detained", "talk-to-person", "emergency"])
def test_what_cannot_wait_is_answered_where_a_place_is_asked_for(topic: str) -> None:
    assert talk(NEARBY, words(topic, towns=("hamden",))).reply.node == topic


@pytest.mark.parametrize("topic", ["emergency", "ice-at-door", "schools", "none", "my-town", "legal-help"])
def test_a_county_is_remembered_whatever_else_is_said(topic: str) -> None:
    turn = talk(SPANISH, words(topic, towns=("hamden",)))
    assert turn.session is not None
    assert turn.session.county == "New Haven"


def test_towns_of_two_counties_tell_no_county() -> None:
    turn = talk(SPANISH, words("schools", towns=("hamden", "danbury")))
    assert turn.session is not None
    assert turn.session.county is None


def test_a_county_that_is_none_is_forgotten() -> None:
    turn = talk(replace(NEARBY, county="Hamden"), words("command:repeat"))
    assert said(turn.reply) == ["nearby"]
    assert turn.session is not None
    assert turn.session.county is None


def test_a_zip_code_tells_the_rule_of_its_town_and_keeps_only_the_county() -> None:
    turn = talk(replace(SPANISH, node="town"), "06514")
    assert said(turn.reply) == ["town.hamden.rule"]
    assert turn.session is not None
    assert turn.session.county == "New Haven"
    assert "amden" not in repr(turn.session)


def test_a_town_without_a_rule_of_its_own_is_named() -> None:
    slug = next(slug for slug, town in SCRIPT.towns.items() if town.rule is None)
    reply = talk(SPANISH, words("my-town", 1.0, towns=(slug,))).reply
    assert said(reply) == ["town-without-rule"]
    assert reply.says[0].arguments == {"town": (SCRIPT.towns[slug].name,)}


@pytest.mark.parametrize("session", [replace(SPANISH, node="town"), NEARBY])
def test_a_place_that_is_not_known_is_asked_for_once_more(session: Session) -> None:
    for heard in (words("none"), words("legal-help"), "06999"):
        reply = talk(session, heard).reply
        assert (said(reply), reply.node, reply.wants_town) == (["town-unknown"], session.node, True)
        assert talk(session, heard, "06514").reply.misses == 0
    assert talk(session, "06999", "06999").reply.node == "main"


@pytest.mark.parametrize("session", [replace(SPANISH, node="town"), NEARBY])
def test_nobody_is_held_where_a_place_is_asked_for(session: Session) -> None:
    assert talk(session, words("none"), words("schools")).reply.node == "schools"
    assert talk(session, words("none"), words("none")).reply.node == "main"


def test_an_unknown_zip_code_at_a_list_of_help_asks_for_the_place() -> None:
    turn = talk(IN_TOLLAND, "06999")
    assert (said(turn.reply), turn.reply.wants_town) == (["town-unknown"], True)


@pytest.mark.parametrize(
    ("session", "node"), [(SPANISH, "town"), (replace(SPANISH, node="town"), "town"), (NEARBY, "nearby")]
)
def test_outside_of_connecticut_there_are_national_resources(session: Session, node: str) -> None:
    for heard in (words("none", outside=True), words("my-town", 1.0, outside=True), "10001"):
        reply = talk(session, heard).reply
        assert (said(reply), reply.node, reply.wants_town) == (["not-in-connecticut"], node, True)


def test_a_mistyped_zip_code_of_another_state_may_be_typed_again_and_again() -> None:
    turns = talk(NEARBY, "10001"), talk(NEARBY, "10001", "10001", "10001"), talk(NEARBY, "10001", "06514")
    assert [said(turn.reply)[0] for turn in turns] == ["not-in-connecticut", "not-in-connecticut", "nearby-list"]


def test_a_lawyer_in_another_state_is_outside() -> None:
    reply = talk(SPANISH, words("legal-help", outside=True)).reply
    assert (said(reply), reply.node) == (["not-in-connecticut"], "nearby")


def test_agents_at_the_door_in_another_state_are_agents_at_the_door() -> None:
    assert talk(SPANISH, words("ice-at-door", outside=True)).reply.node == "ice-at-door"


def test_another_topic_in_another_state_is_that_topic() -> None:
    assert talk(SPANISH, words("schools", outside=True)).reply.node == "schools"


def test_a_town_of_connecticut_counts_more_than_a_place_outside() -> None:
    assert talk(SPANISH, words("my-town", 1.0, towns=("hamden",), outside=True)).reply.node == "my-town"


MONDAY_AT_10 = at("2026-11-23 10:00")
FRIDAY_EVENING = at("2026-11-20 19:00")
THANKSGIVING = at("2026-11-26 10:00")
AFTER_THE_CLOCKS = at("2026-11-01 01:30")


def opening_said(reply: Reply) -> list[tuple[str, dict[str, object]]]:
    phrases = {"open-now", "opens", "open-always", "holiday"}
    return [(say.message, dict(say.arguments)) for say in reply.says if say.message in phrases]


@pytest.mark.parametrize(
    ("hours", "now", "expected"),
    [
        (OFFICE, MONDAY_AT_10, [("open-now", {"closes": time(12)})]),
        (OFFICE, FRIDAY_EVENING, [("opens", {"day": Weekday.MON, "time": time(9)})]),
        (OFFICE, AFTER_THE_CLOCKS, [("opens", {"day": Weekday.MON, "time": time(9)})]),
        (OFFICE, THANKSGIVING, [("holiday", {})]),
        (AlwaysOpen(), THANKSGIVING, [("open-always", {})]),
        (None, MONDAY_AT_10, []),
    ],
)
def test_whether_it_is_open_follows_what_is_said_of_it(
    hours: Hours | None, now: datetime, expected: list[tuple[str, dict[str, object]]]
) -> None:
    reply = advance(with_hours("cls", hours), NEARBY, words("my-town", 1.0, towns=("andover",), at=now)).reply
    assert opening_said(reply) == expected
    if expected:
        assert said(reply).index(expected[0][0]) == said(reply).index("organisation.cls.help") + 1


def test_before_a_transfer_it_is_said_whether_somebody_is_there() -> None:
    assert opening_said(advance(SCRIPT, SPANISH, Keys(MONDAY_AT_10, "0")).reply) == []
    script = with_hours("referral_line", OFFICE)
    reply = advance(script, SPANISH, Keys(FRIDAY_EVENING, "0")).reply
    assert opening_said(reply) == [("opens", {"day": Weekday.MON, "time": time(9)})]
    assert reply.effect is not None


def test_a_part_that_gives_one_number_with_hours_says_whether_it_is_open() -> None:
    node = next(node for node, (_, part) in SCRIPT.parts.items() if "{phone.sls}" in SCRIPT.messages[part.message].text)
    reply = advance(SCRIPT, replace(SPANISH, node=node), words("command:repeat", at=MONDAY_AT_10)).reply
    assert opening_said(reply) == [("open-now", {"closes": time(12)})]
    both = replace(SCRIPT.messages[SCRIPT.parts[node][1].message], text="{phone.sls} {phone.ice_detention}")
    unclear = replace(SCRIPT, messages={**SCRIPT.messages, both.id: both})
    assert opening_said(advance(unclear, replace(SPANISH, node=node), words("command:repeat")).reply) == []


def test_the_stamp_covers_everything_that_is_said() -> None:
    reply = talk(NEARBY, words("my-town", 1.0, towns=("danbury",))).reply
    helping = near(SCRIPT, "Fairfield", "es", NOW)
    assert reply.stamp is not None
    assert reply.stamp.arguments["date"] == min(one.provenance.as_of for one in helping)


def test_the_stamp_covers_the_hours_too() -> None:
    old = replace(SCRIPT.organisations["referral_line"], hours=OFFICE)
    old = replace(old, provenance=replace(old.provenance, as_of=date(2020, 1, 1), review_by=date(2021, 1, 1)))
    script = replace(SCRIPT, organisations={**SCRIPT.organisations, "referral_line": old})
    stamp = advance(script, SPANISH, Keys(NOW, "0")).reply.stamp
    assert stamp is not None
    assert (stamp.message, stamp.arguments) == ("overdue", {"date": date(2020, 1, 1)})
