"""The commands that show what the line understands of a text, and that let it learn."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator

import click

from hotline.locales import LOCALES
from hotline.script.loader import ScriptError, load_script
from hotline.understanding.encoder import ENCODER_FILE, EncoderError, Floats, digest_of, load_encoder
from hotline.understanding.lessons import UnderstandingError
from hotline.understanding.trained import TRAINED_FILE, write_trained
from hotline.understanding.understanding import load_understanding
from hotline.understanding.understood import Understood
from hotline.understanding.vectors import VECTORS_FILE, Vectors


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


@understand.command()
def train() -> None:
    """Learn from the examples of every language; a few minutes the first time, then less than one."""
    try:
        vectors = Vectors(load_encoder(), digest_of(ENCODER_FILE), VECTORS_FILE)
        # scikit-learn takes a second to load, and nothing else needs it.
        from hotline.understanding.training import train as learn  # noqa: PLC0415

        trained = learn(load_script(), LOCALES, vectors, _with_progress)
        write_trained(trained, TRAINED_FILE)
    except (ScriptError, UnderstandingError, EncoderError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Learned {len(trained.known.rows):,} examples of {len(trained.languages.languages)} languages.")


def _with_progress(vectors: Iterable[Floats], count: int) -> Iterable[Floats]:
    with click.progressbar(vectors, count, label=f"Reading {count:,} new examples", file=sys.stderr) as progress:
        yield from progress


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
