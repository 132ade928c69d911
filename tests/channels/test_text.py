from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.channels.direction import END, LEFT_TO_RIGHT
from hotline.channels.segments import count_segments
from hotline.channels.text import MOST_CHARACTERS, bodies, render_nothing, render_text, text_of
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys
from hotline.dialogue.reply import Reply
from hotline.dialogue.session import Session
from hotline.script.model import Script
from tests.conftest import NOW


def reply_at(script: Script, node: str, *, greeted: bool = True, language: str = "en") -> Reply:
    """What is said at a node after a key that leads nowhere."""
    session = Session(language=language, node=node, greeted=greeted, offered=("scams", "report"))
    return advance(script, session, Keys(NOW, "7")).reply


def test_a_topic_is_its_text_the_choices_and_the_month(script: Script, written: WrittenWording) -> None:
    reply = advance(script, Session(language="en", node="here-now", greeted=True), Keys(NOW, "1")).reply
    lines = text_of(reply, written).splitlines()
    assert lines[0].startswith("Keep the door closed.")
    assert lines[1:3] == ["", "1 More"]
    assert "0 A person: 1-800-798-0671" in lines
    assert lines[-1] == "As of Jan 2026. General information, not legal advice."


def test_the_first_text_ends_with_what_the_line_is(script: Script, written: WrittenWording) -> None:
    reply = advance(script, Session(language="en"), Keys(NOW, "1")).reply
    assert text_of(reply, written).splitlines()[-1].startswith("This line is not the government")


def test_the_document_is_one_message_that_twilio_takes(script: Script, written: WrittenWording) -> None:
    for node in script.nodes:
        for language in script.languages:
            document = render_text(reply_at(script, node, language=language, greeted=False), written)
            assert document.startswith("<?xml")
            messages = ElementTree.fromstring(document).findall("Message")  # noqa: S314 - our own document
            assert len(messages) == 1
            assert 0 < len(messages[0].text or "") <= MOST_CHARACTERS


def test_nothing_is_an_empty_response() -> None:
    assert len(ElementTree.fromstring(render_nothing())) == 0  # noqa: S314 - our own document


def test_markup_in_a_text_stays_text(script: Script, written: WrittenWording) -> None:
    document = render_text(reply_at(script, "main"), written)
    assert "&lt;" not in document
    assert ElementTree.fromstring(document).tag == "Response"  # noqa: S314 - our own document


@given(st.text(st.sampled_from("ab. \n。"), max_size=5000))
def test_a_long_text_is_parted_without_losing_a_letter(text: str) -> None:
    pieces = bodies(text)
    assert all(len(piece) <= MOST_CHARACTERS for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


def test_a_long_text_is_parted_between_lines() -> None:
    line = "x" * 900
    assert bodies(f"{line}\n{line}") == [line, line]


def test_the_marks_of_an_arabic_text_count_as_characters(arabic: tuple[WrittenWording, SpokenWording]) -> None:
    written, _ = arabic
    text = text_of(reply_at(written.script, "main", language="ar"), written)
    bare = text.replace(LEFT_TO_RIGHT, "").replace(END, "")
    assert count_segments(text).units == len(text) > len(bare)
    assert count_segments(text).encoding == "UCS-2"


@pytest.mark.parametrize(
    "sentence", ["请保持冷静。", "حافظ على هدوئك. ", "هل هم عند الباب؟ ", "Сохраняйте спокойствие. ", "Giữ bình tĩnh. "]
)
def test_a_long_text_is_parted_between_the_sentences_of_any_script(sentence: str) -> None:
    pieces = bodies(sentence * 600)
    assert len(pieces) > 1
    assert {piece[-1] for piece in pieces} == {sentence.strip()[-1]}
    assert "".join("".join(pieces).split()) == "".join((sentence * 600).split())
