"""All ways to write the places that a script knows, and the words that may stand around them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import chain, product

from hotline.script.model import Script
from hotline.script.towns import Naming
from hotline.understanding.normal import LATIN, alphabet, words

Words = tuple[str, ...]

# A short name with an ending may be another word.
_SHORTEST_INFLECTED = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a way to write a place means: towns, the likeliest first; somewhere outside; or, with neither, no place."""

    towns: tuple[str, ...] = ()
    is_outside: bool = False
    only_in_context: bool = False

    def or_else(self, other: Meaning) -> Meaning:
        """Both meanings of one way; Connecticut wins, and what one of them means without context holds so."""
        towns = tuple(dict.fromkeys((*self.towns, *other.towns)))
        return Meaning(towns, not towns, self.only_in_context and other.only_in_context)


@dataclass(frozen=True, slots=True)
class Ways:
    """`whole` holds every way to write a place, as words; `cut` the names without blanks."""

    whole: Mapping[Words, Meaning]
    cut: Mapping[str, Meaning]


@dataclass(frozen=True, slots=True)
class Phrases:
    """Runs of words that are looked for before or after a place."""

    phrases: frozenset[Words]
    longest: int

    def before(self, said: Words, end: int) -> int:
        """How many words of the longest one stand right before `end`."""
        lengths = range(min(self.longest, end), 0, -1)
        return next((length for length in lengths if said[end - length : end] in self.phrases), 0)

    def after(self, said: Words, start: int) -> int:
        """How many words of the longest one stand at `start`."""
        lengths = range(min(self.longest, len(said) - start), 0, -1)
        return next((length for length in lengths if said[start : start + length] in self.phrases), 0)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What may stand around the name of a place."""

    announcing: Phrases
    following: Phrases
    connecticut: Phrases
    states: Phrases
    states_at_the_end: Phrases
    countries: Phrases
    streets_before: Phrases
    streets_after: Phrases
    beside: frozenset[str]
    short: Mapping[str, Words]


def ways_of(script: Script) -> Ways:
    """Every way to write a town, a village, a ZIP code, or a place outside."""
    ways = _Ways(script.naming)
    for slug, town in script.towns.items():
        ways.add_town(words(town.name), Meaning((slug,)))
        ways.add_codes(town.zips, Meaning((slug,)))
    for slug, town in script.towns.items():
        for village in town.villages:
            ways.add_name(words(village), Meaning((slug,)))
        for spelling in town.spellings:
            ways.add(words(spelling), Meaning((slug,)))
        ways.add_codes(town.shared_zips, Meaning((slug,)))
    for state in script.outside.values():
        for name in state.names:
            ways.add(words(name), Meaning(is_outside=True))
    nothing = {words(text): Meaning() for text in script.naming.none}
    return Ways({**ways.whole, **nothing}, ways.cut)


def surroundings_of(script: Script) -> Surroundings:
    naming = script.naming
    states = [text for state in script.outside.values() for text in (state.name, *state.codes, *state.spellings)]
    return Surroundings(
        announcing=_phrases(chain.from_iterable(naming.announcing.values())),
        following=_phrases(naming.following),
        connecticut=_phrases(naming.connecticut),
        states=_phrases(states),
        states_at_the_end=_phrases(text for state in script.outside.values() for text in state.codes_at_the_end),
        countries=_phrases(naming.countries),
        streets_before=_phrases(naming.streets_before),
        streets_after=_phrases(naming.streets_after),
        beside=_beside(naming),
        short=_long_forms(naming),
    )


def _words_of(texts: Iterable[str]) -> Words:
    return tuple(word for text in texts for word in words(text))


def _by_word(table: Mapping[str, tuple[str, ...]]) -> dict[str, Words]:
    return {words(word)[0]: _words_of(ways) for word, ways in table.items()}


def _long_forms(naming: Naming) -> dict[str, Words]:
    """What the short form of a name's first word may stand for: "n" for North or New."""
    long_forms: dict[str, Words] = {}
    for long, shorts in _by_word(naming.short).items():
        for short in shorts:
            long_forms[short] = (*long_forms.get(short, ()), long)
    return long_forms


def _beside(naming: Naming) -> frozenset[str]:
    """All words that say nothing where a place is named."""
    texts = (*chain.from_iterable((*naming.announcing.values(), *naming.beside.values())), *naming.connecticut)
    return frozenset(_words_of(texts))


class _Ways:
    """Collects the ways to write places: as they stand, shortened, and with what languages put on to them."""

    def __init__(self, naming: Naming) -> None:
        self.whole: dict[Words, Meaning] = {}
        self.cut: dict[str, Meaning] = {}
        self._only_in_context = frozenset(map(words, naming.only_in_context))
        self._before = {of: _words_of(texts) for of, texts in naming.before.items()}
        self._after = {of: _words_of(texts) for of, texts in naming.after.items()}
        self._short = _by_word(naming.short)
        self._heard = _by_word(naming.heard)
        self._beside = _beside(naming)

    def add_town(self, way: Words, meaning: Meaning) -> None:
        """The name of a town, which also takes the endings of languages that bend it."""
        self.add_name(way, meaning)
        if way not in self._only_in_context:
            self._add_endings(way, meaning)

    def add_name(self, way: Words, meaning: Meaning) -> None:
        """The name of a town or village, which people shorten and hear in many ways."""
        self.add(way, meaning)
        if way not in self._only_in_context:
            self._add_heard(way, meaning)

    def add(self, way: Words, meaning: Meaning) -> None:
        if way in self._only_in_context:
            meaning = replace(meaning, only_in_context=True)
        text = "".join(way)
        self.cut[text] = self.cut[text].or_else(meaning) if text in self.cut else meaning
        self._know(way, meaning)
        self._know((text,), meaning)
        for prefix in self._before.get(alphabet(way[0]), ()):
            self._know((prefix + way[0], *way[1:]), meaning)
        if alphabet(way[-1]) != LATIN:
            self._add_endings(way, meaning)

    def add_codes(self, codes: Iterable[str], meaning: Meaning) -> None:
        for code in codes:
            self._know((code,), meaning)

    def _add_endings(self, way: Words, meaning: Meaning) -> None:
        if len(way[-1]) >= _SHORTEST_INFLECTED:
            for ending in self._after.get(alphabet(way[-1]), ()):
                self._know((*way[:-1], way[-1] + ending), meaning)

    def _add_heard(self, way: Words, meaning: Meaning) -> None:
        """The ways in which the words of a name are shortened or written by ear."""
        first, rest = way[0], way[1:]
        if not rest:
            return
        with_care = replace(meaning, only_in_context=True)
        last_heard = self._heard.get(rest[0], ()) if len(rest) == 1 else ()
        rests = (rest, *zip(last_heard))
        for short, heard in product(self._short.get(first, ()), rests):
            self._know((short, *heard), with_care)
        for first_heard, heard in product((first, *self._heard.get(first, ())), rests):
            is_word = first_heard in self._beside
            # "Is Hartford a sanctuary?" is about Hartford, "in Is Jarfor" is East Hartford.
            if heard != rest or not is_word:
                self._know((first_heard, *heard), with_care if is_word else meaning)
                self._know(("".join((first_heard, *heard)),), meaning)

    def _know(self, way: Words, meaning: Meaning) -> None:
        known = self.whole.setdefault(way, meaning)
        if known != meaning:
            self.whole[way] = known.or_else(meaning)


def _phrases(texts: Iterable[str]) -> Phrases:
    phrases = frozenset(map(words, texts)) - {()}
    return Phrases(phrases, max(map(len, phrases), default=0))
