"""What is wrong with the texts of a script, in English and in each catalog, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from hotline.catalogs.agreement import Obeys, disagreements, missing_choices, wrong_commands
from hotline.catalogs.alphabets import ALPHABETS, LATIN, Alphabet, strange_letters
from hotline.catalogs.catalog import Catalogs, Entry
from hotline.catalogs.english import leaks, untranslated
from hotline.catalogs.findings import Finding, Remark
from hotline.catalogs.glossary import GLOSSARY, Glossary, incomplete, pattern_of, wrong_terms
from hotline.catalogs.names import English, english_of
from hotline.catalogs.plurals import wrong_plurals
from hotline.catalogs.pofile import UNPRINTABLE, read
from hotline.catalogs.reading import grade
from hotline.script.model import Message, Script

# Years of school, of all parts of topics on average and of one statement at most.
AVERAGE_GRADE = 6.0
HIGHEST_GRADE = 8.0

_UPDATE = "run: hotline catalog update"


@dataclass(frozen=True, slots=True)
class Standards:
    """What texts are held to, beside their English: data by language, and the words that are commands.

    What could not be read is absent or empty: it is said where it is read.
    """

    alphabets: Mapping[str, Alphabet]
    glossary: Glossary
    obeys: Obeys


def check(script: Script, catalogs: Catalogs, standards: Standards) -> tuple[Finding, ...]:
    """Everything that is wrong, language by language in the script's order; empty where nothing is."""
    languages = (script.source_language, *catalogs.languages)
    english = english_of(script)
    return (
        *_without_data(languages, standards),
        *_of_english(script, standards),
        *_of_reading(script, english),
        *(
            finding
            for language in catalogs.languages
            for finding in (
                *_of_glossary(language, standards.glossary),
                *_of_header(script, catalogs, language),
                *_of_catalog(_Reader(script, catalogs, language, standards, english)),
            )
        ),
    )


def check_message(
    script: Script, catalogs: Catalogs, standards: Standards, language: str, message_id: str, *, english: English
) -> Iterator[Finding]:
    """What is wrong with one text, as `check` says it of all; `english` is that of the script."""
    message = script.messages[message_id]
    if language == script.source_language:
        yield from _of_english_text(language, message, standards.alphabets.get(language))
        if message.provenance:
            yield from _of_grade(language, message, grade(message.text, english.names))
    else:
        reader = _Reader(script, catalogs, language, standards, english)
        yield from _of_translation(reader, message, shown(catalogs.path(language)))


def shown(path: Path) -> str:
    """A catalog's place as a reader of this project looks for it: locales/es/LC_MESSAGES/hotline.po."""
    return Path(*path.parts[-4:]).as_posix()


def _without_data(languages: tuple[str, ...], standards: Standards) -> Iterator[Finding]:
    for language in languages if standards.alphabets else ():
        if language not in standards.alphabets:
            yield Finding.at(language, "", ALPHABETS, Remark("the alphabet is missing", f"add [{language}]"))


def _of_english(script: Script, standards: Standards) -> Iterator[Finding]:
    language, alphabet = script.source_language, standards.alphabets.get(script.source_language)
    for message in script.messages.values():
        yield from _of_english_text(language, message, alphabet)


def _of_english_text(language: str, message: Message, alphabet: Alphabet | None) -> Iterator[Finding]:
    if UNPRINTABLE.search(message.id + message.text):
        remark = Remark("the text holds an invisible character that a catalog cannot carry", "delete it")
        yield Finding.at(language, message.id, message.file, remark)
    elif alphabet:
        for remark in strange_letters("", message.text, alphabet, right_to_left=False):
            yield Finding.at(language, message.id, message.file, remark)


def _of_reading(script: Script, english: English) -> Iterator[Finding]:
    parts = {part.message for _, part in script.parts.values()}
    grades = {key: grade(message.text, english.names) for key, message in script.messages.items() if message.provenance}
    for key, found in grades.items():
        yield from _of_grade(script.source_language, script.messages[key], found)
    of_parts = [found for key, found in grades.items() if key in parts]
    if of_parts and fmean(of_parts) > AVERAGE_GRADE:
        what = f"its parts read like grade {fmean(of_parts):.1f} of school on average; {AVERAGE_GRADE:g} at most"
        hardest = sorted((key for key in grades if key in parts), key=grades.__getitem__)[-3:]
        remark = Remark(what, f"write more simply, first in {', '.join(reversed(hardest))}")
        yield Finding.at(script.source_language, "", "topics/", remark)


def _of_grade(language: str, message: Message, found: float) -> Iterator[Finding]:
    if found > HIGHEST_GRADE:
        what = f"it reads like grade {found:.1f} of school; {HIGHEST_GRADE:g} at most"
        remark = Remark(what, "write shorter sentences, and shorter words")
        yield Finding.at(language, message.id, message.file, remark)


def _of_glossary(language: str, glossary: Glossary) -> Iterator[Finding]:
    if language not in glossary.renderings:
        return
    for remark in incomplete(glossary.terms, glossary.renderings[language]):
        yield Finding.at(language, "", f"locales/{language}/{GLOSSARY}", remark)


def _of_header(script: Script, catalogs: Catalogs, language: str) -> Iterator[Finding]:
    path = catalogs.path(language)
    header = read(path).metadata.get("Plural-Forms", "")
    for remark in wrong_plurals(header, script.languages[language]):
        yield Finding.at(language, "", shown(path), remark)


def _of_catalog(reader: _Reader) -> Iterator[Finding]:
    file = shown(reader.catalogs.path(reader.language))
    for message in reader.script.messages.values():
        yield from _of_translation(reader, message, file)


def _of_translation(reader: _Reader, message: Message, file: str) -> Iterator[Finding]:
    for remark in reader.remarks(message, reader.catalogs.entry(reader.language, message.id)):
        yield Finding.at(reader.language, message.id, file, remark)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one catalog."""

    script: Script
    catalogs: Catalogs
    language: str
    standards: Standards
    english: English

    def remarks(self, message: Message, entry: Entry | None) -> Iterator[Remark]:
        if entry is None:
            yield Remark("the message is missing", f"{_UPDATE}, then translate it")
        elif not entry.text.strip():
            yield Remark("the translation is empty", "translate it")
        elif entry.source != message.text:
            yield Remark("the English has changed since it was translated", f"{_UPDATE}, then revise it")
        elif entry.fuzzy:
            yield Remark("the translation is marked as fuzzy", "revise it, then remove 'fuzzy' and the lines with #|")
        else:
            yield from self.of_text(message.text, entry.text)

    def of_text(self, source: str, text: str) -> Iterator[Remark]:
        """What is wrong with a translation of today's English."""
        if text != text.strip():
            yield Remark("the text begins or ends with a blank", "delete the blank")
        if UNPRINTABLE.search(text):
            yield Remark("the text holds an invisible character that a phone cannot carry", "delete it")
        yield from disagreements(source, text)
        yield from missing_choices(
            source, text, self.english.labels, lambda label: self.catalogs.text(self.language, label)
        )
        yield from wrong_commands(source, text, self.language, self.script.source_language, self.standards.obeys)
        yield from untranslated(source, text, self.english)
        if alphabet := self.standards.alphabets.get(self.language):
            yield from self.of_language(source, text, alphabet)

    def of_language(self, source: str, text: str, alphabet: Alphabet) -> Iterator[Remark]:
        """What is wrong by the data of the language."""
        glossary, parts_words = self.standards.glossary, alphabet.parts_words
        right_to_left = self.script.languages[self.language].direction == "rtl"
        yield from strange_letters(source, text, alphabet, right_to_left=right_to_left)
        terms = glossary.terms_in(source)
        renderings = glossary.renderings.get(self.language, {})
        yield from leaks(
            source,
            text,
            self.english,
            terms={form.casefold() for term in terms for form in term.english},
            own_terms=[
                pattern_of(form, parts_words=parts_words)
                for term in terms
                if term.id in renderings
                for form in renderings[term.id].forms
            ],
            shares_letters=alphabet.script == LATIN,
        )
        yield from wrong_terms(text, terms, renderings, parts_words=parts_words)
