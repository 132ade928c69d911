"""The terms of law that a language writes in one way: English in the script's data, the others beside the catalogs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from hotline.catalogs.findings import Remark
from hotline.catalogs.names import begins_sentence, without_placeholders
from hotline.script.loader import DATA
from hotline.script.tables import Table, TableError, read_toml

GLOSSARY = "glossary.toml"


@dataclass(frozen=True, slots=True)
class Term:
    """`english` are the forms in which it stands in texts; `means` explains it to a translator in plain words."""

    id: str
    english: tuple[str, ...]
    means: str


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a language writes a term. `use` is what to write; where the English has the term, a translation has one of
    `forms` and none of `avoid`.

    Forms are beginnings of words; in one of several words each is a beginning.
    """

    use: str
    forms: tuple[str, ...]
    avoid: tuple[str, ...]
    note: str | None


@dataclass(frozen=True)
class Glossary:
    """The terms by id, and how each language renders them."""

    terms: Mapping[str, Term]
    renderings: Mapping[str, Mapping[str, Rendering]]

    def terms_in(self, source: str) -> tuple[Term, ...]:
        """The terms that an English text holds; of terms within each other only the longest ("judge's warrant")."""
        found = {self._by_form[match["form"].casefold()]: None for match in self._matches(without_placeholders(source))}
        return tuple(self.terms[id] for id in found)

    @cached_property
    def _by_form(self) -> Mapping[str, str]:
        return {form.casefold(): term.id for term in self.terms.values() for form in term.english}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        forms = sorted((form for term in self.terms.values() for form in term.english), key=len, reverse=True)
        # A form may begin a sentence, with a capital letter.
        either_case = (f"[{form[0].upper()}{form[0]}]{re.escape(form[1:])}" for form in forms)
        return re.compile(rf"(?<![\w-])(?P<form>{'|'.join(either_case)})(?!\w)(?!-\w)")

    def _matches(self, source: str) -> Iterator[re.Match[str]]:
        """Forms of terms; one with a capital letter that is not its own stands at the beginning of a sentence."""
        for match in self._pattern.finditer(source) if self._by_form else ():
            if match["form"] in self._forms or begins_sentence(source, match.start()):
                yield match

    @cached_property
    def _forms(self) -> frozenset[str]:
        return frozenset(form for term in self.terms.values() for form in term.english)


def read_terms(directory: Path = DATA) -> Mapping[str, Term]:
    """The terms by id. Raises TableError, also where a form stands under two terms."""
    terms = {id: _term(id, table) for id, table in _tables(directory / GLOSSARY, GLOSSARY)}
    owners: dict[str, str] = {}
    for term in terms.values():
        for form in term.english:
            owner = owners.setdefault(form.casefold(), term.id)
            if owner != term.id:
                raise TableError(f"{GLOSSARY}: {form!r} stands under {owner!r} and {term.id!r}; keep one")
    return terms


def read_renderings(locales: Path, language: str) -> Mapping[str, Rendering]:
    """How one language renders the terms, by the term's id. Raises TableError."""
    return {id: _rendering(table) for id, table in _tables(locales / language / GLOSSARY, f"{language}/{GLOSSARY}")}


def incomplete(terms: Mapping[str, Term], renderings: Mapping[str, Rendering]) -> Iterator[Remark]:
    """Terms that a language's glossary has not, and those that no text can hold."""
    for id in terms:
        if id not in renderings:
            yield Remark(f"the term {id!r} is missing", f"add [{id}] with 'use' and 'forms'")
    for id in renderings:
        if id not in terms:
            yield Remark(f"there is no term {id!r}", f"remove [{id}], or add it to the script's {GLOSSARY}")


def wrong_terms(
    text: str, terms: Iterable[Term], renderings: Mapping[str, Rendering], *, parts_words: bool
) -> Iterator[Remark]:
    """Terms that a translation renders otherwise than its language's glossary.

    `parts_words` is false for languages that write words together, where a form may stand anywhere.
    """
    text = without_placeholders(text)
    for term in terms:
        rendering = renderings.get(term.id)
        if rendering is None:
            continue
        if not any(pattern_of(form, parts_words=parts_words).search(text) for form in rendering.forms):
            yield Remark(f"the term {term.id!r} is not rendered as the glossary has it", f"write: {rendering.use}")
        for form in rendering.avoid:
            if pattern_of(form, parts_words=parts_words).search(text):
                yield Remark(f"{form!r} misleads for the term {term.id!r}", f"write: {rendering.use}")


@cache
def pattern_of(form: str, *, parts_words: bool) -> re.Pattern[str]:
    """Finds a form of a rendering."""
    if not parts_words:
        return re.compile(re.escape(form), re.IGNORECASE)
    return re.compile(r"(?<!\w)" + r"\w*\W+".join(re.escape(word) for word in form.split()), re.IGNORECASE)


def _term(id: str, table: Table) -> Term:
    term = Term(id=id, english=_some(table, "english"), means=table.text("means"))
    table.end()
    return term


def _rendering(table: Table) -> Rendering:
    rendering = Rendering(
        use=table.text("use"),
        forms=_some(table, "forms"),
        avoid=table.texts("avoid") if table.has("avoid") else (),
        note=table.text("note") if table.has("note") else None,
    )
    table.end()
    return rendering


def _some(table: Table, name: str) -> tuple[str, ...]:
    texts = table.texts(name)
    if not all(text.strip() for text in texts) or not texts:
        raise TableError(f"{table.place}: {name!r} must be at least one text, none of them empty")
    return texts


def _tables(path: Path, place: str) -> Iterator[tuple[str, Table]]:
    for id, fields in read_toml(path, place).items():
        yield id, Table(f"{place} [{id}]", fields if isinstance(fields, dict) else {})
