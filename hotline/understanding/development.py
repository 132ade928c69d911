"""How well the line understands, measured on texts that nobody learned from: the development set."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from hotline.script.model import Script
from hotline.script.tables import Table, TableError, read_toml
from hotline.understanding.encoder import Encoder, Floats
from hotline.understanding.lessons import UnderstandingError
from hotline.understanding.understanding import Understanding
from hotline.understanding.understood import EMERGENCY, GREETING, NONE

Guessed: TypeAlias = tuple[str, ...]
Progress: TypeAlias = Callable[[Iterable[Guessed]], Iterable[Guessed]]

DEVELOPMENT = Path(__file__).parent / "data" / "development"
MOST_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Case:
    """What somebody may text, in which language, and the topic that is meant."""

    text: str
    language: str
    topic: str


@dataclass(frozen=True, slots=True)
class Score:
    """Of so many texts: those whose topic is the first guess, and those of which it is among the first three.

    `urgent` texts need help at once; of those `alarmed` were taken for something urgent, whichever it was.
    """

    texts: int
    understood: int
    offered: int
    urgent: int
    alarmed: int


def read_cases(script: Script, folder: Path = DEVELOPMENT) -> tuple[Case, ...]:
    """What stands in `<language>.toml`, of the script's languages and topics. Raises UnderstandingError."""
    topics = (*script.topics, EMERGENCY, GREETING, NONE)
    paths = {language: folder / f"{language}.toml" for language in script.languages}
    try:
        tables = {code: Table(path.name, read_toml(path, path.name)) for code, path in paths.items() if path.exists()}
        return tuple(
            Case(text, language, topic)
            for language, table in tables.items()
            for topic in topics
            if table.has(topic)
            for text in table.texts(topic)
        )
    except TableError as error:
        raise UnderstandingError(str(error)) from error


def scores_of(
    understanding: Understanding, script: Script, cases: Sequence[Case], progress: Progress = iter
) -> dict[str, Score]:
    """The score of each language. `progress` goes through the cases as they are understood."""
    alarms = frozenset((EMERGENCY, *(slug for slug, topic in script.topics.items() if topic.urgent)))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        guesses = list(progress(pool.map(lambda case: _guesses(understanding, case), cases)))
    told = list(zip(cases, guesses, strict=True))
    return {
        language: _score([(case.topic, guessed) for case, guessed in told if case.language == language], alarms)
        for language in dict.fromkeys(case.language for case in cases)
    }


class Remembering:
    """An encoder that is asked once for each text. Safe in several threads at once."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Floats] = {}

    def encode(self, text: str) -> Floats:
        if text not in self._vectors:
            self._vectors[text] = self._encoder.encode(text)
        return self._vectors[text]


def _guesses(understanding: Understanding, case: Case) -> Guessed:
    understood = understanding.understand(case.text)
    return tuple(guess.topic for guess in (understood.best, *understood.alternatives))[:MOST_OFFERED]


def _score(told: Sequence[tuple[str, Guessed]], alarms: frozenset[str]) -> Score:
    """Of topics that are meant and the guesses at each."""
    urgent = [guessed for topic, guessed in told if topic in alarms]
    return Score(
        texts=len(told),
        understood=sum(guessed[0] == topic for topic, guessed in told),
        offered=sum(topic in guessed for topic, guessed in told),
        urgent=len(urgent),
        alarmed=sum(guessed[0] in alarms for guessed in urgent),
    )
