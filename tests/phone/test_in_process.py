from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from hotline.phone.errors import PhoneError
from hotline.phone.in_process import InProcessAdapter
from hotline.phone.line import Line
from hotline.web.requests import raw_path_of
from hotline.web.signature import is_signed
from tests.conftest import line_at, settings_for

SETTINGS = settings_for(None)


@pytest.fixture
def app() -> Flask:
    app = Flask("app", static_folder=None)

    @app.post("/signed/<path:rest>")
    def signed(rest: str) -> Response:
        good = is_signed(
            request.headers["X-Twilio-Signature"],
            public_url=SETTINGS.public_url,
            raw_path=raw_path_of(request),
            form=request.form,
            tokens=SETTINGS.auth_tokens,
        )
        words = f"<Response>{good} {rest} {request.form.get('Body')}</Response>"
        return Response(words, content_type="text/xml; charset=utf-8")

    @app.post("/elsewhere")
    def elsewhere() -> AnyResponse:
        return redirect("/signed/after%20all", 307)

    @app.get("/sound")
    def sound() -> Response:
        return Response(b"RIFF\0\1\2\xff" * 20_000, content_type="audio/wav")

    @app.get("/broken")
    def broken() -> Response:
        raise ZeroDivisionError

    return app


@pytest.fixture
def line(app: Flask) -> Line:
    return replace(line_at(SETTINGS.public_url, SETTINGS), adapter=partial(InProcessAdapter, app.wsgi_app))


def test_a_webhook_arrives_signed_and_whole(line: Line) -> None:
    answer = line.post("/signed/caf%C3%A9%20%231?a=b%20c", {"Body": "صباح + & = ñ"})
    assert answer.body == "<Response>True café #1 صباح + & = ñ</Response>"
    assert answer.url == f"{SETTINGS.public_url}/signed/caf%C3%A9%20%231?a=b%20c"


def test_a_redirect_is_followed(line: Line) -> None:
    assert line.post("/elsewhere", {"Body": "1"}).body == "<Response>True after all 1</Response>"


def test_a_sound_arrives_byte_by_byte(line: Line) -> None:
    assert line.listen(line.resolve("/sound")).data == b"RIFF\0\1\2\xff" * 20_000


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/broken", 500)])
def test_what_fails_there_is_told_as_twilio_tells_it(line: Line, path: str, status: int) -> None:
    with pytest.raises(PhoneError, match=f"{path} answered with status {status}"):
        line.listen(line.resolve(path))
