"""What a thing that can be changed is at present, in the same form as a change of it."""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime

from hotline.catalogs.catalog import Catalogs
from hotline.releases.changes import examples_path, kind_of, parts_of, recording_path
from hotline.releases.examples import topics_by_text
from hotline.releases.files import SCRIPT_FOLDER, Files, digest_of
from hotline.script.model import Message, Script
from hotline.script.tables import toml_of
from hotline.store.drafts import Value

# What became of the meaning, and the English that a translation was made from.
_OF_THE_CHANGE = frozenset({"meaning", "of"})


def value_in(script: Script, catalogs: Catalogs, files: Files, key: str) -> Value:
    """The value that a key has in some content; None where there is no such thing."""
    kind, parts = kind_of(key), parts_of(key)
    match kind:
        case "text" | "provenance" | "source" | "notice":
            return _in_script(script, kind, parts[0])
        case "translation" | "reviewed":
            entry = catalogs.entry(*parts)
            is_there = entry is not None and (entry.reviewed or kind == "translation")
            return {"text": entry.text} if entry and is_there else None
        case "organisation" | "town":
            return _table(files, f"{kind}s.toml", parts[0])
        case "recording":
            content = files.get(recording_path(*parts))
            return {"sound": digest_of(content)} if content else None
        case "example":
            return _example(files, *parts)
        case _:
            content = files.get(parts[0])
            return {"blob": digest_of(content)} if content else None


def digest_of_value(value: Value) -> str:
    """16 hexadecimal digits by which a later save tells whether a thing is still what its editor saw.

    What a draft says of a change alone does not count, or a thing would be another one once it is published.
    """
    seen = value and {name: field for name, field in value.items() if name not in _OF_THE_CHANGE}
    return hashlib.sha256(json.dumps(seen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _in_script(script: Script, kind: str, id: str) -> Value:
    message, source, notice = script.messages.get(id), script.sources.get(id), script.notice
    match kind:
        case "text":
            return {"text": message.text} if message else None
        case "source":
            return {"title": source.title, "url": source.url} if source else None
        case "notice":
            return {"until": notice.until.isoformat(), "texts": dict(notice.texts)} if notice else None
        case _:
            return _provenance(message)


def _provenance(message: Message | None) -> Value:
    if message is None or message.provenance is None:
        return None
    provenance = message.provenance
    return {
        "sources": list(provenance.sources),
        "as_of": provenance.as_of.isoformat(),
        "review_by": provenance.review_by.isoformat(),
        "needs_lawyer_review": provenance.needs_lawyer_review,
        "doubt": provenance.doubt,
    }


def _table(files: Files, file: str, id: str) -> Value:
    content = files.get(f"{SCRIPT_FOLDER}/{file}")
    fields = toml_of(content, file).get(id) if content else None
    return {name: _plain(value) for name, value in fields.items()} if isinstance(fields, dict) else None


def _plain(value: object) -> object:
    """A field's value as JSON has it; long texts without the line breaks that they have in the file."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return " ".join(value.split()) if isinstance(value, str) else value


def _example(files: Files, language: str, text: str) -> Value:
    topic = topics_by_text(files.get(examples_path(language), b"")).get(text)
    return {"text": text, "topic": topic} if topic else None
