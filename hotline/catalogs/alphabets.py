"""How each language is written: its letters, and what in a text is none of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from string import ascii_lowercase

from hotline.catalogs.findings import Remark
from hotline.catalogs.names import pieces_of, without_placeholders
from hotline.script.loader import DATA
from hotline.script.tables import Table, TableError, read_toml

ALPHABETS = "alphabets.toml"
LATIN = "LATIN"
_SEVERAL = 2
_JOINING = frozenset({"CJK", "ARABIC"})
# Scripts with letters of one shape and several meanings.
_ALIKE = frozenset({LATIN, "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_LOOKS_LATIN = str.maketrans("АВЕІЈКМНОРСТУХаеіјорсух", "ABEIJKMHOPCTYXaeijopcyx")
# Marks of direction, which a text in a language that is written from right to left may need.
_DIRECTION = frozenset("\u200e\u200f\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Alphabet:
    """One table of alphabets.toml, which says what its fields mean. `letters` are in small and capital letters."""

    script: str
    letters: frozenset[str]
    charset: str | None
    never: frozenset[str]
    characters_a_second: float
    seconds_a_digit: float

    @property
    def parts_words(self) -> bool:
        """Whether blanks part its words. Chinese has none; Arabic joins articles and prepositions to the word."""
        return self.script not in _JOINING

    def has(self, letter: str) -> bool:
        """Whether the language writes a letter or mark."""
        if letter in self.letters:
            return True
        return (
            self.charset is not None
            and letter not in self.never
            and _script_of(letter) == self.script
            and _encodes(letter, self.charset)
        )


def read_alphabets(directory: Path = DATA) -> Mapping[str, Alphabet]:
    """The alphabets by language. Raises TableError."""
    return {
        language: _alphabet(Table(f"{ALPHABETS} [{language}]", fields if isinstance(fields, dict) else {}))
        for language, fields in read_toml(directory / ALPHABETS, ALPHABETS).items()
    }


def strange_letters(source: str, text: str, alphabet: Alphabet, *, right_to_left: bool) -> Iterator[Remark]:
    """What a text holds that is not written so in its language. Latin words in another script are left to others."""
    if not unicodedata.is_normalized("NFC", text):
        yield Remark("its letters and accents are not composed (Unicode NFC)", "retype or normalise the text")
        return
    text = without_placeholders(text)
    hidden = [c for c in text if unicodedata.category(c) == "Cf" and not (right_to_left and c in _DIRECTION)]
    if hidden:
        yield Remark(f"it holds an invisible character ({_code(hidden[0])})", "delete it")
    yield from _disguised(source, text)
    unknown = {letter for letter in set(text) if not letter.isascii() and _kind(letter) and not alphabet.has(letter)}
    if not unknown and len(_scripts_in(text)) < _SEVERAL:
        return
    words = list(_words(text))
    mixed = [word for word in words if len(_scripts_in(word)) >= _SEVERAL]
    for word in dict.fromkeys(mixed):
        scripts = " and ".join(sorted(name.capitalize() for name in _scripts_in(word)))
        yield Remark(f"{word!r} mixes {scripts} letters that look alike", "retype the word")
    strange = {letter: word for word in reversed(words) if word not in mixed for letter in unknown.intersection(word)}
    if strange:
        found = ", ".join(f"{letter} ({_code(letter)}) in {strange[letter]!r}" for letter in sorted(strange))
        yield Remark(f"letters that the language does not have: {found}", "write it with the language's own letters")


def _disguised(source: str, text: str) -> Iterator[Remark]:
    """Latin names of the English that are written in letters that only look so, such as a Cyrillic ICE."""
    names = {word for word in pieces_of(source) if word.isupper() and len(word) > 1}
    for word in sorted(pieces_of(text)):
        if not word.isascii() and word.translate(_LOOKS_LATIN) in names:
            yield Remark(f"{word!r} is written in letters that only look Latin", "retype the word in Latin letters")


def _words(text: str) -> Iterator[str]:
    """Runs of letters and marks; characters that stand without blanks beside other scripts are runs of their own."""
    for kind, run in groupby(text, _kind):
        if kind:
            yield "".join(run)


@cache
def _kind(character: str) -> str:
    """Characters of one kind that stand together are a word; empty for what is neither letter nor mark."""
    if unicodedata.category(character)[0] not in "LM":
        return ""
    script = _script_of(character)
    return "letters" if script in _ALIKE or script in {"COMBINING", "MODIFIER"} else script


def _scripts_in(word: str) -> frozenset[str]:
    return _ALIKE & {_script_of(letter) for letter in set(word)}


@cache
def _script_of(character: str) -> str:
    return unicodedata.name(character, "UNNAMED").split()[0]


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"


def _encodes(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _alphabet(table: Table) -> Alphabet:
    script = table.text("script")
    small = frozenset(_letters(table, "letters")) | (frozenset(ascii_lowercase) if script == LATIN else frozenset())
    alphabet = Alphabet(
        script=script,
        letters=small | frozenset("".join(small).upper()),
        charset=_charset(table) if table.has("charset") else None,
        never=frozenset(_letters(table, "never")) if table.has("never") else frozenset(),
        characters_a_second=_rate(table, "characters_a_second"),
        seconds_a_digit=_rate(table, "seconds_a_digit"),
    )
    table.end()
    return alphabet


def _letters(table: Table, name: str) -> str:
    """Letters in a row, none where the field is an empty text."""
    value = table.fields.get(name) if table.has(name) else None
    if not isinstance(value, str) or value != unicodedata.normalize("NFC", value):
        raise TableError(f"{table.place}: {name!r} must be letters in quotes, composed (Unicode NFC)")
    return value


def _charset(table: Table) -> str:
    charset = table.text("charset")
    try:
        "".encode(charset)
    except LookupError:
        raise TableError(f"{table.place}: Python knows no character set {charset!r}") from None
    return charset


def _rate(table: Table, name: str) -> float:
    value = table.fields.get(name) if table.has(name) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise TableError(f"{table.place}: {name!r} must be a number above 0")
    return float(value)
