"""Which of Twilio's records are queued for deletion, and when, over the whole line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from secrets import token_hex
from time import monotonic, sleep
from typing import cast

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator

from hotline.app import create_app
from hotline.phone.calling import press, start_call
from hotline.store.connection import RedisClient, connect
from hotline.store.deletions import Deletions
from hotline.store.embedded import EmbeddedServer
from hotline.web import records as module
from hotline.web.records import Records
from tests.conftest import NOW, NUMBER, line_at, served, settings_for, twilio_api

REPORTS = "https://hotline.example.org/sms/status"
CALLER = "+12035550123"
MINUTE, HOUR = 60, 3600


def wait_until(holds: Callable[[], bool]) -> None:
    until = monotonic() + 5
    while not holds():
        assert monotonic() < until
        sleep(0.01)


def queued(redis: RedisClient) -> dict[str, int]:
    """In how many seconds each record is due."""
    seconds, _ = redis.time()
    found = cast("list[tuple[bytes, float]]", redis.zrange("{deletions}:waiting", 0, -1, withscores=True))
    return {sid.decode(): round(due - seconds) for sid, due in found}


@pytest.fixture
def text() -> str:
    """A text that no other test knows: what that left in hand may come late."""
    return f"SM{token_hex(16)}"


@pytest.fixture
def call() -> str:
    return f"CA{token_hex(16)}"


@pytest.fixture
def app(redis: RedisClient, redis_url: str) -> Flask:  # noqa: ARG001 - an empty one
    return create_app(settings_for(redis_url, deletes_at_twilio=True), now=lambda: NOW)


def post(app: Flask, path: str, **form: str) -> str:
    form = {"AccountSid": "AC" + "0" * 32, "From": CALLER, "To": NUMBER, **form}
    settings = settings_for(None)
    signature = RequestValidator(settings.auth_tokens[0]).compute_signature(f"{settings.public_url}{path}", form)
    answer = app.test_client().post(
        path, data=form, headers={"X-Twilio-Signature": signature}, environ_overrides={"RAW_URI": path}
    )
    assert answer.status_code in {200, 204}
    return answer.text


@pytest.mark.parametrize("body", ["menu", "STOP", ""])
def test_a_text_that_came_is_deleted_whether_it_is_answered_or_not(
    app: Flask, redis: RedisClient, body: str, text: str
) -> None:
    post(app, "/sms", MessageSid=text, Body=body)
    wait_until(lambda: text in queued(redis))
    assert queued(redis)[text] == pytest.approx(MINUTE, abs=2)


def test_twilio_is_asked_to_report_on_every_text_of_the_line(app: Flask, text: str) -> None:
    answer = post(app, "/sms", MessageSid=text, Body="menu")
    assert answer.count("<Message") == answer.count(f'<Message statusCallback="{REPORTS}">') > 0


@pytest.mark.parametrize("path", ["/sms/status", "/sms"])
@pytest.mark.parametrize("status", ["queued", "sent", "nonsense", "delivered", "undelivered", "failed", "read"])
def test_a_text_of_the_line_is_deleted_once_it_has_arrived_or_a_day_later(
    app: Flask, redis: RedisClient, path: str, status: str, text: str
) -> None:
    is_over = status in {"delivered", "undelivered", "failed", "read"}
    post(app, path, MessageSid=text, MessageStatus=status)
    wait_until(lambda: text in queued(redis))
    assert queued(redis)[text] == pytest.approx(MINUTE if is_over else 24 * HOUR, abs=2)


def test_a_call_is_deleted_once_it_is_over(app: Flask, redis: RedisClient, call: str) -> None:
    post(app, "/voice", CallSid=call, CallStatus="ringing")
    wait_until(lambda: call in queued(redis))
    assert queued(redis)[call] > 4 * HOUR
    post(app, "/voice/status", CallSid=call, CallStatus="completed", CallDuration="20")
    wait_until(lambda: queued(redis)[call] <= MINUTE)


@pytest.mark.parametrize(
    "sid", ["", f"AC{'0' * 32}", "SM123", f"SM{'a' * 32}\n", f"SM{'a' * 32} x", "../Calls", f"CA{'g' * 32}"]
)
def test_what_is_no_record_is_not_queued(app: Flask, redis: RedisClient, sid: str, text: str) -> None:
    post(app, "/sms/status", MessageSid=sid, MessageStatus="delivered")
    post(app, "/sms/status", MessageSid=text, MessageStatus="delivered")
    wait_until(lambda: text in queued(redis))
    assert text in queued(redis)
    assert sid not in queued(redis)


def test_without_the_setting_nothing_is_queued_and_nothing_reported(
    redis: RedisClient, redis_url: str, text: str, call: str
) -> None:
    app = create_app(settings_for(redis_url), now=lambda: NOW)
    assert "statusCallback" not in post(app, "/sms", MessageSid=text, Body="menu")
    post(app, "/sms/status", MessageSid=text, MessageStatus="delivered")
    post(app, "/voice", CallSid=call, CallStatus="ringing")
    sleep(2 * module.QUEUED_AFTER_SECONDS)
    assert not {text, call} & set(queued(redis))


def test_a_text_that_is_sent_during_a_call_is_deleted_too(redis: RedisClient, redis_url: str) -> None:
    with twilio_api() as (api, mailbox):
        settings = settings_for(redis_url, deletes_at_twilio=True, twilio_api=api)
        with served(create_app(settings, now=lambda: NOW)) as address:
            line = line_at(address, settings)
            known, talk = set(queued(redis)), start_call(line, CALLER)
            for key in ("2", "3", "1", "8"):
                talk = press(line, talk, key)
            wait_until(lambda: bool(mailbox.collect(CALLER)))
            wait_until(lambda: any(sid.startswith("SM") for sid in set(queued(redis)) - known))


def test_what_redis_does_not_take_is_queued_when_it_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, call: str
) -> None:
    monkeypatch.setattr(module, "QUEUED_AFTER_SECONDS", 0.01)
    monkeypatch.setattr(module, "QUEUED_AGAIN_SECONDS", 0.05)
    server = EmbeddedServer(tmp_path)
    redis = connect(f"unix://{server.socket_path}")
    records = Records(Deletions(redis), REPORTS)
    records.text_came({"MessageSid": text})
    records.call_reported({"CallSid": call})
    sleep(0.2)
    server.ensure()
    try:
        wait_until(lambda: len(queued(redis)) == 2)
        assert queued(redis)[text] <= MINUTE < queued(redis)[call]
    finally:
        redis.close()
        server.stop()


def test_memory_is_bounded_while_redis_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 100)
    monkeypatch.setattr(module, "QUEUED_AFTER_SECONDS", 600)
    records = Records(Deletions(connect(f"unix://{tmp_path}/gone.sock")), REPORTS)
    for number in range(200):
        records.text_went(f"SM{number:032x}")
    assert caplog.text.count("will not be deleted") == 100
    assert "SM0" not in caplog.text
