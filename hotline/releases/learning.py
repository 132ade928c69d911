"""Learning from the examples of a release: in a process of its own, so that the line goes on answering meanwhile."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from hotline.releases.files import LOCALES_FOLDER, SCRIPT_FOLDER, Files, digest_of, files_in
from hotline.releases.publishing import LEARNING, PublishError, Tell
from hotline.understanding import cli
from hotline.understanding.development import Score
from hotline.understanding.encoder import ENCODER_FILE
from hotline.understanding.encoder import digest_of as digest_of_encoder
from hotline.understanding.lessons import EXAMPLES

# What callers and residents wait for comes first.
NICENESS = 10
LONGEST_SECONDS = 1800.0
KEPT_ON_DISK = 4
# Within the folder for data.
VECTORS = "vectors.npz"
# What follows learning where somebody wants to know what it brought.
SCORING = "scoring"
# Another number, where the same examples teach something else: with another way to learn.
_FORMAT = "1"
# What names the places, which are learned from alike.
_PLACES = tuple(f"{SCRIPT_FOLDER}/{name}.toml" for name in ("languages", "organisations", "outside", "places", "towns"))
_PROGRAM = "from hotline.understanding.cli import understand; understand()"
# How long reading a new example takes, as a share of learning from all.
_READING_ONE = 1 / 3500
_MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Learning:
    """`folder` is for what was learned, so that it is learned once, and for what is known of new examples."""

    folder: Path

    def learn(self, release: Path, tell: Tell) -> bytes:
        """What the examples in a release's folder teach, as the content of its file TRAINED.

        Less than a minute; some where no example was ever read. Raises PublishError.
        """
        try:
            with self._alone():
                path = self._path(lesson_of(files_in(release)))
                if not path.exists():
                    self._learn(release, path, tell)
                return path.read_bytes()
        except OSError as error:
            raise PublishError(f"What was learned cannot be kept in {self.folder}: {error.strerror}.") from error

    def known(self, lesson: str) -> Path | None:
        """Where it stands what a lesson teaches; None where that was not learned here, or is forgotten."""
        path = self._path(lesson)
        return path if path.exists() else None

    def scores(self, release: Path, trained: Sequence[Path], tell: Tell) -> tuple[Mapping[str, Score], ...]:
        """How much of the development set is understood, by language, with what stands in each of some files.

        Half a minute. Raises PublishError.
        """

        def hear(progress: Mapping[str, object]) -> None:
            tell(SCORING, float(str(progress["done"])) / float(str(progress["of"])))

        options = ["--script", release / SCRIPT_FOLDER, "--locales", release / LOCALES_FOLDER]
        told = _run(["score", *map(str, (*options, *trained))], hear)
        return tuple(
            {language: Score(**fields) for language, fields in json.loads(line).items()} for line in told.splitlines()
        )

    def _learn(self, release: Path, path: Path, tell: Tell) -> None:
        options = {
            "--script": release / SCRIPT_FOLDER,
            "--locales": release / LOCALES_FOLDER,
            "--output": path,
            "--vectors": self.folder / VECTORS,
        }
        arguments = [word for option, value in options.items() for word in (option, str(value))]
        _run(["train", *arguments], _Telling(tell))
        learned = [one for one in self.folder.glob("*.npz") if one.name != VECTORS and one != path]
        for old in sorted(learned, key=lambda one: one.stat().st_mtime)[: -KEPT_ON_DISK + 1]:
            old.unlink(missing_ok=True)

    def _path(self, lesson: str) -> Path:
        return self.folder / f"{lesson}.npz"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One at a time on a machine: whoever waits finds what the other has learned."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def lesson_of(files: Files) -> str:
    """32 hexadecimal digits: files with the same teach the same."""
    taught = sorted(path for path in files if path in _PLACES or _is_examples(path))
    said = json.dumps([_FORMAT, _encoder(), *((path, digest_of(files[path])) for path in taught)])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _is_examples(path: str) -> bool:
    return path.startswith(f"{LOCALES_FOLDER}/") and path.endswith(f"/{EXAMPLES}")


@cache
def _encoder() -> str:
    return digest_of_encoder(ENCODER_FILE)


Hear = Callable[[Mapping[str, object]], None]


class _Telling:
    """Makes one share of what two steps say of themselves."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._reading = 0.0

    def __call__(self, progress: Mapping[str, object]) -> None:
        done, of = float(str(progress["done"])), float(str(progress["of"]))
        if progress["step"] == cli.READING:
            self._reading = of * _READING_ONE
            self._tell(LEARNING, done * _READING_ONE / (self._reading + 1))
        else:
            self._tell(LEARNING, (self._reading + done / of) / (self._reading + 1))


def _run(arguments: Sequence[str], hear: Hear) -> str:
    """What `hotline understand` says on standard output. Raises PublishError."""
    process = subprocess.Popen(  # noqa: S603 - this interpreter and a command of this package
        [sys.executable, "-c", _PROGRAM, "--json", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    with process, _in_time(process):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICENESS)
        problems = _listen(process.stderr, hear)
        told = process.stdout.read() if process.stdout else ""
    if process.returncode < 0:
        raise PublishError(
            f"Learning was stopped before its end (signal {-process.returncode}); perhaps the machine has too little "
            "memory. Try again."
        )
    if process.returncode:
        raise PublishError(*(problems or ("Learning failed, and does not say why. Try again.",)))
    return told


def _listen(lines: IO[str] | None, hear: Hear) -> tuple[str, ...]:
    """Hears all progress; gives the last lines that are something else."""
    others: list[str] = []
    for line in lines or ():
        if line.startswith("{"):
            hear(json.loads(line))
        elif line.strip():
            others.append(line.strip().removeprefix("Error: "))
    # Of a crash the last line says most.
    is_crash = any(line.startswith("Traceback") for line in others)
    return (f"Learning failed: {others[-1]}. Try again.",) if is_crash else tuple(others[-_MOST_LINES:])


@contextmanager
def _in_time(process: subprocess.Popen[str]) -> Iterator[None]:
    """Ends a process that hangs, or that nobody waits for any more."""
    hangs = threading.Timer(LONGEST_SECONDS, process.kill)
    hangs.start()
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        hangs.cancel()
