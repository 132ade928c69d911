"""The same text as somebody else may have typed it: so the encoder learns that it means the same."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence

from hotline.understanding.lessons import Example
from hotline.understanding.understood import GREETING, NONE

_GREETS_TOO = 0.12
_SAYS_MORE = 0.08
_WITHOUT_MARKS = 0.35
_MISTYPES = 0.3
_LEAVES_OUT = 0.15
_WITHOUT_PUNCTUATION = 0.3
_LONG = 25
_SHORTEST = 4
# Letters with a stroke, which Unicode does not take apart.
_STROKES = str.maketrans("đłøħ", "dloh")
_PUNCTUATION = str.maketrans("", "", ".,!?¿¡;:'\"。，！？、؟،")


class Slips:
    """Writes texts anew, by chance that `seed` decides."""

    def __init__(self, examples: Sequence[Example], seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - not for secrets
        self._said: dict[tuple[str, str], list[str]] = {}
        for example in examples:
            self._said.setdefault((example.language, example.topic), []).append(example.text.lower())

    def of(self, example: Example) -> str:
        text = self._longer(example)
        if self._happens(_WITHOUT_MARKS):
            text = _without_marks(text)
        if self._happens(_MISTYPES) and " " in text:
            text = self._mistyped(text)
        words = text.split(" ")
        if self._happens(_LEAVES_OUT) and len(words) > _SHORTEST:
            del words[self._chance.randrange(len(words))]
            text = " ".join(words)
        return text.translate(_PUNCTUATION) if self._happens(_WITHOUT_PUNCTUATION) else text

    def _longer(self, example: Example) -> str:
        """The text, now and then with a greeting, or with what another says of the same topic."""
        text = example.text.lower()
        if example.topic not in {GREETING, NONE} and self._happens(_GREETS_TOO):
            text = f"{self._another(example.language, GREETING)} {text}"
        if self._happens(_SAYS_MORE):
            text = f"{text} {self._another(example.language, example.topic)}"
        return text

    def _another(self, language: str, topic: str) -> str:
        return self._chance.choice(self._said[language, topic])

    def _happens(self, probability: float) -> bool:
        return self._chance.random() < probability

    def _mistyped(self, text: str) -> str:
        """One letter left out, doubled, swapped with its neighbour or another's; in a long text up to three."""
        letters = list(text)
        for _ in range(1 if len(letters) < _LONG else self._chance.randint(1, 3)):
            if len(letters) < _SHORTEST:
                break
            place = self._chance.randrange(1, len(letters) - 1)
            match self._chance.randrange(4):
                case 0:
                    del letters[place]
                case 1:
                    letters[place - 1], letters[place] = letters[place], letters[place - 1]
                case 2:
                    letters.insert(place, letters[place])
                case _:
                    letters[place] = self._chance.choice(letters)
        return "".join(letters)


def _without_marks(text: str) -> str:
    apart = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in apart if unicodedata.category(sign) != "Mn").translate(_STROKES)
