"""The command that shows what the line understands of a text."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click

from hotline.locales import LOCALES
from hotline.script.loader import ScriptError, load_script
from hotline.understanding.lessons import UnderstandingError
from hotline.understanding.understanding import Understanding
from hotline.understanding.understood import Understood


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.argument("text", nargs=-1)
def understand(*, as_json: bool, text: tuple[str, ...]) -> None:
    """Say in which language TEXT is and which topic it means; without TEXT, for each line of standard input."""
    try:
        understanding = Understanding(load_script(), LOCALES)
    except (ScriptError, UnderstandingError) as error:
        raise click.ClickException(str(error)) from error
    for line in [" ".join(text)] if text else _lines():
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
