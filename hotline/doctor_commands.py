"""`hotline doctor`: looks at everything that the line needs, and says what mends what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import click

from hotline.checks import check
from hotline.doctor import here
from hotline.doctor.finding import Finding, State, wrong
from hotline.doctor.reach import public_address
from hotline.doctor.twilio import twilio
from hotline.provisioning.account import ANSWER_SECONDS, Account
from hotline.script.organisations import CONNECTICUT
from hotline.settings import SettingsError, read_settings
from hotline.store.connection import connect_running
from hotline.web.twilio_api import twilio_client

_WIDTH = 18


@click.command()
@click.option(
    "--offline", is_flag=True, help="Only what can be looked at on this machine: neither Twilio nor PUBLIC_URL."
)
def doctor(*, offline: bool) -> None:
    """Look at settings, Redis, texts, sounds, the public address, Twilio's account and the number.

    Each line says how it is, and what mends it. The exit code is 1 if anything is wrong.
    """
    states = []
    for finding in _findings(offline=offline):
        states.append(finding.state)
        for line in _lines(finding):
            click.echo(line)
    wrongs, warnings = states.count(State.WRONG), states.count(State.WARNING)
    click.echo(
        f"{len(states)} looked at: {wrongs} wrong, {warnings} to look at, {states.count(State.UNKNOWN)} unknown."
    )
    raise SystemExit(1 if wrongs else 0)


def _findings(*, offline: bool) -> Iterator[Finding]:
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        yield wrong("Settings", str(error), "the README lists every variable")
        return
    client = connect_running(settings.redis_url, settings.redis_data)
    yield from here.secrets(settings)
    yield from here.redis(client)
    yield from here.texts(check(datetime.now(CONNECTICUT).date()))
    yield from here.machinery()
    yield from here.deletions(settings, client)
    if offline:
        return
    yield from public_address(settings, datetime.now(UTC))
    account = Account(twilio_client(settings, seconds=ANSWER_SECONDS))
    yield from twilio(settings, account, settings.identity.number if settings.identity else None)


def _lines(finding: Finding) -> Iterable[str]:
    yield f"{finding.state:<8}{finding.subject:<{_WIDTH}}{finding.says}"
    if finding.remedy:
        yield f"{'':<8}{'':<{_WIDTH}}-> {finding.remedy}"
