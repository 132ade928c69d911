"""What Twilio says of the account, the number and its registration."""

from __future__ import annotations

from collections.abc import Iterator

from hotline.doctor.finding import Finding, good, unknown, warning, wrong
from hotline.provisioning.account import Account, AccountError, Found
from hotline.provisioning.resources import Change, Fallbacks, changes_of
from hotline.settings import Settings

ACCOUNT, NUMBER, REGISTRATION = "Twilio account", "Number", "Registration"
MEND = "run: hotline provision, then the same with --apply"
# These name another host, and whoever set one chose it.
FALLBACKS = frozenset({"voice_fallback_url", "voice_fallback_method", "sms_fallback_url", "sms_fallback_method"}) | {
    "fallback_url",
    "fallback_method",
}


def twilio(settings: Settings, account: Account, number: str | None) -> Iterator[Finding]:
    try:
        standing = account.standing()
    except AccountError as error:
        says, _, remedy = str(error).partition(". ")
        yield wrong(ACCOUNT, says, remedy)
        return
    if standing.status != "active":
        yield wrong(ACCOUNT, f"it is {standing.status}", "look at Twilio's console")
    elif standing.is_trial:
        yield wrong(ACCOUNT, "it is on trial: only verified numbers get an answer", "upgrade it in Twilio's console")
    else:
        yield good(ACCOUNT, "the credentials are right, and it is active")
    try:
        number = number or _only(account.numbers())
        yield from _of_number(settings, account, account.find(number))
    except AccountError as error:
        says, _, remedy = str(error).partition(". ")
        yield wrong(NUMBER, says, remedy)


def _only(numbers: tuple[str, ...]) -> str:
    if len(numbers) == 1:
        return numbers[0]
    raise AccountError(f"The account has {len(numbers)} numbers. Set HOTLINE_NUMBER to the line's own.")


def _of_number(settings: Settings, account: Account, found: Found) -> Iterator[Finding]:
    for lack in found.lacks:
        yield wrong(NUMBER, f"it cannot take {'calls' if lack == 'voice' else 'texts'}", "choose another number")
    changes = [change for change in changes_of(found.resources, settings.public_url, Fallbacks()) if _matters(change)]
    for change in changes:
        yield _of_change(change)
    if not changes:
        yield good(NUMBER, f"{found.number.name} leads its calls and texts to the line")
    if found.service:
        yield good(NUMBER, f"its texts go by the Messaging Service {found.service.name}")
    if found.others:
        yield warning(
            NUMBER, f"{found.others} more number(s) of that service are answered by the line", "take them out of it"
        )
    yield _of_registration(account, found)


def _of_change(change: Change) -> Finding:
    where = f"{change.field} of {change.resource.name}"
    if change.field in FALLBACKS and change.before is None:
        return unknown(NUMBER, f"Twilio does not say what {where} is")
    if change.field in FALLBACKS:
        return warning(NUMBER, f"there is no {where}", f"{MEND}; the README says what else may stand there")
    says = f"{where} is {change.before or 'empty'}" + (f": {change.why}" if change.why else "")
    return wrong(NUMBER, says, MEND)


def _matters(change: Change) -> bool:
    """Any fallback that somebody chose is right; only where there is none, something is missing."""
    return change.field not in FALLBACKS or (change.field.endswith("url") and not change.before)


def _of_registration(account: Account, found: Found) -> Finding:
    try:
        registration = account.registration(found)
    except AccountError as error:
        return unknown(REGISTRATION, f"it could not be asked: {error}")
    if registration.is_approved:
        return good(REGISTRATION, f"{registration.kind}: {registration.status}")
    return wrong(
        REGISTRATION,
        f"{registration.kind}: {registration.status or 'none'}; carriers block texts from the number",
        "register it in Twilio's console; /privacy and /terms say what carriers ask for. Calls are not affected",
    )
