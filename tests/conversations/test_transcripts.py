"""Whole conversations, replayed over HTTP with signed webhooks against the line and a real Redis.

`pytest tests/conversations --rewrite-transcripts` writes down what the line says now; read the difference before you
keep it.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import SpokenWording, Wording, WrittenWording
from hotline.dialogue.reply import Say
from hotline.dialogue.scene import scene_of
from hotline.dialogue.session import Session
from hotline.phone.line import Line
from hotline.phone.transcript import Transcript, differences, parse, replay, write
from hotline.script.model import UNSURE_NODE, Script

FOLDER = Path(__file__).parent
TRANSCRIPTS = sorted(FOLDER.glob("*/*.txt"))


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


@pytest.mark.parametrize("channel", ["text", "call"])
def test_every_node_is_visited_in_every_language_on_every_channel(script: Script, channel: str) -> None:
    """A node counts as visited where a transcript holds what it says, as the channel says it in the language."""
    catalogs = Catalogs(script)
    wording = WrittenWording(script, catalogs) if channel == "text" else SpokenWording(script, catalogs)
    missing = [
        f"{language}: {node}"
        for language in script.languages
        for heard in [" ".join(" ".join(_heard(FOLDER / language, channel)).split())]
        for node in sorted(script.nodes)
        if not all(" ".join(words.split()) in heard for words in _said_at(script, wording, node, language))
    ]
    assert not missing


def _heard(folder: Path, channel: str) -> Iterator[str]:
    for path in folder.glob("*.txt"):
        for conversation in read(path).conversations:
            if conversation.channel == channel:
                yield from (line for step in conversation.steps for line in step.heard)


def _said_at(script: Script, wording: Wording, node: str, language: str) -> list[str]:
    session = Session(language=language, node=node, offered=("scams",) if node == UNSURE_NODE else ())
    return [wording.words(say, language) for say in scene_of(script, session).says if say != Say("language")]
