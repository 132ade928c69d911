"""What holds in each language that the line speaks, on both channels."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from hotline.catalogs.catalog import Catalogs, State
from hotline.channels.text import text_of
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Voices, voices_of
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys
from hotline.dialogue.reply import Reply, Say
from hotline.dialogue.session import Session
from hotline.locales import LOCALES
from hotline.phone.twiml import parse
from hotline.script.loader import load_script
from hotline.script.model import Phrase, Script
from tests.conftest import DATA, NOW

SCRIPT = load_script()
CATALOGS = Catalogs(SCRIPT)
SPOKEN = SpokenWording(SCRIPT, CATALOGS)
VOICES = voices_of(SPOKEN, LOCALES, DATA / "audio")
OWN_NUMBER = "+12035550100"


@pytest.fixture(params=list(SCRIPT.languages))
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_message_is_there(language: str) -> None:
    states = {id: CATALOGS.state(language, id) for id in SCRIPT.messages}
    assert {id: state for id, state in states.items() if state is not State.CURRENT} == {}


def test_every_node_is_said_and_leads_on_by_text_and_by_phone(language: str) -> None:
    written, spoken = WrittenWording(SCRIPT, CATALOGS), SpokenWording(SCRIPT, CATALOGS)
    titles: dict[str, set[str]] = {}
    for node in SCRIPT.nodes:
        reply = at(SCRIPT, language, node)
        text, verbs = text_of(reply, written), parse(CallRenderer(spoken, VOICES, OWN_NUMBER).call(reply), "voice")
        assert len(reply.choices) > 1, node
        assert all(written.choice(choice, language) in text for choice in reply.choices if not choice.spoken_only), node
        assert any(verb.name in {"Gather", "Dial"} for verb in verbs), node
        titles.setdefault(text, set()).add(node)
    assert [nodes for nodes in titles.values() if len(nodes) > 1] == []


def test_past_a_review_date_the_reply_says_so(language: str) -> None:
    for script, phrase in ((SCRIPT, Phrase.AS_OF), (overdue(SCRIPT), Phrase.OVERDUE)):
        for node in (*script.topics, "here-now"):
            reply = at(script, language, node)
            expected = Say(phrase, reply.stamp.arguments if reply.stamp else {})
            written, spoken = WrittenWording(script, CATALOGS), SpokenWording(script, CATALOGS)
            assert written.words(expected, language) in text_of(reply, written)
            if reply.effect is None:
                document = CallRenderer(spoken, without_sounds(script), OWN_NUMBER).call(reply)
                said = " ".join(verb.text for verb in parse(document, "voice")[0].children)
                assert said.endswith(" ".join(one.words for one in spoken.utterances(expected, language)))


def test_the_stamp_of_what_is_out_of_date_gives_the_number_of_the_line(language: str) -> None:
    script = overdue(SCRIPT)
    wording = WrittenWording(script, CATALOGS)
    stamp = at(script, language, "ice-at-door").stamp
    assert stamp
    assert wording.referral_number in wording.words(stamp, language)


def without_sounds(script: Script) -> Voices:
    return Voices(script, None, None)


def overdue(script: Script) -> Script:
    """The script a day after all that it says was to be reviewed."""
    yesterday = NOW.date() - timedelta(days=1)
    messages = {
        id: replace(message, provenance=message.provenance and replace(message.provenance, review_by=yesterday))
        for id, message in script.messages.items()
    }
    return replace(script, messages=messages)


def at(script: Script, language: str, node: str) -> Reply:
    """The reply that leads to a node: a step back to it, so that it is said as it stands."""
    session = Session(language=language, node="main", back=(node,), greeted=True)
    return advance(script, session, Keys(NOW, "#")).reply
