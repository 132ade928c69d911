from __future__ import annotations

from dataclasses import replace

from hotline.provisioning.resources import (
    Fallbacks,
    Kind,
    Resource,
    changes_of,
    is_so,
    wanted_of_number,
    wanted_of_service,
)

URL = "https://hotline.example.org"
FALLBACKS = Fallbacks("https://other.example/voice.xml", "https://handler.twilio.com/twiml/EH1")
ALONE = Resource(Kind.NUMBER, "PN1", "+12035550100", wanted_of_number(URL, FALLBACKS, in_service=False))
IN_SERVICE = Resource(Kind.NUMBER, "PN1", "+12035550100", wanted_of_number(URL, FALLBACKS, in_service=True))
SERVICE = Resource(Kind.SERVICE, "MG1", "The service", wanted_of_service(URL, FALLBACKS))


def changed(resource: Resource, **fields: str | bool | None) -> Resource:
    return replace(resource, values={**resource.values, **fields})


def test_what_is_set_as_it_must_be_is_left_alone() -> None:
    assert changes_of([ALONE], URL, FALLBACKS) == ()
    assert changes_of([IN_SERVICE, SERVICE], URL, FALLBACKS) == ()


def test_fields_that_were_never_set_are_as_they_must_be_where_that_is_empty() -> None:
    unset = changed(ALONE, voice_application_sid=None, trunk_sid="", voice_caller_id_lookup=None, voice_method=None)
    assert changes_of([unset], URL, FALLBACKS) == ()


def test_every_trap_is_a_change_with_its_reason() -> None:
    trapped = changed(
        ALONE,
        voice_application_sid="AP1",
        sms_application_sid="AP2",
        trunk_sid="TK1",
        voice_receive_mode="fax",
        voice_caller_id_lookup=True,
    )
    found = {change.field: (change.after, change.why) for change in changes_of([trapped], URL, FALLBACKS)}
    assert {field: after for field, (after, _) in found.items()} == {
        "voice_application_sid": "",
        "sms_application_sid": "",
        "trunk_sid": "",
        "voice_receive_mode": "voice",
        "voice_caller_id_lookup": False,
    }
    assert all(why for _, why in found.values())


def test_in_a_service_texts_are_set_there_and_not_at_the_number() -> None:
    number = changed(IN_SERVICE, sms_url="https://elsewhere.example")
    service = changed(SERVICE, inbound_request_url="", use_inbound_webhook_on_number=True)
    fields = [(change.resource.kind, change.field) for change in changes_of([number, service], URL, FALLBACKS)]
    assert fields == [(Kind.SERVICE, "inbound_request_url"), (Kind.SERVICE, "use_inbound_webhook_on_number")]


def test_a_fallback_elsewhere_is_fetched_and_that_of_the_line_is_posted_to() -> None:
    elsewhere = wanted_of_number(URL, FALLBACKS, in_service=False)
    own = wanted_of_number(URL, Fallbacks(), in_service=False)
    assert (elsewhere["voice_fallback_method"], own["voice_fallback_method"]) == ("GET", "POST")
    assert own["voice_fallback_url"] == f"{URL}/voice"


def test_addresses_are_plain_and_carry_the_overrides_behind_them() -> None:
    voice = str(wanted_of_number(URL, Fallbacks(), in_service=False)["voice_url"])
    address, _, overrides = voice.partition("#")
    assert address == f"{URL}/voice"
    assert dict(part.split("=") for part in overrides.split("&")) == {
        "ct": "2000",
        "rt": "8000",
        "rc": "2",
        "rp": "5xx,ct,rt",
    }


def test_only_what_means_the_same_is_the_same() -> None:
    assert is_so("POST", "POST")
    assert is_so(None, "POST")
    assert not is_so("GET", "POST")
    assert not is_so(None, "https://a.example")
    assert not is_so(found=True, wanted=False)
