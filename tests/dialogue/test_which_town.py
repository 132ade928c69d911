from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys, Silence
from hotline.dialogue.reply import Reply, Turn
from hotline.dialogue.which_town import WhichTown, asks_for_town
from tests.conftest import NOW
from tests.dialogue.talking import SCRIPT, SPANISH, said, talk, words

MYSTIC = ("groton", "stonington")
ASKED = "which-town.groton.stonington"


def by_phone(node: str, keys: str) -> Turn:
    """A key at a place that the path of the call names."""
    return advance(SCRIPT, replace(SPANISH, node=node), Keys(NOW, keys))


def spoken_only(reply: Reply) -> list[tuple[str, object]]:
    return [(one.key, one.label.arguments["town"]) for one in reply.choices if one.spoken_only]


@pytest.mark.parametrize("asked_at", ["town", "nearby"])
def test_the_node_carries_the_towns_and_what_they_are_wanted_for(asked_at: str) -> None:
    which = WhichTown(asked_at, MYSTIC)
    assert WhichTown.of(SCRIPT, which.node) == which


@pytest.mark.parametrize(
    "node",
    [
        None,
        "",
        "town",
        "which-town",
        "which-town.groton",
        "which-town.groton.groton",
        "which-town.groton.gone",
        "which-town.groton.stonington.",
        "which-town..groton",
        "which-town-else.groton.stonington",
        "which-town.groton.stonington.hamden.andover.ansonia.bethel",
        "which-town.groton.stonington\n",
        "groton.stonington",
    ],
)
def test_any_other_node_asks_for_no_town(node: str | None) -> None:
    assert WhichTown.of(SCRIPT, node) is None


@given(st.text(alphabet="which-townearbygs.", max_size=40))
def test_no_node_is_too_odd(node: str) -> None:
    which = WhichTown.of(SCRIPT, node)
    assert which is None or which.node == node


def test_several_towns_are_asked_about_and_the_session_holds_none() -> None:
    turn = talk(SPANISH, words("my-town", towns=MYSTIC))
    assert said(turn.reply) == ["several-towns"]
    assert turn.reply.says[0].arguments == {"towns": ("Groton", "Stonington")}
    assert spoken_only(turn.reply) == [("1", ("Groton",)), ("2", ("Stonington",))]
    assert turn.reply.node == ASKED
    # One key is enough, so the call does not wait for a whole ZIP code.
    assert not turn.reply.wants_town
    assert turn.session is not None
    assert (turn.session.node, turn.session.county) == ("town", "New London")
    assert "roton" not in repr(turn.session)


def test_a_key_chooses_the_town() -> None:
    for key, slug in enumerate(MYSTIC, 1):
        turn = by_phone(ASKED, str(key))
        rule = SCRIPT.towns[slug].rule or "town-without-rule"
        assert said(turn.reply) == [rule]
        assert turn.reply.node == "my-town"
        assert turn.session is not None
        assert turn.session.back == ("town",)
        assert turn.session.county == "New London"


@pytest.mark.parametrize("heard", [Keys(NOW, "3"), Silence(NOW), words("none"), words("none", 0.1)])
def test_what_chooses_none_asks_again_for_the_same_towns(heard: Keys | Silence) -> None:
    reply = talk(replace(SPANISH, node=ASKED), heard).reply
    assert said(reply) == ["try-again", "several-towns"]
    assert (reply.node, reply.misses) == (ASKED, 1)


def test_a_second_miss_leads_to_the_menu() -> None:
    reply = talk(replace(SPANISH, node=ASKED, misses=1), Silence(NOW)).reply
    assert reply.node == "main"


def test_the_name_of_the_town_may_be_said() -> None:
    assert talk(replace(SPANISH, node=ASKED), words("my-town", towns=("stonington",))).reply.node == "my-town"


def test_another_topic_may_be_asked_for_meanwhile() -> None:
    assert talk(replace(SPANISH, node=ASKED), words("schools")).reply.node == "schools"


@pytest.mark.parametrize(("keys", "node"), [("0", "talk-to-person"), ("9", "language"), ("*", "main")])
def test_a_person_the_languages_and_the_menu_are_one_key_away(keys: str, node: str) -> None:
    turn = by_phone(ASKED, keys)
    assert turn.reply.node == node
    assert turn.session is not None
    assert not any(which.startswith("which") for which in turn.session.back)


def test_towns_that_nobody_knows_any_more_are_a_lost_place() -> None:
    assert by_phone("which-town.groton.gone", "1").reply.node == "main"


def test_at_most_five_towns_are_asked_about() -> None:
    towns = ("andover", "ansonia", "ashford", "avon", "barkhamsted", "bethel")
    reply = talk(SPANISH, words("my-town", towns=towns)).reply
    assert len(spoken_only(reply)) == 5
    assert reply.node.count(".") == 5


def test_for_help_it_is_asked_only_where_the_county_is_not_clear() -> None:
    same_county = talk(SPANISH, words("legal-help", towns=MYSTIC))
    assert same_county.reply.node == "nearby"
    assert said(same_county.reply)[0] == "nearby-list"
    other = talk(SPANISH, words("legal-help", towns=("groton", "hamden")))
    assert other.reply.node == "which-town-nearby.groton.hamden"
    assert other.session is not None
    assert (other.session.node, other.session.county) == ("nearby", None)


def test_a_town_that_was_chosen_for_help_leads_to_help() -> None:
    turn = by_phone("which-town-nearby.groton.hamden", "2")
    assert said(turn.reply)[0] == "nearby-list"
    assert turn.session is not None
    assert (turn.session.node, turn.session.county) == ("nearby", "New Haven")


@pytest.mark.parametrize(
    ("node", "asks"),
    [("town", True), ("nearby", True), ("which-town.groton.stonington", True), ("my-town", False), (None, False)],
)
def test_a_place_is_asked_for(node: str | None, asks: bool) -> None:  # noqa: FBT001 - a column of the table
    assert asks_for_town(node) is asks
