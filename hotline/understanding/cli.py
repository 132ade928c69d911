"""The commands that show what the line understands of a text, and that let it learn."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click

from hotline.locales import LOCALES
from hotline.script.loader import DATA, ScriptError, load_script
from hotline.understanding.development import Guessed, Remembering, Score, read_cases, scores_of
from hotline.understanding.encoder import ENCODER_FILE, EncoderError, Floats, digest_of, load_encoder
from hotline.understanding.lessons import UnderstandingError, read_steering
from hotline.understanding.trained import TRAINED_FILE, read_trained, write_trained
from hotline.understanding.understanding import Understanding, load_understanding
from hotline.understanding.understood import Understood
from hotline.understanding.vectors import VECTORS_FILE, Vectors

# What is said to programs of how far it is: reading examples that are new, learning from all, scoring what was learned.
READING, LEARNING, SCORING = "reading", "learning", "scoring"
TOLD_EVERY = 20
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


class _TextOrCommand(click.Group):
    """A group whose first argument, where it is the name of no command, begins a text to understand."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in self.commands:
            return super().resolve_command(ctx, args)
        return "text", _text, args


@click.group(cls=_TextOrCommand, invoke_without_command=True, options_metavar="[--json] [TEXT...]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.pass_context
def understand(context: click.Context, *, as_json: bool) -> None:
    """Say in which language TEXT is and which topic it means; without TEXT, for each line of standard input."""
    context.obj = as_json
    if context.invoked_subcommand is None:
        _show(_lines(), as_json=as_json)


@click.command(hidden=True)
@click.option("--json", "as_json", is_flag=True)
@click.argument("text", nargs=-1)
@click.pass_obj
def _text(as_json_before: bool, *, as_json: bool, text: tuple[str, ...]) -> None:  # noqa: FBT001 - click's context
    _show([" ".join(text)], as_json=as_json or as_json_before)


_SCRIPT = click.option(
    "--script", "data", type=_FOLDER, default=lambda: DATA, show_default="the packaged one", help="The script's folder."
)
_LOCALES = click.option(
    "--locales",
    type=_FOLDER,
    default=lambda: LOCALES,
    show_default="those of the package",
    help="The languages' folder.",
)


@understand.command()
@_SCRIPT
@_LOCALES
@click.option(
    "--output", type=_FILE, default=lambda: TRAINED_FILE, show_default="the packaged one", help="What is learned."
)
@click.option(
    "--vectors",
    type=_FILE,
    default=lambda: VECTORS_FILE,
    show_default="the packaged one",
    help="Kept between trainings.",
)
@click.pass_obj
def train(as_json: bool, *, data: Path, locales: Path, output: Path, vectors: Path) -> None:  # noqa: FBT001 - click's context
    """Learn from the examples of every language: less than a minute, or some where no example was ever read.

    After `understand --json`, standard error has an object a line that says how far it is.
    """
    try:
        known = Vectors(load_encoder(), digest_of(ENCODER_FILE), vectors, VECTORS_FILE)
        # scikit-learn takes a second to load, and nothing else needs it.
        from hotline.understanding import training  # noqa: PLC0415

        progress, tell = (_told_progress, _tell_learning) if as_json else (_with_progress, training.unheard)
        trained = training.train(load_script(data), locales, known, progress, tell)
        write_trained(trained, output)
    except (ScriptError, UnderstandingError, EncoderError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Learned {len(trained.known.rows):,} examples of {len(trained.languages.languages)} languages.")


@understand.command()
@_SCRIPT
@_LOCALES
@click.argument("trained", nargs=-1, type=_FILE)
@click.pass_obj
def score(as_json: bool, *, data: Path, locales: Path, trained: tuple[Path, ...]) -> None:  # noqa: FBT001 - click's context
    """How many texts that nobody learned from are understood, by what stands in each of the files TRAINED."""
    try:
        script, encoder = load_script(data), Remembering(load_encoder())
        cases, steering = read_cases(script), read_steering(script, locales)
        learned = [read_trained(path) for path in trained or (TRAINED_FILE,)]
    except (ScriptError, UnderstandingError, EncoderError) as error:
        raise click.ClickException(str(error)) from error
    for number, one in enumerate(learned):
        progress = partial(_told_scoring, number * len(cases), len(learned) * len(cases)) if as_json else iter
        scores = scores_of(Understanding(script, steering, one, encoder), script, cases, progress)
        if as_json:
            click.echo(json.dumps({language: asdict(score) for language, score in scores.items()}))
        else:
            click.echo("\n".join(_table(scores)))


def _table(scores: Mapping[str, Score]) -> Iterator[str]:
    yield f"{'':4}{'texts':>6}{'first guess':>13}{'first three':>13}{'urgent':>9}"
    for language, score in scores.items():
        shares = (f"{score.understood / score.texts:13.1%}", f"{score.offered / score.texts:13.1%}")
        yield f"{language:4}{score.texts:6}{''.join(shares)}{score.alarmed / max(1, score.urgent):9.1%}"


def _with_progress(vectors: Iterable[Floats], count: int) -> Iterable[Floats]:
    with click.progressbar(vectors, count, label=f"Reading {count:,} new examples", file=sys.stderr) as progress:
        yield from progress


def _told_progress(vectors: Iterable[Floats], count: int) -> Iterable[Floats]:
    for done, vector in enumerate(vectors):
        if done % TOLD_EVERY == 0:
            _tell({"step": READING, "done": done, "of": count})
        yield vector


def _told_scoring(before: int, count: int, guesses: Iterable[Guessed]) -> Iterable[Guessed]:
    for done, guessed in enumerate(guesses, before):
        if done % TOLD_EVERY == 0:
            _tell({"step": SCORING, "done": done, "of": count})
        yield guessed


def _tell_learning(share: float) -> None:
    _tell({"step": LEARNING, "done": share, "of": 1})


def _tell(progress: Mapping[str, object]) -> None:
    click.echo(json.dumps(progress), err=True)


def _show(lines: Iterable[str], *, as_json: bool) -> None:
    try:
        understanding = load_understanding(load_script())
    except (ScriptError, UnderstandingError) as error:
        raise click.ClickException(str(error)) from error
    for line in lines:
        understood = understanding.understand(line, None)
        click.echo(_as_json(line, understood) if as_json else _as_line(line, understood))


def _lines() -> Iterator[str]:
    """The lines of standard input, whatever bytes they hold."""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", errors="replace").rstrip("\r\n")


def _as_json(text: str, understood: Understood) -> str:
    answer = {
        "text": text,
        "language": understood.language,
        "topic": understood.best.topic,
        "confidence": round(understood.best.confidence, 3),
        "alternatives": [
            {"topic": guess.topic, "confidence": round(guess.confidence, 3)} for guess in understood.alternatives
        ],
    }
    # Escaped, so that no character of a text breaks the line or the terminal.
    return json.dumps(answer)


def _as_line(text: str, understood: Understood) -> str:
    guesses = " ".join(f"{guess.topic} {guess.confidence:.2f}" for guess in (understood.best, *understood.alternatives))
    towns = f" [{' '.join(understood.towns)}]" if understood.towns else ""
    sound = text.encode("utf-8", errors="replace").decode("utf-8")
    return f"{understood.language or '-'}  {guesses}{towns}  {sound}"
