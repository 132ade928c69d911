"""All that `hotline check` looks at: the texts, their length, the commands and examples, and what is due for review."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from hotline.catalogs.alphabets import LATIN, read_alphabets
from hotline.catalogs.catalog import CatalogError, Catalogs
from hotline.catalogs.checks import Standards, check_message, shown
from hotline.catalogs.checks import check as check_texts
from hotline.catalogs.findings import Finding, Severity
from hotline.catalogs.freshness import Due, Progress, due, progress
from hotline.catalogs.glossary import Glossary, read_renderings, read_terms
from hotline.catalogs.names import English
from hotline.channels.measures import Measure, measure_of, measures, too_long
from hotline.channels.typography import costly_signs
from hotline.locales import LOCALES
from hotline.script.loader import DATA, ScriptError, load_script
from hotline.script.model import Script
from hotline.script.tables import TableError
from hotline.understanding.lessons import UnderstandingError, read_examples, read_steering
from hotline.understanding.normal import plain
from hotline.understanding.trained import TRAINED_FILE, read_trained, require_current

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Report:
    """`broken` says of files that cannot be read what to do, a line each; `findings` are about those that can.

    `script` is None where it cannot be served; without it, or with a broken catalog, nothing further is looked at.
    """

    script: Script | None
    broken: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    measures: tuple[Measure, ...] = ()
    due: tuple[Due, ...] = ()
    progress: tuple[Progress, ...] = ()

    @property
    def errors(self) -> int:
        return len(self.broken) + sum(finding.severity is Severity.ERROR for finding in self.findings)

    @property
    def warnings(self) -> int:
        return sum(finding.severity is Severity.WARNING for finding in self.findings)


def check(today: date, locales: Path = LOCALES, data: Path = DATA, trained: Path | None = TRAINED_FILE) -> Report:
    """Looks at everything as it stands on disk. `trained` is None where the examples are still to be learned."""
    broken: list[str] = []
    script = _read(broken, lambda: load_script(data))
    if script is None:
        return Report(None, tuple(broken))
    standards = _standards(broken, script, locales, data)
    _read(broken, lambda: read_examples(script, locales))
    if trained:
        _read(broken, lambda: require_current(read_trained(trained), locales, script.languages))
    catalogs = _read(broken, lambda: Catalogs(script, locales))
    if catalogs is None:
        return Report(script, tuple(broken), due=due(script, today))
    measured = tuple(measures(script, catalogs, standards.alphabets))
    return Report(
        script,
        tuple(broken),
        findings=findings_of(script, catalogs, standards, measured),
        measures=measured,
        due=due(script, today),
        progress=tuple(progress(script, catalogs)),
    )


def findings_of(
    script: Script, catalogs: Catalogs, standards: Standards, measured: Iterable[Measure]
) -> tuple[Finding, ...]:
    """What is wrong with the texts, their signs and their length, language by language and message by message."""
    found = [
        *check_texts(script, catalogs, standards),
        *_of_signs(script, catalogs, standards),
        *_of_length(script, catalogs, measured),
    ]
    languages, messages = list(script.languages), list(script.messages)

    def place(finding: Finding) -> tuple[int, int]:
        known = finding.message_id in script.messages
        return languages.index(finding.language), messages.index(finding.message_id) if known else -1

    return tuple(sorted(found, key=place))


def findings_on(
    script: Script, catalogs: Catalogs, standards: Standards, language: str, message_id: str, *, english: English
) -> tuple[Finding, ...]:
    """What is wrong with one text of a script that can be served, as `findings_of` says it of all.

    `english` is that of the script.
    """
    measure = measure_of(script, catalogs, standards.alphabets, language, message_id)
    return (
        *check_message(script, catalogs, standards, language, message_id, english=english),
        *_of_signs_in(script, catalogs, standards, language, message_id),
        *_of_length(script, catalogs, [measure] if measure else ()),
    )


def standards_in(script: Script, locales: Path, data: Path) -> Standards:
    """What texts are held to by the data of their languages; what cannot be read of it is left out."""
    return _standards([], script, locales, data)


def _of_signs(script: Script, catalogs: Catalogs, standards: Standards) -> Iterator[Finding]:
    for language in standards.alphabets:
        for id in script.messages if language in script.languages else ():
            yield from _of_signs_in(script, catalogs, standards, language, id)


def _of_signs_in(
    script: Script, catalogs: Catalogs, standards: Standards, language: str, message_id: str
) -> Iterator[Finding]:
    alphabet, text = standards.alphabets.get(language), catalogs.text(language, message_id)
    if alphabet is None or not text:
        return
    for remark in costly_signs(text, latin_letters=alphabet.script == LATIN):
        yield Finding.at(language, message_id, _file(script, catalogs, language, message_id), remark)


def _of_length(script: Script, catalogs: Catalogs, measured: Iterable[Measure]) -> Iterator[Finding]:
    for measure in measured:
        language, message = measure.language, measure.message_id
        for remark in too_long(script, measure):
            yield Finding.at(language, message, _file(script, catalogs, language, message), remark)


def _file(script: Script, catalogs: Catalogs, language: str, message: str) -> str:
    is_source = language == script.source_language
    return script.messages[message].file if is_source else shown(catalogs.path(language))


def _standards(broken: list[str], script: Script, locales: Path, data: Path) -> Standards:
    steering = _read(broken, lambda: read_steering(script, locales))
    terms = _read(broken, lambda: read_terms(data))
    renderings = {
        language: found
        for language in script.languages
        if language != script.source_language
        and (found := _read(broken, partial(read_renderings, locales, language))) is not None
    }
    commands = steering.commands if steering else {}
    return Standards(
        alphabets=_read(broken, lambda: read_alphabets(data)) or {},
        glossary=Glossary(terms or {}, renderings if terms else {}),
        obeys=lambda language, words: commands.get(language, {}).get(plain(words)),
    )


def _read(broken: list[str], read: Callable[[], Value]) -> Value | None:
    """What `read` gives; where it cannot, the reasons are added to `broken`."""
    try:
        return read()
    except (ScriptError, CatalogError, UnderstandingError, TableError) as error:
        broken += str(error).splitlines()
        return None
