"""The phone in a terminal: a text thread, a call, and transcripts replayed."""

from __future__ import annotations

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import click

from hotline.channels.segments import count_segments
from hotline.phone import calling, transcript
from hotline.phone.call import Call, Event
from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from hotline.phone.mailbox import TextMessage
from hotline.phone.narration import act, heard_line, is_language_menu
from hotline.phone.texting import OptOuts, send_text

WIDEST = 76
UNREADABLE = 2
OPENS_LANGUAGES = "9"
TEXT_HELP = "Type a text and press Enter. Ctrl-D ends."
CALL_HELP = "Keys 0-9 * #   say WORDS   Enter: stay silent   h: hang up"
TRANSFER_HELP = f"The transfer: {', '.join(calling.OUTCOMES)}   h: hang up"


def text_session(line: Line, sender: str, *, language_word: str | None) -> None:
    """A text thread with the hotline until the input ends; `language_word` is sent first."""
    click.secho(f"Texting {line.number} from {sender}. {TEXT_HELP}", dim=True)
    opt_outs = OptOuts()
    if language_word:
        click.echo(f"\n{_you()} {language_word}")
        _text(line, sender, language_word, opt_outs)
    while (body := _ask(_you())) is not None:
        if body.strip():
            _text(line, sender, body, opt_outs)
    click.secho("Goodbye.", dim=True)


def call_session(line: Line, caller: str, *, language_keys: str | None) -> None:
    """A call to the hotline until either side hangs up.

    `language_keys` are pressed at once; where the call does not begin with the languages, the key that opens their menu
    comes first.
    """
    click.secho(f"Calling {line.number} from {caller}. {CALL_HELP}", dim=True)
    try:
        call = calling.start_call(line, caller)
    except PhoneError as error:
        _show_error(error)
        return
    _show_events(line, call)
    if language_keys and call.waiting.kind == "keys":
        keys = language_keys if is_language_menu(call) else OPENS_LANGUAGES + language_keys
        click.echo(f"\n{_you()} {keys}")
        call = _step(line, call, keys)
    while call.waiting.kind != "ended":
        if call.waiting.kind == "dial":
            click.secho(TRANSFER_HELP, dim=True)
        typed = _ask(_you() + (f" {call.waiting.pressed}" if call.waiting.pressed else ""))
        call = _step(line, call, "h" if typed is None else typed)


def replay_file(line: Line, path: Path) -> int:
    """Prints the transcript as it is heard now. The exit code: 1 if it differs from what the file expects or an
    input without expectation met an error, 2 if the file cannot be read.
    """
    try:
        expected = transcript.parse(path.read_text(encoding="utf-8"))
    except PhoneError as error:
        click.secho(f"{path}: {error.sentence}", fg="red", err=True)
        return UNREADABLE
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        click.secho(f"{path} cannot be read: {reason}.", fg="red", err=True)
        return UNREADABLE
    actual = transcript.replay(line, expected)
    click.echo(transcript.write(actual), nl=False)
    difference = transcript.differences(expected, actual)
    if difference:
        click.secho("\nThis is not what the file expects:", fg="red", err=True)
        for changed in difference.split("\n"):
            click.secho(changed, fg={"-": "red", "+": "green"}.get(changed[:1]), err=True)
    return int(bool(difference) or transcript.unexpected_errors(expected, actual))


def wrap(text: str, width: int) -> Iterator[str]:
    """Lines of at most `width` columns, where letters of East Asian scripts take two."""
    for paragraph in text.split("\n"):
        line = ""
        for word in _words(paragraph, width):
            if line and columns(line + word.rstrip()) > width:
                yield line.rstrip()
                line = ""
            line += word
        yield line.rstrip()


def columns(text: str) -> int:
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _words(paragraph: str, width: int) -> list[str]:
    """Pieces between which a line may break: after a blank, around every wide letter, anywhere in an endless word."""
    pieces: list[str] = []
    for piece in re.findall(r"\s+|\S+\s*", paragraph):
        if columns(piece) <= width and not any(_width(character) > 1 for character in piece):
            pieces.append(piece)
            continue
        for character in piece:
            closes = unicodedata.category(character) in {"Pe", "Pf", "Po"}
            if closes and pieces and len(pieces[-1]) == 1:
                pieces[-1] += character
            else:
                pieces.append(character)
    return pieces


def _text(line: Line, sender: str, body: str, opt_outs: OptOuts) -> None:
    refused_before = len(opt_outs.refused)
    try:
        replies = send_text(line, sender, body, opt_outs=opt_outs)
    except PhoneError as error:
        _show_error(error)
        return
    for reply in replies:
        _show_bubble(reply)
    kept_back = len(opt_outs.refused) - refused_before
    if kept_back:
        click.secho(f"  {kept_back} not delivered: this number said STOP (21610).", fg="yellow")
    elif not replies:
        click.secho("  (no reply)", dim=True)


def _show_bubble(reply: TextMessage) -> None:
    width = _room() - 4
    lines = list(wrap(reply.body.strip(), width))
    widest = max(columns(line) for line in lines)
    segments = count_segments(reply.body)
    origin = "Twilio itself, " if reply.by_twilio else ""
    click.secho(f"  ╭{'─' * (widest + 2)}╮", fg="cyan")
    for line in lines:
        edge = click.style("│", fg="cyan")
        click.echo(f"  {edge} {line}{' ' * (widest - columns(line))} {edge}")
    click.secho(f"  ╰{'─' * (widest + 2)}╯", fg="cyan")
    count = f"{segments.count} segment{'s' if segments.count > 1 else ''}"
    click.secho(f"    {origin}{len(reply.body)} characters, {count}, {segments.encoding}", dim=True)


def _step(line: Line, call: Call, typed: str) -> Call:
    """The call after what was typed, or as it was if that made no sense."""
    try:
        after = act(line, call, _action(typed))
    except PhoneError as error:
        _show_error(error)
        return call
    _show_events(line, after)
    return after


def _action(typed: str) -> str:
    word = typed.strip()
    if not word:
        return "silence"
    if word.lower() in {"h", "hang up"}:
        return "hang up"
    if word.lower().startswith("say "):
        return f"says: {word[4:]}"
    return word.replace(" ", "")


def _show_events(line: Line, call: Call) -> None:
    for event in call.events:
        heard = heard_line(line, event)
        if heard is not None:
            _show_heard(event, heard)
    if not call.events:
        click.secho("  (nothing happens)", dim=True)


def _show_heard(event: Event, heard: str) -> None:
    tag = event.language or ""
    lines = wrap(heard, _room() - 12)
    color = "red" if "error" in (event.reason or "") else None
    for number, text in enumerate(lines):
        label = click.style(f"  {tag if number == 0 else '':<7} ", fg="cyan")
        click.echo(label + click.style(text, dim=event.words is None and color is None, fg=color))


def _show_error(error: PhoneError) -> None:
    code = "" if error.code is None else f" (Twilio error {error.code})"
    click.secho(f"  {error.sentence}{code}", fg="red")


def _ask(prompt: str) -> str | None:
    """One typed line, None at the end of the input. Lines that are not typed by hand are shown as if they were."""
    try:
        click.echo()
        typed: str = click.prompt(prompt, default="", show_default=False, prompt_suffix=" ")
    except (click.Abort, UnicodeDecodeError):
        click.echo()
        return None
    if not sys.stdin.isatty():
        click.echo(typed)
    return typed


def _you() -> str:
    return click.style(">", fg="green", bold=True)


def _room() -> int:
    return max(24, min(WIDEST, shutil.get_terminal_size().columns - 2))
