"""What is asked of Twilio, held against its own OpenAPI description and against an emulator that remembers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hotline.provisioning.account import Account, AccountError, is_toll_free
from hotline.provisioning.resources import Fallbacks, Kind, Resource, wanted_of_number, wanted_of_service
from hotline.web.twilio_api import twilio_client
from tests.conftest import settings_for
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Emulator, Prism

pytest_plugins = ("tests.peers.oracle", "tests.peers.emulator")
pytestmark = pytest.mark.slow

URL = "https://hotline.example.org"
SID = "PN" + "0" * 32


def at(emulator: Emulator, token: str = AUTH_TOKEN) -> Account:
    settings = settings_for(None, twilio_api=emulator.address, account_sid=ACCOUNT_SID, auth_tokens=(token,))
    return Account(twilio_client(settings, seconds=10))


@pytest.fixture
def described(prism: Prism) -> Account:
    settings = settings_for(None, twilio_api="http://prism.invalid", account_sid="AC" + "f" * 32)
    return Account(twilio_client(settings, seconds=10, adapter=prism))


def test_twilios_description_takes_every_field_that_is_set(described: Account, prism: Prism) -> None:
    number = Resource(Kind.NUMBER, SID, NUMBER, {})
    service = Resource(Kind.SERVICE, "MG" + "0" * 32, "service", {})
    for fallbacks in (Fallbacks(), Fallbacks("https://a.example/voice.xml", "https://a.example/sms.xml")):
        # By its letter the description lets no identifier be emptied; only one that is set is sent empty.
        fields = {
            field: value for field, value in wanted_of_number(URL, fallbacks, in_service=False).items() if value != ""
        }
        described.change(number, fields)
        described.change(service, wanted_of_service(URL, fallbacks))
    described.buy("+12035550100")
    assert prism.refused == []


def test_twilios_description_would_refuse_a_wrong_value(described: Account, prism: Prism) -> None:
    """Otherwise it would prove nothing."""
    with pytest.raises(AccountError, match="Twilio refuses with status 4"):
        described.change(Resource(Kind.NUMBER, SID, NUMBER, {}), {"voice_method": "SHOUT"})
    prism.refused.clear()


def test_what_twilio_answers_by_its_description_is_understood(described: Account, prism: Prism) -> None:
    assert described.standing().status
    assert described.numbers()
    found = described.read_again(Resource(Kind.NUMBER, SID, NUMBER, {}))
    assert set(found.values) == set(wanted_of_number(URL, Fallbacks(), in_service=False))
    assert prism.refused == []


def test_the_number_is_found_in_its_service(emulator: Emulator) -> None:
    found = at(emulator).find(NUMBER)
    assert found.number.name == NUMBER
    assert found.service is not None
    assert found.service.kind is Kind.SERVICE
    assert (found.others, found.lacks) == (0, ())


def test_a_number_in_no_service_is_found_alone(emulator: Emulator) -> None:
    emulator.leave_service()
    assert at(emulator).find(NUMBER).resources[1:] == ()


def test_a_number_of_somebody_else_is_named_with_those_that_there_are(emulator: Emulator) -> None:
    with pytest.raises(AccountError, match=rf"does not have \+12035550199. Its numbers: \{NUMBER}"):
        at(emulator).find("+12035550199")


def test_what_is_changed_is_read_again(emulator: Emulator) -> None:
    account = at(emulator)
    number = account.find(NUMBER).number
    account.change(number, {"voice_url": f"{URL}/voice"})
    assert account.read_again(number).values["voice_url"] == f"{URL}/voice"


def test_wrong_credentials_say_where_the_right_ones_are(emulator: Emulator) -> None:
    for ask in (Account.standing, Account.numbers):
        with pytest.raises(AccountError, match="Copy the account SID and the primary auth token"):
            ask(at(emulator, token="wrong"))


def test_nobody_there_says_so() -> None:
    settings = replace(settings_for(None), twilio_api="http://127.0.0.1:9")
    with pytest.raises(AccountError, match="Twilio cannot be asked"):
        Account(twilio_client(settings, seconds=2)).standing()


@pytest.mark.parametrize(
    ("number", "expected"), [("+18005550100", True), ("+18335550100", True), ("+12035550100", False)]
)
def test_toll_free_numbers_are_told_from_others(number: str, expected: bool) -> None:  # noqa: FBT001
    assert is_toll_free(number) == expected
