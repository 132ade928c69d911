"""Faults of the line's own parts, and people who ask too much of it, over HTTP with a real Redis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from xml.etree import ElementTree

import pytest
import requests

from hotline.app import create_app
from hotline.catalogs.catalog import Catalogs
from hotline.channels.voices import Voices
from hotline.dialogue.advance import advance
from hotline.phone.calling import press, start_call
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.store.connection import RedisClient
from hotline.store.counts import Counts
from hotline.store.sessions import Sessions
from hotline.understanding.understanding import Understanding
from hotline.web import answering
from tests.conftest import NOW, line_at, served, settings_for
from tests.web.test_webhooks import CALL, NUMBER, TEXT, post

REFERRAL = "1-800-798-0671"

pytestmark = pytest.mark.usefixtures("redis")


def fails(*_: object, **__: object) -> object:
    raise LookupError("la migra +12035550123 en Hamden")


@contextmanager
def a_line(redis_url: str, **settings: object) -> Iterator[Line]:
    with served(create_app(settings_for(redis_url, **settings), now=lambda: NOW)) as address:
        yield line_at(address)


@pytest.fixture
def own_line(redis_url: str) -> Iterator[Line]:
    with a_line(redis_url) as line:
        yield line


def said(line: Line, body: str, *, number: str = NUMBER) -> str:
    return "\n".join(message.body for message in send_text(line, number, body))


def test_a_fault_in_the_understanding_costs_no_more_than_not_being_understood(
    own_line: Line, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said(own_line, "Español")
    monkeypatch.setattr(Understanding, "understand", fails)
    monkeypatch.setattr(Understanding, "keys", fails)
    answer = said(own_line, "la migra esta tocando la puerta")
    assert "No entendí" in answer
    assert REFERRAL in answer
    heard = post(own_line, "/voice/es/main", CALL | {"SpeechResult": "se llevaron a mi hermano"})
    assert 'action="/voice/es/main_1"' in heard.body
    assert "LookupError" in caplog.text
    assert not any(word in caplog.text for word in ("migra", "Hamden", "2035550123"))


@pytest.mark.parametrize(
    ("where", "name"),
    [(Counts, "add"), (Catalogs, "refresh"), (answering, "counted_of")],
    ids=["counts", "catalogs", "what to count"],
)
def test_a_fault_beside_the_answer_costs_nothing(
    own_line: Line, monkeypatch: pytest.MonkeyPatch, where: object, name: str
) -> None:
    monkeypatch.setattr(where, name, fails)
    assert said(own_line, "la migra esta tocando la puerta").startswith("Mantenga la puerta cerrada.")
    assert 'action="/voice/es/here-now"' in post(own_line, "/voice/es/main", CALL | {"Digits": "1"}).body


def test_a_fault_in_the_voices_leaves_the_words(own_line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    of = Voices.of

    def fails_with_sounds(voices: Voices, *given: object) -> object:
        return fails() if voices.recordings else of(voices, *given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Voices, "of", fails_with_sounds)
    answer = post(own_line, "/voice/ht/main", CALL | {"Digits": "1"})
    assert 'action="/voice/ht/main"' in answer.body
    assert "Yon lòt lang" in answer.body
    assert "<Play>" not in answer.body


def failing(times: int, function: Callable[..., object]) -> Callable[..., object]:
    """The function, which fails at first."""
    left = [times]

    def sometimes(*given: object, **named: object) -> object:
        left[0] -= 1
        return fails() if left[0] >= 0 else function(*given, **named)

    return sometimes


def test_whatever_else_fails_leads_to_the_menu_in_the_same_language(
    own_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    said(own_line, "Kreyòl")
    monkeypatch.setattr(answering, "advance", failing(1, advance))
    answer = said(own_line, "4")
    assert answer.startswith("Kisa ou bezwen?")
    assert REFERRAL in answer
    monkeypatch.setattr(answering, "advance", failing(2, advance))
    assert said(own_line, "4") == REFERRAL
    monkeypatch.setattr(answering, "advance", failing(2, advance))
    answer = post(own_line, "/voice/pl/rights", CALL | {"Digits": "1"}).body
    assert 'language="pl-PL"' in answer
    assert ">+18007980671</Dial>" in answer


def test_what_could_not_be_forgotten_is_not_said_to_be(own_line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    said(own_line, "la migra esta tocando la puerta")
    with monkeypatch.context() as fault:
        fault.setattr(Sessions, "_forget", failing(1, Sessions._forget))  # noqa: SLF001 - the fault is to be there
        fault.setattr("hotline.store.sessions.STORE_ERRORS", (LookupError,))
        refused = said(own_line, "OLVIDAR")
    done = said(own_line, "OLVIDAR")
    assert refused != done
    assert refused.startswith("Ahora no puedo borrar")


def test_whoever_writes_without_end_is_told_once_and_then_answered_in_danger_alone(
    own_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_ARRIVALS", 3)
    assert all(said(own_line, body) for body in ("Español", "3", "1"))
    notice = said(own_line, "4")
    assert "lo urgente" in notice
    assert REFERRAL in notice
    assert said(own_line, "MENU") == ""
    assert said(own_line, "hola hola") == ""
    assert said(own_line, "la migra esta tocando la puerta").startswith("Mantenga la puerta cerrada.")
    assert "911" in said(own_line, "me quiero morir")
    assert said(own_line, "MENU") == ""
    assert said(own_line, "4", number="+12035550177")


def test_whoever_calls_without_end_is_told_once_and_then_not_taken(
    own_line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "MOST_ARRIVALS", 2)
    answers = [post(own_line, "/voice", CALL | {"CallSid": f"CA{number}"}).body for number in range(4)]
    assert ["<Gather" in answer for answer in answers] == [True, True, False, False]
    assert "8 0 0" in answers[2]
    assert "<Hangup" in answers[2]
    assert "<Reject" in answers[3]
    # The calls that were taken go on.
    assert "<Gather" in post(own_line, "/voice/es/main", CALL | {"CallSid": "CA0", "Digits": "1"}).body


def test_a_call_without_end_ends_with_the_number(own_line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "MOST_STEPS_OF_A_CALL", 3)
    call = start_call(own_line, NUMBER)
    for key in ("2", "3", "*", "3"):
        call = press(own_line, replace(call, events=()), key)
    assert call.waiting.kind == "ended"
    assert "8 0 0, 7 9 8" in str(call.events)


def test_all_together_may_be_bounded_and_danger_is_not(redis_url: str) -> None:
    with a_line(redis_url, most_texts=4, workers=1) as line:
        assert all(said(line, "hola", number=f"+1203555017{number}") for number in range(4))
        assert "1-800-798-0671" in said(line, "tengo una pregunta", number="+12035550180")
        assert said(line, "otra pregunta", number="+12035550180") == ""
        answer = said(line, "la migra esta tocando la puerta", number="+12035550180")
        assert answer.startswith("Mantenga la puerta cerrada.")


@pytest.mark.parametrize("sender", ["+19005551234", "+50937001234", "262966"])
def test_nobody_is_texted_at_premium_rates_or_in_far_countries(own_line: Line, redis: RedisClient, sender: str) -> None:
    answer = post(own_line, "/sms", TEXT | {"From": sender})
    assert [child.tag for child in ElementTree.fromstring(answer.body)] == []  # noqa: S314 - our own document
    assert redis.dbsize() == 0
    assert "<Gather" in post(own_line, "/voice", CALL | {"From": sender}).body


def test_no_browser_keeps_an_answer_or_takes_it_for_what_it_is_not(own_line: Line) -> None:
    for answer in (
        requests.get(f"{own_line.address}/healthz", timeout=10),
        requests.get(f"{own_line.address}/readyz", timeout=10),
        requests.get(f"{own_line.address}/nothing-here", timeout=10),
        requests.post(f"{own_line.address}/sms", timeout=10),
    ):
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
