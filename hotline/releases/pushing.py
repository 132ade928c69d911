"""Files of the package become changes of the draft."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from hotline.releases.changes import key_of
from hotline.releases.drafting import Drafting
from hotline.releases.files import packaged_files
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Change, Draft, Drafts, Value
from hotline.store.history import Entry


class PushError(Exception):
    """Nothing was put into the draft; each line says why and what to do."""


def push(drafting: Drafting, drafts: Drafts, paths: Iterable[str], *, by: str, at: datetime) -> None:
    """Puts files of the package into the draft, all in one step.

    Raises PushError where the line could not speak from the draft any more, or that is changed at the same time;
    RedisError or OSError.
    """
    drafted, files = drafting.now(), packaged_files()
    changes = {}
    for path in paths:
        key = key_of("file", path)
        value: Value = {"blob": drafting.blob(files[path])} if path in files else None
        before = drafted.value(key)
        change = Change(key, value, by, at, digest_of_value(drafted.value_before(key)))
        changes[key] = (change, Entry(at, by, "changed", key, before, value))
    if not changes:
        return
    others = tuple(change for change in drafted.draft.changes if change.key not in changes)
    pushed = tuple(change for change, _ in changes.values())
    candidate = drafting.made(Draft(drafted.draft.version, (*others, *pushed)), drafted.base)
    refused = {key: why for key, why in candidate.refused.items() if key not in drafted.refused}
    if refused or (candidate.problems and not drafted.problems):
        raise PushError("\n".join([*(f"{key}: {why}" for key, why in refused.items()), *candidate.problems]))
    if not drafts.change(changes, version=drafted.draft.version):
        raise PushError("Somebody changed the draft at the same moment. Run the command again.")
