"""What the page shows on which the draft is tried. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotline.releases.changes import examples_path, kind_of, parts_of
from hotline.releases.drafting import Drafted
from hotline.script.model import MAIN_MENU, Script

SUGGESTED = 3


@dataclass(frozen=True, slots=True)
class Tried:
    """Which draft is heard: `number` changes by `authors` to the release `live`, None where that is the package.

    `problems` say why it cannot be heard, so that the live release is heard instead; `refused` is how many changes are
    left out of it; `is_to_learn` where its examples are not understood yet.
    """

    live: int | None
    number: int
    authors: tuple[str, ...]
    problems: tuple[str, ...]
    refused: int
    is_to_learn: bool


def tried(drafted: Drafted) -> Tried:
    changes, pointer = drafted.draft.changes, drafted.base.pointer
    return Tried(
        live=pointer.number if pointer else None,
        number=len(changes),
        authors=tuple(dict.fromkeys(change.by for change in changes)),
        problems=drafted.problems,
        refused=len(drafted.refused),
        is_to_learn=any(kind_of(change.key) == "example" for change in changes),
    )


def suggestions(drafted: Drafted, language: str) -> tuple[str, ...]:
    """What people text about the topics that the draft changes; then about those of the main menu."""
    script, content = drafted.content.script, drafted.files.get(examples_path(language), b"")
    topics = dict.fromkeys((*_changed_topics(drafted), *_first_topics(script)))
    found = (first_example(content, topic) for topic in topics)
    return tuple(text for text in found if text)[:SUGGESTED]


def first_example(examples: bytes, topic: str) -> str | None:
    """The first of a topic in a file of examples; the file is not read as a whole, which would take too long."""
    begins = re.search(rb"^%s[ \t]*=[ \t]*\[\s*(\"(?:\\.|[^\"\\\n])*\")" % re.escape(topic).encode(), examples, re.M)
    try:
        return str(json.loads(begins[1])) if begins else None
    except ValueError:
        return None


def _changed_topics(drafted: Drafted) -> Iterator[str]:
    script = drafted.content.script
    by_file = {topic.file: slug for slug, topic in script.topics.items()}
    for change in drafted.draft.changes:
        message = script.messages.get(parts_of(change.key)[-1])
        if message and message.file in by_file:
            yield by_file[message.file]


def _first_topics(script: Script) -> Iterator[str]:
    """Behind each choice of the main menu."""
    for choice in script.menus[MAIN_MENU].choices:
        node = choice
        # A menu may lead back to where it is offered.
        for _ in script.menus:
            node = script.menus[node].choices[0] if node in script.menus else node
        if node in script.topics:
            yield node
