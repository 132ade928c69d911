"""Names and passwords of operators as the console's page and the command line give them out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from hotline.console.passwords import hash_of, made_password
from hotline.store.operators import Operator, Operators, Role

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


class NameProblem(ValueError):  # noqa: N818 - it is shown to whoever typed the name
    """A name that no operator can have; it says what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """A password that was made for an operator, to be told once and changed at the first sign-in."""

    name: str
    password: str


def plain_name(text: str) -> str:
    """The name as it is kept, however it is typed: `Ana` is `ana`. Of a name that nobody can have, something else."""
    return text.strip().casefold()


def new_name(text: str) -> str:
    """A name that an operator can have. Raises NameProblem."""
    name = plain_name(text)
    if not _NAME.fullmatch(name):
        raise NameProblem(
            "A name has 2 to 40 of the letters a to z, digits, dots, hyphens and underscores, and begins with a letter "
            "or a digit."
        )
    return name


def enrol(operators: Operators, name: str, role: Role, now: datetime) -> Made:
    """Adds an operator with a password that is made. Raises TakenError or BusyError."""
    made = Made(name, made_password())
    operators.add(Operator(name, role, hash_of(made.password), now, now, must_change=True))
    return made


def reset(operators: Operators, name: str, now: datetime) -> Made:
    """Gives an operator a password that is made, and ends all sessions.

    Raises UnknownOperatorError, BusyAccountError or BusyError.
    """
    made = Made(name, made_password())
    kept = hash_of(made.password)
    operators.change(name, lambda operator: operator.with_password(kept, now, must_change=True))
    return made
