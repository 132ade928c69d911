"""Texts that the line sends during a call, through Twilio's REST side as the phone plays it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from queue import Queue
from threading import Event

import pytest
import requests
from flask import Flask, Response
from twilio.request_validator import RequestValidator

from hotline.app import create_app
from hotline.dialogue.heard import TextOutcome
from hotline.phone.call import Call
from hotline.phone.calling import press, start_call
from hotline.phone.line import Line
from hotline.phone.mailbox import Mailbox
from hotline.phone.texting import send_text
from hotline.settings import Settings
from hotline.store.connection import RedisClient
from hotline.web import outgoing
from hotline.web.outgoing import Outgoing
from tests.conftest import NOW, NUMBER, line_at, served, settings_for, twilio_api

CALLER = "+12035550123"


def sent(settings: Settings, to: str = CALLER, *bodies: str) -> TextOutcome:
    outcome: Queue[TextOutcome] = Queue()
    Outgoing(settings).send(NUMBER, to, bodies or ("Hola",), outcome.put)
    return outcome.get(timeout=30)


@pytest.fixture
def api() -> Iterator[tuple[str, Mailbox]]:
    with twilio_api() as found:
        yield found


def test_bodies_arrive_in_their_order(api: tuple[str, Mailbox]) -> None:
    address, mailbox = api
    assert sent(settings_for(None, twilio_api=address), CALLER, "first", "second") is TextOutcome.SENT
    texts = mailbox.collect(CALLER)
    assert [(text.sender, text.body) for text in texts] == [(NUMBER, "first"), (NUMBER, "second")]


@pytest.mark.parametrize(
    ("to", "outcome"),
    [
        ("+15005550004", TextOutcome.STOPPED),
        ("+15005550009", TextOutcome.CANNOT_ARRIVE),
        ("+15005550002", TextOutcome.CANNOT_ARRIVE),
        ("+15005550001", TextOutcome.CANNOT_ARRIVE),
        ("+12035550190", TextOutcome.CANNOT_ARRIVE),
        ("+12035550195", TextOutcome.CANNOT_ARRIVE),
    ],
)
def test_what_twilio_refuses_is_told_by_its_reason(api: tuple[str, Mailbox], to: str, outcome: TextOutcome) -> None:
    address, mailbox = api
    assert sent(settings_for(None, twilio_api=address), to) is outcome
    assert mailbox.collect(to) == ()


def test_wrong_credentials_are_a_failure_that_the_log_names_by_its_code(
    api: tuple[str, Mailbox], caplog: pytest.LogCaptureFixture
) -> None:
    assert sent(settings_for(None, twilio_api=api[0], auth_tokens=("another",))) is TextOutcome.FAILED
    assert "20003" in caplog.text


@pytest.mark.parametrize("answer", [("", 500), ("<html>no</html>", 200), ('{"code": "x"}', 400), ("[]", 400)])
def test_nonsense_is_a_failure_or_taken_for_accepted(answer: tuple[str, int]) -> None:
    app = Flask("nonsense")
    body, status = answer
    app.add_url_rule("/<path:path>", "any", lambda path: Response(body, status), methods=["POST"])  # noqa: ARG005
    with served(app) as address:
        outcome = sent(settings_for(None, twilio_api=address))
    assert outcome is TextOutcome.FAILED


def test_an_api_that_is_gone_is_a_failure() -> None:
    assert sent(settings_for(None, twilio_api="http://127.0.0.1:9")) is TextOutcome.FAILED


def test_an_api_that_says_nothing_is_a_failure_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.3)
    over = Event()
    app = Flask("silent")

    def wait(path: str) -> Response:  # noqa: ARG001 - any
        over.wait(20)
        return Response("{}")

    app.add_url_rule("/<path:path>", "any", wait, methods=["POST"])
    with served(app) as address:
        assert sent(settings_for(None, twilio_api=address)) is TextOutcome.FAILED
        over.set()


def walk(line: Line, caller: str, *keys: str) -> Call:
    call = start_call(line, caller)
    for key in keys:
        call = press(line, call, key)
    return call


def heard(call: Call) -> str:
    return " ".join(event.text or "" for event in call.events if event.kind == "said")


def texts(call: Call) -> list[str]:
    return [event.text or "" for event in call.events if event.kind == "sent"]


@pytest.mark.usefixtures("redis")
def test_what_is_heard_comes_as_a_text_and_the_conversation_goes_on_there(line: Line) -> None:
    call = walk(line, CALLER, "2", "1", "1", "8")
    assert "va en camino" in heard(call)
    (text,) = texts(call)
    assert text.startswith("Mantenga la puerta cerrada.")
    assert "1-800-798-0671" in text
    assert send_text(line, CALLER, "1")[0].body.startswith("Aquí hay una tarjeta")
    assert send_text(line, CALLER, "MENU")[0].body.startswith("¿Qué necesita?")


@pytest.mark.usefixtures("redis")
def test_a_call_sends_three_texts_at_most(line: Line) -> None:
    call = walk(line, CALLER, "2", "3", "1", "8")
    found = texts(call)
    for _ in range(4):
        call = press(line, call, "8")
        found += texts(call)
    assert len(found) == 3
    assert "tres mensajes" in heard(call)


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("caller", ["anonymous", "+266696687", "sip:somebody@example.org", "client:somebody"])
def test_who_hides_the_number_is_told_and_nothing_is_sent(line: Line, caller: str) -> None:
    call = walk(line, caller, "2", "3", "1", "8")
    assert "está oculto" in heard(call)
    assert texts(call) == []
    assert "1, 8 0 0, 7 9 8, 0 6 7 1" in heard(call)


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("caller", ["+12035550190", "+12035550195"])
def test_a_phone_that_gets_no_texts_hears_the_number(line: Line, caller: str) -> None:
    call = walk(line, caller, "2", "3", "1", "8")
    assert "no puede recibir" in heard(call)
    assert "1, 8 0 0, 7 9 8, 0 6 7 1" in heard(call)


@pytest.mark.usefixtures("redis")
def test_who_said_stop_hears_how_to_get_texts_again(line: Line) -> None:
    assert isinstance(line.inbox, Mailbox)
    line.inbox.opt_out("+12035550151")
    assert "START" in heard(walk(line, "+12035550151", "2", "3", "1", "8"))


def test_without_redis_nothing_is_sent_and_the_number_is_said(tmp_path: Path) -> None:
    with twilio_api() as (api, mailbox):
        settings = settings_for(f"unix://{tmp_path}/gone.sock", twilio_api=api)
        with served(create_app(settings, now=lambda: NOW)) as address:
            line = replace(line_at(address, settings), inbox=mailbox)
            call = walk(line, CALLER, "2", "3", "1", "8")
    assert "Ahora no podemos" in heard(call)
    assert texts(call) == []


@pytest.mark.usefixtures("redis")
@pytest.mark.parametrize("token", ["", "a token of Twilio's"])
def test_the_same_webhook_many_times_at_once_sends_one_text(line: Line, token: str) -> None:
    form = {"From": CALLER, "To": line.number, "CallSid": f"CA{token}", "CallStatus": "in-progress"}

    def post(path: str, **more: str) -> str:
        fields = form | more
        signature = RequestValidator(line.auth_token).compute_signature(line.public_url + path, fields)
        headers = {"X-Twilio-Signature": signature} | ({"I-Twilio-Idempotency-Token": token} if token else {})
        return requests.post(line.address + path, data=fields, headers=headers, timeout=15).text

    with ThreadPoolExecutor(32) as threads:
        answers = set(threads.map(lambda _: post("/voice/es/scams", Digits="8"), range(64)))
    assert len(answers) == 1
    assert "/voice/es/texted.scams" in answers.pop()
    post("/voice/es/texted.scams")
    assert line.inbox
    assert len(line.inbox.collect(CALLER)) == 1


@pytest.mark.usefixtures("redis")
def test_key_eight_is_a_wrong_key_where_there_is_nothing_to_send_and_by_text(line: Line) -> None:
    assert texts(walk(line, CALLER, "2", "8")) == []
    send_text(line, CALLER, "la migra esta en mi puerta")
    assert "mensaje de texto" not in send_text(line, CALLER, "8")[0].body


def test_neither_number_nor_text_stands_in_logs_or_in_redis(
    line: Line, redis: RedisClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        for caller in (CALLER, "+12035550190"):
            walk(line, caller, "2", "3", "1", "8")
    kept = caplog.text + "".join(f"{key!r} {redis.dump(key)!r}" for key in redis.scan_iter())
    for secret in ("2035550123", "2035550190", "Mire quién", "8007980671"):
        assert secret not in kept, secret
