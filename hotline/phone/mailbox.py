"""Where texts wait that the line sends of itself, until the phone looks for them."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import requests

# Of a demo on this machine.
ANSWER_SECONDS = 2.0

_TEXT, _STOPPED = "text", "stopped"
_UNFINISHED = ".part"
_SEQUENCE = count()


@dataclass(frozen=True, slots=True)
class TextMessage:
    """One text. `by_twilio` marks what Twilio itself answers to STOP, START and HELP."""

    sender: str
    to: str
    body: str
    by_twilio: bool = False


class Inbox(Protocol):
    """What a phone has of a mailbox."""

    def collect(self, number: str) -> tuple[TextMessage, ...]:
        """The texts that wait for a number, in the order sent; they are gone then. Raises OSError."""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder that several processes of one machine may share: a small file for each text and for each STOP.

    Every method may raise OSError. Numbers stand in the files, which this user alone can read, never in their names.
    """

    folder: Path

    def deliver(self, message: TextMessage) -> None:
        """Keeps a text until it is collected."""
        self._keep(_TEXT, asdict(message))

    def collect(self, number: str) -> tuple[TextMessage, ...]:
        """The texts that wait for a number, in the order sent; each goes to one collector only."""
        texts = [(path, _message(fields)) for path, fields in self._kept(_TEXT)]
        return tuple(text for path, text in texts if text and text.to == number and _take(path))

    def opt_out(self, number: str) -> None:
        """The number said STOP."""
        if not self.has_opted_out(number):
            self._keep(_STOPPED, {"number": number})

    def opt_in(self, number: str) -> None:
        """The number said START."""
        for path in self._stopped(number):
            _take(path)

    def has_opted_out(self, number: str) -> bool:
        return any(self._stopped(number))

    def empty(self) -> None:
        """Forgets everything."""
        for path in (*self.folder.glob("*.json"), *self.folder.glob(f"*{_UNFINISHED}")):
            _take(path)

    def _stopped(self, number: str) -> Iterator[Path]:
        return (path for path, fields in self._kept(_STOPPED) if fields == {"number": number})

    def _keep(self, kind: str, fields: dict[str, object]) -> None:
        """Whoever looks meanwhile finds all of the file or nothing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        handle, unfinished = tempfile.mkstemp(dir=self.folder, suffix=_UNFINISHED)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(fields, file)
        Path(unfinished).replace(self.folder / f"{kind}-{_turn()}.json")

    def _kept(self, kind: str) -> Iterator[tuple[Path, object]]:
        """The files of a kind with what they hold, the oldest first; what cannot be read is left alone."""
        for path in sorted(self.folder.glob(f"{kind}-*.json")):
            try:
                yield path, json.loads(path.read_text(encoding="utf-8"))
            except (FileNotFoundError, ValueError):
                continue


@dataclass(frozen=True, slots=True)
class HttpInbox:
    """The mailbox of a demo that runs as another process at `address`."""

    address: str

    def collect(self, number: str) -> tuple[TextMessage, ...]:
        """Nothing where no demo answers."""
        try:
            texts = self._ask(number)
        except (requests.RequestException, ValueError, KeyError, TypeError):
            return ()
        return tuple(text for text in map(_message, texts) if text)

    def _ask(self, number: str) -> list[object]:
        with requests.Session() as session:
            # No proxy stands between two programs of one machine.
            session.trust_env = False
            answer = session.get(f"{self.address}/phone/inbox", params={"number": number}, timeout=ANSWER_SECONDS)
            answer.raise_for_status()
            return list(answer.json()["texts"])


def _turn() -> str:
    """What sorts after all that this machine gave before, and comes once only."""
    return f"{time.monotonic_ns():016x}-{next(_SEQUENCE):08x}-{secrets.token_hex(4)}"


def _take(path: Path) -> bool:
    """Whether it was there; of several that take it, one succeeds."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def _message(fields: object) -> TextMessage | None:
    match fields:
        case {"sender": str(sender), "to": str(to), "body": str(body), "by_twilio": bool(by_twilio)}:
            return TextMessage(sender, to, body, by_twilio=by_twilio)
        case _:
            return None
