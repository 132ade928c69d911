"""Every trap that Twilio has for a number, set in an emulator or an account of one's own, is told apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pytest

from hotline.doctor.finding import Finding, State
from hotline.doctor.twilio import ACCOUNT, NUMBER, REGISTRATION, twilio
from hotline.provisioning.account import Account, AccountError, Found, Registration, Standing
from hotline.provisioning.resources import Fallbacks, Kind, Resource, wanted_of_number, wanted_of_service
from hotline.settings import Settings
from hotline.web.twilio_api import twilio_client
from tests.conftest import settings_for
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, Emulator

pytest_plugins = ("tests.peers.oracle", "tests.peers.emulator")

SETTINGS = settings_for(None)
URL = SETTINGS.public_url
LINE = "+12035550100"
ALONE = Resource(Kind.NUMBER, "PN1", LINE, wanted_of_number(URL, Fallbacks(), in_service=False))
IN_SERVICE = Resource(Kind.NUMBER, "PN1", LINE, wanted_of_number(URL, Fallbacks(), in_service=True))
SERVICE = Resource(Kind.SERVICE, "MG1", "The service", wanted_of_service(URL, Fallbacks()))
ACTIVE = Standing("active", is_trial=False)
APPROVED = Registration("10DLC", "VERIFIED", is_approved=True)


@dataclass
class Told(Account):
    """An account that says what a test tells it to."""

    found: Found
    registered: Registration = APPROVED
    stands: Standing = ACTIVE

    def standing(self) -> Standing:
        return self.stands

    def numbers(self) -> tuple[str, ...]:
        return (self.found.number.name,)

    def find(self, number: str) -> Found:
        if number != self.found.number.name:
            raise AccountError(f"This account does not have {number}. Its numbers: {LINE}.")
        return self.found

    def registration(self, found: Found) -> Registration:  # noqa: ARG002 - it is told
        return self.registered


def found(
    number: Resource = ALONE, service: Resource | None = None, *, others: int = 0, lacks: tuple[str, ...] = ()
) -> Found:
    return Found(number, service, others, lacks)


def changed(resource: Resource, **fields: str | bool | None) -> Resource:
    return replace(resource, values={**resource.values, **fields})


def look(account: Account, number: str | None = LINE, settings: Settings = SETTINGS) -> list[Finding]:
    return list(twilio(settings, account, number))


def wrongs(findings: Iterable[Finding]) -> list[str]:
    return [finding.says for finding in findings if finding.state is State.WRONG]


def test_a_number_that_is_set_right_is_good() -> None:
    for one in (found(), found(IN_SERVICE, SERVICE)):
        assert {finding.state for finding in look(Told(one))} == {State.GOOD}


TRAPS = [
    (found(changed(ALONE, voice_url="https://demo.twilio.com/welcome/voice/")), "voice_url"),
    (found(changed(ALONE, voice_url=f"{URL}/voice/")), "voice_url"),
    (found(changed(ALONE, voice_method="GET")), "voice_method"),
    (found(changed(ALONE, sms_url="")), "sms_url"),
    (found(changed(ALONE, voice_application_sid="AP1")), "voice_application_sid"),
    (found(changed(ALONE, sms_application_sid="AP1")), "sms_application_sid"),
    (found(changed(ALONE, trunk_sid="TK1")), "trunk_sid"),
    (found(changed(ALONE, voice_receive_mode="fax")), "voice_receive_mode"),
    (found(changed(ALONE, voice_caller_id_lookup=True)), "voice_caller_id_lookup"),
    (found(changed(ALONE, status_callback="")), "status_callback"),
    (found(IN_SERVICE, changed(SERVICE, inbound_request_url="")), "inbound_request_url"),
    (found(IN_SERVICE, changed(SERVICE, use_inbound_webhook_on_number=True)), "use_inbound_webhook_on_number"),
    (found(lacks=("sms",)), "cannot take texts"),
    (found(lacks=("voice",)), "cannot take calls"),
]


@pytest.mark.parametrize(("one", "named"), TRAPS, ids=[named for _, named in TRAPS])
def test_each_trap_is_told_from_the_others(one: Found, named: str) -> None:
    said = wrongs(look(Told(one)))
    assert len(said) == 1
    assert named in said[0]


def test_a_number_in_a_service_may_have_any_address_of_its_own() -> None:
    assert wrongs(look(Told(found(changed(IN_SERVICE, sms_url="https://elsewhere.example"), SERVICE)))) == []


def test_a_fallback_that_somebody_chose_is_right_and_none_is_not() -> None:
    chosen = changed(ALONE, voice_fallback_url="https://other.example/voice.xml", voice_fallback_method="GET")
    assert {one.state for one in look(Told(found(chosen)))} == {State.GOOD}
    none = look(Told(found(changed(ALONE, voice_fallback_url=""))))
    assert [one.says for one in none if one.state is State.WARNING] == [f"there is no voice_fallback_url of {LINE}"]


def test_what_twilio_does_not_say_is_unknown() -> None:
    untold = look(Told(found(changed(ALONE, voice_fallback_url=None))))
    assert [one.state for one in untold if "voice_fallback_url" in one.says] == [State.UNKNOWN]


def test_other_numbers_of_the_service_are_to_look_at() -> None:
    several = look(Told(found(IN_SERVICE, SERVICE, others=2)))
    assert [one.state for one in several if "2 more number(s)" in one.says] == [State.WARNING]


@pytest.mark.parametrize(
    ("registration", "state"),
    [
        (APPROVED, State.GOOD),
        (Registration("10DLC", "", is_approved=False), State.WRONG),
        (Registration("10DLC", "IN_PROGRESS", is_approved=False), State.WRONG),
        (Registration("toll-free", "TWILIO_REJECTED", is_approved=False), State.WRONG),
        (Registration("toll-free", "TWILIO_APPROVED", is_approved=True), State.GOOD),
    ],
)
def test_a_number_that_carriers_block_is_wrong(registration: Registration, state: State) -> None:
    last = look(Told(found(), registered=registration))[-1]
    assert (last.subject, last.state) == (REGISTRATION, state)
    assert registration.kind in last.says


@pytest.mark.parametrize("standing", [Standing("suspended", is_trial=False), Standing("active", is_trial=True)])
def test_an_account_that_cannot_answer_everybody_is_wrong(standing: Standing) -> None:
    first = look(Told(found(), stands=standing))[0]
    assert (first.subject, first.state) == (ACCOUNT, State.WRONG)


def test_a_number_that_is_not_there_is_wrong_and_the_others_are_named() -> None:
    last = look(Told(found()), "+12035550199")[-1]
    assert (last.subject, last.state, last.remedy) == (NUMBER, State.WRONG, f"Its numbers: {LINE}.")


def test_the_only_number_of_an_account_need_not_be_named() -> None:
    assert wrongs(look(Told(found()), None)) == []


@pytest.mark.slow
def test_a_fresh_account_in_the_emulator_has_every_address_to_set(emulator: Emulator) -> None:
    settings = replace(SETTINGS, twilio_api=emulator.address, account_sid=ACCOUNT_SID, auth_tokens=(AUTH_TOKEN,))
    said = wrongs(look(Account(twilio_client(settings, seconds=10)), None, settings))
    for field in ("voice_url", "inbound_request_url", "status_callback"):
        assert any(field in one for one in said), field


@pytest.mark.slow
def test_wrong_credentials_are_told_from_everything_else(emulator: Emulator) -> None:
    settings = replace(SETTINGS, twilio_api=emulator.address, account_sid=ACCOUNT_SID, auth_tokens=("wrong",))
    (only,) = look(Account(twilio_client(settings, seconds=10)), None, settings)
    assert (only.subject, only.state) == (ACCOUNT, State.WRONG)
    assert "auth token" in only.remedy
