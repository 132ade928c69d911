"""`hotline provision`: sets the line's number at Twilio, shows first what it would change, and can undo it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

import click

from hotline.provisioning.account import ANSWER_SECONDS, Account, AccountError, Found
from hotline.provisioning.record import RecordError, keep, last, put_away
from hotline.provisioning.resources import Change, Fallbacks, Resource, Value, changes_of, is_so
from hotline.script.organisations import CONNECTICUT
from hotline.settings import Settings, SettingsError, read_settings
from hotline.web.twilio_api import twilio_client

PROVISION_FOLDER = "provision"
OPT_OUT = (
    "STOP, START, HELP and their like are answered by Twilio and the carriers, never by the line: leave the opt-out "
    "management of the number on (default or advanced)."
)


@click.command()
@click.option("--number", help="The number to set, such as +12035550123; HOTLINE_NUMBER where it is set.")
@click.option("--voice-fallback", help="What Twilio asks when the line is gone: https://host/path/voice.xml.")
@click.option("--sms-fallback", help="The same for texts: the address of a TwiML Bin with sms.xml.")
@click.option("--buy", metavar="AREA_CODE", help="Buy a number of this area code first, such as 203.")
@click.option("--undo", is_flag=True, help="Set back what this command changed last.")
@click.option("--apply/--dry-run", "applies", default=False, help="Do it; without, only say what would be done.")
def provision(
    *,
    number: str | None,
    voice_fallback: str | None,
    sms_fallback: str | None,
    buy: str | None,
    undo: bool,
    applies: bool,
) -> None:
    """Set the line's number at Twilio: webhooks, fallbacks and status callbacks.

    It says what it would change, and changes nothing without --apply. Nothing is bought without --buy.
    """
    try:
        settings = read_settings(os.environ)
        account = Account(twilio_client(settings, seconds=ANSWER_SECONDS))
        folder = settings.data / PROVISION_FOLDER
        if undo:
            _undo(account, folder, applies=applies)
            return
        number = _bought(account, buy, applies=applies) if buy else number or _number_of(settings, account)
        if number is None:
            return
        found = account.find(number)
        fallbacks = Fallbacks(_address(voice_fallback), _address(sms_fallback))
        _set(account, found, changes_of(found.resources, settings.public_url, fallbacks), folder, applies=applies)
    except (SettingsError, AccountError, RecordError) as error:
        raise click.ClickException(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{error.filename}: {error.strerror}") from None


def _set(account: Account, found: Found, changes: Sequence[Change], folder: Path, *, applies: bool) -> None:
    for remark in remarks_on(found):
        click.echo(remark)
    if not changes:
        click.echo(f"{found.number.name} is set as it must be. Nothing was changed.")
        return
    for line in lines_of(changes):
        click.echo(line)
    if not applies:
        click.echo(f"{_count(changes)} would be changed. To do so: the same command with --apply")
        return
    kept = keep(folder, datetime.now(CONNECTICUT), changes)
    _carry_out(account, changes)
    click.echo(f"{_count(changes)} changed and read back. To undo: hotline provision --undo --apply ({kept})")


def _undo(account: Account, folder: Path, *, applies: bool) -> None:
    done = last(folder)
    # What nothing was said of before was empty.
    back = [Change(one.resource, one.field, one.after, one.before or "", "") for one in done.changes]
    now = {one.resource.sid: account.read_again(one.resource).values for one in back}
    moved = [change for change in back if now[change.resource.sid].get(change.field) not in {change.before, None}]
    for line in lines_of(back):
        click.echo(line)
    for change in moved:
        click.echo(f"Left alone, since it was changed meanwhile: {change.field} of {change.resource.name}.")
    back = [change for change in back if change not in moved]
    if not applies:
        click.echo(f"{_count(back)} would be set back to what was before {done.at:%Y-%m-%d %H:%M}. To do so: --apply")
        return
    _carry_out(account, back)
    put_away(done)
    click.echo(f"{_count(back)} set back to what was before {done.at:%Y-%m-%d %H:%M}, and read back.")


def _carry_out(account: Account, changes: Sequence[Change]) -> None:
    """Changes each resource at once, and reads back what it says then. Raises AccountError."""
    for resource, group in _by_resource(changes):
        wanted = {change.field: change.after for change in group}
        account.change(resource, wanted)
        found = account.read_again(resource).values
        wrong = [field for field, value in wanted.items() if not is_so(found.get(field), value)]
        if untold := [field for field in wrong if found.get(field) is None]:
            click.echo(f"Sent, but Twilio does not say what they are now: {', '.join(untold)}.")
        if others := [field for field in wrong if field not in untold]:
            raise AccountError(
                f"Twilio took the change of {resource.name}, but says otherwise of {', '.join(others)}. "
                "Look at the number in Twilio's console, then run: hotline doctor"
            )


def _bought(account: Account, area_code: str, *, applies: bool) -> str | None:
    """The number that was bought; None where it would only be."""
    numbers = account.for_sale(area_code)
    if not numbers:
        raise AccountError(f"Twilio has no number of area code {area_code} that takes calls and texts. Try another.")
    if not applies:
        click.echo(f"{numbers[0]} would be bought, by the month at Twilio's price. To do so: --apply")
        return None
    account.buy(numbers[0])
    click.echo(f"{numbers[0]} is bought. Set HOTLINE_NUMBER={numbers[0]}")
    return numbers[0]


def _number_of(settings: Settings, account: Account) -> str:
    if settings.identity:
        return settings.identity.number
    numbers = account.numbers()
    if len(numbers) == 1:
        return numbers[0]
    raise AccountError(f"Which number? Name it with --number. The account has {', '.join(numbers) or 'none'}.")


def remarks_on(found: Found) -> Iterator[str]:
    """What must be known before, and what no command can mend."""
    yield OPT_OUT
    for lack in found.lacks:
        yield f"{found.number.name} cannot take {'calls' if lack == 'voice' else 'texts'}: choose another number."
    if found.service:
        yield (
            f"{found.number.name} is in the Messaging Service {found.service.name}: "
            "the service's address for texts is used, not its own."
        )
    if found.others:
        yield f"The service has {found.others} more number(s): their texts will be answered by the line too."


def lines_of(changes: Sequence[Change]) -> Iterator[str]:
    for resource, group in _by_resource(changes):
        yield f"{resource.kind} {resource.name}"
        for change in group:
            yield f"  {change.field}: {_shown(change.before)} -> {_shown(change.after)}"
            if change.why:
                yield f"    {change.why}"


def _by_resource(changes: Sequence[Change]) -> Iterator[tuple[Resource, list[Change]]]:
    for _, group in groupby(changes, key=lambda change: change.resource.sid):
        of_one = list(group)
        yield of_one[0].resource, of_one


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value or "(empty)"


def _count(changes: Sequence[Change]) -> str:
    return "1 setting" if len(changes) == 1 else f"{len(changes)} settings"


def _address(value: str | None) -> str | None:
    if value and not value.startswith("https://"):
        raise SettingsError("A fallback must be an address that begins with https://")
    return value
