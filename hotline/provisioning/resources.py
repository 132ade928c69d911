"""How a number, and the Messaging Service that it may be in, must be set so that Twilio reaches the line. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from hotline.web.overrides import OVERRIDES

# None where Twilio does not say what it is.
Value: TypeAlias = str | bool | None
Values: TypeAlias = Mapping[str, Value]


class Kind(StrEnum):
    """What can be set at Twilio."""

    NUMBER = "number"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Fallbacks:
    """Where Twilio asks when the line does not answer; None for the line itself once more.

    A file on a web host is fetched with GET, and so is a TwiML Bin.
    """

    voice: str | None = None
    sms: str | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A number or a service as Twilio has it; `name` is what people call it."""

    kind: Kind
    sid: str
    name: str
    values: Values


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a resource that is set otherwise than it must be, and why that matters; `why` may be empty."""

    resource: Resource
    field: str
    before: Value
    after: Value
    why: str


# What methods, switches and identifiers are where nobody has set them.
_USUAL = frozenset({"POST", "voice", "", False})

_WHY: Mapping[str, str] = {
    "voice_application_sid": "an application's addresses are used instead of the number's own",
    "sms_application_sid": "an application's addresses are used instead of the number's own",
    "trunk_sid": "calls go to a trunk and never reach the line",
    "voice_receive_mode": "the number would take faxes instead of calls",
    "voice_caller_id_lookup": "Twilio would look up callers' names, and the line must not know them",
    "use_inbound_webhook_on_number": "what is set here would be ignored for what is set at the number",
}


def wanted_of_number(public_url: str, fallbacks: Fallbacks, *, in_service: bool) -> Values:
    """The fields of a number. In a service its own address for texts is not used, and left as it is."""
    voice = {
        "voice_url": f"{public_url}/voice{OVERRIDES['/voice']}",
        "voice_method": "POST",
        "voice_fallback_url": fallbacks.voice or f"{public_url}/voice",
        "voice_fallback_method": "GET" if fallbacks.voice else "POST",
        "status_callback": f"{public_url}/voice/status",
        "status_callback_method": "POST",
        "voice_application_sid": "",
        "trunk_sid": "",
        "voice_receive_mode": "voice",
        "voice_caller_id_lookup": False,
    }
    texts = {
        "sms_url": f"{public_url}/sms{OVERRIDES['/sms']}",
        "sms_method": "POST",
        "sms_fallback_url": fallbacks.sms or f"{public_url}/sms",
        "sms_fallback_method": "GET" if fallbacks.sms else "POST",
        "sms_application_sid": "",
    }
    return voice if in_service else {**voice, **texts}


def wanted_of_service(public_url: str, fallbacks: Fallbacks) -> Values:
    """The fields of a Messaging Service, whose addresses are used for the texts of all its numbers."""
    return {
        "inbound_request_url": f"{public_url}/sms{OVERRIDES['/sms']}",
        "inbound_method": "POST",
        "fallback_url": fallbacks.sms or f"{public_url}/sms",
        "fallback_method": "GET" if fallbacks.sms else "POST",
        "status_callback": f"{public_url}/sms/status",
        "use_inbound_webhook_on_number": False,
    }


def changes_of(resources: Sequence[Resource], public_url: str, fallbacks: Fallbacks) -> tuple[Change, ...]:
    """What must be changed, in the order in which it is."""
    in_service = any(one.kind is Kind.SERVICE for one in resources)
    return tuple(change for one in resources for change in _changes(one, public_url, fallbacks, in_service=in_service))


def _changes(resource: Resource, public_url: str, fallbacks: Fallbacks, *, in_service: bool) -> Iterator[Change]:
    if resource.kind is Kind.NUMBER:
        wanted = wanted_of_number(public_url, fallbacks, in_service=in_service)
    else:
        wanted = wanted_of_service(public_url, fallbacks)
    for field, after in wanted.items():
        if not is_so(resource.values.get(field), after):
            yield Change(resource, field, resource.values.get(field), after, _WHY.get(field, ""))


def is_so(found: Value, wanted: Value) -> bool:
    """Whether a field is as it must be; of one of which nothing is said, whether that is what it is without doing."""
    return found == wanted or (found in {None, ""} and wanted in _USUAL)
