"""Places that a text names: towns of Connecticut by name, village or ZIP code, and what lies outside."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate

from hotline.script.model import ZIP_DIGITS, Script
from hotline.understanding.likeness import Names, names_of
from hotline.understanding.ways import Meaning, Surroundings, Words, surroundings_of, ways_of

# Stands for any place, so that what is learned of one holds for all. No word: no text can hold it.
ANY_TOWN = "§"
MOST_TOWNS = 5
# Who was asked for a town and writes more words than these, beside the usual ones, answers something else.
_LONGEST_ANSWER = 4
_LONGEST_SAID = 24
# Speech recognition cuts a name into at most so many words.
_MOST_PIECES = 3
_SHORTEST_CUT = 6
# Asked for a town of Connecticut, people name one; only what is very like a place outside is one.
_OUTSIDE_FROM = 0.85


@dataclass(frozen=True, slots=True)
class Split:
    """What a text names. `words` are its words with ANY_TOWN for each place; `outside` where it names no town."""

    towns: tuple[str, ...]
    words: Words
    outside: bool = False


@dataclass(frozen=True, slots=True)
class Mention:
    """Where in the words a place is named, from `start` to before `end`."""

    start: int
    end: int
    meaning: Meaning


@dataclass(frozen=True, slots=True)
class Places:
    """`ways` holds every way to write a place, as words; `cut` the same without blanks."""

    ways: Mapping[Words, Meaning]
    cut: Mapping[str, Meaning]
    first_words: frozenset[str]
    longest: int
    around: Surroundings
    names: Names
    is_outside: Callable[[str], bool]

    def split(self, text_words: Words, *, whole: bool = False) -> Split:
        """The places named, each town once and in order, at most MOST_TOWNS.

        `whole` where a place was asked for: a short text is taken for one, however it is written.
        """
        said = tuple(map(_ascii_digits, text_words))
        mentions = tuple(_Reading(self, said, whole=whole).mentions())
        towns = tuple(dict.fromkeys(slug for mention in _agreeing(mentions) for slug in mention.meaning.towns))
        return Split(
            towns=towns[:MOST_TOWNS],
            words=_with_places(text_words, mentions),
            outside=not towns and any(mention.meaning.is_outside for mention in mentions),
        )

    def marked(self, text_words: Words) -> Words:
        """The words with ANY_TOWN in place of each name that is written as it should be."""
        if self.first_words.isdisjoint(text_words):
            return text_words
        return _with_places(text_words, tuple(_Reading(self, text_words, whole=False).exact_mentions()))

    def at(self, said: Words, start: int) -> tuple[int, Meaning] | None:
        """The longest way to write a place that begins here, by its end: West Hartford is not Hartford."""
        if said[start] not in self.first_words:
            return None
        for end in range(min(len(said), start + self.longest), start, -1):
            if meaning := self.ways.get(said[start:end]):
                return end, meaning
        return None


class _Reading:
    """Finds the places in the words of one text, from left to right."""

    def __init__(self, places: Places, said: Words, *, whole: bool) -> None:
        self.places, self.around, self.said = places, places.around, said
        self.telling = tuple(accumulate((word not in self.around.beside for word in said), initial=0))
        long_words = sum(len(word) > 1 and word not in self.around.beside for word in said)
        self.is_answer = whole and long_words <= _LONGEST_ANSWER and len(said) <= _LONGEST_SAID

    def mentions(self) -> Iterable[Mention]:
        return self._answer() if self.is_answer else self._sentence()

    def exact_mentions(self) -> Iterable[Mention]:
        return self._named(self._exact)

    def _sentence(self) -> Iterable[Mention]:
        return self._named(self._exact, self._cut, self._outside_zip, self._mistyped)

    def _answer(self) -> Iterable[Mention]:
        """What the text means as a whole, unless all that it tells is a name."""
        exact = tuple(self._named(self._exact, self._cut, self._outside_zip))
        told = [index for index, word in enumerate(self.said) if word not in self.around.beside]
        if all(any(mention.start <= index < mention.end for mention in exact) for index in told):
            return exact
        like = self._like(told)
        return (like,) if like else self._sentence()

    def _like(self, told: list[int]) -> Mention | None:
        """The names that the text may stand for as a whole."""
        if not told:
            return None
        start, end = told[0], told[-1] + 1
        text = "".join(self.said[index] for index in told)
        if meaning := self._zip_code(text):
            return Mention(start, end, meaning)
        before = self.around.short.get(self.said[start - 1], ()) if start else ()
        likes = [like for long in before for like in self.places.names.like(long + text)]
        likes = [*likes, *self.places.names.like(text)]
        towns = tuple(dict.fromkeys(slug for like in likes for slug in self.places.cut[like.name].towns))
        is_outside = not towns and bool(likes) and likes[0].likeness >= _OUTSIDE_FROM
        return Mention(start, end, Meaning(towns, is_outside=is_outside)) if towns or is_outside else None

    def _zip_code(self, text: str) -> Meaning | None:
        """The meaning of a ZIP code, also with the letter O, without its leading zero, or with four digits more."""
        digits = text.replace("o", "0")
        if not digits.isdigit() or len(digits) not in {ZIP_DIGITS - 1, ZIP_DIGITS, ZIP_DIGITS + 4}:
            return None
        code = digits.zfill(ZIP_DIGITS)[:ZIP_DIGITS]
        outside = Meaning(is_outside=True) if self.places.is_outside(code) else None
        return self.places.ways.get((code,), outside)

    def _named(self, *finders: Callable[[int], Mention | None]) -> Iterator[Mention]:
        start = 0
        while start < len(self.said):
            found = next(filter(None, (find(start) for find in finders)), None)
            start = found.end if found else start + 1
            if found and (found.meaning.towns or found.meaning.is_outside):
                yield found

    def _exact(self, start: int) -> Mention | None:
        found = self.places.at(self.said, start)
        if not found:
            return None
        end, meaning = found
        if self._is_street(start, end):
            return Mention(start, end, Meaning())
        if after := self.around.countries.after(self.said, end):
            return Mention(start, end + after, Meaning())
        if after := self._state_after(end):
            return Mention(start, end + after, Meaning(is_outside=True))
        after = self.around.connecticut.after(self.said, end)
        if meaning.only_in_context and not (after or self._in_context(start, end)):
            return None
        first = self.said[start]
        if first in self.around.short and (first,) in self.around.announcing.phrases:
            return self._short_or_announced(start, end, meaning, after)
        return Mention(start, end + after, meaning)

    def _short_or_announced(self, start: int, end: int, meaning: Meaning, after: int) -> Mention | None:
        """With "w Hartford", which is short for West Hartford and Polish for "in Hartford"."""
        shorter = self.places.ways.get(self.said[start + 1 : end])
        if not shorter or self.around.announcing.before(self.said, start):
            return Mention(start, end + after, meaning)
        return None if start else Mention(start, end + after, meaning.or_else(shorter))

    def _outside_zip(self, start: int) -> Mention | None:
        """A ZIP code of another state, where nothing else is said: in a sentence, five digits may be anything."""
        is_all = self.telling[start + 1] - self.telling[start] == self.telling[-1]
        if is_all and len(self.said[start]) == ZIP_DIGITS and self.said[start].isdigit():
            return Mention(start, start + 1, Meaning(is_outside=self.places.is_outside(self.said[start])))
        return None

    def _cut(self, start: int) -> Mention | None:
        """A name that was cut apart: "ham den", but not Polish "w Hartford"."""
        if len(self.said[start]) == 1:
            return None
        for end in range(min(len(self.said), start + _MOST_PIECES), start + 1, -1):
            text = "".join(self.said[start:end])
            meaning = self.places.cut.get(text) if len(text) >= _SHORTEST_CUT else None
            if meaning and self._in_context(start, end) and not self._is_street(start, end):
                return Mention(start, end + self.around.connecticut.after(self.said, end), meaning)
        return None

    def _mistyped(self, start: int) -> Mention | None:
        if self.said[start] in self.around.beside or self.places.at(self.said, start):
            return None
        names = self.places.names
        if self.is_answer or self.around.announcing.before(self.said, start):
            for end in range(min(len(self.said), start + _MOST_PIECES), start, -1):
                if self.said[end - 1] not in self.around.beside:
                    name = names.mistyped("".join(self.said[start:end]))
                    if name and not self._is_street(start, end):
                        return Mention(start, end, self.places.cut[name])
            return None
        name = names.surely_mistyped(self.said[start])
        if name and not self._is_street(start, start + 1):
            return Mention(start, start + 1, self.places.cut[name])
        return None

    def _in_context(self, start: int, end: int) -> bool:
        """Whether the words around a name say that it is a place, or say nothing at all."""
        return bool(
            self.is_answer
            or self.telling[end] - self.telling[start] == self.telling[-1]
            or self.around.announcing.before(self.said, start)
            or self.around.following.after(self.said, end)
        )

    def _is_street(self, start: int, end: int) -> bool:
        around = self.around
        return bool(around.streets_before.before(self.said, start) or around.streets_after.after(self.said, end))

    def _state_after(self, end: int) -> int:
        if length := self.around.states.after(self.said, end):
            return length
        length = self.around.states_at_the_end.after(self.said, end)
        rest = self.said[end + length :]
        return length if not rest or rest[0].isdigit() else 0


def places_of(script: Script) -> Places:
    """The places that a script knows, made once for many texts."""
    ways = ways_of(script)
    return Places(
        ways=ways.whole,
        cut=ways.cut,
        first_words=frozenset(way[0] for way in ways.whole),
        longest=max(map(len, ways.whole), default=0),
        around=surroundings_of(script),
        names=names_of(ways.cut, (name for name, meaning in ways.cut.items() if not meaning.only_in_context)),
        is_outside=script.is_outside,
    )


def _agreeing(mentions: tuple[Mention, ...]) -> Iterator[Mention]:
    """The mentions; where one names a town for certain, another that may mean it does: "Groton 06355"."""
    certain = {mention.meaning.towns[0] for mention in mentions if len(mention.meaning.towns) == 1}
    for mention in mentions:
        agreed = tuple(slug for slug in mention.meaning.towns if slug in certain)
        yield replace(mention, meaning=Meaning(agreed)) if agreed else mention


def _with_places(said: Words, mentions: tuple[Mention, ...]) -> Words:
    read: list[str] = []
    start = 0
    for mention in mentions:
        read += [*said[start : mention.start], ANY_TOWN]
        start = mention.end
    return (*read, *said[start:])


def _ascii_digits(word: str) -> str:
    """A word of digits in any script, such as "٠٦٥١١", in ASCII; other words as they are."""
    return "".join(str(unicodedata.digit(sign)) for sign in word) if word.isdigit() else word
