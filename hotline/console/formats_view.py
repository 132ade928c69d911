"""Catalogs that leave the draft and come back: what an uploaded file would change, before anything does. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from hotline.catalogs.catalog import State
from hotline.catalogs.checks import Standards
from hotline.catalogs.editing import brought_up_to_date
from hotline.catalogs.exchange import (
    ExchangeError,
    Imported,
    export_csv,
    export_po,
    imported,
    imported_csv,
    problem_of,
)
from hotline.catalogs.extract import make_template
from hotline.catalogs.findings import Remark, Severity
from hotline.console.fields import visible
from hotline.console.looking import remarks_on
from hotline.console.message_view import translation_changes
from hotline.console.naming import Name, groups_of
from hotline.console.word_diff import Words, word_diff
from hotline.releases.changes import catalog_path, key_of
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.script.model import Language
from hotline.store.drafts import Value

PO, CSV = "po", "csv"
KINDS = (PO, CSV)
# A file may hold any number of ids, of any length, that no message has.
MOST_UNKNOWN, LONGEST_UNKNOWN = 100, 80
# What `download` names its files; a spreadsheet adds to it, as in "hotline-es (1).csv".
_OWN_NAME = re.compile(r"hotline-([a-z-]+)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a language is in the draft, in messages."""

    language: Language
    current: int
    stale: int
    missing: int
    reviewed: int


@dataclass(frozen=True, slots=True)
class Offered:
    """A translation that an uploaded file has and the draft has not, or has for another English.

    `token` is what the form sends back of it.
    """

    name: Name
    english: str
    before: str
    text: str
    remarks: tuple[Remark, ...]
    token: str

    @property
    def words(self) -> Words:
        return word_diff(self.before, self.text)

    @property
    def is_same_text(self) -> bool:
        return self.before == self.text

    @property
    def is_wrong(self) -> bool:
        return any(remark.severity is Severity.ERROR for remark in self.remarks)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What would come of an uploaded file. What is left aside is named by messages, or by ids that no message has.

    Of these `unknown` has the first, as they can be shown; there are `unknowns` of them.
    """

    language: Language
    offered: tuple[Offered, ...]
    outdated: tuple[Name, ...]
    unfinished: tuple[Name, ...]
    reviewed: tuple[Name, ...]
    noted: tuple[Name, ...]
    unknown: tuple[str, ...]
    unknowns: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a form sends back of an offered translation. `of` is the English that it translates."""

    id: str
    text: str
    of: str
    seen: str

    def to_token(self) -> str:
        return json.dumps([self.id, self.text, self.of, self.seen], ensure_ascii=False)

    @classmethod
    def from_token(cls, token: str) -> Chosen | None:
        """None for what no page of ours made."""
        try:
            fields = json.loads(token)
            # Escapes can make halves of characters, which no page could show again.
            json.dumps(fields, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            return None
        is_ours = isinstance(fields, list) and len(fields) == 4 and all(isinstance(one, str) for one in fields)  # noqa: PLR2004 - its fields
        return cls(*fields) if is_ours else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Things that are to be changed, by their keys: to what, and the digests of what they were when that was decided.

    `outdated` translate an English that is not the draft's any more.
    """

    values: dict[str, Value]
    seen: dict[str, str]
    outdated: list[Chosen]


def progress_of(drafted: Drafted) -> tuple[Progress, ...]:
    content = drafted.content
    return tuple(_progress(drafted, content.script.languages[code]) for code in content.catalogs.languages)


def catalog_of(drafted: Drafted, language: str) -> str:
    """The PO file of a language in the draft, with all messages of the draft's English. Raises KeyError or PoError."""
    script = drafted.content.script
    po = drafted.files[catalog_path(language)].decode()
    return brought_up_to_date(po, make_template(script), script.languages[language])


def download_of(drafted: Drafted, language: str, kind: str) -> bytes:
    """The catalog of a language for translators. Raises KeyError or PoError."""
    po = catalog_of(drafted, language)
    return export_po(po) if kind == PO else export_csv(po, drafted.content.script)


def uploaded(drafted: Drafted, standards: Standards, language: str, file: bytes, kind: str) -> Uploaded:
    """What a file would change. Raises ExchangeError, KeyError or PoError."""
    script, po = drafted.content.script, catalog_of(drafted, language)
    spoken_in = script.languages[language]
    found = imported(po, file, script, spoken_in) if kind == PO else imported_csv(po, file, script)
    names = {name.id: name for group in groups_of(script) for name in group.names}

    def named(ids: Sequence[str]) -> tuple[Name, ...]:
        return tuple(names[id] for id in ids if id in names)

    unknown = [id for id in (*found.unknown, *found.outdated, *found.unfinished) if id not in names]
    return Uploaded(
        language=spoken_in,
        offered=tuple(_offered(drafted, standards, language, found, names)),
        outdated=named(found.outdated),
        unfinished=named(found.unfinished),
        reviewed=named(found.reviewed),
        noted=named(tuple(found.notes)),
        unknown=tuple(map(_shown, unknown[:MOST_UNKNOWN])),
        unknowns=len(unknown),
        problems=found.problems,
    )


def kind_of_file(name: str, start: bytes) -> str:
    """By its name, or where that says nothing, by how it begins."""
    ending = name.rpartition(".")[2].casefold()
    if ending in KINDS:
        return ending
    return PO if b"msgid" in start else CSV


def refuse_another_language(name: str, language: str, languages: Mapping[str, Language]) -> None:
    """Raises ExchangeError where a file's name says so: a CSV file does not say which language it is of."""
    found = _OWN_NAME.match(name)
    named = languages.get(found[1].casefold()) if found else None
    if named and named.code != language:
        own = languages[language].name
        raise ExchangeError(f"its name says that it is of another language ({named.name}); upload that of {own}")


def wanted_of(drafted: Drafted, language: str, chosen: Iterable[Chosen]) -> Wanted:
    """What is to be saved of what a form sends back. Raises ExchangeError for a text that no upload offers."""
    messages, wanted = drafted.content.script.messages, Wanted({}, {}, [])
    for one in chosen:
        if one.id not in messages or messages[one.id].text != one.of:
            wanted.outdated.append(one)
            continue
        if problem := problem_of(one.text, one.of):
            raise ExchangeError(f"{one.id}: {problem}")
        values = translation_changes(drafted, language, one.id, one.text)
        wanted.values.update(values)
        wanted.seen.update({key: digest_of_value(drafted.value(key)) for key in values})
        wanted.seen[key_of("translation", language, one.id)] = one.seen
    return wanted


def _offered(
    drafted: Drafted, standards: Standards, language: str, found: Imported, names: Mapping[str, Name]
) -> Iterator[Offered]:
    content = drafted.content
    remarks = remarks_on(content, standards, language, found.translations)
    for id in names:
        if id not in found.translations:
            continue
        text, english = found.translations[id], content.script.messages[id].text
        entry = content.catalogs.entry(language, id)
        seen = digest_of_value(drafted.value(key_of("translation", language, id)))
        yield Offered(
            name=names[id],
            english=english,
            before=entry.text if entry else "",
            text=text,
            remarks=remarks[id],
            token=Chosen(id, text, english, seen).to_token(),
        )


def _shown(id: str) -> str:
    """What a file calls a message."""
    return visible(id if len(id) <= LONGEST_UNKNOWN else f"{id[:LONGEST_UNKNOWN]}…")


def _progress(drafted: Drafted, language: Language) -> Progress:
    content, code = drafted.content, language.code
    states = [content.catalogs.state(code, id) for id in content.script.messages]
    entries = [content.catalogs.entry(code, id) for id in content.script.messages]
    reviewed = sum(
        entry is not None and entry.reviewed and state is State.CURRENT
        for entry, state in zip(entries, states, strict=True)
    )
    counts = {state: states.count(state) for state in State}
    return Progress(language, counts[State.CURRENT], counts[State.STALE], counts[State.MISSING], reviewed)
