"""What the changes of a draft make of the files of a release. Pure: no store, no clock."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias, cast

from hotline.catalogs import editing as catalog_editing
from hotline.catalogs.extract import make_template
from hotline.catalogs.pofile import PoError
from hotline.releases.examples import topic_of
from hotline.releases.files import LOCALES_FOLDER, SCRIPT_FOLDER, Files, is_path
from hotline.script import editing as script_editing
from hotline.script.editing import EditError
from hotline.script.loader import ScriptError, script_of
from hotline.script.model import Provenance, Script
from hotline.script.notice import NOTICE_FILE, Notice, notice_file
from hotline.store.drafts import Change

# In this order: what stands later may rest on what stands before.
KINDS = (
    "file",
    "source",
    "organisation",
    "town",
    "text",
    "provenance",
    "translation",
    "reviewed",
    "recording",
    "example",
    "notice",
)
# For `text`: whether a translation of the English before is still right.
MEANING_CHANGED, MEANING_SAME = "changed", "same"

_NEEDED_OF_ORGANISATION = frozenset({"name", "does", "languages", "sources", "as_of", "review_by"})

Fields: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Applied:
    """`refused` says of changes, by their keys, why they could not be made; the files are without them."""

    files: Files
    refused: Mapping[str, str]


def key_of(kind: str, *rest: str) -> str:
    """The key of a change, such as "translation:es:menu.main.text"."""
    return ":".join((kind, *rest))


def kind_of(key: str) -> str:
    return key.partition(":")[0]


def parts_of(key: str) -> tuple[str, ...]:
    """What follows the kind: for what is of a language, that and the rest; otherwise one."""
    kind, _, rest = key.partition(":")
    if kind in {"translation", "reviewed", "recording", "example"}:
        language, _, id = rest.partition(":")
        return language, id
    return (rest,)


def script_in(files: Files) -> Script:
    """The script that stands among the files. Raises ScriptError."""
    folder = f"{SCRIPT_FOLDER}/"
    return script_of({path.removeprefix(folder): content for path, content in files.items() if path.startswith(folder)})


def catalog_path(language: str) -> str:
    return f"{LOCALES_FOLDER}/{language}/LC_MESSAGES/hotline.po"


def examples_path(language: str) -> str:
    return f"{LOCALES_FOLDER}/{language}/examples.toml"


def recording_path(language: str, digest: str) -> str:
    return f"{LOCALES_FOLDER}/{language}/recordings/{digest}.wav"


def applied(files: Files, changes: Iterable[Change], blob: Callable[[str], bytes]) -> Applied:
    """The files with all changes made that can be. `blob` gives the content of a digest.

    Catalogs are not brought up to date with English that has changed; `brought_up_to_date` does so.
    """
    work = _Work(dict(files), blob)
    by_kind = {kind: [change for change in changes if kind_of(change.key) == kind] for kind in KINDS}
    for kind, of_kind in by_kind.items():
        for change in of_kind:
            try:
                _MAKE[kind](work, parts_of(change.key), change)
            except (EditError, PoError, ScriptError, ValueError, KeyError, TypeError) as error:
                work.refused[change.key] = str(error)
    return Applied(work.files, work.refused)


def brought_up_to_date(files: Files) -> dict[str, bytes]:
    """The files with the catalogs of today's English: what is stale in them is marked, and nothing is lost.

    Raises ScriptError, or PoError.
    """
    script = script_in(files)
    template = make_template(script)
    catalogs = {
        path: catalog_editing.brought_up_to_date(_text(files, path), template, language)
        for code, language in script.languages.items()
        if (path := catalog_path(code)) in files
    }
    return {**files, **{path: text.encode() for path, text in catalogs.items()}}


@dataclass(slots=True)
class _Work:
    """The files as they are being changed. The script is read anew where a file of it was changed."""

    files: dict[str, bytes]
    blob: Callable[[str], bytes]
    refused: dict[str, str] = field(default_factory=dict)
    # The English before, of messages that were worded anew with the same meaning.
    reworded: dict[str, str] = field(default_factory=dict)
    _script: Script | None = None

    @property
    def script(self) -> Script:
        if self._script is None:
            self._script = script_in(self.files)
        return self._script

    def text(self, path: str) -> str:
        return _text(self.files, path)

    def write(self, path: str, text: str) -> None:
        self.put(path, text.encode())

    def put(self, path: str, content: bytes | None) -> None:
        """Writes a file, or removes it where there is no content. Raises EditError."""
        if not is_path(path):
            raise EditError(f"{path!r} cannot be a file of a release")
        if content is None:
            self.files.pop(path, None)
        else:
            self.files[path] = content
        if path.startswith(f"{SCRIPT_FOLDER}/"):
            self._script = None


def _text(files: Files, path: str) -> str:
    if path not in files:
        raise EditError(f"there is no {path}")
    return files[path].decode("utf-8")


def _file(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    work.put(parts[0], None if change.value is None else work.blob(str(change.value["blob"])))


def _source(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    value = _value(change)
    url = value.get("url")
    path = f"{SCRIPT_FOLDER}/sources.toml"
    work.write(
        path,
        script_editing.with_source(work.text(path), parts[0], str(value["title"]), None if url is None else str(url)),
    )


def _organisation(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    """A new one is added with all that it needs; fields of one that has gone meanwhile are refused."""
    path, fields = f"{SCRIPT_FOLDER}/organisations.toml", _fields(change)
    is_new = parts[0] not in work.script.organisations and fields.keys() >= _NEEDED_OF_ORGANISATION
    edit = script_editing.with_table_added if is_new else script_editing.with_fields
    work.write(path, edit(work.text(path), parts[0], fields))


def _town(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    path = f"{SCRIPT_FOLDER}/towns.toml"
    work.write(path, script_editing.with_fields(work.text(path), parts[0], _fields(change)))


def _english(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    value, message = _value(change), work.script.messages[parts[0]]
    path, text = f"{SCRIPT_FOLDER}/{message.file}", " ".join(str(value["text"]).split())
    if text == message.text:
        return
    work.write(path, script_editing.with_text(work.text(path), message, text))
    if value.get("meaning") == MEANING_SAME:
        work.reworded[message.id] = message.text
        for code in work.script.languages:
            if (catalog := catalog_path(code)) in work.files:
                work.write(
                    catalog,
                    catalog_editing.reworded(work.text(catalog), message.id, message.text, text, change.at.date()),
                )


def _provenance(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    value, message = _value(change), work.script.messages[parts[0]]
    path = f"{SCRIPT_FOLDER}/{message.file}"
    work.write(path, script_editing.with_provenance(work.text(path), message, provenance_of(value)))


def provenance_of(value: Fields) -> Provenance:
    """What a change of the kind `provenance` says. Raises ValueError or KeyError."""
    doubt = value.get("doubt")
    return Provenance(
        sources=tuple(map(str, cast("Iterable[object]", value["sources"]))),
        as_of=date.fromisoformat(str(value["as_of"])),
        review_by=date.fromisoformat(str(value["review_by"])),
        needs_lawyer_review=bool(value.get("needs_lawyer_review")),
        doubt=str(doubt) if doubt else None,
    )


def _translation(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    """One that was made of another English than today's is stale, unless that was only worded anew."""
    language, id = parts
    value, path, today = _value(change), catalog_path(language), work.script.messages[id].text
    made_from = str(value.get("of") or today)
    po = catalog_editing.with_translation(work.text(path), id, made_from, str(value["text"]), reviewed=False)
    if made_from == work.reworded.get(id):
        po = catalog_editing.reworded(po, id, made_from, today, change.at.date())
    work.write(path, po)


def _reviewed(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    language, id = parts
    path = catalog_path(language)
    if catalog_editing.translation_of(work.text(path), id) != _value(change)["text"]:
        raise EditError("the translation is another now than the one that was reviewed; review it again")
    work.write(path, catalog_editing.with_reviewed(work.text(path), id, reviewed=True))


def _recording(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    work.put(recording_path(*parts), None if change.value is None else work.blob(str(change.value["sound"])))


def _example(work: _Work, parts: tuple[str, ...], change: Change) -> None:
    value, path = _value(change), examples_path(parts[0])
    text, topic, content = str(value["text"]), str(value["topic"]), work.text(path)
    # A text means one thing: it leaves the topic under which it stood.
    before = topic_of(content, text)
    if before and (before != topic or value.get("removed")):
        content = script_editing.without_example(content, before, text)
    if not value.get("removed"):
        content = script_editing.with_example(content, topic, text)
    work.write(path, content)


def _notice(work: _Work, parts: tuple[str, ...], change: Change) -> None:  # noqa: ARG001 - there is one notice
    path = f"{SCRIPT_FOLDER}/{NOTICE_FILE}"
    if change.value is None:
        work.put(path, None)
    else:
        texts = cast("Mapping[str, str]", change.value["texts"])
        notice = Notice(datetime.fromisoformat(str(change.value["until"])), texts)
        work.write(path, notice_file(notice))


def _value(change: Change) -> Fields:
    if change.value is None:
        raise EditError("this can be changed but not removed")
    return change.value


def _fields(change: Change) -> Mapping[str, script_editing.FieldValue]:
    """The fields with days as days; in a draft they are texts."""
    days, fields = {"as_of", "review_by", "test_called"}, _value(change)
    return {
        name: date.fromisoformat(str(value)) if name in days and value else cast("script_editing.FieldValue", value)
        for name, value in fields.items()
    }


_MAKE: Mapping[str, Callable[[_Work, tuple[str, ...], Change], None]] = {
    "file": _file,
    "source": _source,
    "organisation": _organisation,
    "town": _town,
    "text": _english,
    "provenance": _provenance,
    "translation": _translation,
    "reviewed": _reviewed,
    "recording": _recording,
    "example": _example,
    "notice": _notice,
}
