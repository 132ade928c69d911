"""`hotline operator`: the console's accounts from the command line, where the first of them is made."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click
from redis.exceptions import RedisError

from hotline.console.enrolment import Made, NameProblem, enrol, new_name, plain_name, reset
from hotline.console.passwords import hash_of, problem_of
from hotline.script.organisations import CONNECTICUT
from hotline.settings import REDIS_FOLDER, SettingsError, read_data, read_redis_url
from hotline.store.connection import borrowed
from hotline.store.embedded import EmbeddedServerError
from hotline.store.history import Entry, History
from hotline.store.operators import (
    BusyAccountError,
    LastAdminError,
    Operator,
    Operators,
    Role,
    TakenError,
    UnknownOperatorError,
)

BY = "command line"


@click.group()
def operator() -> None:
    """Who may use the console at /console/."""


@operator.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--password-stdin", is_flag=True, help="Take the password from the first line of standard input.")
def add(name: str, role: str, *, password_stdin: bool) -> None:
    """Adds an operator.

    On a terminal it asks for a password twice; where none is given, it makes one, which is to be changed at the first
    sign-in.
    """
    with _operators() as (operators, history):
        name = new_name(name)
        if operators.find(name):
            raise TakenError(name)
        password = _read_password(name, from_stdin=password_stdin)
        made = _added(operators, name, Role(role), password)
        _note(history, "operator added", f"{name}, {role}")
    click.echo(f"{name} is added, with the role of {role}.")
    if made:
        _tell(made)


@operator.command(name="list")
def list_operators() -> None:
    """Lists the operators: name, role, since when, and how they sign in."""
    with _operators() as (operators, _):
        found = operators.all()
    if not found:
        click.echo("There is no operator yet. Add the first: hotline operator add NAME --role admin")
    for one in found:
        ways = "password and code" if one.code_secret else "password"
        state = ", not yet signed in with a password of their own" if one.must_change else ""
        click.echo(f"{one.name:<40} {one.role:<8} since {one.created:%Y-%m-%d}  {ways}{state}")


@operator.command()
@click.argument("name")
def remove(name: str) -> None:
    """Removes an operator, whose sessions end at once."""
    with _operators() as (operators, history):
        name = plain_name(name)
        operators.remove(name)
        _note(history, "operator removed", name)
    click.echo(f"{name} is removed.")


@operator.command(name="reset")
@click.argument("name")
def reset_operator(name: str) -> None:
    """Makes a new password for who cannot sign in any more.

    All sessions end, and the codes of an app are switched off.
    """
    with _operators() as (operators, history):
        name, now = plain_name(name), _now()
        made = reset(operators, name, now)
        operators.change(name, lambda operator: operator.with_code_secret(None, now))
        _note(history, "password reset", name)
    _tell(made)


def _added(operators: Operators, name: str, role: Role, password: str | None) -> Made | None:
    """What was made for the operator, where no password was given."""
    if password is None:
        return enrol(operators, name, role, _now())
    operators.add(Operator(name, role, hash_of(password), _now(), _now()))
    return None


def _read_password(name: str, *, from_stdin: bool) -> str | None:
    """A password that will do; None where one is to be made."""
    if from_stdin:
        password = sys.stdin.buffer.readline().decode(errors="surrogateescape").rstrip("\r\n")
    elif not sys.stdin.isatty() or not (password := _asked_for()):
        return None
    problem = problem_of(password, name)
    if problem:
        raise click.ClickException(problem)
    return password


def _asked_for() -> str:
    words = "Password (leave it empty to have one made)"
    return str(click.prompt(words, default="", show_default=False, hide_input=True, confirmation_prompt=True))


def _tell(made: Made) -> None:
    click.echo(f"Password for the first sign-in, shown this once: {made.password}")


@contextmanager
def _operators() -> Iterator[tuple[Operators, History]]:
    """The accounts and the log, with everything that may go wrong as one line."""
    try:
        with borrowed(read_redis_url(os.environ), read_data(os.environ) / REDIS_FOLDER) as redis:
            yield Operators(redis), History(redis)
    except (SettingsError, EmbeddedServerError, NameProblem) as error:
        raise click.ClickException(str(error)) from None
    except TakenError as error:
        raise click.ClickException(f"There is an operator named {error} already.") from None
    except UnknownOperatorError as error:
        raise click.ClickException(f"There is no operator named {error}. See: hotline operator list") from None
    except LastAdminError as error:
        raise click.ClickException(f"{error} is the only admin. Make somebody else an admin first.") from None
    except BusyAccountError as error:
        raise click.ClickException(f"Others are changing the account of {error}. Try again.") from None
    except RedisError as error:
        raise click.ClickException(f"Redis does not answer ({type(error).__name__}); see REDIS_URL.") from None


def _note(history: History, what: str, note: str) -> None:
    history.add(Entry(_now(), BY, what, note=note))


def _now() -> datetime:
    return datetime.now(CONNECTICUT)
