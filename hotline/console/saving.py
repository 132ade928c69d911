"""Saves the fields of an organisation or a town in the draft, beside what others changed of the same one meanwhile."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from hotline.console.desk import ConflictError, Desk
from hotline.console.fields import Fields, change_from, merged, seen_of, seen_over
from hotline.console.organisations_view import live_value
from hotline.console.sourcing import PROVENANCE, NewSource
from hotline.releases.changes import key_of, kind_of, parts_of
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.store.drafts import Value
from hotline.store.history import Entry

_OF_A_MESSAGE = frozenset({"text", "provenance", "translation", "reviewed"})


def save_fields(
    desk: Desk,
    key: str,
    seen: Value,
    wanted: Fields,
    groups: Collection[frozenset[str]],
    *,
    message: str,
    by: str,
    source: NewSource | None = None,
) -> Drafted:
    """Makes a thing `wanted` in the draft, where it differs from what its editor has `seen`; the draft afterwards.

    `message` is the one whose text and provenance are fields of the thing; a `source` is added first. Raises
    ConflictError, RefusedError or RedisError, and nothing is saved then.
    """
    drafted = desk.drafted()
    present = drafted.value(key)
    found = merged(seen, wanted, present, groups)
    if found.clashing:
        held = present or {}
        mine = {name: value for name, value in found.fields.items() if value != held.get(name)}
        desk.history.add(Entry(desk.now(), by, "set aside", key, present, mine))
        raise ConflictError(key, mine, present, drafted.draft.change(key))
    fields = _own_fields(drafted, found.fields, present, message)
    earlier, live = drafted.draft.change(key), live_value(drafted, key)
    value = change_from(live, earlier.value if earlier else None, fields)
    values: dict[str, Value] = {
        **({key_of("source", source.id): source.value} if source else {}),
        key: value or live,
        **{outdone: live_value(drafted, outdone) for outdone in _outdone(drafted, fields, message)},
    }
    return desk.save_all(values, {one: digest_of_value(drafted.value(one)) for one in values}, by=by)


def seen_after(error: ConflictError, seen: Value, wanted: Fields, groups: Collection[frozenset[str]]) -> str:
    """The hidden field of a form that is sent again by somebody who now knows what others changed."""
    clashing = merged(seen, wanted, error.theirs, groups).clashing
    return seen_of(seen_over(seen, error.theirs, clashing, groups))


def _own_fields(drafted: Drafted, fields: Fields, present: Value, message: str) -> Fields:
    """The fields without what a change of the message's provenance says already."""
    is_said = key_of("provenance", message) in drafted.keys
    held = present or {}
    is_same = all(fields[name] == held.get(name) for name in PROVENANCE if name in fields)
    left_out = PROVENANCE if is_said and is_same else ()
    return {name: value for name, value in fields.items() if name not in left_out}


def _outdone(drafted: Drafted, fields: Fields, message: str) -> Iterator[str]:
    """The changes of the draft, by their keys, that say something else of the same fields, or of a text that goes."""
    field = message.rpartition(".")[2]
    is_gone = field in fields and fields[field] is None
    says_provenance = not fields.keys().isdisjoint(PROVENANCE)
    for change in drafted.draft.changes:
        kind = kind_of(change.key)
        is_of_it = kind in _OF_A_MESSAGE and parts_of(change.key)[-1] == message
        if is_of_it and (is_gone or (kind == "provenance" and says_provenance)):
            yield change.key
