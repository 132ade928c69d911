"""Which language a reply is in, by the sentences of the catalogs that it is made of."""

from __future__ import annotations

import re
from functools import cache

import polib

from hotline.locales import LOCALES
from hotline.script.loader import load_script

SHORTEST_TELLING = 12
_PLACEHOLDER = re.compile(r"\{[^}]*\}|\n")


@cache
def fragments() -> dict[str, tuple[str, ...]]:
    """For each language what its messages say between their placeholders; of Chinese shorter ones tell as much."""
    script = load_script()
    found = {}
    for language in script.languages:
        if language == script.source_language:
            texts = [message.text for message in script.messages.values()]
        else:
            texts = [entry.msgstr for entry in polib.pofile(str(LOCALES / language / "LC_MESSAGES" / "hotline.po"))]
        shortest = SHORTEST_TELLING // 3 if language == "zh" else SHORTEST_TELLING
        parts = {part.strip() for text in texts for part in _PLACEHOLDER.split(text)}
        found[language] = tuple(part for part in parts if len(part) >= shortest)
    return found


@cache
def language_of(words: str) -> str | None:
    """The language of which most is in a reply; None where none is known."""
    scores = {
        language: sum(len(part) for part in parts if part in words) * (3 if language == "zh" else 1)
        for language, parts in fragments().items()
    }
    best = max(scores, key=lambda language: scores[language])
    return best if scores[best] else None
