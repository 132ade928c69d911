"""Twilio's client at another address, at a server that tells what it was asked."""

from __future__ import annotations

import logging

import pytest
from flask import Flask, Response, jsonify, request

from hotline.web.twilio_api import twilio_client
from tests.conftest import served, settings_for


@pytest.fixture
def asked() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def app(asked: list[tuple[str, str]]) -> Flask:
    app = Flask("twilio")

    @app.route("/<path:path>", methods=["GET", "POST", "DELETE"])
    def any_path(path: str) -> Response:
        asked.append((request.method, request.full_path.rstrip("?")))
        given = request.authorization
        return jsonify(sid=path, user=given.username if given else None, password=given.password if given else None)

    return app


@pytest.mark.parametrize("keeps_connections", [False, True])
def test_requests_go_to_the_address_of_the_settings_signed_by_the_account(
    app: Flask, asked: list[tuple[str, str]], *, keeps_connections: bool
) -> None:
    with served(app) as address:
        settings = settings_for(None, twilio_api=address)
        client = twilio_client(settings, seconds=5, keeps_connections=keeps_connections)
        answer = client.request("GET", "https://api.twilio.com/2010-04-01/Accounts.json", params={"PageSize": 1})
    assert asked == [("GET", "/2010-04-01/Accounts.json?PageSize=1")]
    assert settings.account_sid in answer.text
    assert settings.auth_tokens[0] in answer.text


def test_nothing_of_a_request_is_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with served(app) as address:
        client = twilio_client(settings_for(None, twilio_api=address), seconds=5)
        client.messages.create(to="+12035550123", from_="+12035550100", body="Hola")
    assert "Hola" not in caplog.text
    assert "2035550123" not in caplog.text
