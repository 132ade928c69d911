"""What was changed at Twilio, kept on this machine so that it can be undone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from hotline.channels.audio.files import write_whole
from hotline.provisioning.resources import Change, Kind, Resource, Value


class RecordError(Exception):
    """There is nothing to undo, or its record cannot be read; one line."""


@dataclass(frozen=True, slots=True)
class Done:
    """What was changed at one time. `path` is its file."""

    at: datetime
    changes: tuple[Change, ...]
    path: Path


def keep(folder: Path, at: datetime, changes: Sequence[Change]) -> Path:
    """Writes a record before anything is changed; its file. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{at:%Y-%m-%dT%H-%M-%S}.json"
    rows = [
        {**asdict(change), "resource": {"kind": one.kind, "sid": one.sid, "name": one.name}}
        for change in changes
        for one in (change.resource,)
    ]
    write_whole(path, json.dumps({"at": at.isoformat(), "changes": rows}, indent=2).encode())
    return path


def last(folder: Path) -> Done:
    """The latest record that was not undone. Raises RecordError."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        raise RecordError(f"Nothing was changed from here: {folder} has no record.")
    path = paths[-1]
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        changes = tuple(_change(row) for row in document["changes"])
        return Done(datetime.fromisoformat(document["at"]), changes, path)
    except (OSError, ValueError, KeyError, TypeError):
        raise RecordError(
            f"{path} cannot be read. Set the number by hand in Twilio's console, and delete it."
        ) from None


def put_away(done: Done) -> None:
    """The record is of the past: it was undone. Raises OSError."""
    done.path.rename(done.path.with_suffix(".undone"))


def _change(row: dict[str, object]) -> Change:
    named = row["resource"]
    if not isinstance(named, dict):
        raise TypeError
    resource = Resource(Kind(named["kind"]), str(named["sid"]), str(named["name"]), {})
    return Change(resource, str(row["field"]), _value(row["before"]), _value(row["after"]), "")


def _value(found: object) -> Value:
    if found is None or isinstance(found, str | bool):
        return found
    raise TypeError
