"""Bodies of any kind, with a signature that fits: answered where they are forms, refused otherwise, never a fault."""

from __future__ import annotations

import pytest
from flask import Flask
from hypothesis import example, given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from hotline.app import create_app
from hotline.phone.twiml import parse
from hotline.web.answering import Tools
from tests.conftest import NOW, settings_for
from tests.fuzzing.signed import FORM
from tests.fuzzing.sizes import Progress, at_its_own_pace, tries

PATHS = ("/sms", "/voice", "/voice/es/main", "/voice/status", "/sms/status", "/voice/%00/%ff", "/voice/../..")
TYPES = (
    *(FORM, f"{FORM}; charset=utf-16", f"{FORM}; charset=no-such", f"{FORM};;=", FORM.upper(), "", "\xff"),
    *("multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/xml", "a/b, c/d"),
)
FROM, BODY = b"From=%2B12035550101", b"Body=menu"
ANSWERED, REFUSED = {200, 204}, {403, 404, 405}


def bodies() -> st.SearchStrategy[bytes]:
    part = st.one_of(st.binary(max_size=20), st.sampled_from((b"%", b"%zz", b"%ff", b"%00", b"%ed%a0%80", b"+", b"=")))
    pair = st.builds(lambda name, value: name + b"=" + value, st.sampled_from((b"Body", b"From", b"Digits", b"")), part)
    pairs = st.lists(st.one_of(pair, part, st.just(FROM), st.just(BODY)), max_size=8).map(b"&".join)
    multipart = part.map(lambda one: b'--x\r\nContent-Disposition: form-data; name="Body"\r\n\r\n' + one + b"\r\n--x--")
    many = st.integers(1, 3000).map(lambda times: BODY * times)
    return st.one_of(pairs, multipart, many, st.integers(1, 3000).map(lambda times: b"&".join([BODY] * times)))


@pytest.mark.slow
@at_its_own_pace
def test_signed_bodies_of_any_kind_are_answered_or_refused(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    app, progress = create_app(settings_for(redis_url), now=lambda: NOW), Progress("signed bodies")
    faults: list[Exception] = []
    monkeypatch.setattr(Tools, "note", lambda _, error: faults.append(error))

    @tries(200, 100_000)
    @given(path=st.sampled_from(PATHS), mime=st.sampled_from(TYPES), body=bodies())
    @example(path="/sms", mime=FORM, body=FROM + b"&" + BODY)
    def send(path: str, mime: str, body: bytes) -> None:
        progress.tick()
        status, document = _sent(app, path, mime, body)
        assert not faults
        assert status in ANSWERED | REFUSED
        if status in ANSWERED and body:
            assert mime.lower().startswith(FORM)
        if status == 200:
            parse(document, "messaging" if path.startswith("/sms") else "voice")
        if (path, mime, body) == ("/sms", FORM, FROM + b"&" + BODY):
            assert "<Message>" in document

    send()


def _sent(app: Flask, path: str, mime: str, body: bytes) -> tuple[int, str]:
    """The answer to a body that is signed as it is understood by whoever reads it as a form."""
    settings = settings_for(None)
    form = Request(EnvironBuilder(path, method="POST", data=body, content_type=mime).get_environ()).form
    signature = RequestValidator(settings.auth_tokens[0]).compute_signature(f"{settings.public_url}{path}", form)
    response = app.test_client().post(
        path,
        data=body,
        headers={"X-Twilio-Signature": signature, "Content-Type": mime},
        environ_overrides={"RAW_URI": path},
    )
    return response.status_code, response.get_data(as_text=True)
