"""How well the line understands, side by side with what others use, in one run: `make bench-understanding`.

On the development sets, which nobody learned from, with the same examples for all:

- `keywords`: triggers as RapidPro has them. A text that begins with a keyword goes to its topic; the keywords are the
  words with which at least three examples of a language begin, most of them of one topic.
- `node-nlp`: the npm package, which tells the language by itself and has a network for each.
- `hotline`: what the line does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import time
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.understanding.development import DEVELOPMENT
from hotline.understanding.lessons import Example, read_examples
from hotline.understanding.normal import words
from hotline.understanding.understanding import load_understanding
from hotline.understanding.understood import EMERGENCY, GREETING, NONE
from tests.benchmarks.chart import Bar, Group, draw

FOLDER = Path(__file__).parent
PICTURES = Path(".pictures")
TABLE, CHART = PICTURES / "understanding.md", PICTURES / "understanding.svg"
KEYWORD_EXAMPLES = 3
KEYWORD_SHARE = 0.5
ENOUGH_WORDS = 3
ALL = "all"


class NodeAnswer(TypedDict):
    language: str | None
    topics: list[str]
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Case:
    text: str
    language: str
    topic: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`language` is None where it is not told; `milliseconds` is what one text took."""

    topic: str
    language: str | None
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1; of languages, of texts with three words or more. `latency` is the 99th percentile, in ms."""

    topic: float
    language: float
    urgent: float
    none: float
    latency: float


def main() -> None:
    node = shutil.which("node")
    npm = shutil.which("npm")
    if node is None or npm is None:
        raise SystemExit("The benchmark needs Node.js 20 or newer and npm: apt-get install nodejs npm")
    script = load_script()
    examples, cases = read_examples(script, LOCALES), list(_cases(script))
    print(f"{len(examples):,} examples, {len(cases):,} texts to understand")  # noqa: T201 - a command
    subprocess.run([npm, "ci", "--no-progress", "--loglevel=error"], cwd=FOLDER, check=True, stdout=subprocess.DEVNULL)
    print("node-nlp learns; this takes some minutes...", flush=True)  # noqa: T201
    answers = {
        "keywords": _keywords(examples, cases),
        "node-nlp": _node_nlp(node, examples, cases),
        "hotline": _hotline(script, cases),
    }
    urgent = frozenset(slug for slug, topic in script.topics.items() if topic.urgent)
    scores = {
        name: {language: _scores(list(_of(language, cases, given)), urgent) for language in (*script.languages, ALL)}
        for name, given in answers.items()
    }
    PICTURES.mkdir(exist_ok=True)
    table = "\n".join(_table(scores))
    TABLE.write_text(table + "\n", encoding="utf-8")
    CHART.write_text(_chart(scores), encoding="utf-8")
    print(f"{table}\n\nWritten to {TABLE} and drawn in {CHART}.")  # noqa: T201


def _cases(script: Script) -> Iterator[Case]:
    for language in script.languages:
        topics = tomllib.loads((DEVELOPMENT / f"{language}.toml").read_text(encoding="utf-8"))
        yield from (Case(text, language, topic) for topic, texts in topics.items() for text in texts)


def _keywords(examples: Sequence[Example], cases: Iterable[Case]) -> list[Answer]:
    begun: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for example in examples:
        begun[example.words[0]][example.language, example.topic] += 1
    triggers: dict[str, tuple[str, str]] = {}
    for word, meanings in begun.items():
        meaning, times = meanings.most_common(1)[0]
        if times >= KEYWORD_EXAMPLES and times >= KEYWORD_SHARE * meanings.total():
            triggers[word] = meaning
    answers = []
    for case in cases:
        start = time.perf_counter()
        first = next(iter(words(case.text)), "")
        language, topic = triggers.get(first, (None, NONE))
        answers.append(Answer(topic, language, (time.perf_counter() - start) * 1000))
    return answers


def _node_nlp(node: str, examples: Sequence[Example], cases: Iterable[Case]) -> list[Answer]:
    question = {
        "examples": [[example.language, example.topic, example.text] for example in examples],
        "texts": [case.text for case in cases],
    }
    told = subprocess.run(
        [node, "--max-old-space-size=8192", "rival.js"],
        cwd=FOLDER,
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = cast("list[NodeAnswer]", json.loads(told.stdout)["answers"])
    return [Answer((one["topics"] or [NONE])[0], one["language"], one["milliseconds"]) for one in answers]


def _hotline(script: Script, cases: Iterable[Case]) -> list[Answer]:
    understanding = load_understanding(script)
    answers = []
    for case in cases:
        start = time.perf_counter()
        understood = understanding.understand(case.text)
        answers.append(Answer(understood.best.topic, understood.language, (time.perf_counter() - start) * 1000))
    return answers


def _of(language: str, cases: Sequence[Case], answers: Sequence[Answer]) -> Iterator[tuple[Case, Answer]]:
    for case, answer in zip(cases, answers, strict=True):
        if language in {case.language, ALL}:
            yield case, answer


def _scores(pairs: Sequence[tuple[Case, Answer]], urgent: frozenset[str]) -> Scores:
    alarms = {*urgent, EMERGENCY}
    latencies = sorted(answer.milliseconds for _, answer in pairs)
    return Scores(
        topic=_share(case.topic == answer.topic for case, answer in pairs),
        language=_share(
            case.language == answer.language for case, answer in pairs if len(words(case.text)) >= ENOUGH_WORDS
        ),
        urgent=_share(answer.topic in alarms for case, answer in pairs if case.topic in urgent),
        none=_share(answer.topic in {NONE, GREETING} for case, answer in pairs if case.topic == NONE),
        latency=latencies[int(len(latencies) * 0.99)],
    )


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return sum(counted) / len(counted)


def _table(scores: dict[str, dict[str, Scores]]) -> Iterator[str]:
    yield "| language | | topic | language | urgent | none kept | ms, 99th percentile |"
    yield "|---|---|--:|--:|--:|--:|--:|"
    for language in next(iter(scores.values())):
        for name, by_language in scores.items():
            one = by_language[language]
            shares = " | ".join(f"{share:.1%}" for share in (one.topic, one.language, one.urgent, one.none))
            yield f"| {language} | {name} | {shares} | {one.latency:.1f} |"


def _chart(scores: dict[str, dict[str, Scores]]) -> str:
    languages = next(iter(scores.values()))
    groups = [
        Group(language, [Bar(name, by_language[language].topic) for name, by_language in scores.items()])
        for language in languages
    ]
    return draw("Topic understood, of texts that nobody learned from", groups)


if __name__ == "__main__":
    main()
