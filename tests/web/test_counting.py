"""What a turn is for the counts, over HTTP against a real Redis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import monotonic, sleep

import pytest

from hotline.app import create_app
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Keys
from hotline.dialogue.session import Session
from hotline.phone.calling import press, speak, start_call, stay_silent
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.script.model import MAIN_MENU, Script
from hotline.store import counts
from hotline.store.connection import RedisClient
from hotline.store.counts import BEGUN, TOLD, Counted, Counts, Day
from hotline.store.keys import Conversation
from hotline.store.sessions import Loaded
from hotline.web.counting import counted_of
from tests.conftest import NOW, line_at, served, settings_for

NUMBER = "+12035550123"

pytestmark = pytest.mark.usefixtures("redis")


@pytest.fixture
def counting_line(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    monkeypatch.setattr(counts, "SEND_AFTER_SECONDS", 0.0)
    with served(create_app(settings_for(redis_url), now=lambda: NOW)) as address:
        yield line_at(address)


def counted(redis: RedisClient, expected: Day) -> Day:
    """What was counted, once so much is there as is expected."""
    until = monotonic() + 10
    while sum((found := Counts(redis).by_day([NOW.date()])[NOW.date()]).values()) < sum(expected.values()):
        assert monotonic() < until, found
        sleep(0.01)
    return found


def test_a_text_conversation_begins_once_and_tells_topics(counting_line: Line, redis: RedisClient) -> None:
    for body in ("la migra esta tocando la puerta", "1", "quien gano el partido ayer"):
        send_text(counting_line, NUMBER, body)
    send_text(counting_line, f"whatsapp:{NUMBER}", "la migra se llevo a mi hermano")
    expected = {
        Counted("sms", "es", BEGUN): 1,
        Counted("sms", "es", TOLD, "ice-at-door"): 2,
        Counted("sms", "es", "understood"): 1,
        Counted("sms", "es", "missed"): 1,
        Counted("whatsapp", "es", BEGUN): 1,
        Counted("whatsapp", "es", TOLD, "detained"): 1,
        Counted("whatsapp", "es", "understood"): 1,
    }
    assert counted(redis, expected) == expected


def test_a_call_begins_before_its_language_is_known_and_silence_tells_nothing_again(
    counting_line: Line, redis: RedisClient
) -> None:
    call = press(counting_line, start_call(counting_line, NUMBER), "2")
    call = speak(counting_line, call, "se llevaron a mi hermano")
    stay_silent(counting_line, replace(call, events=()))
    expected = {
        Counted("voice", "", BEGUN): 1,
        Counted("voice", "es", TOLD, "detained"): 1,
        Counted("voice", "es", "understood"): 1,
    }
    assert counted(redis, expected) == expected


def test_without_redis_nothing_begins_but_topics_are_told(script: Script) -> None:
    turn = advance(script, Session(language="es", node=MAIN_MENU), Keys(NOW, "2"))
    texter, unknown = Conversation("sms", NUMBER), Loaded(Session(kept=False), None)
    told = [Counted("sms", "es", TOLD, "detained")]
    assert list(counted_of(script, texter, unknown, turn)) == told
    assert list(counted_of(script, texter, replace(unknown, record=b""), turn)) == [Counted("sms", "es", BEGUN), *told]
