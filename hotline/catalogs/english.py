"""English that was left standing in a translation."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from itertools import combinations, pairwise

from hotline.catalogs.findings import Remark
from hotline.catalogs.names import HOST, WORD, English, pieces_of, without, without_placeholders

_QUOTED = re.compile(r'"([^"]*)"|[(（]([^()（）]*)[)）]')
# Two words or more, each with a capital letter: Trust Act, U.S. District Court, Department of Homeland Security.
_CAPITAL = r"(?:(?:[A-Z]\.){2,}|[A-Z][A-Za-z'-]*(?!\.[A-Z]))"
_NAME = re.compile(rf"(?<![A-Za-z.]){_CAPITAL}(?: (?:(?:of|for|the|and) )?{_CAPITAL})+")
# Chinese sets no blank beside a name; Arabic joins short words to it, which cannot be said alone.
_JOINED = "[^\\W\u3400-\u9fff]"
# Two capital letters or more, or a letter before a number.
_TAKEN = re.compile(r"\b[A-Z]{2,}\b|\b[A-Z]-\d+\b")
_STOP = re.compile(r"[^\w\s'’-]|\n")
# Latin words, not beside letters that look like them: a word of two scripts is another mistake.
_LATIN = re.compile(r"(?<![\u0370-\u052f])[A-Za-z][A-Za-z0-9'’-]*(?: +[A-Za-z][A-Za-z0-9'’-]*)*(?![\u0370-\u052f])")
_LONGEST_ASIDE = 4
_SHORTEST_COPY = 2
_SHORTEST_RUN = 3
_SMALL_WORD = 3
# Words that none of the other languages has.
_ENGLISH_ALONE = frozenset(
    {
        "and",
        "are",
        "for",
        "from",
        "is",
        "must",
        "not",
        "of",
        "the",
        "their",
        "they",
        "this",
        "to",
        "what",
        "with",
        "you",
    }
)


def untranslated(source: str, text: str, english: English) -> Iterator[Remark]:
    """Whether the translation is its English; one word may be the same in two languages."""
    if source == text and len(WORD.findall(without(without_placeholders(source), english.named))) > 1:
        yield Remark("the text is still English", "translate it")


def leaks(
    source: str,
    text: str,
    english: English,
    *,
    terms: Collection[str],
    own_terms: Iterable[re.Pattern[str]],
    shares_letters: bool,
) -> Iterator[Remark]:
    """English words in a translation, beside names and what may be quoted.

    English may stand in straight quotes (what to say to officers) or, a few words, in parentheses (what a paper has)
    where it stands in the source too, or is one of `terms`, English phrases in small letters. What `own_terms` match is
    the language's own. One that `shares_letters` with English has words in common with it, so only runs are found.
    """
    if source == text:
        return
    source = without_placeholders(source)
    names = english.names.intersection(pieces_of(source))
    rest = HOST.sub("\n", _unquoted(source, without_placeholders(text), terms))
    for own in own_terms:
        rest = own.sub("\n", rest)
    found = _runs(source, rest, names, english) if shares_letters else _latin(rest, names)
    for words in dict.fromkeys(found):
        yield Remark(
            f"this is English: {words}",
            'translate it; what is said to officers stands in "straight quotes" and in the English too',
        )


def kept_english(source: str, text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where a translation keeps phrases of its English, none within another: quotations and names, also `names`."""
    spans = [*_quoted(source, text), *_named(source, text, names)]
    end_before = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end_before:
            yield start, end
            end_before = end


def taken_words(source: str, text: str) -> tuple[str, ...]:
    """Words that a translation takes from its English as they are, such as ICE or I-200."""
    taken = {*_TAKEN.findall(source)} & {*_TAKEN.findall(text)}
    return tuple(sorted(taken))


def _named(source: str, text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    for name in {*names, *_names_in(source)}:
        if name in text and name in source:
            for match in re.finditer(rf"(?<!{_JOINED}){re.escape(name)}(?!{_JOINED})", text):
                yield match.span()


# The same English comes with every reply.
@lru_cache(maxsize=512)
def _names_in(text: str) -> frozenset[str]:
    """Names, also without what stands before or after them with a capital letter: The Trust Act, Trust Act."""
    return frozenset(
        " ".join(words[first : last + 1])
        for words in (match[0].split() for match in _NAME.finditer(text))
        for first, last in combinations(range(len(words)), 2)
        if words[first][0].isupper() and words[last][0].isupper()
    )


def _quoted(source: str, text: str) -> Iterator[tuple[int, int]]:
    """What is to be said to officers, what a paper has on it."""
    quoted = list(_QUOTED.finditer(text))
    said = f" {_folded(source)} " if quoted else ""
    for match in quoted:
        inside = 1 if match[1] is not None else 2
        words = _folded(match[inside])
        is_short = inside == 1 or len(words.split()) <= _LONGEST_ASIDE
        # A placeholder is filled in the language of the text, and knows by itself what of it is English.
        if words and is_short and "{" not in match[inside] and f" {words} " in said:
            yield match.span(inside)


def _unquoted(source: str, text: str, terms: Collection[str]) -> str:
    """The text without the English that it may quote."""
    said = f" {_folded(source)} "

    def kept(match: re.Match[str]) -> str:
        quoted = match[1] or match[2] or ""
        words = _folded(quoted)
        is_short = match[2] is None or len(words.split()) <= _LONGEST_ASIDE
        return "\n" if words in terms or (is_short and f" {words} " in said) else f"\n{quoted}\n"

    return _QUOTED.sub(kept, text)


def _folded(text: str) -> str:
    return " ".join(WORD.findall(text.casefold()))


def _runs(source: str, text: str, names: Collection[str], english: English) -> Iterator[str]:
    """Runs of two words that the source has too; where there are none, runs of three that are all English."""
    copied = {pair for words in _stretches(source, names) for pair in pairwise(words)}
    stretches = list(_stretches(text, names))
    runs = [
        run
        for words in stretches
        for run in _joined(words, [pair in copied for pair in pairwise(words)])
        if len(run) >= _SHORTEST_COPY
    ]
    for words in () if runs else stretches:
        known = [left in english.vocabulary and right in english.vocabulary for left, right in pairwise(words)]
        runs += [
            run for run in _joined(words, known) if len(run) >= _SHORTEST_RUN and not _ENGLISH_ALONE.isdisjoint(run)
        ]
    return map(" ".join, runs)


def _joined(words: list[str], belong: list[bool]) -> Iterator[list[str]]:
    """The words in runs; `belong` says of each but the last whether the next one belongs to it."""
    first = 0
    for last, goes_on in enumerate([*belong, False]):
        if not goes_on:
            yield words[first : last + 1]
            first = last + 1


def _stretches(text: str, names: Collection[str]) -> Iterator[list[str]]:
    """The words between stops, in small letters; a name or a number ends a stretch."""
    for phrase in _STOP.split(text):
        stretch: list[str] = []
        for word in WORD.findall(phrase):
            if word in names or word[0].isdigit():
                yield stretch
                stretch = []
            else:
                stretch.append(word.casefold())
        yield stretch


def _latin(text: str, names: Collection[str]) -> Iterator[str]:
    """Runs of Latin words without the names in them."""
    for match in _LATIN.finditer(text):
        words = WORD.findall(match[0])
        # Within a name small words may stand: Department of Homeland Security.
        within = range(1, len(words) - 1) if words[0] in names and words[-1] in names else ()
        rest = [
            word
            for place, word in enumerate(words)
            if word not in names and not (place in within and len(word) <= _SMALL_WORD)
        ]
        if rest:
            yield " ".join(rest)
