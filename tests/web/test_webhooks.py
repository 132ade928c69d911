"""The webhooks over HTTP, against a real Redis, with requests signed as Twilio signs them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep
from typing import NamedTuple
from urllib.parse import urlencode
from xml.etree import ElementTree

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from hotline.app import create_app
from hotline.dialogue.reply import Outcome
from hotline.locales import LOCALES
from hotline.phone.calling import press, start_call
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.releases.content import content_of
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT
from hotline.store import counts
from hotline.store.connection import RedisClient
from hotline.store.counts import Counts
from hotline.understanding.understanding import load_understanding
from hotline.web import answering, webhooks
from tests.conftest import NOW, line_at, served, settings_for

NUMBER = "+12035550123"
TEXT = {"From": NUMBER, "To": "+12035550100", "Body": "1", "MessageSid": "SM1"}
CALL = {"From": NUMBER, "To": "+12035550100", "CallSid": "CA1", "CallStatus": "in-progress"}

pytestmark = pytest.mark.usefixtures("redis")


class Answer(NamedTuple):
    status: int
    body: str
    type: str


def post(line: Line, path: str, form: Mapping[str, str], *, signature: str | None = None, **headers: str) -> Answer:
    """A request that is signed right unless a signature is given."""
    if signature is None:
        signature = RequestValidator(line.auth_token).compute_signature(line.public_url + path, form)
    # A client that tidies addresses up would hide what is tested here.
    connection = HTTPConnection(line.address.removeprefix("http://"), timeout=10)
    try:
        connection.putrequest("POST", path, skip_host="Host" in headers)
        body = urlencode(form).encode()
        for name, value in {
            "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
            "Content-Length": str(len(body)),
            "X-Twilio-Signature": signature,
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }.items():
            connection.putheader(name, value.encode("latin-1", "replace"))
        connection.endheaders(body)
        answer = connection.getresponse()
        return Answer(answer.status, answer.read().decode(), answer.headers.get("Content-Type", ""))
    finally:
        connection.close()


def message(answer: Answer) -> str:
    assert answer.status == 200
    return ElementTree.fromstring(answer.body).findtext("Message") or ""  # noqa: S314 - our own document


def test_the_first_reply_to_agents_at_the_door_is_about_the_door_in_spanish(line: Line) -> None:
    (reply,) = send_text(line, NUMBER, "la migra esta tocando la puerta")
    assert reply.body.startswith("Mantenga la puerta cerrada.")
    assert "1-800-798-0671" in reply.body


def test_answers_are_xml_without_a_leading_blank(line: Line) -> None:
    for path, form in (("/sms", TEXT), ("/voice", CALL), ("/voice/es/main", CALL | {"Digits": "1"})):
        answer = post(line, path, form)
        assert answer.type == "text/xml; charset=utf-8"
        assert answer.body.startswith("<?xml")
        assert len(answer.body.encode()) < 64 * 1024


@pytest.mark.parametrize("path", ["/sms", "/voice", "/voice/es/main", "/sms/status", "/voice/status"])
@pytest.mark.parametrize("signature", ["", "x" * 28, "é" * 28, "=" * 5000])
def test_what_twilio_did_not_sign_is_refused_and_nothing_happens(
    line: Line, redis: RedisClient, path: str, signature: str
) -> None:
    assert post(line, path, TEXT, signature=signature).status == 403
    assert redis.dbsize() == 0


def test_without_a_signature_header_it_is_refused(line: Line) -> None:
    assert requests.post(f"{line.address}/sms", data=TEXT, timeout=10).status_code == 403


@pytest.mark.parametrize(
    ("media_type", "body"),
    [
        ("application/json", b'{"Body": "1"}'),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="Body"\r\n\r\n1\r\n--x--\r\n',
        ),
        ("multipart/form-data", b"x"),
        ("text/plain", b"Body=1"),
        ("", b"Body=1"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"\xff\xfe\x00B"),
        ("application/x-www-form-urlencoded", b"%"),
        ("application/x-www-form-urlencoded", b"%ff%fe=%zz&&&===&a"),
        ("application/x-www-form-urlencoded", b"\x00" * 500),
        ("application/x-www-form-urlencoded", b"Body=" + b"x" * 300_000),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(5000))),
    ],
)
def test_a_body_that_twilio_would_not_send_is_refused_even_if_the_address_is_signed(
    line: Line, media_type: str, body: bytes
) -> None:
    signature = RequestValidator(line.auth_token).compute_signature(line.public_url + "/sms", {})
    headers = {"X-Twilio-Signature": signature} | ({"Content-Type": media_type} if media_type else {})
    assert requests.post(f"{line.address}/sms", data=body, headers=headers, timeout=10).status_code == 403


@pytest.mark.parametrize("path", ["/sms?q=%C3%B1", "/sms?q=a%3Ab%2Fc", "/sms?q=%7E", "/sms?", "/sms?a=1&a=2"])
def test_escapes_in_a_signed_address_count_as_they_came(line: Line, path: str) -> None:
    assert message(post(line, path, TEXT))


@pytest.mark.parametrize(
    ("headers", "what"),
    [
        ({"Host": "evil.example"}, "another host"),
        ({"X_Forwarded_Proto": "http"}, "another scheme"),
        ({"X_Forwarded_Host": "evil.example"}, "a forwarded host"),
        ({"X_Original_URL": "/voice"}, "another path"),
    ],
)
def test_headers_do_not_change_what_was_signed(line: Line, headers: dict[str, str], what: str) -> None:
    assert message(post(line, "/sms", TEXT, **headers)), what


def test_the_same_message_twice_gets_the_same_answer_and_counts_once(line: Line) -> None:
    post(line, "/sms", TEXT | {"MessageSid": "SM0", "Body": "hola"})
    first = message(post(line, "/sms", TEXT))
    assert message(post(line, "/sms", TEXT)) == first
    assert message(post(line, "/sms", TEXT | {"MessageSid": "SM2", "Body": "#"})).startswith("¿Qué necesita?")


def test_many_repeats_at_once_get_one_answer(line: Line) -> None:
    post(line, "/sms", TEXT | {"MessageSid": "SM0", "Body": "hola"})
    with ThreadPoolExecutor(16) as pool:
        answers = set(pool.map(lambda _: post(line, "/sms", TEXT), range(60)))
    assert len(answers) == 1
    assert message(post(line, "/sms", TEXT | {"MessageSid": "SM2", "Body": "#"})).startswith("¿Qué necesita?")


def test_a_key_pressed_again_later_is_no_repeat(line: Line) -> None:
    actions = []
    for step, (path, digits) in enumerate([("main", "1"), ("here-now", "*"), ("main", "1"), ("here-now", "#")]):
        answer = post(line, f"/voice/es/{path}", CALL | {"Digits": digits})
        (gather,) = ElementTree.fromstring(answer.body)  # noqa: S314 - our own document
        actions.append(gather.get("action"))
        assert answer.status == 200, step
    assert actions == ["/voice/es/here-now", "/voice/es/main", "/voice/es/here-now", "/voice/es/main"]


def test_an_idempotency_token_names_a_step_of_a_call(line: Line) -> None:
    def action(digits: str, token: str) -> str | None:
        headers = {"I_Twilio_Idempotency_Token": token}
        answer = post(line, "/voice/es/rights", CALL | {"Digits": digits}, **headers)
        (gather,) = ElementTree.fromstring(answer.body)  # noqa: S314 - our own document
        return gather.get("action")

    assert action("5", "one") == action("5", "one") == "/voice/es/rights-more"


def test_a_status_callback_is_no_repeat_and_moves_nothing(line: Line) -> None:
    first = message(post(line, "/sms", TEXT))
    report = {"MessageSid": "SM1", "MessageStatus": "delivered", "From": NUMBER, "To": NUMBER}
    assert post(line, "/sms/status", report).status == 204
    assert message(post(line, "/sms", report)) == ""
    assert message(post(line, "/sms", TEXT)) == first
    assert post(line, "/voice/status", CALL | {"CallStatus": "completed"}).status == 204


@pytest.mark.parametrize(
    "body", ["STOP", "stop", " Stop ", "HELP", "info", "YES", "Cancel", "END", "quit", "START", "OPT OUT"]
)
def test_words_of_the_carriers_are_not_answered(line: Line, redis: RedisClient, body: str) -> None:
    assert message(post(line, "/sms", TEXT | {"Body": body})) == ""
    assert redis.dbsize() == 0


def test_what_twilio_marks_as_opting_out_is_not_answered_in_any_language(line: Line) -> None:
    assert message(post(line, "/sms", TEXT | {"Body": "ARRÊT", "OptOutType": "STOP"})) == ""


@pytest.mark.parametrize(
    "body", ["", " ", "\0", "😀", "1️⃣", "x" * 1600, "ñ" * 1600, "\u202eabc", "\udcff", "<b>&amp;", "١", "(1)", "1."]
)
def test_any_body_gets_an_answer_with_a_way_on(line: Line, body: str) -> None:
    text = message(post(line, "/sms", TEXT | {"Body": body.encode("utf-8", "replace").decode()}))
    assert "1-800-798-0671" in text


@pytest.mark.parametrize(
    ("body", "language"), [("CARD", "en"), ("tarjeta", "es"), ("kat pòt", "ht"), ("البطاقة", "ar")]
)
def test_the_word_card_gets_the_address_of_the_card_in_the_residents_language(
    line: Line, body: str, language: str
) -> None:
    (reply,) = send_text(line, NUMBER, body)
    assert f"{line.public_url}/card/{language}" in reply.body


def test_a_caller_gets_the_address_of_the_card_as_a_text(line: Line) -> None:
    call = start_call(line, NUMBER)
    for key in ("2", "1", "1", "1", "8"):
        call = press(line, call, key)
    sent = [event.text or "" for event in call.events if event.kind == "sent"]
    assert any(f"{line.public_url}/card/es" in text for text in sent)


@pytest.mark.parametrize("body", ["1", "1.", "(1)", " 1 ", "١", "１"])
def test_a_key_may_be_written_in_many_ways(line: Line, body: str) -> None:
    post(line, "/sms", TEXT | {"Body": "hi", "MessageSid": "SM0"})
    assert message(post(line, "/sms", TEXT | {"Body": body})).startswith("Stay calm.")


@pytest.mark.parametrize("form", [{}, {"Body": "hola"}, {"From": NUMBER}, {"From": "", "Body": "1"}])
def test_missing_fields_are_no_error(line: Line, form: dict[str, str]) -> None:
    assert "1-800-798-0671" in message(post(line, "/sms", form))
    assert post(line, "/voice", form).status == 200


@pytest.mark.parametrize(
    "path", ["/voice/xx/main", "/voice/es/gone", "/voice/es/main_9", "/voice/es/_", "/voice/es/%F0%9F%98%80"]
)
def test_a_call_at_a_place_that_is_no_more_goes_on(line: Line, path: str) -> None:
    answer = post(line, path, CALL | {"Digits": "1"})
    assert answer.status == 200
    assert "<Gather" in answer.body


@pytest.mark.parametrize(
    "caller", ["anonymous", "+12035550123", "sip:someone@example.org", "client:browser", "unknown"]
)
def test_any_caller_is_answered(line: Line, caller: str) -> None:
    assert start_call(line, caller).waiting.kind == "keys"


@pytest.mark.parametrize("caller", ["anonymous", "Restricted", "+266696687", ""])
def test_hidden_callers_do_not_share_a_language(line: Line, caller: str) -> None:
    hidden = CALL | {"From": caller}
    post(line, "/voice/en/language", hidden | {"Digits": "2"})
    answer = post(line, "/voice", hidden | {"CallSid": "CA2"})
    assert 'action="/voice/en/language"' in answer.body


def test_the_path_of_the_language_menu_chooses_no_language(line: Line) -> None:
    post(line, "/voice/en/language", CALL)
    assert 'action="/voice/en/language"' in post(line, "/voice", CALL | {"CallSid": "CA2"}).body


@pytest.mark.parametrize("key", ["*", "0", "#"])
def test_a_language_menu_asked_for_in_spanish_stays_spanish_without_a_session(line: Line, key: str) -> None:
    answer = post(line, "/voice/es/language", CALL | {"Digits": key})
    assert "/voice/en/" not in answer.body


@pytest.mark.parametrize("path", ["/sms", "/voice"])
def test_only_posts_are_answered(line: Line, path: str) -> None:
    assert requests.get(line.address + path, timeout=10).status_code in {403, 405}


def test_redis_knows_no_number_and_no_words_and_forgets_all_in_time(line: Line, redis: RedisClient) -> None:
    send_text(line, NUMBER, "la migra se llevo a mi hermano Wilmer en Hamden")
    start_call(line, NUMBER)
    held = b"\n".join(part for key in redis.scan_iter() for part in (key, redis.dump(key) or b"")).lower()
    for secret in (b"2035550123", b"wilmer", b"migra", b"hamden", b"hermano"):
        assert secret not in held
    assert all(0 < redis.ttl(key) <= 30 * 24 * 3600 for key in redis.scan_iter())


def test_how_often_words_were_understood_is_counted_once_each_by_language(
    redis: RedisClient, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "SEND_AFTER_SECONDS", 0.05)
    with served(create_app(settings_for(redis_url), now=lambda: NOW)) as address:
        line = line_at(address)
        for sid, body in {
            "SM1": "la migra esta tocando la puerta",
            "SM2": "1",
            "SM3": "quien gano el partido ayer",
        }.items():
            for _ in range(2):
                post(line, "/sms", TEXT | {"Body": body, "MessageSid": sid})
        post(line, "/voice/es/main", CALL | {"SpeechResult": "se llevaron a mi hermano"})
        post(line, "/voice/es/main", CALL | {"CallSid": "CA2", "Digits": "1"})
        expected = {("es", Outcome.UNDERSTOOD): 2, ("es", Outcome.MISSED): 1}
        until = monotonic() + 10
        while (counted := Counts(redis).read([NOW.date()])) != expected and monotonic() < until:
            sleep(0.02)
        assert counted == expected


@pytest.fixture
def line_without_redis(tmp_path: Path) -> Iterator[Line]:
    with served(create_app(settings_for(f"unix://{tmp_path}/gone.sock"), now=lambda: NOW)) as address:
        yield line_at(address)


def test_without_redis_texts_and_calls_are_answered(line_without_redis: Line, caplog: pytest.LogCaptureFixture) -> None:
    line = line_without_redis
    with caplog.at_level(logging.DEBUG):
        (reply,) = send_text(line, NUMBER, "la migra esta tocando la puerta")
        assert reply.body.startswith("Mantenga la puerta cerrada.")
        assert 'action="/voice/es/here-now"' in post(line, "/voice/es/main", CALL | {"Digits": "1"}).body
        assert "<Hangup" in post(line, "/voice/es/main_2", CALL).body
    assert "2035550123" not in caplog.text
    assert "migra" not in caplog.text
    assert requests.get(f"{line.address}/readyz", timeout=10).json() == {"ready": True, "degraded": ["redis"]}


@pytest.mark.parametrize(
    ("node", "words", "action"),
    [
        ("main", "uno", "/voice/es/here-now"),
        ("main", "oprimo uno", "/voice/es/here-now"),
        ("main", "one", "/voice/es/here-now"),
        ("language", "dos", "/voice/es/main"),
        ("town", "cero seis cinco uno cuatro", "/voice/es/my-town"),
        ("town", "Hamden", "/voice/es/my-town"),
        ("main", "hello", "/voice/es/main"),
    ],
)
def test_a_key_may_be_said(line: Line, node: str, words: str, action: str) -> None:
    answer = post(line, f"/voice/es/{node}", CALL | {"SpeechResult": words})
    assert f'action="{action}"' in answer.body


def test_after_forget_in_a_call_the_language_is_not_remembered_again(line: Line, redis: RedisClient) -> None:
    post(line, "/voice/en/language", CALL | {"Digits": "2"})
    post(line, "/voice/es/main", CALL | {"SpeechResult": "olvidar"})
    assert redis.dbsize() == 0
    post(line, "/voice/es/main", CALL | {"Digits": "1"})
    assert not list(redis.scan_iter("language:*"))


class Clock:
    """What time it is in Connecticut, as a test sets it."""

    def __init__(self) -> None:
        self.now = NOW

    def set(self, text: str) -> None:
        self.now = datetime.fromisoformat(text).replace(tzinfo=CONNECTICUT)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def line_by_the_clock(redis_url: str, clock: Clock) -> Iterator[Line]:
    with served(create_app(settings_for(redis_url), now=lambda: clock.now)) as address:
        yield line_at(address)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-11-23 10:00", "Open now. Closes: 12:00 PM."),
        ("2026-11-23 12:30", "Closed now. Opens: Monday, 1:00 PM."),
        ("2026-11-20 19:00", "Closed now. Opens: Monday, 9:00 AM."),
        # On these Sundays the clocks are changed.
        ("2026-03-08 01:59", "Closed now. Opens: Monday, 9:00 AM."),
        ("2026-11-01 12:00", "Closed now. Opens: Monday, 9:00 AM."),
        ("2026-11-26 10:00", "Today is a holiday. It may be closed."),
        ("2026-04-03 08:00", "Today is a holiday. It may be closed."),
    ],
)
def test_the_statewide_intake_is_said_to_be_open_or_closed(
    line_by_the_clock: Line, clock: Clock, script: Script, now: str, said: str
) -> None:
    nodes = [part.node for part in script.topics["legal-help"].parts]
    texts = [script.messages[part.message].text for part in script.topics["legal-help"].parts]
    at = next(place for place, text in enumerate(texts) if "{phone.sls}" in text)
    clock.set(now)
    answer = post(line_by_the_clock, f"/voice/en/{nodes[at - 1]}", CALL | {"Digits": "1"})
    says = [say.text for say in ElementTree.fromstring(answer.body).iter("Say")]  # noqa: S314 - our own document
    assert says[1] == said


def test_a_review_date_passes_at_midnight_in_connecticut(line_by_the_clock: Line, clock: Clock, script: Script) -> None:
    provenance = script.messages["topic.ice-at-door.first"].provenance
    assert provenance is not None
    texts = []
    for time in ("23:59", "00:00"):
        day = provenance.review_by + timedelta(days=time == "00:00")
        clock.set(f"{day} {time}")
        texts.append(message(post(line_by_the_clock, "/sms", TEXT | {"Body": "ice is at my door", "MessageSid": time})))
    assert ["may be out of date" in text for text in texts] == [False, True]


def test_help_near_a_town_is_named_by_text(line: Line, redis: RedisClient) -> None:
    text = message(post(line, "/sms", TEXT | {"Body": "I need a lawyer in Danbury"}))
    assert "cirict.org" in text
    assert "ctlegal.org" in text
    held = b"".join(redis.dump(key) or b"" for key in redis.scan_iter()).lower()
    assert b"danbury" not in held


def gather_of(answer: Answer) -> ElementTree.Element:
    (gather,) = ElementTree.fromstring(answer.body)  # noqa: S314 - our own document
    return gather


@pytest.mark.parametrize("without_redis", [False, True])
def test_which_of_two_towns_is_asked_by_phone_and_never_stored(
    request: pytest.FixtureRequest, redis: RedisClient, *, without_redis: bool
) -> None:
    line = request.getfixturevalue("line_without_redis" if without_redis else "line")
    asked = gather_of(post(line, "/voice/en/town", CALL | {"Digits": "06355"}))
    assert asked.get("action") == "/voice/en/which-town.groton.stonington"
    assert asked.get("numDigits") == "1"
    assert [say.text for say in asked][1:3] == ["Groton, press 1.", "Stonington, 2."]
    told = gather_of(post(line, str(asked.get("action")), CALL | {"Digits": "2"}))
    assert told.get("action") == "/voice/en/my-town"
    assert "Stonington" in str(told[0].text)
    held = b"".join(redis.dump(key) or b"" for key in redis.scan_iter()).lower()
    assert b"groton" not in held
    assert b"stonington" not in held


def test_which_of_two_towns_is_asked_by_text_without_numbers(line: Line) -> None:
    text = message(post(line, "/sms", TEXT | {"Body": "06355"}))
    assert "Groton or Stonington" in text
    assert "1 Groton" not in text


def test_help_by_phone_goes_on_without_redis(line_without_redis: Line) -> None:
    helped = gather_of(post(line_without_redis, "/voice/en/nearby", CALL | {"Digits": "06514"}))
    assert any("n h l e g a l dot o r g" in str(say.text) for say in helped)
    again = gather_of(post(line_without_redis, str(helped.get("action")), CALL | {"Digits": "2"}))
    assert again.get("numDigits") == "5"
    legal = gather_of(post(line_without_redis, str(helped.get("action")), CALL | {"Digits": "1"}))
    assert legal.get("action") == "/voice/en/legal-help"


@pytest.mark.parametrize("path", ["/voice/en/which-town.groton.gone", "/voice/en/which-town", "/voice/en/which-town."])
def test_a_town_in_the_address_that_nobody_knows_is_a_lost_place(line: Line, path: str) -> None:
    assert gather_of(post(line, path, CALL | {"Digits": "1"})).get("action") == "/voice/en/main"


@pytest.fixture
def line_with_a_fault(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    def fail(*_: object) -> None:
        raise LookupError("la migra +12035550123")

    monkeypatch.setattr(answering, "advance", fail)
    with served(create_app(settings_for(redis_url), now=lambda: NOW)) as address:
        yield line_at(address)


def test_a_fault_of_ours_still_gives_the_number_and_a_person(
    line_with_a_fault: Line, caplog: pytest.LogCaptureFixture
) -> None:
    assert message(post(line_with_a_fault, "/sms", TEXT)) == "1-800-798-0671"
    answer = post(line_with_a_fault, "/voice/es/main", CALL | {"Digits": "1"})
    assert answer.status == 200
    assert ">+18007980671</Dial>" in answer.body
    assert 'callerId="+12035550100"' in answer.body
    assert 'language="es-US"' in answer.body
    assert "LookupError" in caplog.text
    assert "migra" not in caplog.text
    assert "2035550123" not in caplog.text


def test_a_fault_in_the_check_of_a_signature_refuses(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError

    monkeypatch.setattr(webhooks, "is_signed", fail)
    assert post(line, "/sms", TEXT).status == 403


def test_health(line: Line) -> None:
    assert requests.get(f"{line.address}/healthz", timeout=10).json() == {"alive": True}
    assert requests.get(f"{line.address}/readyz", timeout=10).json() == {"ready": True, "degraded": []}


def test_a_line_that_understands_by_looks_alone_says_so_and_answers(
    script: Script, redis_url: str, tmp_path: Path
) -> None:
    plain = load_understanding(script, encoder=tmp_path / "encoder.npz")
    packaged = partial(content_of, script, plain, LOCALES)
    with served(create_app(settings_for(redis_url), now=lambda: NOW, packaged=packaged)) as address:
        line = line_at(address)
        assert requests.get(f"{address}/readyz", timeout=10).json() == {"ready": True, "degraded": ["understanding"]}
        (reply,) = send_text(line, NUMBER, "la migra esta tocando la puerta")
        assert reply.body.startswith("Mantenga la puerta cerrada.")


def test_the_browser_phone_is_there_in_the_demo_only(line: Line) -> None:
    assert requests.get(f"{line.address}/phone/", timeout=10).status_code == 404


FIELDS = st.dictionaries(
    st.sampled_from(
        ["From", "To", "Body", "Digits", "SpeechResult", "DialCallStatus", "CallSid", "CallStatus", "MessageSid"]
    ),
    st.text(st.characters(codec="utf-8"), max_size=30),
)


@given(path=st.sampled_from(["/sms", "/voice", "/voice/es/main", "/voice/en/town", "/voice/es/unsure_2"]), form=FIELDS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_signed_form_gets_valid_twiml(line: Line, path: str, form: dict[str, str]) -> None:
    answer = post(line, path, form)
    assert answer.status == 200
    assert ElementTree.fromstring(answer.body).tag == "Response"  # noqa: S314 - our own document
