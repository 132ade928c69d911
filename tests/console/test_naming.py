from __future__ import annotations

import pytest

from hotline.console.naming import Home, Name, Piece, groups_of, name_in
from hotline.script.loader import load_script

SCRIPT = load_script()
GROUPS = groups_of(SCRIPT)


def test_every_message_stands_in_one_group() -> None:
    ids = [name.id for group in GROUPS for name in group.names]
    assert sorted(ids) == sorted(SCRIPT.messages)


def test_groups_follow_the_choices_of_the_menus() -> None:
    slugs = [group.slug for group in GROUPS]
    assert slugs[:4] == ["main", "here-now", "ice-at-door", "ice-street"]
    assert slugs.index("detained") < slugs.index("warrants") < slugs.index("legal-help") < slugs.index("scams")
    assert slugs[-4:] == [Home.PHRASES, Home.ORGANISATIONS, Home.TOWNS, Home.PAGES]


def test_a_topic_that_two_menus_offer_stands_where_it_is_offered_first() -> None:
    slugs = [group.slug for group in GROUPS]
    assert slugs.count("youth-families") == 1
    assert slugs.index("rights-more") < slugs.index("youth-families") < slugs.index("prepare")


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("menu.main.text", Name("menu.main.text", Home.MENU, Piece.TEXT, "Menu")),
        (
            "menu.here-now.text.voice",
            Name("menu.here-now.text.voice", Home.MENU, Piece.TEXT, "Immigration agents are here now", spoken=True),
        ),
        ("topic.ice-at-door.title", Name("topic.ice-at-door.title", Home.TOPIC, Piece.TITLE, "At my home")),
        (
            "topic.ice-at-door.with-warrant",
            Name("topic.ice-at-door.with-warrant", Home.TOPIC, Piece.PART, "At my home", "with warrant", 4, 5),
        ),
        ("try-again.voice", Name("try-again.voice", Home.PHRASES, Piece.PHRASE, piece_name="try again", spoken=True)),
        ("page.card.title", Name("page.card.title", Home.PAGES, Piece.PHRASE, piece_name="card title")),
        ("town.new-haven.rule", Name("town.new-haven.rule", Home.TOWNS, Piece.RULE, "New Haven")),
    ],
)
def test_a_message_is_named_by_what_it_belongs_to(id: str, name: Name) -> None:
    assert name_in(SCRIPT, id) == name


def test_a_message_that_is_none_has_no_name() -> None:
    with pytest.raises(KeyError):
        name_in(SCRIPT, "menu.main")
