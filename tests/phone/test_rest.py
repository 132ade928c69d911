from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client
from werkzeug.test import TestResponse

from hotline.phone.mailbox import Mailbox, TextMessage
from hotline.phone.rest import rest_blueprint
from tests.conftest import served
from tests.phone.peer import CALLER, NUMBER

PREFIX = "/phone/twilio"
ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "the token of this account"
SERVICE = "MG" + "0" * 32
MESSAGES = f"{PREFIX}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


class AtAddress(TwilioHttpClient):  # type: ignore[misc]  # the package has no types
    """The official client's requests, sent to an address of this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(pool_connections=False)
        self.address = address

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, f"{self.address}{urlsplit(url).path}", *args, **kwargs)


@pytest.fixture(scope="module")
def one_mailbox(tmp_path_factory: pytest.TempPathFactory) -> Mailbox:
    return Mailbox(tmp_path_factory.mktemp("phone"))


@pytest.fixture
def mailbox(one_mailbox: Mailbox) -> Mailbox:
    one_mailbox.empty()
    return one_mailbox


@pytest.fixture(scope="module")
def app(one_mailbox: Mailbox) -> Flask:
    app = Flask("rest")
    app.register_blueprint(rest_blueprint(one_mailbox, ACCOUNT, TOKEN, NUMBER), url_prefix=PREFIX)
    return app


@pytest.fixture
def api(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield f"{address}{PREFIX}"


@pytest.fixture
def official(address: str) -> Client:
    return Client(ACCOUNT, TOKEN, http_client=AtAddress(address))


def send(
    api: FlaskClient,
    form: Mapping[str, str] = MappingProxyType({}),
    *,
    path: str = MESSAGES,
    auth: tuple[str, str] | None = (ACCOUNT, TOKEN),
) -> TestResponse:
    return api.post(path, data={"To": CALLER, "From": NUMBER, "Body": "hello", **form}, auth=auth)


def test_the_official_client_sends_a_text(official: Client, mailbox: Mailbox) -> None:
    message = official.messages.create(to=CALLER, from_=NUMBER, body="Llame al 211. “Aquí”\n+1 & más")
    assert re.fullmatch(r"SM[0-9a-f]{32}", message.sid)
    assert (message.status, message.direction, message.error_code) == ("queued", "outbound-api", None)
    assert (message.to, message.from_, message.body) == (CALLER, NUMBER, "Llame al 211. “Aquí”\n+1 & más")
    assert abs(message.date_created - datetime.now(UTC)) < timedelta(minutes=1)
    assert mailbox.collect(CALLER) == (TextMessage(NUMBER, CALLER, "Llame al 211. “Aquí”\n+1 & más"),)


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("+12035550190", 21614),
        ("+12035550194", 21614),
        ("+15005550009", 21614),
        ("+12035550195", 21612),
        ("+12035550199", 21612),
        ("+15005550002", 21612),
        ("+15005550004", 21610),
        ("+15005550001", 21211),
        ("555-0123", 21211),
    ],
)
def test_the_official_client_is_told_why_a_text_does_not_arrive(
    official: Client, mailbox: Mailbox, to: str, code: int
) -> None:
    with pytest.raises(TwilioRestException) as caught:
        official.messages.create(to=to, from_=NUMBER, body="hello")
    assert (caught.value.status, caught.value.code) == (400, code)
    assert mailbox.collect(to) == ()


def test_the_official_client_is_told_of_a_wrong_token(official: Client) -> None:
    official.auth = (ACCOUNT, "another")
    with pytest.raises(TwilioRestException) as caught:
        official.messages.create(to=CALLER, from_=NUMBER, body="hello")
    assert (caught.value.status, caught.value.code) == (401, 20003)


@pytest.mark.usefixtures("mailbox")
def test_a_message_is_shown_as_twilio_shows_it(api: FlaskClient) -> None:
    answer = send(api, {"Body": "x" * 161})
    assert answer.status_code == 201
    message = answer.get_json()
    uri = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message['sid']}"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", message["date_created"])
    assert {name: value for name, value in message.items() if name not in {"sid", "date_created", "date_updated"}} == {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": "x" * 161,
        "date_sent": None,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": NUMBER,
        "messaging_service_sid": None,
        "num_media": "0",
        "num_segments": "2",
        "price": None,
        "price_unit": "USD",
        "status": "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": CALLER,
        "uri": f"{uri}.json",
    }


def test_a_messaging_service_chooses_the_sender(api: FlaskClient, mailbox: Mailbox) -> None:
    message = send(api, {"From": "", "MessagingServiceSid": SERVICE}).get_json()
    assert (message["messaging_service_sid"], message["from"], message["status"]) == (SERVICE, None, "accepted")
    assert [text.sender for text in mailbox.collect(CALLER)] == [NUMBER]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "", "From": "", "Body": ""}, 21604),
        ({"From": ""}, 21603),
        ({"From": "+12035550101"}, 21606),
        ({"From": "Hotline"}, 21606),
        ({"To": "12035550123"}, 21211),
        ({"To": "+1203555012x"}, 21211),
        ({"To": "+12035550123\n"}, 21211),
        ({"To": "whatsapp:+12035550123"}, 21211),
        ({"Body": ""}, 21602),
        ({"Body": " \n"}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_a_message_that_twilio_refuses(api: FlaskClient, mailbox: Mailbox, form: dict[str, str], code: int) -> None:
    answer = send(api, form)
    error = answer.get_json()
    assert answer.status_code == 400
    assert (error["code"], error["status"]) == (code, 400)
    assert error["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert error["message"]
    assert "{" not in error["message"]
    assert mailbox.collect(CALLER) == ()


@pytest.mark.usefixtures("mailbox")
def test_1600_characters_are_sent(api: FlaskClient) -> None:
    assert send(api, {"Body": "é" * 1600}).status_code == 201


def test_who_said_stop_gets_nothing_until_start(api: FlaskClient, mailbox: Mailbox) -> None:
    mailbox.opt_out(CALLER)
    assert send(api).get_json()["code"] == 21610
    mailbox.opt_in(CALLER)
    assert send(api).status_code == 201
    assert len(mailbox.collect(CALLER)) == 1


@pytest.mark.parametrize(
    "auth", [None, (ACCOUNT, ""), (ACCOUNT, "wrong"), ("", TOKEN), ("AC" + "0" * 32, TOKEN), (ACCOUNT, "naïve")]
)
@pytest.mark.parametrize("path", [MESSAGES, f"{PREFIX}/2010-04-01/Accounts.json"])
def test_wrong_credentials(api: FlaskClient, mailbox: Mailbox, auth: tuple[str, str] | None, path: str) -> None:
    answer = send(api, path=path, auth=auth)
    assert answer.status_code == 401
    assert answer.get_json()["code"] == 20003
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert mailbox.collect(CALLER) == ()


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic /////w==", "Bearer x", "Digest username=x", "x"])
def test_credentials_that_cannot_be_read(api: FlaskClient, header: str) -> None:
    assert api.post(MESSAGES, headers={"Authorization": header}).status_code == 401


@pytest.mark.parametrize(
    "path",
    [
        MESSAGES.replace(ACCOUNT, "AC" + "f" * 32),
        MESSAGES.removesuffix(".json"),
        MESSAGES.replace("Messages", "Calls"),
        f"{PREFIX}/2010-04-01/",
        f"{PREFIX}/x",
    ],
)
def test_nothing_else_is_found(api: FlaskClient, path: str) -> None:
    answer = send(api, path=path)
    assert answer.status_code == 404
    error = answer.get_json()
    assert error["code"] == 20404
    assert error["message"] == f"The requested resource {path.removeprefix(PREFIX)} was not found"


def test_messages_are_sent_not_listed(api: FlaskClient) -> None:
    assert api.get(MESSAGES, auth=(ACCOUNT, TOKEN)).get_json()["code"] == 20404
