"""A deployer sets the number with the emulator as Twilio: every trap is named, mended, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.app import create_app
from hotline.cli import main
from hotline.store.connection import RedisClient
from hotline.store.counts import BEGUN, Counted, Counts
from tests.conftest import NOW, served, settings_for
from tests.peers.twilio import ACCOUNT_SID, AUTH_TOKEN, NUMBER, Emulator
from tests.test_serving import free_port

pytest_plugins = ("tests.peers.oracle", "tests.peers.emulator")
pytestmark = pytest.mark.slow

Provision = Callable[..., Result]


@pytest.fixture
def provision(emulator: Emulator, tmp_path: Path) -> Provision:
    def run(*arguments: str, **environment: str) -> Result:
        return CliRunner(
            env={
                "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
                "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
                "PUBLIC_URL": "https://hotline.example.org",
                "SECRET_KEY": "a secret that only the tests know, 42 signs",
                "HOTLINE_TWILIO_API": emulator.address,
                "HOTLINE_DATA": str(tmp_path),
                **environment,
            }
        ).invoke(main, ["provision", *arguments])

    return run


def test_without_apply_nothing_is_changed(provision: Provision) -> None:
    first, second = provision(), provision()
    assert first.exit_code == 0
    assert "voice_url: (empty) -> https://hotline.example.org/voice#" in first.output
    assert "To do so: the same command with --apply" in first.output
    assert first.output == second.output


def test_what_is_set_is_right_when_it_is_looked_at_again(provision: Provision) -> None:
    assert "changed and read back" in provision("--apply").output
    left = re.findall(r"^  (\w+):", provision().output, re.MULTILINE)
    # The emulator does not tell these.
    assert left == ["voice_fallback_url", "fallback_url"]


def test_the_trap_of_a_messaging_service_is_named(provision: Provision) -> None:
    said = provision("--apply").output
    assert f"{NUMBER} is in the Messaging Service Local Messaging Service" in said
    assert "inbound_request_url: (empty) -> https://hotline.example.org/sms#" in said
    assert "sms_url" not in said


def test_a_number_in_no_service_gets_its_own_address_for_texts(provision: Provision, emulator: Emulator) -> None:
    emulator.leave_service()
    assert "sms_url: (empty) -> https://hotline.example.org/sms#" in provision("--apply").output


def test_what_was_changed_is_set_back(provision: Provision, emulator: Emulator) -> None:
    emulator.set(VoiceUrl="https://before.example/voice")
    provision("--apply")
    said = provision("--undo", "--apply")
    assert "set back to what was before" in said.output
    assert "voice_url: https://before.example/voice -> " in provision().output


def test_what_somebody_changed_meanwhile_is_left_alone(provision: Provision, emulator: Emulator) -> None:
    provision("--apply")
    emulator.set(VoiceUrl="https://meanwhile.example/voice")
    assert "Left alone, since it was changed meanwhile: voice_url" in provision("--undo", "--apply").output
    assert "voice_url: https://meanwhile.example/voice -> " in provision().output


def test_nothing_to_undo_says_so(provision: Provision) -> None:
    said = provision("--undo")
    assert said.exit_code == 1
    assert "Nothing was changed from here" in said.output


def test_a_number_that_the_account_does_not_have_is_refused_with_those_that_it_has(provision: Provision) -> None:
    said = provision("--number", "+12035550199")
    assert said.exit_code == 1
    assert NUMBER in said.output


def test_the_settings_name_the_number(provision: Provision) -> None:
    named = {
        "HOTLINE_NUMBER": "+12035550199",
        "HOTLINE_ORGANISATION": "Example Legal Aid",
        "HOTLINE_CONTACT": "a@b.example",
    }
    assert "does not have +12035550199" in provision(**named).output


@pytest.mark.parametrize("option", ["--voice-fallback", "--sms-fallback"])
def test_a_fallback_that_is_not_encrypted_is_refused(provision: Provision, option: str) -> None:
    said = provision(option, "http://other.example/voice.xml")
    assert said.exit_code == 1
    assert "begins with https://" in said.output


def test_a_fallback_elsewhere_is_fetched(provision: Provision) -> None:
    said = provision("--voice-fallback", "https://other.example/voice.xml").output
    assert "voice_fallback_url: (empty) -> https://other.example/voice.xml" in said
    assert "voice_fallback_method: (empty) -> GET" in said


def test_wrong_credentials_are_said_without_repeating_them(provision: Provision) -> None:
    said = provision(TWILIO_AUTH_TOKEN="not the token at all")
    assert said.exit_code == 1
    assert "Twilio refuses the credentials" in said.output
    assert "not the token at all" not in said.output


@contextmanager
def line(redis_url: str, emulator: Emulator) -> Iterator[str]:
    """A line that the emulator can reach; its public address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    settings = settings_for(
        redis_url,
        public_url=address,
        account_sid=ACCOUNT_SID,
        auth_tokens=(AUTH_TOKEN,),
        twilio_api=emulator.address,
    )
    app = create_app(settings, now=lambda: NOW)
    with served(app, port):
        yield address
        app.extensions["hotline.tools"].finish()


@pytest.mark.parametrize("in_service", [True, False])
def test_a_text_and_a_call_arrive_signed_once_the_number_is_set(
    provision: Provision,
    emulator: Emulator,
    redis: RedisClient,
    redis_url: str,
    in_service: bool,  # noqa: FBT001 - a case
) -> None:
    if not in_service:
        emulator.leave_service()
    with line(redis_url, emulator) as address:
        emulator.text("+12035550123", "la migra esta tocando la puerta")
        assert provision("--apply", PUBLIC_URL=address).exit_code == 0
        emulator.text("+12035550123", "la migra esta tocando la puerta")
        emulator.call("+12035550124")
    counted = Counts(redis).by_day([NOW.date()])[NOW.date()]
    assert {one: times for one, times in counted.items() if one.what == BEGUN} == {
        Counted("sms", "es", BEGUN): 1,
        Counted("voice", "", BEGUN): 1,
    }
