"""What tests of forms have in common: who fills them in, and what the draft then holds."""

from __future__ import annotations

from html import unescape

from hotline.store.drafts import Value
from hotline.store.operators import Role
from tests.console.newsroom import Newsroom, console_of
from tests.console.signing import Browser, Console


def console_at(newsroom: Newsroom) -> Console:
    """The console with what its frame shows on every page."""
    console = console_of(newsroom)
    languages = newsroom.desk.live.content.script.languages
    console.app.context_processor(lambda: {"now": newsroom.desk.now(), "languages": languages, "names": {}})
    return console


def editor_at(newsroom: Newsroom) -> Browser:
    """A browser in which ben, an editor, has signed in."""
    return console_at(newsroom).signed_in("ben", Role.EDITOR)


def changes(newsroom: Newsroom) -> dict[str, Value]:
    """All of the draft, by key."""
    return {change.key: change.value for change in newsroom.desk.drafts.read().changes}


def hidden(page: str, name: str) -> str:
    """The value of a page's first hidden field of a name."""
    return unescape(page.split(f'name="{name}" value="')[1].split('"', 1)[0])
