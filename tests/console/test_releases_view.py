from __future__ import annotations

from hotline.console.releases_view import published_in
from hotline.script.model import Script
from hotline.store.drafts import Change
from hotline.store.releases import Release
from tests.console.drafting import FOUR

TITLE = "topic.ice-at-door.title"


def test_a_release_shows_its_changes_against_what_was_before(script: Script) -> None:
    key = f"text:{TITLE}"
    release = Release("d", "ana", FOUR, "", (Change(key, {"text": "In"}, "bo", FOUR),), before={key: {"text": "At"}})
    (one,) = published_in(script, release, 5)
    (field,) = one.fields
    assert (one.thing.name, one.change.by, field.before, field.after) == ("At my home", "bo", "At", "In")


def test_of_very_many_changes_the_first_are_shown(script: Script) -> None:
    changes = tuple(Change(f"file:locales/{n}", None, "bo", FOUR) for n in range(9))
    assert len(published_in(script, Release("d", "ana", FOUR, "", changes), 5)) == 5
