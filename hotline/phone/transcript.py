"""Whole conversations as readable text files.

    # a comment
    text from +12035550123          (or: call from ..., text whatsapp from ...)
    > what is texted
    < a reply
      and its second line
    < a second reply

    call from anonymous
    [call] What is heard,
           one line for each thing.
    [2]    (dials 1-800-555-0100, caller ID +12035550100)
    [busy] ...

In a call the brackets hold what the caller does: call, keys, silence, "says: words", the outcome of a transfer, or
hang up.
An input without anything heard after it expects nothing in particular; `(nothing)` expects silence.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal, cast

from hotline.phone import calling
from hotline.phone.call import Call
from hotline.phone.errors import PhoneError
from hotline.phone.forms import WHATSAPP
from hotline.phone.line import Line
from hotline.phone.narration import NOTHING, act, error_mark, heard_lines, is_error, one_line
from hotline.phone.texting import OptOuts, send_text

COLUMN = 7

_HEADERS = {"text": "text from", "whatsapp": "text whatsapp from", "call": "call from"}
_HEADER = re.compile(r"(text from|text whatsapp from|call from) (\S+)")
_ACTION = re.compile(r"\[([^\]]*)\](?:\s+(.*))?")
_KNOWN_ACTION = re.compile(rf"call|silence|hang up|{calling.KEYS.pattern}|says: .+|{'|'.join(calling.OUTCOMES)}")


@dataclass(frozen=True, slots=True)
class Step:
    """One input and what was heard after it; `notes` are the comment lines before it, without their mark.

    In a call `said` is what stands between the brackets, and `heard` has one line for each thing. In a text thread
    `heard` has the replies, which may have several lines.
    """

    said: str
    heard: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """One text thread or one call; `notes` are the comment lines before its header."""

    channel: Literal["text", "whatsapp", "call"]
    caller: str
    steps: tuple[Step, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A transcript file; `notes` are the comment lines at its end."""

    conversations: tuple[Conversation, ...]
    notes: tuple[str, ...] = ()


def parse(text: str) -> Transcript:
    """Raises PhoneError that names the line which cannot be read."""
    reader = _Reader()
    for number, line in enumerate(_lines(text.removeprefix("\ufeff")), start=1):
        try:
            reader.read(line)
        except PhoneError as error:
            raise PhoneError(f"Line {number}: {error.sentence}") from error
    return reader.transcript()


def write(transcript: Transcript) -> str:
    """The file that `parse` reads as this transcript."""
    blocks = ["\n".join(_written(conversation)) for conversation in transcript.conversations]
    if transcript.notes:
        blocks.append("\n".join(_comments(transcript.notes)))
    return "\n\n".join(blocks) + "\n"


def replay(line: Line, transcript: Transcript) -> Transcript:
    """The same inputs with what is heard now. Opt-outs hold from one conversation of the file to the next."""
    opt_outs = OptOuts()
    return replace(
        transcript,
        conversations=tuple(_replayed(line, conversation, opt_outs) for conversation in transcript.conversations),
    )


def differences(expected: Transcript, actual: Transcript) -> str:
    """A line-by-line difference, empty if everything expected was heard."""
    before, after = write(_filled(expected, actual)).split("\n"), write(actual).split("\n")
    return "\n".join(difflib.unified_diff(before, after, "expected", "heard now", lineterm="", n=4))


def unexpected_errors(expected: Transcript, actual: Transcript) -> bool:
    """Whether something went wrong after an input that expected nothing in particular."""
    pairs = zip(_steps(expected), _steps(actual), strict=False)
    return any(is_error(line) for before, now in pairs if not before.heard for line in now.heard)


def _steps(transcript: Transcript) -> list[Step]:
    return [step for conversation in transcript.conversations for step in conversation.steps]


def _filled(expected: Transcript, actual: Transcript) -> Transcript:
    """`expected`, where it expects nothing in particular with what was heard."""
    heard = {
        (number, place): step.heard
        for number, conversation in enumerate(actual.conversations)
        for place, step in enumerate(conversation.steps)
    }
    conversations = tuple(
        replace(
            conversation,
            steps=tuple(
                step if step.heard else replace(step, heard=heard.get((number, place), ()))
                for place, step in enumerate(conversation.steps)
            ),
        )
        for number, conversation in enumerate(expected.conversations)
    )
    return replace(expected, conversations=conversations)


# reading


class _Reader:
    """Collects conversations line by line."""

    def __init__(self) -> None:
        self._conversations: list[Conversation] = []
        self._notes: list[str] = []
        self._blanks = 0

    def read(self, line: str) -> None:
        if not line:
            self._blanks += 1
            return
        if line.startswith("#"):
            self._notes.append(line.removeprefix("#").removeprefix(" "))
        elif header := _HEADER.fullmatch(line):
            self._open(header[1], header[2])
        elif not self._conversations:
            raise PhoneError("A conversation begins with 'text from NUMBER' or 'call from NUMBER'.")
        elif self._conversations[-1].channel == "call":
            self._read_call(line)
        else:
            self._read_text(line)
        self._blanks = 0

    def transcript(self) -> Transcript:
        tidy = (replace(c, steps=tuple(_tidy(c, step) for step in c.steps)) for c in self._conversations)
        return Transcript(tuple(tidy), tuple(self._notes))

    def _open(self, words: str, caller: str) -> None:
        channel = next(channel for channel, header in _HEADERS.items() if header == words)
        kind = cast('Literal["text", "whatsapp", "call"]', channel)
        self._conversations.append(Conversation(kind, caller, (), self._taken_notes()))

    def _read_text(self, line: str) -> None:
        mark, rest = line[:1], line[1:].removeprefix(" ")
        if mark == ">":
            self._add_step(Step(rest, notes=self._taken_notes()))
        elif mark == "<":
            self._hear(rest)
        elif line.startswith("  "):
            self._continue("\n" * (self._blanks + 1) + line[2:])
        else:
            raise PhoneError("A line of a text thread begins with '>', '<' or two blanks.")

    def _read_call(self, line: str) -> None:
        action = _ACTION.fullmatch(line)
        if action:
            if not _KNOWN_ACTION.fullmatch(action[1]):
                raise PhoneError(f"[{action[1]}] is not something that a caller does.")
            self._add_step(Step(action[1], notes=self._taken_notes()))
            if action[2]:
                self._hear(action[2])
        elif line.startswith(" "):
            self._hear(line.strip())
        else:
            raise PhoneError("A line of a call begins with '[' or with blanks.")

    def _hear(self, line: str) -> None:
        step = self._last_step()
        self._replace_last(replace(step, heard=(*step.heard, line)))

    def _continue(self, line: str) -> None:
        step = self._last_step()
        if step.heard:
            self._replace_last(replace(step, heard=(*step.heard[:-1], step.heard[-1] + line)))
        else:
            self._replace_last(replace(step, said=step.said + line))

    def _last_step(self) -> Step:
        steps = self._conversations[-1].steps
        if not steps:
            raise PhoneError("Something is heard before anything was said.")
        return steps[-1]

    def _add_step(self, step: Step) -> None:
        conversation = self._conversations[-1]
        if conversation.channel == "call" and (step.said == "call") != (not conversation.steps):
            raise PhoneError("A call begins with [call], once.")
        self._conversations[-1] = replace(conversation, steps=(*conversation.steps, step))

    def _replace_last(self, step: Step) -> None:
        conversation = self._conversations[-1]
        self._conversations[-1] = replace(conversation, steps=(*conversation.steps[:-1], step))

    def _taken_notes(self) -> tuple[str, ...]:
        notes, self._notes = tuple(self._notes), []
        return notes


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in re.split(r"\r\n|\r|\n", text)]


def _tidy(conversation: Conversation, step: Step) -> Step:
    if conversation.channel == "call":
        return replace(step, said=step.said.strip(), heard=tuple(one_line(line) for line in step.heard))
    return replace(step, said=_tidy_body(step.said), heard=tuple(_tidy_body(body) for body in step.heard))


def _tidy_body(body: str) -> str:
    """A message without the blanks that nobody sees: around it and at the end of its lines."""
    return "\n".join(_lines(body)).strip()


# writing


def _written(conversation: Conversation) -> Iterator[str]:
    yield from _comments(conversation.notes)
    yield f"{_HEADERS[conversation.channel]} {conversation.caller}"
    for step in conversation.steps:
        yield from _comments(step.notes)
        if conversation.channel == "call":
            yield from _written_call_step(step)
        else:
            yield from _written_text(">", step.said)
            for body in step.heard:
                yield from _written_text("<", body)


def _comments(notes: tuple[str, ...]) -> Iterator[str]:
    return (f"# {note}".rstrip() for note in notes)


def _written_text(mark: str, body: str) -> Iterator[str]:
    first, *others = body.split("\n")
    yield f"{mark} {first}".rstrip()
    for line in others:
        yield f"  {line}".rstrip()


def _written_call_step(step: Step) -> Iterator[str]:
    action = f"[{step.said}]"
    first, *others = step.heard or ("",)
    yield f"{action:<{COLUMN - 1}} {first}".rstrip()
    for line in others:
        yield " " * COLUMN + line


# replaying


def _replayed(line: Line, conversation: Conversation, opt_outs: OptOuts) -> Conversation:
    if conversation.channel == "call":
        steps = _replayed_call(line, conversation)
    else:
        sender = f"{WHATSAPP if conversation.channel == 'whatsapp' else ''}{conversation.caller}"
        steps = tuple(_replayed_text(line, sender, step, opt_outs) for step in conversation.steps)
    return replace(conversation, steps=steps)


def _replayed_text(line: Line, sender: str, step: Step, opt_outs: OptOuts) -> Step:
    refused_before = len(opt_outs.refused)
    try:
        messages = send_text(line, sender, step.said, opt_outs=opt_outs)
    except PhoneError as error:
        return replace(step, heard=(error_mark(error),))
    heard = [_tidy_body(message.body) for message in messages]
    heard += ["(not delivered: 21610)"] * (len(opt_outs.refused) - refused_before)
    return replace(step, heard=tuple(heard) or (NOTHING,))


def _replayed_call(line: Line, conversation: Conversation) -> tuple[Step, ...]:
    call: Call | None = None
    steps = []
    for step in conversation.steps:
        try:
            call = calling.start_call(line, conversation.caller) if call is None else act(line, call, step.said)
        except PhoneError as error:
            heard: tuple[str, ...] = (error_mark(error),)
        else:
            heard = heard_lines(line, call, step.said)
        steps.append(replace(step, heard=heard))
    return tuple(steps)
