"""eSpeak NG as a voice: a program of its own is asked over pipes, and started when it is first needed."""

from __future__ import annotations

import atexit
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from ctypes.util import find_library
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import IO
from xml.sax.saxutils import escape

import numpy as np

from hotline.channels.audio.sound import Sound

PROGRAM = Path(__file__).with_name("espeak_program.py")
# As fast as people speak on the telephone.
WORDS_A_MINUTE = 175
ENGLISH = "en-us"
# A sentence takes milliseconds; a longer wait means that the program hangs.
LONGEST_SECONDS = 10.0


class EspeakError(Exception):
    """eSpeak NG did not speak."""


@dataclass(frozen=True, slots=True)
class Installed:
    """Where eSpeak NG is; both empty for the machine's own library."""

    library: str
    data: str


def installed() -> Installed | None:
    """The eSpeak NG of the package espeakng-loader, otherwise the machine's own; None where there is none."""
    if find_spec("espeakng_loader"):
        import espeakng_loader  # noqa: PLC0415 - an extra, which need not be there

        return Installed(espeakng_loader.get_library_path(), espeakng_loader.get_data_path())
    return Installed("", "") if find_library("espeak-ng") else None


class Espeak:
    """One voice at a time, for all threads of a process; each process has a program of its own."""

    def __init__(self, where: Installed) -> None:
        self._where = where
        self._lock = threading.Lock()
        self._program: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._rate = 0

    def say(self, words: str, voice: str, words_a_minute: int = WORDS_A_MINUTE, english: Sequence[str] = ()) -> Sound:
        """The words in one of eSpeak's voices, such as "ht", and those of `english` in its English one.

        Raises EspeakError.
        """
        wanted = {"voice": voice, "words_a_minute": words_a_minute, "words": _markup(words, english)}
        with self._lock:
            program = self._running()
            try:
                with _in_time(program):
                    _pipe(program.stdin).write(json.dumps(wanted).encode() + b"\n")
                    _pipe(program.stdin).flush()
                    heard = _read(_pipe(program.stdout))
            except OSError as error:
                self._end()
                raise EspeakError("eSpeak NG ended while it spoke.") from error
        if not heard:
            raise EspeakError(f"eSpeak NG said nothing; does it have the voice {voice}?")
        return Sound((np.frombuffer(heard, np.int16) / 32768).astype(np.float32), self._rate)

    def close(self) -> None:
        with self._lock:
            self._end()

    def _running(self) -> subprocess.Popen[bytes]:
        # After a fork the program is the parent's: two would talk with it at once.
        if self._program is None or self._owner != os.getpid() or self._program.poll() is not None:
            self._end()
            self._program = self._started()
            self._owner = os.getpid()
        return self._program

    def _started(self) -> subprocess.Popen[bytes]:
        program = subprocess.Popen(  # noqa: S603 - this interpreter and a file of this package
            [sys.executable, "-I", str(PROGRAM), self._where.library, self._where.data],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            with _in_time(program):
                self._rate = int(_read(_pipe(program.stdout)))
        except (OSError, ValueError) as error:
            _stop(program)
            raise EspeakError("eSpeak NG cannot be started.") from error
        return program

    def _end(self) -> None:
        if self._program and self._owner == os.getpid():
            _stop(self._program)
        self._program = None


@cache
def espeak_of_this_process() -> Espeak | None:
    """One for all that runs in a process; None where eSpeak NG is not installed."""
    where = installed()
    if where is None:
        return None
    espeak = Espeak(where)
    atexit.register(espeak.close)
    return espeak


def _markup(words: str, english: Sequence[str]) -> str:
    """SSML in which the English words change the voice."""
    names = "|".join(re.escape(escape(word)) for word in sorted(english, key=len, reverse=True))
    # A null would end what is said.
    marked = escape(" ".join(words.replace("\0", " ").split()))
    return re.sub(rf"(?<!\w)({names})(?!\w)", rf'<voice xml:lang="{ENGLISH}">\1</voice>', marked) if names else marked


@contextmanager
def _in_time(program: subprocess.Popen[bytes]) -> Iterator[None]:
    """A program that hangs is ended, and with it what is read from it."""
    hangs = threading.Timer(LONGEST_SECONDS, program.kill)
    hangs.start()
    try:
        yield
    finally:
        hangs.cancel()


def _stop(program: subprocess.Popen[bytes]) -> None:
    program.kill()
    # What it did not read any more cannot be written.
    with suppress(OSError):
        _pipe(program.stdin).close()
    _pipe(program.stdout).close()
    program.wait()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise OSError("no pipe")
    return pipe


def _read(pipe: IO[bytes]) -> bytes:
    """One answer of the program. Raises OSError where it ended."""
    length = pipe.read(4)
    content = pipe.read(int.from_bytes(length, "big"))
    if len(length) < 4 or len(content) < int.from_bytes(length, "big"):  # noqa: PLR2004 - four bytes
        raise OSError("the program ended")
    return content
