"""What an account at Twilio says of the line's number, and how it is changed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from requests.exceptions import RequestException
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from hotline.provisioning.resources import (
    Fallbacks,
    Kind,
    Resource,
    Value,
    Values,
    wanted_of_number,
    wanted_of_service,
)

ANSWER_SECONDS = 15.0
UNAUTHORISED = (401, 403)
# What is read of each: whatever may have to be changed.
_FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.NUMBER: tuple(wanted_of_number("", Fallbacks(), in_service=False)),
    Kind.SERVICE: tuple(wanted_of_service("", Fallbacks())),
}


class AccountError(Exception):
    """Twilio cannot be asked, or refuses: one line with what to do, which holds no secret."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The account itself. On trial it reaches verified numbers alone."""

    status: str
    is_trial: bool


@dataclass(frozen=True, slots=True)
class Found:
    """The line's number, and the Messaging Service that it is in, None where it is in none.

    `others` are how many other numbers that service has; `lacks` what the number cannot do: "voice", "sms".
    """

    number: Resource
    service: Resource | None
    others: int
    lacks: tuple[str, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        return (self.number, self.service) if self.service else (self.number,)


@dataclass(frozen=True, slots=True)
class Registration:
    """What carriers know of a number: `kind` is "toll-free" or "10DLC"; `status` in Twilio's words, empty for none."""

    kind: str
    status: str
    is_approved: bool


class Account:
    """Raises AccountError from every method."""

    def __init__(self, client: Client) -> None:
        self._client: Any = client

    def standing(self) -> Standing:
        with _explained():
            account = self._client.api.v2010.accounts(self._client.account_sid).fetch()
        return Standing(_text(account.status) or "active", _text(account.type).casefold() == "trial")

    def numbers(self) -> tuple[str, ...]:
        """Every number that the account has."""
        with _explained():
            return tuple(sorted(_text(one.phone_number) for one in self._client.incoming_phone_numbers.list()))

    def find(self, number: str) -> Found:
        """Raises AccountError too where the account does not have it."""
        with _explained():
            found = self._client.incoming_phone_numbers.list(phone_number=number)
            exact = next((one for one in found if one.phone_number == number), None)
            if exact is None:
                raise AccountError(f"This account does not have {number}. Its numbers: {_listed(self.numbers())}.")
            service, others = self._service_of(number)
        can = exact.capabilities or {}
        lacks = tuple(name for name in ("voice", "sms") if not (can.get(name) or can.get(name.upper())))
        resource = Resource(Kind.NUMBER, _text(exact.sid), number, _values(Kind.NUMBER, exact))
        return Found(resource, service, others, lacks)

    def change(self, resource: Resource, values: Values) -> None:
        with _explained():
            self._context(resource).update(**values)

    def read_again(self, resource: Resource) -> Resource:
        with _explained():
            fetched = self._context(resource).fetch()
        return Resource(resource.kind, resource.sid, resource.name, _values(resource.kind, fetched))

    def for_sale(self, area_code: str) -> tuple[str, ...]:
        """Numbers of an area code that could be bought now, which take calls and texts."""
        with _explained():
            found = self._client.available_phone_numbers("US").local.list(
                area_code=area_code, voice_enabled=True, sms_enabled=True, limit=5
            )
        return tuple(_text(one.phone_number) for one in found)

    def buy(self, number: str) -> None:
        with _explained():
            self._client.incoming_phone_numbers.create(phone_number=number)

    def registration(self, found: Found) -> Registration:
        """Without one that is approved, texts from the number are blocked in the United States."""
        with _explained():
            if is_toll_free(found.number.name):
                verified = self._client.messaging.v1.tollfree_verifications.list(
                    tollfree_phone_number_sid=found.number.sid, limit=1
                )
                status = _text(verified[0].status) if verified else ""
                return Registration("toll-free", status, status == "TWILIO_APPROVED")
            campaigns = (
                self._client.messaging.v1.services(found.service.sid).us_app_to_person.list(limit=1)
                if found.service
                else []
            )
            status = _text(campaigns[0].campaign_status) if campaigns else ""
            return Registration("10DLC", status, status == "VERIFIED")

    def _service_of(self, number: str) -> tuple[Resource | None, int]:
        for service in self._client.messaging.v1.services.list():
            numbers = self._client.messaging.v1.services(service.sid).phone_numbers.list()
            members = [_text(one.phone_number) for one in numbers]
            if number in members:
                name = _text(service.friendly_name) or _text(service.sid)
                resource = Resource(Kind.SERVICE, _text(service.sid), name, _values(Kind.SERVICE, service))
                return resource, len(members) - 1
        return None, 0

    def _context(self, resource: Resource) -> Any:
        if resource.kind is Kind.NUMBER:
            return self._client.incoming_phone_numbers(resource.sid)
        return self._client.messaging.v1.services(resource.sid)


def is_toll_free(number: str) -> bool:
    """Source: North American Numbering Plan, the codes for toll-free numbers."""
    return number[2:5] in {"800", "833", "844", "855", "866", "877", "888"}


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except TwilioRestException as error:
        raise _refusal(error.status, error.code) from None
    except TwilioException as error:
        # So it says that a list could not be had.
        answer = error.args[1] if len(error.args) > 1 else None
        raise _refusal(getattr(answer, "status_code", None), None) from None
    except (RequestException, OSError) as error:
        raise AccountError(f"Twilio cannot be asked ({type(error).__name__}). Is the internet reachable?") from None


def _refusal(status: int | None, code: int | None) -> AccountError:
    if status in UNAUTHORISED:
        return AccountError(
            "Twilio refuses the credentials. Copy the account SID and the primary auth token from Twilio's console "
            "into TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN."
        )
    what = " ".join(str(part) for part in ("status", status, code and f"and error {code}") if part)
    return AccountError(f"Twilio refuses with {what if status else 'no answer'}. Its console says more.")


def _values(kind: Kind, instance: object) -> Values:
    return {field: _value(getattr(instance, field, None)) for field in _FIELDS[kind]}


def _value(found: object) -> Value:
    return found if found is None or isinstance(found, bool) else str(found)


def _text(found: object) -> str:
    return "" if found is None else str(found)


def _listed(numbers: tuple[str, ...]) -> str:
    return ", ".join(numbers) or "none"
