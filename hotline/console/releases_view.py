"""What the pages of releases show. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.console.describing import FieldChange, Thing, fields_changed, thing_of
from hotline.script.model import Script
from hotline.store.drafts import Change
from hotline.store.releases import Release


@dataclass(frozen=True, slots=True)
class Published:
    """A change that a release made live, and how it differs from what was live before."""

    change: Change
    thing: Thing
    fields: tuple[FieldChange, ...]


def published_in(script: Script, release: Release, most: int) -> tuple[Published, ...]:
    """The changes of a release, at most so many."""
    return tuple(
        Published(
            change,
            thing_of(script, change.key),
            fields_changed(change.key, release.before.get(change.key), change.value),
        )
        for change in release.changes[:most]
    )
