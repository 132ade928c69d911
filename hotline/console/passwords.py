"""Passwords: which ones will do, how they are kept, and how one is verified."""

from __future__ import annotations

import secrets
import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 12
LONGEST = 128

# Read easily from a note: without l, o, 0 and 1.
MADE_OF = "abcdefghijkmnpqrstuvwxyz23456789"
MADE_GROUPS = 4
MADE_GROUP_LENGTH = 5

# Each takes 64 MiB and a tenth of a second of all cores, and the line must go on answering beside it.
MOST_AT_ONCE = 2
LONGEST_WAIT_SECONDS = 1.0

# Of a password that nobody has: who is unknown costs as much as who is known.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=4$IIP/oFmoA+AfsoEObGpCYA$jL0pZuPgAjS+i9M4nrFnPNEJTwMbWnwj9+BA5tAH2P8"

_hasher = PasswordHasher()
_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


class BusyError(Exception):
    """Too many passwords are being verified at once."""


def problem_of(password: str, name: str) -> str | None:
    """Why an operator of this name should not have this password; None where it will do."""
    password = _normal(password)
    if len(password) < SHORTEST:
        return f"A password needs at least {SHORTEST} characters. A few words with blanks between them will do."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if password.casefold() == name.casefold():
        return "The password must not be the name."
    if not _is_encodable(password):
        return "The password holds characters that cannot be stored. Type it by hand."
    return None


def made_password() -> str:
    """A password that nobody can guess (100 bits), to be read out and typed."""
    groups = ("".join(secrets.choice(MADE_OF) for _ in range(MADE_GROUP_LENGTH)) for _ in range(MADE_GROUPS))
    return "-".join(groups)


def hash_of(password: str) -> str:
    """As it is kept. Raises BusyError."""
    with _turn():
        return _hasher.hash(_normal(password))


def is_right(password: str, kept: str | None) -> bool:
    """Whether it is the password that is kept; without one it takes as long and is wrong. Raises BusyError."""
    password = _normal(password)
    if len(password) > LONGEST or not _is_encodable(password):
        password, kept = "", None
    try:
        with _turn():
            _hasher.verify(kept or NOBODYS, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Whether the hash is weaker than those that are made today."""
    return _hasher.check_needs_rehash(kept)


def _normal(password: str) -> str:
    """The same for each way of typing the same letters. What is far too long is not looked at as a whole."""
    return unicodedata.normalize("NFKC", password[: 4 * LONGEST])


def _is_encodable(password: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in password)


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=LONGEST_WAIT_SECONDS):
        raise BusyError
    try:
        yield
    finally:
        _turns.release()
