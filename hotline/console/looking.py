"""A text as somebody is writing it: what is wrong with it, and how it would be read and heard. Nothing is saved."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from hotline.catalogs.agreement import disagreements
from hotline.catalogs.catalog import Catalogs, State
from hotline.catalogs.checks import Standards
from hotline.catalogs.editing import on_one_line
from hotline.catalogs.findings import Remark, Severity
from hotline.catalogs.names import English, english_of
from hotline.catalogs.pofile import UNPRINTABLE
from hotline.channels.text import MOST_CHARACTERS
from hotline.checks import findings_on, standards_in
from hotline.console.previews import Preview, preview_of
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.releases.files import SCRIPT_FOLDER
from hotline.script.loader import DATA
from hotline.script.model import Message, Script
from hotline.script.placeholders import placeholders_in
from hotline.script.validation import problems_of

# Where the validation found something; here that is known.
_PLACE = re.compile(r"^[\w./-]+(?: \[[^\]]*\])?: (?:message '[^']*': )?")
_READ_FROM = ("alphabets.toml", "commands.toml", "glossary.toml")


@dataclass(frozen=True, slots=True)
class Looked:
    """A text in a language. `preview` is None where it cannot be said, `is_unfit` where it cannot even be kept.

    `out_of_step` are the languages whose translation would not agree any more with this English, if it were kept.
    """

    language: str
    text: str
    remarks: tuple[Remark, ...]
    preview: Preview | None
    out_of_step: tuple[str, ...] = ()
    is_unfit: bool = False

    @property
    def is_wrong(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self.remarks)


class _Rules:
    """What texts are held to, read again only where a release or a draft has other data for it."""

    def __init__(self) -> None:
        self._known: tuple[tuple[bytes, ...], Standards] | None = None

    def of(self, drafted: Drafted) -> Standards:
        data = tuple(content for path, content in sorted(drafted.files.items()) if path.endswith(_READ_FROM))
        known = self._known
        if known is None or known[0] != data:
            content = drafted.content
            known = (data, standards_in(content.script, content.locales, _data_beside(content.locales)))
            self._known = known
        return known[1]


_RULES = _Rules()


def rules_of(drafted: Drafted) -> Standards:
    """What the texts of a draft are held to."""
    return _RULES.of(drafted)


def look(content: Content, standards: Standards, language: str, id: str, text: str, *, at: datetime) -> Looked:
    """Raises KeyError where there is no such message or language."""
    tried = _tried(content, language, id, text)
    if isinstance(tried, _Unsayable):
        return Looked(language, tried.text, tried.remarks, None, is_unfit=True)
    may_be_said = tried.catalogs.state(language, id) is State.CURRENT
    alphabets = standards.alphabets
    return Looked(
        language,
        tried.text,
        remarks=_remarks(tried, standards, language, id, english_of(tried.script)),
        preview=preview_of(tried.script, tried.catalogs, alphabets, language, id, at=at) if may_be_said else None,
        out_of_step=out_of_step(content, id, tried.text) if language == content.script.source_language else (),
    )


def remarks_on(
    content: Content, standards: Standards, language: str, texts: Mapping[str, str]
) -> Mapping[str, tuple[Remark, ...]]:
    """What is wrong with translations, by the ids of their messages, as `look` finds it."""
    english, found = english_of(content.script), dict[str, tuple[Remark, ...]]()
    for id, text in texts.items():
        tried = _tried(content, language, id, text)
        wrong = tried.remarks if isinstance(tried, _Unsayable) else _remarks(tried, standards, language, id, english)
        found[id] = wrong
    return found


def with_english(script: Script, message: Message, text: str) -> Script:
    """The script with another English of a message."""
    return replace(script, messages={**script.messages, message.id: replace(message, text=text)})


def out_of_step(content: Content, id: str, english: str) -> tuple[str, ...]:
    """The languages whose translation, as it is said now, would not agree with another English."""
    said = ((language, content.catalogs.text(language, id)) for language in content.catalogs.languages)
    return tuple(language for language, text in said if text and any(disagreements(english, text)))


@dataclass(frozen=True, slots=True)
class _Tried:
    """A script and its catalogs as they would be with a text."""

    text: str
    script: Script
    catalogs: Catalogs


@dataclass(frozen=True, slots=True)
class _Unsayable:
    """A text that no script or catalog can hold."""

    text: str
    remarks: tuple[Remark, ...]


def _tried(content: Content, language: str, id: str, text: str) -> _Tried | _Unsayable:
    script, message = content.script, content.script.messages[id]
    is_source = script.languages[language].code == script.source_language
    line = " ".join(text.split()) if is_source else on_one_line(text)
    wrong = tuple(_unsayable(line))
    if is_source and not wrong:
        script = with_english(script, message, line)
        wrong = tuple(_problems(script))
    return (
        _Unsayable(line, wrong) if wrong else _Tried(line, script, content.catalogs.trying(script, language, id, line))
    )


def _remarks(tried: _Tried, standards: Standards, language: str, id: str, english: English) -> tuple[Remark, ...]:
    found = findings_on(tried.script, tried.catalogs, standards, language, id, english=english)
    return tuple(Remark(one.what, one.remedy, one.severity) for one in found)


def _unsayable(text: str) -> Iterator[Remark]:
    """Why a text cannot even be tried."""
    if not text:
        yield Remark("the text is empty", "write one")
    elif len(text) > MOST_CHARACTERS:
        yield Remark(f"it has {len(text):,} characters", f"shorten it to {MOST_CHARACTERS:,} at most")
    elif found := UNPRINTABLE.search(text):
        yield Remark(f"it holds an invisible character (U+{ord(found[0]):04X})", "delete it")
    else:
        try:
            placeholders_in(text)
        except ValueError:
            yield Remark(
                "a brace stands alone, or a placeholder is not whole", "delete it, and insert it by its button"
            )


def _problems(script: Script) -> Iterator[Remark]:
    """Why a script could not be served with another English, which is all that is wrong with it."""
    for problem in problems_of(script):
        what, _, remedy = _PLACE.sub("", problem).partition("; ")
        yield Remark(what, remedy)


def _data_beside(locales: Path) -> Path:
    """The script's data of the same release; what is packaged stands elsewhere."""
    beside = locales.parent / SCRIPT_FOLDER
    return beside if beside.is_dir() else DATA
