"""Reads the script into a gettext template: context = message id, msgid = English, comments = what translators need."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as TemplateMessage

from hotline.script.loader import load_script
from hotline.script.model import Message, Provenance, Script
from hotline.script.placeholders import placeholders_in

SCRIPT_FOLDER = "hotline/script/data"

# Characters in a single SMS, and in each segment of a longer one. Source: 3GPP TS 23.040, 9.2.3.24.1.
_GSM_7 = (160, 153)
_UCS_2 = (70, 67)

_KINDS = {
    "phone": "the phone number of",
    "text": "the number for texts of",
    "name": "the name of",
    "url": "the web address of",
}
_WORDS = {
    "key": "the key to press or to send",
    "choice": "the title of a menu or a topic, translated",
    "date": "a day, written as is usual in the language",
    "day": "a day of the week, as it stands alone",
    "time": "a time of day, written as is usual in the language",
    "closes": "the time of day at which it closes, written as is usual in the language",
    "town": "the name of a town",
    "towns": "a list of towns, joined as is usual in the language",
    "card": "the address of the card for the door",
    "number": "the line's own telephone number",
    "organisation": "the name of an organisation",
    "contact": "where to reach who answers for the line: an address",
}

Extracted = tuple[int, str, tuple[str, str], list[str]]


def make_template(script: Script) -> Catalog:
    """The template of all catalogs, in the script's order. Its places have no line numbers: these change daily."""
    template = Catalog(project="hotline", charset="utf-8")
    for message in script.messages.values():
        entry = TemplateMessage(
            message.text,
            context=message.id,
            locations=[(f"{SCRIPT_FOLDER}/{message.file}", 0)],
            auto_comments=comments_of(script, message),
        )
        # Babel takes a sentence with "50% of" for a printf format, and msgfmt would then check it as one.
        entry.flags.discard("python-format")
        template[message.text] = entry
    return template


def extract(
    fileobj: BinaryIO,
    keywords: Collection[str],  # noqa: ARG001 - Babel gives them to every extractor
    comment_tags: Collection[str],  # noqa: ARG001
    options: Mapping[str, str],  # noqa: ARG001
) -> Iterator[Extracted]:
    """Babel's extraction method `hotline_script`: the entries of the template that come from one data file.

    Yields (1, "pgettext", (message id, English), comments). Raises ScriptError where the script cannot be served.
    """
    path = Path(fileobj.name).resolve()
    folder = path.parent.parent if path.parent.name == "topics" else path.parent
    place = f"{SCRIPT_FOLDER}/{path.relative_to(folder).as_posix()}", 0
    for entry in make_template(load_script(folder)):
        if place in entry.locations:
            yield 1, "pgettext", (str(entry.context), str(entry.id)), entry.auto_comments


def comments_of(script: Script, message: Message) -> tuple[str, ...]:
    """What a translator is told about a message, a line each."""
    return (
        message.note,
        _room(message),
        *(f"{{{name}}}: {_meaning(script, name)}" for name in dict.fromkeys(placeholders_in(message.text))),
        *(_sources(script, message.provenance) if message.provenance else ()),
    )


def _room(message: Message) -> str:
    segments = message.room
    if segments is None:
        return "Room: as much as is needed" if message.is_on_page else "Room: it is only spoken"
    gsm_7, ucs_2 = (sizes[0] if segments == 1 else sizes[1] * segments for sizes in (_GSM_7, _UCS_2))
    plural = "" if segments == 1 else "s"
    return f"Room: {segments} SMS segment{plural}: {gsm_7} characters in GSM-7, {ucs_2} in UCS-2"


def _meaning(script: Script, placeholder: str) -> str:
    kind, _, organisation = placeholder.partition(".")
    if kind in _KINDS and organisation in script.organisations:
        return f"{_KINDS[kind]} {script.organisations[organisation].name}"
    return _WORDS.get(placeholder, "filled in by the line")


def _sources(script: Script, provenance: Provenance) -> Iterator[str]:
    for source in provenance.sources:
        yield f"Source: {script.sources[source].title}"
    yield f"As of {provenance.as_of}, to be reviewed by {provenance.review_by}"
    if provenance.needs_lawyer_review:
        yield "A lawyer has yet to review this text"
