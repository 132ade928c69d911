"""Catalogs that leave for translators' tools and come back, as PO or CSV: what would change, before anything does."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

import polib

from hotline.catalogs.catalog import Entry, State, entries_of, same_placeholders, state_of
from hotline.catalogs.editing import (
    as_note,
    as_written,
    note_of,
    on_one_line,
    with_note,
    with_reviewed,
    with_translation,
)
from hotline.catalogs.pofile import LARGEST, PoError, read_text, text_of
from hotline.script.editing import EditError
from hotline.script.model import Language, Script

MOST_LINES = 100_000
LONGEST_LINE = 100_000
NEEDED_COLUMNS = ("id", "english", "translation")
COLUMNS = (*NEEDED_COLUMNS, "state", "note")
REVIEWED_STATE = "reviewed"

_PLACE = "the file"
_STATES = frozenset({*State, REVIEWED_STATE})
_FINISHED = frozenset({State.CURRENT, REVIEWED_STATE})
# What pybabel makes of a previous text: #| msgid "..." becomes a comment.
_PREVIOUS_AS_NOTE = re.compile(r'^\|\s*(?:msg\w+\s*)?".*"$\n?', re.MULTILINE)
# A spreadsheet takes a cell that begins so for a formula. Source: OWASP, CSV injection.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_DELIMITERS = (",", ";", "\t")
_ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Of what a file calls things by, an error repeats the beginning.
_NAMED = 60
_SAVE_AS = "save it with the encoding UTF-8 (in a spreadsheet: CSV UTF-8)"


class ExchangeError(ValueError):
    """An uploaded file cannot be used at all. The text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an uploaded file would change, by message ids; what it says no more of stays as it is.

    `translations` are of today's English; of these, `unfuzzied` have the words that the catalog has already, and are
    only said to be right for it. `reviewed` are newly marked so, and `notes` are the translators'. Left as they are:
    what is no message of the script (`unknown`), what translates an English that is not today's (`outdated`), what is
    empty there or marked as fuzzy (`unfinished`), and what cannot be used, of which `problems` says why.
    """

    translations: Mapping[str, str] = field(default_factory=dict)
    unfuzzied: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    outdated: tuple[str, ...] = ()
    unfinished: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def changes_nothing(self) -> bool:
        return not (self.translations or self.reviewed or self.notes)


def export_po(po: str) -> bytes:
    """A catalog for translators' tools, with all that it holds. Raises PoError."""
    return text_of(read_text("the catalog", po)).encode()


def export_csv(po: str, script: Script) -> bytes:
    """A catalog for a spreadsheet: a row for each message, none of which is run as a formula. Raises PoError."""
    catalog = _Catalog.of(po)
    output = io.StringIO(newline="")
    writer = csv.writer(output)
    writer.writerow(COLUMNS)
    for message in script.messages.values():
        entry = catalog.entries.get(message.id)
        state: str = state_of(message, entry)
        if state == State.CURRENT and entry and entry.reviewed:
            state = REVIEWED_STATE
        cells = (message.id, message.text, entry.text if entry else "", state, catalog.notes.get(message.id, ""))
        writer.writerow(_safe(cell) for cell in cells)
    return output.getvalue().encode("utf-8-sig")


def imported(po_now: str, uploaded: bytes, script: Script, language: Language) -> Imported:
    """What a PO file would change in a catalog. Raises ExchangeError, or PoError for the catalog."""
    text = _text(uploaded)
    try:
        file = read_text(_PLACE, text)
    except PoError as error:
        what = str(error) if "msgid" in text else "this is no PO file; upload one that was downloaded here"
        raise ExchangeError(what) from error
    _refuse_another_language(file, language)
    return _compared(_Catalog.of(po_now), _offered_by(file), script)


def imported_csv(po_now: str, uploaded: bytes, script: Script) -> Imported:
    """What a CSV file would change in a catalog. Raises ExchangeError, or PoError for the catalog."""
    return _compared(_Catalog.of(po_now), tuple(_rows(_text(uploaded))), script)


def with_imported(po: str, found: Imported, script: Script) -> str:
    """The catalog with what was found in an uploaded file. Raises EditError or PoError."""
    for id, text in found.translations.items():
        po = with_translation(po, id, script.messages[id].text, text, reviewed=id in found.reviewed)
    for id in found.reviewed:
        po = with_reviewed(po, id, reviewed=True)
    for id, note in found.notes.items():
        po = with_note(po, id, note)
    return po


def problem_of(text: str, source: str) -> str:
    """Why a text could not be said as the translation of `source`; empty where it could."""
    try:
        as_written(text)
    except EditError as error:
        return str(error)
    return "" if same_placeholders(source, text) else f"its placeholders are not those of the English: {source}"


@dataclass(frozen=True, slots=True)
class _Catalog:
    """The catalog as it is. `obsolete` holds (message id, translation) of what is in use no more."""

    entries: Mapping[str, Entry]
    notes: Mapping[str, str]
    obsolete: frozenset[tuple[str | None, str]]

    @classmethod
    def of(cls, po: str) -> _Catalog:
        file = read_text("the catalog", po)
        return cls(
            entries=entries_of(file),
            notes={entry.msgctxt: note_of(entry) for entry in file if entry.msgctxt and not entry.obsolete},
            obsolete=frozenset((entry.msgctxt, entry.msgstr) for entry in file if entry.obsolete),
        )

    def holds(self, id: str, text: str) -> bool:
        """Whether it has this translation of a message, in use or not."""
        now = self.entries.get(id)
        return (now is not None and now.text == text) or (id, text) in self.obsolete


@dataclass(frozen=True, slots=True)
class _Offered:
    """A translation in an uploaded file. Where it does not say whether it `is_finished`, a new text is."""

    id: str
    source: str
    text: str
    is_finished: bool | None
    reviewed: bool
    note: str


class _Kind(Enum):
    """What becomes of an offered translation."""

    TRANSLATION = auto()
    UNFUZZIED = auto()
    REVIEWED = auto()
    NOTE = auto()
    UNKNOWN = auto()
    OUTDATED = auto()
    UNFINISHED = auto()
    PROBLEM = auto()


@dataclass(frozen=True, slots=True)
class _Finding:
    """`text` is the translation, the note, or what is wrong."""

    kind: _Kind
    id: str
    text: str = ""


def _compared(catalog: _Catalog, offers: Iterable[_Offered], script: Script) -> Imported:
    found = [finding for offer in offers for finding in _findings(catalog, offer, script)]

    def ids(kind: _Kind) -> tuple[str, ...]:
        return tuple(finding.id for finding in found if finding.kind is kind)

    def texts(kind: _Kind) -> dict[str, str]:
        return {finding.id: finding.text for finding in found if finding.kind is kind}

    return Imported(
        translations=texts(_Kind.TRANSLATION),
        unfuzzied=ids(_Kind.UNFUZZIED),
        reviewed=ids(_Kind.REVIEWED),
        notes=texts(_Kind.NOTE),
        unknown=ids(_Kind.UNKNOWN),
        outdated=ids(_Kind.OUTDATED),
        unfinished=ids(_Kind.UNFINISHED),
        problems=tuple(f"{id}: {what}" if id else what for id, what in texts(_Kind.PROBLEM).items()),
    )


def _findings(catalog: _Catalog, offer: _Offered, script: Script) -> Iterator[_Finding]:
    if not offer.id:
        what = "it has texts that do not say which message they translate (msgctxt); upload a file downloaded here"
        yield _Finding(_Kind.PROBLEM, "", what)
    elif offer.id in script.messages:
        source = script.messages[offer.id].text
        of_text = tuple(_of_text(catalog.entries.get(offer.id), offer, source))
        yield from of_text
        if offer.id in catalog.entries or of_text:
            yield from _of_note(catalog.notes.get(offer.id, ""), offer)
    elif offer.text.strip() and not catalog.holds(offer.id, offer.text):
        yield _Finding(_Kind.UNKNOWN, offer.id)


def _of_text(now: Entry | None, offer: _Offered, source: str) -> Iterator[_Finding]:
    """What becomes of a translation of a message whose English is `source`."""
    text = on_one_line(offer.text)
    is_same = text == (on_one_line(now.text) if now else "")
    is_current = now is not None and now.source == source and not now.fuzzy and bool(text)
    is_taken = not is_same or (offer.is_finished is True and not is_current)
    if is_same and (not text or offer.source != source):
        return
    if not text:
        yield _Finding(_Kind.UNFINISHED, offer.id)
    elif offer.source != source:
        yield _Finding(_Kind.OUTDATED, offer.id)
    elif offer.is_finished is False:
        if is_current or not is_same:
            yield _Finding(_Kind.UNFINISHED, offer.id)
    elif is_taken and (problem := problem_of(text, source)):
        yield _Finding(_Kind.PROBLEM, offer.id, problem)
    else:
        if is_taken:
            yield _Finding(_Kind.TRANSLATION, offer.id, text)
        if is_taken and is_same:
            yield _Finding(_Kind.UNFUZZIED, offer.id)
        if offer.reviewed and not (now and now.reviewed) and (is_taken or is_current):
            yield _Finding(_Kind.REVIEWED, offer.id)


def _of_note(now: str, offer: _Offered) -> Iterator[_Finding]:
    try:
        note = as_note(offer.note)
    except EditError as error:
        yield _Finding(_Kind.PROBLEM, offer.id, str(error))
    else:
        if note and note != now:
            yield _Finding(_Kind.NOTE, offer.id, note)


def _offered_by(file: polib.POFile) -> Iterator[_Offered]:
    entries = entries_of(file)
    for entry in file:
        if entry.obsolete:
            continue
        read = entries.get(entry.msgctxt or "")
        yield _Offered(
            id=entry.msgctxt or "",
            source=entry.msgid,
            text=entry.msgstr,
            is_finished=not entry.fuzzy,
            reviewed=read is not None and read.reviewed,
            note=_PREVIOUS_AS_NOTE.sub("", note_of(entry)),
        )


def _refuse_another_language(file: polib.POFile, language: Language) -> None:
    named = file.metadata.get("Language", "")
    base = re.split(r"[_@.-]", named.strip().casefold())[0]
    if base and base not in {language.code.casefold(), language.locale.language.casefold()}:
        shown = named[:_NAMED]
        raise ExchangeError(f"its header says that it is of another language ({shown}); upload that of {language.name}")


def _rows(text: str) -> Iterator[_Offered]:
    """The rows of a CSV file, by the names of its columns. Raises ExchangeError."""
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    seen: set[str] = set()
    try:
        names = _columns(next(reader, []))
        for cells in reader:
            if any(cells):
                yield _row(names, cells, seen)
    except (csv.Error, ValueError) as error:
        raise ExchangeError(f"{_PLACE}, line {reader.line_num}: {error}") from error


def _columns(cells: list[str]) -> list[str]:
    """Raises ValueError."""
    names = [cell.strip().casefold() for cell in cells]
    if missing := [column for column in NEEDED_COLUMNS if column not in names]:
        raise ValueError(f"the columns are named {', '.join(COLUMNS)}; {missing[0]!r} is missing")
    return names


def _row(names: list[str], values: list[str], seen: set[str]) -> _Offered:
    """Raises ValueError."""
    if len(values) != len(names):
        raise ValueError(f"it has {len(values)} cells, and the first line names {len(names)} columns")
    cells = dict(zip(names, map(_unsafe, values), strict=True))
    id, state = cells["id"].strip(), cells.get("state", "").strip().casefold()
    if id in seen:
        raise ValueError(f"the message {id[:_NAMED]!r} stands in two rows; delete one of them")
    seen.add(id)
    if state and state not in _STATES:
        raise ValueError(f"{state[:_NAMED]!r} is no state; write one of {', '.join(sorted(_STATES))}")
    return _Offered(
        id=id,
        source=on_one_line(cells["english"]),
        text=cells["translation"],
        is_finished=True if state in _FINISHED else None,
        reviewed=state == REVIEWED_STATE,
        note=cells.get("note", "").replace("\r\n", "\n").strip(),
    )


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell


def _unsafe(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def _text(uploaded: bytes) -> str:
    """The text of an uploaded file. Raises ExchangeError, before anything costly is done."""
    if not uploaded.strip():
        raise ExchangeError("the file is empty; upload one that was downloaded here")
    if len(uploaded) > LARGEST:
        raise ExchangeError(f"it has more than {LARGEST:,} bytes, too many for a catalog; upload the right file")
    if uploaded.startswith(_ARCHIVES):
        raise ExchangeError("this is an archive or a spreadsheet, not a text; export PO or CSV, and upload that")
    if uploaded.startswith(_UTF_16) or b"\0" in uploaded:
        raise ExchangeError(f"this is UTF-16, or no text at all; {_SAVE_AS}")
    try:
        text = uploaded.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = uploaded.count(b"\n", 0, error.start) + 1
        raise ExchangeError(f"{_PLACE}, line {line}: this is not UTF-8; {_SAVE_AS}") from error
    lines = re.split(r"\r\n|\r|\n", text)
    if len(lines) > MOST_LINES or len(max(lines, key=len)) > LONGEST_LINE:
        raise ExchangeError("its lines are too many or too long for a catalog; upload the right file")
    return text
