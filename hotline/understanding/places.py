"""Towns that a text names, by name or ZIP code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hotline.script.model import Script
from hotline.understanding.normal import words

# Stands for any town, so that what is learned of one holds for all. No word: no text can hold it.
ANY_TOWN = "§"


@dataclass(frozen=True, slots=True)
class Places:
    """`slugs` holds every way to write a town, as words, and the towns that it may mean."""

    slugs: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int

    def split(self, text_words: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The slugs of the towns named, each once and in order, and the words with ANY_TOWN in place of each."""
        towns: list[str] = []
        read: list[str] = []
        start = 0
        while start < len(text_words):
            found = self._at(text_words, start)
            if found:
                start += len(found)
                towns.extend(self.slugs[found])
                read.append(ANY_TOWN)
            else:
                read.append(text_words[start])
                start += 1
        return tuple(dict.fromkeys(towns)), tuple(read)

    def _at(self, text_words: tuple[str, ...], start: int) -> tuple[str, ...] | None:
        """The longest way to write a town that begins here: West Hartford is not Hartford."""
        for length in range(self.longest, 0, -1):
            candidate = text_words[start : start + length]
            if candidate in self.slugs:
                return candidate
        return None


def places_of(script: Script) -> Places:
    """The towns of a script, made once for many texts."""
    slugs: dict[tuple[str, ...], tuple[str, ...]] = {}
    for slug, town in script.towns.items():
        for way in _ways(town.name, town.zips):
            slugs[way] = (*slugs.get(way, ()), slug)
    return Places(slugs, max(map(len, slugs), default=0))


def find_towns(script: Script, text: str) -> tuple[str, ...]:
    """The slugs of all towns that a text names: "new-haven", "newhaven", a ZIP code. For a single text."""
    return places_of(script).split(words(text))[0]


def _ways(name: str, zips: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words(name)
    yield ("".join(words(name)),)
    yield from ((code,) for code in zips)
