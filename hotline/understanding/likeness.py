"""Names that are like what was written or heard: mistyped, spelt by ear, or cut apart by speech recognition."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from rapidfuzz import process
from rapidfuzz.distance import OSA

# What is shorter is like too much.
SHORTEST = 4
# Measured on tests/understanding/places/misspelt.toml and on the examples of all languages: below lie one right answer
# in fifty, and nearly all texts that name no place.
_LIKE_ENOUGH = 0.74
# So close to the best, it may as well have been meant.
_AS_GOOD = 0.07
_MOST = 20
# Inside a sentence: how many letters of a name may be wrong, by its length.
_STRICT_FROM = 6
_TWO_WRONG_FROM = 9
_NEAR_CERTAIN_FROM = 7

# How a name sounds to speakers of several languages: only consonants count, and those that are confused are one.
_SOUNDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^e(?=s[ptkcmnlqf])", ""),
        (r"ph", "f"),
        (r"th", "t"),
        (r"tch|ch|sh|cz|sz", "c"),
        (r"ck|c(?![eiyc])|q", "k"),
        (r"(?<!^)gh", ""),
        (r"dg(?=[eiy])", "g"),
        (r"gu(?=[aei])|hu(?=[aei])|w|v|b", "b"),
        (r"[hj]", ""),
        (r"z|c(?=[eiy])", "s"),
        (r"n(?=[bp])|m(?=[bp])", "n"),
        (r"f[aeiou]+r?[dt]?(?=$|[^aeiou])", "f"),
        (r"[aeiouy]+", "a"),
        (r"(.)\1+", r"\1"),
    )
)


@dataclass(frozen=True, slots=True)
class Like:
    """A name and how like it is, from 0 to 1."""

    name: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Names:
    """Names without blanks. `by_first_letter` holds those that may be mistyped inside a sentence."""

    all: Sequence[str]
    sounds: Sequence[str]
    by_first_letter: Mapping[str, Sequence[str]]

    def like(self, text: str) -> tuple[Like, ...]:
        """The names that a whole text may stand for, the likeliest first; none where nothing is like it."""
        if len(text) < SHORTEST:
            return ()
        by_letters = _likeness(text, self.all)
        by_sound = _likeness(sound_of(text), self.sounds)
        likenesses = {
            index: max(letters, (letters + by_sound[index]) / 2) if index in by_sound else letters
            for index, letters in by_letters.items()
        }
        best = max(likenesses.values(), default=0.0)
        if best < _LIKE_ENOUGH:
            return ()
        near = [Like(self.all[index], value) for index, value in likenesses.items() if value >= best - _AS_GOOD]
        return tuple(sorted(near, key=lambda like: (-like.likeness, like.name)))

    def mistyped(self, text: str) -> str | None:
        """The name that differs from a text by a slip or two, as short names may by none and all begin alike."""
        return self._mistyped(text, _STRICT_FROM, _TWO_WRONG_FROM)

    def surely_mistyped(self, text: str) -> str | None:
        """The long name that differs by one slip: so little that nothing need announce it."""
        return self._mistyped(text, _NEAR_CERTAIN_FROM, None)

    def _mistyped(self, text: str, shortest: int, two_wrong_from: int | None) -> str | None:
        names = self.by_first_letter.get(text[:1], ()) if len(text) >= shortest else ()
        for name, distance, _ in process.extract(text, names, scorer=OSA.distance, score_cutoff=2, limit=_MOST):
            length = min(len(name), len(text))
            allowed = 2 if two_wrong_from and length >= two_wrong_from else 1
            if length >= shortest and distance <= allowed:
                return str(name)
        return None


def names_of(names: Iterable[str], unmistakable: Iterable[str]) -> Names:
    """Names to compare with; of these, `unmistakable` may be mistyped even inside a sentence."""
    together = tuple(dict.fromkeys(names))
    in_order = sorted({name for name in unmistakable if len(name) >= _STRICT_FROM - 1})
    return Names(
        all=together,
        sounds=tuple(map(sound_of, together)),
        by_first_letter={letter: tuple(group) for letter, group in groupby(in_order, key=lambda name: name[0])},
    )


def sound_of(text: str) -> str:
    for pattern, sound in _SOUNDS:
        text = pattern.sub(sound, text)
    return text


def _likeness(text: str, names: Sequence[str]) -> dict[int, float]:
    """By position; what is hardly like the text is left out."""
    found = process.extract(text, names, scorer=OSA.normalized_similarity, score_cutoff=0.4, limit=None)
    return {index: float(value) for _, value, index in found}
