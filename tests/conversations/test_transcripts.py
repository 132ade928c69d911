"""Whole conversations, replayed over HTTP with signed webhooks against the line and a real Redis.

`pytest tests/conversations --rewrite-transcripts` writes down what the line says now; read the difference before you
keep it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Voices
from hotline.channels.wording import SpokenWording, Wording, WrittenWording
from hotline.dialogue.reply import Reply
from hotline.dialogue.scene import scene_of
from hotline.dialogue.session import Session
from hotline.phone.line import Line
from hotline.phone.transcript import Transcript, differences, parse, replay, write
from hotline.phone.twiml import parse as parse_twiml
from hotline.script.model import UNSURE_NODE, Script
from tests.conftest import NOW

FOLDER = Path(__file__).parent
TRANSCRIPTS = sorted(FOLDER.glob("*/*.txt"))
# The languages in which transcripts go through the whole script; test_every_language.py goes through it in all.
READ_THROUGH = ("en", "es")


def read(path: Path) -> Transcript:
    return parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
@pytest.mark.usefixtures("redis")
def test_the_line_answers_as_written_down(line: Line, path: Path, pytestconfig: pytest.Config) -> None:
    expected = read(path)
    actual = replay(line, expected)
    if pytestconfig.getoption("--rewrite-transcripts"):
        path.write_text(write(actual), encoding="utf-8")
        return
    assert not (difference := differences(expected, actual)), difference


@pytest.fixture(scope="module")
def wordings(script: Script) -> dict[str, Wording]:
    catalogs = Catalogs(script)
    return {"text": WrittenWording(script, catalogs), "call": SpokenWording(script, catalogs)}


@pytest.mark.parametrize("channel", ["text", "call"])
@pytest.mark.parametrize("language", READ_THROUGH)
def test_every_node_is_visited_on_every_channel(wordings: dict[str, Wording], channel: str, language: str) -> None:
    assert not unvisited(wordings[channel], language, _heard(FOLDER / language, channel))


def test_there_are_conversations_in_every_language(wordings: dict[str, Wording]) -> None:
    for language in wordings["text"].script.languages:
        assert all(any(_heard(FOLDER / language, channel)) for channel in ("text", "call")), language


def test_a_node_that_no_transcript_visits_is_found(wordings: dict[str, Wording]) -> None:
    wording = wordings["text"]
    said = {node: _said_at(wording, node, "es") for node in wording.script.nodes}
    for node in said.keys() - {UNSURE_NODE}:
        others = (line for other, lines in said.items() if other != node for line in lines)
        assert node in unvisited(wording, "es", others)


def unvisited(wording: Wording, language: str, heard: Iterable[str]) -> list[str]:
    """The nodes whose words and choices, as the channel gives them, stand nowhere together in what was heard."""
    lines = _folded(heard)
    return [node for node in sorted(wording.script.nodes) if _folded(_said_at(wording, node, language)) not in lines]


def _folded(lines: Iterable[str]) -> str:
    return " ".join(" ".join(lines).split())


def _heard(folder: Path, channel: str) -> Iterator[str]:
    for path in sorted(folder.glob("*.txt")):
        for conversation in read(path).conversations:
            if conversation.channel == channel:
                yield from (line for step in conversation.steps for line in step.heard)


def _said_at(wording: Wording, node: str, language: str) -> list[str]:
    """What is said at a node and then offered, line by line as the channel gives it."""
    offered = ("scams",) if node == UNSURE_NODE else ()
    is_of_languages = node in wording.script.language_pages
    session = Session(language=None if is_of_languages else language, node=node, offered=offered)
    scene = scene_of(wording.script, session, NOW)
    choices = () if offered or scene.transfer else scene.choices
    if isinstance(wording, SpokenWording):
        reply = Reply(language, node, 0, scene.says, choices)
        document = CallRenderer(wording, Voices(wording.script, None, None), "").call(reply)
        return [verb.text for verb in parse_twiml(document, "voice")[0].children]
    said = [wording.words(say, language) for say in scene.says]
    return [*said, *(wording.choice(one, language) for one in choices if not one.spoken_only)]
