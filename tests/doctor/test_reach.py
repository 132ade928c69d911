"""The public address, at real servers: encrypted and not, right and wrong."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask, Response, redirect
from werkzeug.serving import make_server

from hotline.app import create_app
from hotline.doctor.finding import Finding, State
from hotline.doctor.reach import CERTIFICATE, SIGNATURE, SUBJECT, public_address
from hotline.settings import Settings
from tests.conftest import NOW, SilentHandler, served, settings_for
from tests.test_serving import free_port

TODAY = datetime.now(UTC)


def findings(settings: Settings, now: datetime = TODAY) -> dict[str, Finding]:
    """By subject, the last of each."""
    return {finding.subject: finding for finding in public_address(settings, now)}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def settings(port: int, redis_url: str) -> Settings:
    return settings_for(redis_url, public_url=f"http://127.0.0.1:{port}")


def test_the_line_itself_takes_what_is_signed_and_refuses_the_rest(settings: Settings, port: int) -> None:
    with served(create_app(settings, now=lambda: NOW), port):
        found = findings(settings)
    assert found[SIGNATURE].state is State.GOOD
    assert found[SUBJECT].state is State.GOOD


def test_an_address_that_is_not_encrypted_is_wrong(settings: Settings) -> None:
    first = next(iter(public_address(settings, TODAY)))
    assert (first.subject, first.state) == (SUBJECT, State.WRONG)
    assert "https" in first.remedy


def test_nobody_there_is_wrong(settings: Settings) -> None:
    assert "nothing answers there" in findings(settings)[SUBJECT].says


@pytest.mark.parametrize("change", [{"auth_tokens": ("another token",)}, {"account_sid": "AC" + "1" * 32}])
def test_a_line_with_other_settings_is_told_apart(
    settings: Settings, port: int, redis_url: str, change: dict[str, object]
) -> None:
    there = settings_for(redis_url, public_url=settings.public_url, **change)
    with served(create_app(there, now=lambda: NOW), port):
        found = findings(settings)[SIGNATURE]
    # The account is not what is signed with.
    assert found.state is (State.WRONG if "auth_tokens" in change else State.GOOD)


def test_a_line_under_another_public_address_is_told_apart(settings: Settings, port: int, redis_url: str) -> None:
    there = settings_for(redis_url, public_url="https://hotline.example.org")
    with served(create_app(there, now=lambda: NOW), port):
        found = findings(settings)[SIGNATURE]
    assert found.state is State.WRONG
    assert "PUBLIC_URL" in found.remedy


def other(answer: Callable[[], Response]) -> Flask:
    app = Flask("other")
    app.add_url_rule("/healthz", "healthz", answer)
    return app


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda: redirect("https://www.hotline.example.org/healthz"), "another address"),
        (lambda: Response("It works!"), "something else answers"),
        (lambda: Response("down", 503), "status 503"),
    ],
)
def test_something_else_at_that_address_is_told_apart(
    settings: Settings, port: int, answer: Callable[[], Response], says: str
) -> None:
    with served(other(answer), port):
        found = findings(settings)[SUBJECT]
    assert found.state is State.WRONG
    assert says in found.says


def test_a_server_that_answers_everybody_is_no_line(settings: Settings, port: int) -> None:
    app = other(lambda: Response('{"alive": true}'))
    app.add_url_rule("/sms/status", "status", lambda: Response(status=204), methods=["POST"])
    with served(app, port):
        found = findings(settings)[SIGNATURE]
    assert found.state is State.WRONG
    assert "not signed" in found.says


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine that nobody else vouches for, good for 30 days, with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost"]
    names = ["-addext", "subjectAltName=DNS:localhost", "-keyout", "key.pem", "-out", "certificate.pem"]
    subprocess.run([*command, *names], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def encrypted(certificate: Path, redis_url: str, port: int) -> Iterator[Settings]:
    settings = settings_for(redis_url, public_url=f"https://localhost:{port}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "certificate.pem", certificate / "key.pem")
    server = make_server(
        "127.0.0.1",
        port,
        create_app(settings, now=lambda: NOW),
        threaded=True,
        request_handler=SilentHandler,
        ssl_context=context,
    )
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield settings
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process trusts the certificate."""
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, str(certificate / "certificate.pem"))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


@pytest.mark.usefixtures("trusted")
def test_an_encrypted_line_is_good_and_says_for_how_long(encrypted: Settings) -> None:
    found = findings(encrypted)
    assert found[CERTIFICATE].state is State.GOOD
    assert "29 days" in found[CERTIFICATE].says or "30 days" in found[CERTIFICATE].says
    assert found[SIGNATURE].state is State.GOOD


@pytest.mark.usefixtures("trusted")
def test_a_certificate_that_ends_soon_is_to_look_at(encrypted: Settings) -> None:
    found = findings(encrypted, TODAY + timedelta(days=20))[CERTIFICATE]
    assert found.state is State.WARNING


def test_a_certificate_that_nobody_vouches_for_is_wrong(encrypted: Settings) -> None:
    found = findings(encrypted)
    assert found[CERTIFICATE].state is State.WRONG
    assert "Twilio would refuse it" in found[CERTIFICATE].says
