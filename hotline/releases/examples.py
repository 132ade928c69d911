"""The examples of a release's files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from hotline.script.tables import TableError, toml_of
from hotline.understanding.lessons import EXAMPLES

# The files of twelve languages, live and in the draft, and some to spare.
_FILES_REMEMBERED = 32


@lru_cache(maxsize=_FILES_REMEMBERED)
def topics_by_text(content: bytes) -> Mapping[str, str]:
    """The topic of each example in a language's file, in its order; nothing where the file cannot be read."""
    return _read(content)


def topic_of(content: str, text: str) -> str | None:
    """The topic of one example in a file that is being changed."""
    # Reading a file takes much longer than seeing that a text is not in it.
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return _read(content.encode()).get(text) if text in content or escaped in content else None


def _read(content: bytes) -> Mapping[str, str]:
    try:
        topics = toml_of(content, EXAMPLES)
    except TableError:
        return {}
    return {
        text: topic
        for topic, texts in topics.items()
        if isinstance(texts, list)
        for text in texts
        if isinstance(text, str)
    }
