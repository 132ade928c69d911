"""Edits of one PO file's text: of one message each, or of all. What is not edited stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import polib
from babel.messages.catalog import Catalog

from hotline.catalogs.catalog import REVIEWED, REWORDED, same_placeholders
from hotline.catalogs.merge import merge
from hotline.catalogs.pofile import UNPRINTABLE, PoError, read_text, text_of
from hotline.script.editing import MOST_CHARACTERS, EditError
from hotline.script.model import Language

_PLACE = "the catalog"
_HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
_BLANKS = re.compile(r"[ \t\r\n]+")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def translation_of(po: str, message_id: str) -> str | None:
    """The translation of a message, current or not; None where the catalog does not hold it. Raises PoError."""
    alone = _alone(po, message_id)
    entry = _entry(alone[1] if alone else read_text(_PLACE, po), message_id)
    return None if entry is None else entry.msgstr


def as_written(text: str) -> str:
    """A translation as a catalog keeps it: on one line. Raises EditError where it cannot be said."""
    line = _fit(on_one_line(text), "translation")
    if not line:
        raise EditError("the translation is empty; write one")
    return line


def as_note(note: str) -> str:
    """A translator's note as a catalog keeps it. Raises EditError where it cannot."""
    lines = _fit(_lines(*map(on_one_line, note.splitlines())), "note")
    return _without(lines, REVIEWED, REWORDED)


def on_one_line(text: str) -> str:
    """The text without line breaks; blanks at which no line may break are kept, as they belong to some languages."""
    return _BLANKS.sub(" ", text).strip()


def with_translation(po: str, message_id: str, source: str, text: str, *, reviewed: bool) -> str:
    """The catalog with a translation of `source`, today's English. Raises EditError or PoError."""
    line = as_written(text)

    def translate(entry: polib.POEntry) -> None:
        entry.msgid, entry.msgstr = source, line
        entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
        entry.previous_msgctxt = entry.previous_msgid = None
        entry.tcomment = _lines(note_of(entry), REVIEWED if reviewed else "")

    return _edited(po, message_id, translate, absent=polib.POEntry(msgctxt=message_id))


def with_reviewed(po: str, message_id: str, *, reviewed: bool) -> str:
    """The catalog with a translation marked as reviewed, or not. Raises EditError or PoError."""

    def mark(entry: polib.POEntry) -> None:
        if reviewed and (entry.fuzzy or not entry.msgstr.strip()):
            raise EditError(f"{message_id!r} has no translation of today's English; translate it first")
        kept = _without(entry.tcomment, REVIEWED)
        entry.tcomment = _lines(kept, REVIEWED if reviewed else "")

    return _edited(po, message_id, mark)


def with_note(po: str, message_id: str, note: str) -> str:
    """The catalog with another note of the translators on a message. Raises EditError or PoError."""
    lines = as_note(note)

    def annotate(entry: polib.POEntry) -> None:
        marks = [line for line in entry.tcomment.split("\n") if not _without(line, REVIEWED, REWORDED)]
        entry.tcomment = _lines(lines, *marks)

    return _edited(po, message_id, annotate)


def note_of(entry: polib.POEntry) -> str:
    """What translators have noted on a message, without the marks that say how far it is."""
    return _without(entry.tcomment, REVIEWED, REWORDED)


def reworded(po: str, message_id: str, source_before: str, source_after: str, day: date) -> str:
    """The catalog after another wording of the English, which means the same: its translation stays current.

    One that was not current before is left as it is, and so is all where the placeholders have changed. Raises PoError.
    """

    def keep(entry: polib.POEntry) -> None:
        if entry.msgid == source_before and not entry.fuzzy and entry.msgstr:
            entry.msgid = source_after
            entry.tcomment = _lines(_without(entry.tcomment, REWORDED), f"{REWORDED}{day.isoformat()}")

    if not same_placeholders(source_before, source_after):
        return po
    try:
        return _edited(po, message_id, keep)
    except EditError:
        return po


def brought_up_to_date(po: str, template: Catalog, language: Language) -> str:
    """The catalog of today's English, as `merge` makes it. Raises PoError."""
    return text_of(merge(read_text(_PLACE, po), template, language))


def _edited(
    po: str, message_id: str, edit: Callable[[polib.POEntry], None], absent: polib.POEntry | None = None
) -> str:
    """The catalog with one entry edited; `absent` is added where there is none."""
    if alone := _alone(po, message_id):
        lines, file = alone
        edit(file[0])
        return po[: lines.start] + text_of(file).partition("\n\n")[2] + po[lines.stop :]
    file = read_text(_PLACE, po)
    entry = _entry(file, message_id) or absent
    if entry is None:
        raise EditError(f"the catalog does not hold {message_id!r}; bring it up to date first: hotline catalog update")
    edit(entry)
    # The same English may have been in use before; only one entry may hold it.
    file[:] = [other for other in file if not (other.obsolete and _key(other) == _key(entry))]
    if entry is absent:
        file.append(entry)
    return text_of(file)


def _alone(po: str, message_id: str) -> tuple[slice, polib.POFile] | None:
    """Where the lines of an entry stand, and a file of it alone; None where only all of the catalog tells.

    To read the lines of one entry takes a fraction of the time: many may be edited in a row.
    """
    context = rf'^[ \t]*(?:#~[ \t]*)?msgctxt[ \t]*"{re.escape(polib.escape(message_id))}"'
    found = [*re.finditer(context, po, re.MULTILINE)]
    if len(found) != 1 or "\r" in po:
        return None
    above, below = po.rfind("\n\n", 0, found[0].start()), po.find("\n\n", found[0].end())
    start, end = above + 2, below + 1 or len(po)
    is_torn = _ends_in_a_comment(po[:start]) or _ends_in_a_comment(po[:end]) or po[end:].lstrip().startswith('"')
    if above < 0 or is_torn:
        return None
    try:
        file = read_text(_PLACE, _HEADER + po[start:end])
    except PoError:
        return None
    is_alone = len(file) == 1 and file[0].msgctxt == message_id and not file[0].obsolete
    return (slice(start, end), file) if is_alone else None


def _ends_in_a_comment(lines: str) -> bool:
    """Whether the last line belongs to the entry below it."""
    last = lines.rstrip().rpartition("\n")[2]
    return last.startswith("#") and not last.startswith("#~")


def _entry(file: polib.POFile, message_id: str) -> polib.POEntry | None:
    return next((entry for entry in file if entry.msgctxt == message_id and not entry.obsolete), None)


def _fit(text: str, what: str) -> str:
    if found := UNPRINTABLE.search(text) or _SURROGATE.search(text):
        raise EditError(f"the {what} holds an invisible character (U+{ord(found[0]):04X}); delete it")
    if len(text) > MOST_CHARACTERS:
        raise EditError(f"the {what} has {len(text):,} characters; shorten it to {MOST_CHARACTERS:,} at most")
    return text


def _key(entry: polib.POEntry) -> tuple[str | None, str]:
    return entry.msgctxt, entry.msgid


def _without(comment: str, *marks: str) -> str:
    return "\n".join(line for line in comment.split("\n") if not line.strip().casefold().startswith(marks))


def _lines(*comments: str) -> str:
    return "\n".join(comment for comment in comments if comment)
