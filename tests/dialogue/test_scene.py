"""The menu of languages, page by page; the other scenes are tested by the conversations that come to them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Arrival, Heard, Keys, Silence, Words
from hotline.dialogue.reply import HangUp, Reply, Turn
from hotline.dialogue.scene import keys_of_language
from hotline.dialogue.session import MOST_STEPS_BACK, Session
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.store.codec import MOST_BYTES, encode
from hotline.understanding.understood import Guess, Understood
from tests.conftest import NOW
from tests.many_languages import with_languages

SHIPPED = load_script()
TWELVE = with_languages(SHIPPED, 12)
SEVENTEEN = with_languages(SHIPPED, 17)
LANGUAGE = Words(NOW, Understood(None, Guess("command:language", 1.0)))


def talk(script: Script, session: Session, *heard: Heard | str) -> Turn:
    """The last turn of a conversation; a text stands for the keys, one after the other."""
    turn = None
    for one in heard:
        for single in [Keys(NOW, key) for key in one] if isinstance(one, str) else [one]:
            turn = advance(script, session, single)
            session = turn.session or Session()
    assert turn is not None
    return turn


def offered(reply: Reply) -> list[tuple[str, str]]:
    """Each key with the language that it is for, or with the message beside it."""
    return [(choice.key, choice.label.language or choice.label.message) for choice in reply.choices]


def messages(reply: Reply) -> list[tuple[str, str | None]]:
    return [(say.message, say.language) for say in reply.says]


def test_two_languages_have_one_page_and_no_further_key() -> None:
    reply = talk(with_languages(SHIPPED, 2), Session(), Arrival(NOW)).reply
    assert offered(reply) == [("1", "en"), ("2", "l2")]


def test_twelve_languages_are_all_named_at_once_those_of_the_next_page_with_the_key_that_leads_to_it() -> None:
    reply = talk(TWELVE, Session(), Arrival(NOW)).reply
    first = [("1", "en"), *((str(number), f"l{number}") for number in range(2, 9))]
    assert offered(reply) == [*first, *(("9", f"l{number}") for number in range(9, 13))]


def test_the_second_page_is_short() -> None:
    reply = talk(TWELVE, Session(), Arrival(NOW), "9").reply
    assert reply.node == "language-2"
    assert offered(reply) == [("1", "l9"), ("2", "l10"), ("3", "l11"), ("4", "l12"), ("9", "language.title")]
    assert reply.says == ()
    assert reply.introduction is None


@pytest.mark.parametrize("how_many", [1, 2, 7, 8, 9, 12, 16, 17, 25, 40])
def test_every_language_is_chosen_by_its_keys(how_many: int) -> None:
    script = with_languages(SHIPPED, how_many)
    keys = {code: keys_of_language(script, code) for code in script.languages}
    assert len(set(keys.values())) == how_many
    for code, pressed in keys.items():
        turn = talk(script, Session(), Arrival(NOW), pressed)
        assert (turn.reply.language, turn.reply.node, turn.learned) == (code, "main", code)


@pytest.mark.parametrize("how_many", [1, 8, 9, 12, 17])
def test_the_last_page_leads_back_to_the_first(how_many: int) -> None:
    script = with_languages(SHIPPED, how_many)
    pages = list(script.language_pages)
    nodes = [talk(script, Session(), Arrival(NOW), *["9"] * times).reply.node for times in range(1, len(pages) + 1)]
    assert nodes == [*pages[1:], "language"]


def test_each_page_names_what_comes_after_it() -> None:
    script = with_languages(SHIPPED, 18)
    second = offered(talk(script, Session(), Arrival(NOW), "9").reply)
    assert second[:1] == [("1", "l9")]
    assert second[-2:] == [("9", "l17"), ("9", "l18")]
    assert offered(talk(script, Session(), Arrival(NOW), "99").reply) == [
        ("1", "l17"),
        ("2", "l18"),
        ("9", "language.title"),
    ]


@pytest.mark.parametrize("node", ["language", "language-2"])
def test_person_and_menu_are_one_key_away_on_each_page(node: str) -> None:
    session = Session(language="l3", node=node, back=("rights",))
    assert talk(TWELVE, session, "0").reply.node == "talk-to-person"
    assert talk(TWELVE, session, "*").reply.node == "main"


@pytest.mark.parametrize("page", ["9", "99", "999", "9999999"])
def test_a_language_is_changed_in_the_middle_of_a_topic_and_the_topic_goes_on(page: str) -> None:
    session = Session(language="l2", node="detained", back=("main", "here-now"), greeted=True)
    turn = talk(TWELVE, session, page, "2")
    assert turn.reply.node == "detained"
    assert turn.reply.language == ("l2" if len(page) % 2 else "l10")
    assert turn.session is not None
    assert turn.session.back == ("main", "here-now")


def test_back_leads_from_the_second_page_to_the_first_and_then_to_where_one_was() -> None:
    session = Session(language="l2", node="detained", back=("main",), greeted=True)
    nodes = [talk(TWELVE, session, pressed).reply.node for pressed in ("9", "99", "99#", "99##", "999#")]
    assert nodes == ["language", "language-2", "language", "detained", "detained"]


def test_the_word_for_another_language_opens_the_pages_too() -> None:
    assert talk(TWELVE, Session(language="l2", node="main"), LANGUAGE).reply.node == "language"
    assert talk(TWELVE, Session(language="l2", node="main"), LANGUAGE, LANGUAGE).reply.node == "language-2"


def test_the_name_of_a_language_written_on_the_second_page_chooses_it() -> None:
    named = Words(NOW, Understood("l5", Guess("command:language", 1.0), asks_for_language="l5"))
    turn = talk(TWELVE, Session(language="l2", node="schools", greeted=True), "99", "9", named)
    assert (turn.reply.language, turn.reply.node) == ("l5", "schools")


@pytest.mark.parametrize(
    ("page", "key"), [("", "12"), ("9", "5"), ("9", "8"), ("9", "x"), ("9", "²"), ("9", "٣"), ("9", "12"), ("9", "")]
)
def test_a_key_that_no_language_has_repeats_the_page(page: str, key: str) -> None:
    session = talk(TWELVE, Session(), Arrival(NOW), *page).session
    assert session is not None
    reply = advance(TWELVE, session, Keys(NOW, key)).reply
    assert (reply.node, reply.misses) == (session.node, 1)
    assert reply.says == ()


def test_silence_repeats_the_second_page_then_names_a_person_on_the_first_then_says_goodbye_in_every_language() -> None:
    silences = [talk(TWELVE, Session(), Arrival(NOW), "9", *[Silence(NOW)] * times).reply for times in (1, 2, 3)]
    assert [(reply.node, messages(reply)) for reply in silences] == [
        ("language-2", []),
        ("language", [("still-here", code) for code in TWELVE.languages]),
        ("language", [("goodbye", code) for code in TWELVE.languages]),
    ]
    assert silences[2].effect == HangUp()


def test_silence_of_somebody_whose_language_is_known_is_answered_in_it_alone() -> None:
    session = Session(language="l3", node="main", greeted=True)
    silences = [talk(TWELVE, session, "99", *[Silence(NOW)] * times).reply for times in (1, 2, 3)]
    assert [[say for say, _ in messages(reply)] for reply in silences] == [
        ["try-again", "language"],
        ["still-here", "language"],
        ["goodbye"],
    ]
    assert {reply.language for reply in silences} == {"l3"}


def test_after_a_release_with_fewer_languages_the_call_goes_on() -> None:
    session = Session(language="l12", node="language-2", back=("schools", "language"))
    reply = talk(with_languages(SHIPPED, 3), session, Silence(NOW)).reply
    assert (reply.language, reply.node) == ("en", "main")
    assert talk(with_languages(SHIPPED, 3), session, "#").reply.node == "language"


@settings(deadline=None)
@given(st.lists(st.sampled_from([*"0123456789*#", "06514", "x", "silence", "language", "name"]), max_size=30))
def test_any_keys_at_any_page_lead_on(pressed: list[str]) -> None:
    others: dict[str, Heard] = {
        "silence": Silence(NOW),
        "language": LANGUAGE,
        "name": Words(NOW, Understood("l5", Guess("command:language", 1.0), asks_for_language="l5")),
    }
    session = Session()
    for key in pressed:
        turn = advance(SEVENTEEN, session, others.get(key) or Keys(NOW, key))
        session = turn.session or Session()
        assert turn.reply.node in SEVENTEEN.nodes
        assert turn.reply.language in SEVENTEEN.languages
        assert turn.reply.choices or turn.reply.effect
        assert len(session.back) <= MOST_STEPS_BACK
        assert len(encode(session)) <= MOST_BYTES
