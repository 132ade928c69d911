"""Brings PO files up to date with the script, as `msgmerge --previous` does, but by the message's context alone.

A translation stays with its message id. Where the English has changed it becomes fuzzy and keeps the English that it
translates as its previous text; where the message is gone it becomes obsolete, and comes back when the message does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import polib
from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as TemplateMessage
from babel.messages.plurals import get_plural

from hotline.catalogs.catalog import REVIEWED
from hotline.catalogs.pofile import read, text_of, write
from hotline.script.model import Language

_TEMPLATE_HEADER = """The texts of the hotline. Made by `hotline catalog extract`; do not edit.
The English is changed in hotline/script/data."""
_CATALOG_HEADER = f"""The texts of the hotline in one language. Brought up to date by `hotline catalog update`.
An entry is drafted without native review until it has the translator comment: # {REVIEWED}"""
_LAPSED = f"{REVIEWED}, of an earlier text"


def write_template(path: Path, template: Catalog) -> bool:
    """Writes the template. The same script gives the same bytes; False where the file holds them already."""
    file = polib.POFile(wrapwidth=0)
    file.header = _TEMPLATE_HEADER
    file.metadata = _metadata()
    file.metadata_is_fuzzy = True
    file.extend(_entry(message) for message in template if message.id)
    return write(path, text_of(file))


def update(path: Path, template: Catalog, language: Language) -> bool:
    """Brings a PO file up to date, or makes it. False where it was so already. Raises PoError for a broken file."""
    former = read(path) if path.exists() else None
    return write(path, text_of(merge(former, template, language)))


def merge(former: polib.POFile | None, template: Catalog, language: Language) -> polib.POFile:
    """The catalog in the order of the template, with all that `former` holds."""
    merged = polib.POFile(wrapwidth=0)
    merged.header = _CATALOG_HEADER if former is None else former.header
    fresh = _metadata(language)
    written = {name: fresh[name] for name in ("MIME-Version", "Content-Type", "Content-Transfer-Encoding")}
    merged.metadata = fresh | ({} if former is None else former.metadata) | written
    if former is not None:
        merged.metadata_is_fuzzy = former.metadata_is_fuzzy
    by_context: dict[str, list[polib.POEntry]] = {}
    for entry in former or ():
        by_context.setdefault(entry.msgctxt, []).append(entry)
    kept = set()
    for message in template:
        if message.id:
            own = _own(message, by_context.get(str(message.context), ()))
            kept.add(id(own))
            merged.append(_translated(_entry(message), own))
    merged.extend(
        _obsolete(entry) for entry in former or () if id(entry) not in kept and (entry.msgstr or entry.tcomment)
    )
    return merged


def _own(message: TemplateMessage, candidates: Sequence[polib.POEntry]) -> polib.POEntry | None:
    """The former entry of a message: that of the same English, else the one in use, else the latest obsolete one."""
    ranked = sorted(candidates, key=lambda entry: (entry.msgid == message.id, not entry.obsolete))
    return ranked[-1] if ranked else None


def _translated(entry: polib.POEntry, own: polib.POEntry | None) -> polib.POEntry:
    """A template's entry with the translation that its message has had so far."""
    if own is None:
        return entry
    entry.tcomment, entry.msgstr = own.tcomment, own.msgstr
    if not own.msgstr or (own.msgid == entry.msgid and not own.fuzzy):
        return entry
    entry.flags = ["fuzzy", *entry.flags]
    if own.fuzzy:
        entry.previous_msgctxt, entry.previous_msgid = own.previous_msgctxt, own.previous_msgid
    else:
        entry.previous_msgctxt, entry.previous_msgid = own.msgctxt, own.msgid
        entry.tcomment = re.sub(rf"^{REVIEWED}$", _LAPSED, own.tcomment, flags=re.IGNORECASE | re.MULTILINE)
    return entry


def _obsolete(entry: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgstr=entry.msgstr,
        tcomment=entry.tcomment,
        flags=list(entry.flags),
        previous_msgctxt=entry.previous_msgctxt if entry.fuzzy else None,
        previous_msgid=entry.previous_msgid if entry.fuzzy else None,
        obsolete=True,
    )


def _entry(message: TemplateMessage) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=message.context,
        msgid=message.id,
        comment="\n".join(message.auto_comments),
        occurrences=[(file, "") for file, _ in message.locations],
        flags=sorted(message.flags),
    )


def _metadata(language: Language | None = None) -> dict[str, str]:
    """The header of a new file; what is still to be filled in stands as gettext's own tools write it."""
    own = (
        {"Language": str(language.locale), "Plural-Forms": _plural_forms(language.locale)}
        if language
        else {"Language": ""}
    )
    return {
        "Project-Id-Version": "hotline",
        "PO-Revision-Date": "YEAR-MO-DA HO:MI+ZONE",
        "Last-Translator": "FULL NAME <EMAIL@ADDRESS>",
        "Language-Team": "LANGUAGE <LL@li.org>",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        **own,
    }


def _plural_forms(locale: Locale) -> str:
    """Babel's rule. It has none for Albanian and Haitian Creole; its default (n != 1) is right for both."""
    try:
        return get_plural(locale).plural_forms
    except (UnknownLocaleError, ValueError):
        return get_plural("en").plural_forms
