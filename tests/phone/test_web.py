from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from hotline.phone import web
from hotline.phone.mailbox import Mailbox, TextMessage
from hotline.phone.web import PhoneLanguage, Place, phone_blueprint
from tests.phone.peer import NUMBER, Answer, Peer
from tests.phone.talking_line import ARABIC_DOOR, LANGUAGES, SPANISH_DOOR, messages, phone_app, talk, twiml
from tests.phone.wav import wav

CALLER = "+12035550123"
FROM_THE_PAGE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


class Phone:
    """The page's requests, without the page."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def post(self, path: str, fields: Mapping[str, object], headers: Mapping[str, str] = FROM_THE_PAGE) -> TestResponse:
        return self.client.post(f"/phone/{path}", json=fields, headers=headers)

    def answer(self, path: str, fields: Mapping[str, object]) -> dict[str, Any]:
        response = self.post(path, fields)
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.get_json()
        return answer

    def refusal(self, path: str, fields: Mapping[str, object]) -> str:
        response = self.post(path, fields)
        assert response.status_code == 400, response.text
        return str(response.get_json()["error"])

    def text(self, body: str, **more: object) -> dict[str, Any]:
        return self.answer("texts", {"from": CALLER, "body": body, **more})

    def call(self, caller: str = CALLER) -> dict[str, Any]:
        return self.answer("calls", {"from": caller})

    def step(self, before: Mapping[str, Any], action: str, value: str = "") -> dict[str, Any]:
        return self.answer("calls/step", {"call": before["call"], "action": action, "value": value})


@pytest.fixture
def app(peer: Peer, mailbox: Mailbox) -> Flask:
    talk(peer)
    return phone_app(peer, mailbox)


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app.test_client())


def said(answer: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(event["language"], event["text"]) for event in answer["events"] if event["kind"] == "said"]


def test_a_text_and_its_answer_with_their_segments(phone: Phone) -> None:
    answer = phone.text("la migra está en la puerta")
    assert answer["sent"] == {"encoding": "UCS-2", "segments": 1, "units": 26}
    assert answer["messages"] == [
        {"body": SPANISH_DOOR, "by_twilio": False, "encoding": "UCS-2", "segments": 5, "units": len(SPANISH_DOOR)}
    ]
    assert "error" not in answer


def test_the_text_goes_out_as_twilio_sends_it(phone: Phone, peer: Peer) -> None:
    phone.text("  two words ")
    [form] = peer.forms("/sms")
    assert (form["From"], form["To"], form["Body"]) == (CALLER, NUMBER, "  two words ")


def test_stop_is_remembered_by_the_page_and_holds_answers_back(phone: Phone) -> None:
    stopped = phone.text("STOP")
    assert stopped["opted_out"] is True
    assert [message["by_twilio"] for message in stopped["messages"]] == [True]
    silent = phone.text("ice is at my door", opted_out=True)
    assert (silent["messages"], silent["held_back"], silent["opted_out"]) == ([], 2, True)
    assert phone.text("START", opted_out=True)["opted_out"] is False


def test_a_hotline_that_fails_is_told_to_the_person(phone: Phone, peer: Peer) -> None:
    peer.routes["/sms"] = Answer(b"broken", "text/plain", 500)
    answer = phone.text("hello")
    assert answer["messages"] == []
    assert "500" in answer["error"]
    peer.routes["/voice"] = Answer(b"broken", "text/plain", 500)
    call = phone.call()
    assert call["waiting"]["kind"] == "ended"
    assert "500" in call["events"][-1]["text"]


def test_a_hotline_that_is_not_there_is_told_to_the_person(mailbox: Mailbox) -> None:
    app = Flask("nowhere")
    app.secret_key = "only for tests"
    nowhere = Peer(address="http://127.0.0.1:9").line()
    app.register_blueprint(phone_blueprint(lambda: nowhere, lambda: LANGUAGES, mailbox))
    phone = Phone(app.test_client())
    assert phone.text("hello")["error"].startswith("Nothing answers")
    assert phone.call()["waiting"]["kind"] == "ended"


@pytest.mark.parametrize(
    "body", ["<script>alert(1)</script>&amp;", "\u202etfel ot thgir", "😀" * 70, "x" * 1600, "سلام\u2066 123", "a\n\nb"]
)
def test_hostile_texts_come_back_as_they_were_sent(phone: Phone, peer: Peer, body: str) -> None:
    peer.routes["/sms"] = lambda seen: messages(seen.form["Body"])
    assert phone.text(body)["messages"][0]["body"] == body


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 1601, "\ud800", "a\x00b", 7, None, ["x"]])
def test_a_text_that_cannot_be_sent_is_refused(phone: Phone, peer: Peer, body: object) -> None:
    assert phone.refusal("texts", {"from": CALLER, "body": body})
    assert peer.forms("/sms") == []


@pytest.mark.parametrize(
    "caller", ["+12035550200", "+12125550123", "2035550123", "", "+12035550123\n", None, "client:x"]
)
@pytest.mark.parametrize("path", ["texts", "calls"])
def test_only_fictional_numbers(phone: Phone, path: str, caller: object) -> None:
    assert "fictional" in phone.refusal(path, {"from": caller, "body": "hello"})


def test_a_hidden_number_calls_but_does_not_text(phone: Phone, peer: Peer) -> None:
    assert phone.call("anonymous")["waiting"]["kind"] == "keys"
    assert peer.forms("/voice")[0]["From"] == "anonymous"
    assert "number" in phone.refusal("texts", {"from": "anonymous", "body": "hello"})


def test_a_call_goes_on_from_its_token_on_any_worker(phone: Phone, peer: Peer, mailbox: Mailbox) -> None:
    other_worker = Phone(phone_app(peer, mailbox).test_client())
    ringing = phone.call()
    assert [language for language, _ in said(ringing)] == ["en-US", "es-US", "ar-AE", "vi-VN"]
    menu = other_worker.step(ringing, "press", "2")
    assert said(menu)[0][0] == "es-US"
    assert menu["waiting"]["accepts_speech"] is True


def test_keys_speech_and_silence_reach_the_hotline(phone: Phone, peer: Peer) -> None:
    menu = phone.step(phone.call(), "press", "1")
    again = phone.step(menu, "silence")
    phone.step(again, "speak", "they are at my door")
    *_, silence, speech = peer.forms("/voice/en/menu")
    assert not silence.get("Digits")
    assert speech["SpeechResult"] == "they are at my door"


def test_keys_of_an_unfinished_entry_are_kept(phone: Phone) -> None:
    rule = phone.step(phone.step(phone.step(phone.call(), "press", "1"), "press", "1"), "press", "5")
    assert rule["waiting"]["num_digits"] == 5
    entry = phone.step(phone.step(rule, "press", "0"), "press", "6")
    assert entry["waiting"]["pressed"] == "06"
    assert said(phone.step(entry, "press", "510"))[0] == ("en-US", "Heard: 06510.")


@pytest.mark.parametrize("outcome", ["busy", "no-answer", "failed", "canceled"])
def test_a_transfer_that_nobody_takes(phone: Phone, outcome: str) -> None:
    transfer = phone.step(phone.step(phone.call(), "press", "1"), "press", "0")
    assert transfer["waiting"]["kind"] == "dial"
    assert transfer["events"][-1]["number"] == "+18007980671"
    after = phone.step(transfer, "outcome", outcome)
    assert after["waiting"]["kind"] == "keys"
    assert outcome in said(after)[0][1]


def test_a_transfer_that_is_answered_ends_the_call(phone: Phone) -> None:
    transfer = phone.step(phone.step(phone.call(), "press", "1"), "press", "0")
    assert phone.step(transfer, "outcome", "completed")["waiting"]["kind"] == "ended"


def test_a_step_that_does_not_fit_leaves_the_call_where_it_was(phone: Phone) -> None:
    menu = phone.step(phone.call(), "press", "1")
    refused = phone.step(menu, "outcome", "busy")
    assert refused["error"]
    assert refused["events"] == []
    assert refused["waiting"] == menu["waiting"]
    assert phone.step(refused, "hang_up")["waiting"]["kind"] == "ended"


def test_a_recording_is_played_from_the_pages_own_origin(phone: Phone, peer: Peer) -> None:
    peer.routes["/audio/ht/1.wav"] = Answer(b"RIFF", "audio/wav")
    peer.twiml("/voice", "<Gather><Play>/audio/ht/1.wav</Play></Gather>")
    [played] = phone.call()["events"]
    assert played == {"kind": "played", "url": "/audio/ht/1.wav", "language": "ht", "times": 1}


def test_a_recording_comes_with_its_words(phone: Phone, peer: Peer) -> None:
    peer.routes["/audio/ht/1.wav"] = Answer(wav("Pou Kreyòl, peze 4."), "audio/wav")
    peer.twiml("/voice", "<Gather><Play>/audio/ht/1.wav</Play></Gather>")
    [played] = phone.call()["events"]
    assert (played["kind"], played["text"], played["language"]) == ("played", "Pou Kreyòl, peze 4.", "ht")


def text_of(caller: str, body: str) -> TextMessage:
    return TextMessage(NUMBER, caller, body)


def test_a_text_that_arrives_during_a_call_is_part_of_the_next_step(phone: Phone, mailbox: Mailbox) -> None:
    ringing = phone.call()
    mailbox.deliver(text_of(CALLER, "Llame al 211."))
    mailbox.deliver(text_of("+12035550124", "Not for this caller."))
    events = phone.step(ringing, "press", "2")["events"]
    [sent] = [event for event in events if event["kind"] == "sent"]
    assert (sent["number"], sent["caller_id"], sent["text"]) == (CALLER, NUMBER, "Llame al 211.")
    assert (sent["encoding"], sent["segments"], sent["units"]) == ("GSM-7", 1, 13)


def test_stop_and_start_hold_for_texts_that_the_line_sends_of_itself(phone: Phone, mailbox: Mailbox) -> None:
    phone.text("STOP")
    assert mailbox.has_opted_out(CALLER)
    assert phone.text("hello", opted_out=True)["held_back"] == 2
    assert mailbox.has_opted_out(CALLER)
    phone.text("START", opted_out=True)
    assert not mailbox.has_opted_out(CALLER)


def test_stop_outlasts_the_page_that_said_it(phone: Phone) -> None:
    phone.text("STOP")
    after_a_reload = phone.text("hello", opted_out=False)
    assert (after_a_reload["held_back"], after_a_reload["opted_out"]) == (2, True)
    assert phone.text("START", opted_out=False)["opted_out"] is False


def test_the_inbox_of_a_number_is_emptied_by_who_asks(phone: Phone, mailbox: Mailbox) -> None:
    for body in ("one", "two"):
        mailbox.deliver(text_of(CALLER, body))
    mailbox.deliver(text_of("+12035550124", "other"))
    answer = phone.client.get("/phone/inbox", query_string={"number": CALLER})
    assert [text["body"] for text in answer.get_json()["texts"]] == ["one", "two"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert phone.client.get("/phone/inbox", query_string={"number": CALLER}).get_json() == {"texts": []}
    assert len(mailbox.collect("+12035550124")) == 1


@pytest.mark.parametrize(
    "query", ["", "?number=", "?number=+12035550123", "?number=%2B12125550123", "?number=anonymous"]
)
def test_the_inbox_knows_fictional_numbers_only(phone: Phone, query: str) -> None:
    answer = phone.client.get(f"/phone/inbox{query}")
    assert answer.status_code == 400
    assert "fictional" in answer.get_json()["error"]


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "none"}, {"Origin": "https://elsewhere.example"}],
)
def test_another_page_cannot_empty_an_inbox(phone: Phone, mailbox: Mailbox, headers: dict[str, str]) -> None:
    mailbox.deliver(text_of(CALLER, "one"))
    answer = phone.client.get("/phone/inbox", query_string={"number": CALLER}, headers=headers)
    assert answer.status_code == 403
    assert len(mailbox.collect(CALLER)) == 1


def test_the_page_says_which_numbers_no_text_reaches(phone: Phone) -> None:
    page = " ".join(phone.client.get("/phone/").text.split())
    assert "0190 to 0194 are landlines, in 0195 to 0199 out of reach" in page
    assert 'data-textless="+12035550190 ' in page


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://elsewhere.example/a.wav", "https://elsewhere.example/a.wav"),
        ("{line}/audio/es/a.wav", "/try/audio/es/a.wav"),
    ],
)
def test_only_the_lines_own_sounds_are_fetched_at_the_phones_place(peer: Peer, url: str, shown: str) -> None:
    line, place = peer.line(), Place(sounds="/try")
    assert web._on_this_page(line, url.format(line=line.public_url), place) == shown  # noqa: SLF001


def test_a_phone_may_stand_at_another_place_of_the_application(peer: Peer, mailbox: Mailbox) -> None:
    talk(peer)
    app, behind = Flask("elsewhere"), Blueprint("behind", __name__, url_prefix="/behind")
    app.secret_key = "only for tests"
    place = Place(name="trial", path="/trial", sounds="/behind/trial")
    behind.register_blueprint(phone_blueprint(peer.line, lambda: LANGUAGES, mailbox, place))
    app.register_blueprint(behind)
    client = app.test_client()
    page = client.get("/behind/trial/")
    assert 'href="/behind/trial/static/phone.css"' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    with client.get("/behind/trial/static/page.js") as script:
        assert (script.status_code, script.headers["Cache-Control"]) == (200, "no-cache")
    answer = client.post("/behind/trial/texts", json={"from": CALLER, "body": "menu"}, headers=FROM_THE_PAGE)
    assert answer.get_json()["messages"]


def test_the_page_is_known_by_the_public_address_too(phone: Phone, peer: Peer) -> None:
    behind_a_proxy = {"Origin": peer.line().public_url}
    assert phone.post("texts", {"from": CALLER, "body": "menu"}, behind_a_proxy).status_code == 200


@pytest.mark.parametrize(
    ("action", "value"),
    [
        ("press", ""),
        ("press", "1" * 51),
        ("press", "A"),
        ("press", "1\n"),
        ("press", "١"),
        ("press", None),
        ("speak", " "),
        ("speak", "x" * 501),
        ("outcome", "answered"),
        ("outcome", None),
        ("sing", ""),
        (None, ""),
        (["press"], "1"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(phone: Phone, action: object, value: object) -> None:
    assert phone.refusal("calls/step", {"call": phone.call()["call"], "action": action, "value": value})


def test_a_call_that_this_phone_did_not_sign_is_refused(phone: Phone, app: Flask) -> None:
    call = str(phone.call()["call"])
    assert app.secret_key
    forged = str(URLSafeTimedSerializer(app.secret_key, salt="another purpose").dumps("{}"))
    for token in ("", "x", call[:-1], call[::-1], f"{call}x", forged, "\ud800", "é.é.é", None, 3, {"call": 1}):
        assert "Call again" in phone.refusal("calls/step", {"call": token, "action": "hang_up"})


def test_a_call_of_hours_ago_is_refused(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    call = phone.call()
    monkeypatch.setattr(web, "CALL_LIFETIME_SECONDS", -1)
    assert "too old" in phone.refusal("calls/step", {"call": call["call"], "action": "hang_up"})


def test_the_token_of_the_largest_document_comes_back(phone: Phone, peer: Peer) -> None:
    words = "".join(f"<Say>{chr(0x4E00 + n % 20000) * 40}</Say>" for n in range(400))
    peer.routes["/voice"] = twiml(f'{words}<Gather numDigits="1" actionOnEmptyResult="true"/>')
    call = phone.call()
    assert call["waiting"]["kind"] == "keys"
    assert phone.step(call, "hang_up")["waiting"]["kind"] == "ended"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Origin": "https://localhost.elsewhere.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://[broken"},
    ],
)
@pytest.mark.parametrize("path", ["texts", "calls", "calls/step"])
def test_another_page_cannot_drive_the_phone(phone: Phone, peer: Peer, path: str, headers: dict[str, str]) -> None:
    response = phone.post(path, {"from": CALLER, "body": "hello"}, headers)
    assert response.status_code == 403
    assert response.get_json()["error"]
    assert peer.seen == []


def test_a_browser_that_names_only_its_origin_may_send(phone: Phone) -> None:
    response = phone.post("texts", {"from": CALLER, "body": "hello"}, {"Origin": "http://localhost"})
    assert response.status_code == 200


def test_a_form_is_not_json(phone: Phone) -> None:
    response = phone.client.post("/phone/texts", data={"from": CALLER, "body": "x"}, headers=FROM_THE_PAGE)
    assert response.status_code == 415
    assert response.get_json()["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"from": NaN}'])
def test_json_that_is_none_is_refused(phone: Phone, body: bytes) -> None:
    response = phone.client.post("/phone/texts", data=body, headers=FROM_THE_PAGE, content_type="application/json")
    assert response.status_code == 400
    assert response.get_json()["error"]


def test_a_request_of_any_size_is_not_read(phone: Phone) -> None:
    response = phone.post("texts", {"from": CALLER, "body": "x" * 300_000})
    assert response.status_code == 413
    assert response.get_json()["error"]


def test_the_page_allows_nothing_from_elsewhere(phone: Phone) -> None:
    response = phone.client.get("/phone/")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert "<script>" not in response.text
    assert " style=" not in response.text
    assert "://" not in response.text


@pytest.mark.parametrize(
    "name",
    ["page.js", "texts.js", "call.js", "voice.js", "requests.js", "numbers.js", "dom.js", "phone.css", "icon.svg"],
)
def test_the_pages_own_files_are_served(phone: Phone, name: str) -> None:
    response = phone.client.get(f"/phone/static/{name}")
    assert response.status_code == 200
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    response.close()


def test_the_languages_are_those_of_the_application(phone: Phone) -> None:
    text = phone.client.get("/phone/").text
    for language in LANGUAGES:
        assert f'<option value="{language.code}" lang="{language.code}" dir="{language.direction}"' in text
        assert f">{language.name}</option>" in text


def test_a_suggestion_with_quotes_and_markup_stays_data(peer: Peer, mailbox: Mailbox) -> None:
    app = Flask("quotes")
    app.secret_key = "only for tests"
    quotes = PhoneLanguage("en", "<b>E</b>", "ltr", "1", ('it\'s "here" <script>',))
    app.register_blueprint(phone_blueprint(peer.line, lambda: (quotes,), mailbox))
    text = app.test_client().get("/phone/").text
    assert "<script>" not in text
    assert "<b>E" not in text


def test_a_language_without_suggestions(peer: Peer, mailbox: Mailbox) -> None:
    app = Flask("silent")
    app.secret_key = "only for tests"
    english = PhoneLanguage("en", "English", "ltr", "1")
    app.register_blueprint(phone_blueprint(peer.line, lambda: (english,), mailbox))
    assert app.test_client().get("/phone/").text.count('data-suggestions="[]"') == 2


def test_an_application_without_a_secret_key_does_not_start(peer: Peer, mailbox: Mailbox) -> None:
    with pytest.raises(RuntimeError, match="secret_key"):
        Flask("keyless").register_blueprint(phone_blueprint(peer.line, lambda: LANGUAGES, mailbox))


def test_arabic_takes_ucs_2(phone: Phone) -> None:
    [message] = phone.text("الشرطة عند الباب")["messages"]
    assert (message["body"], message["encoding"]) == (ARABIC_DOOR, "UCS-2")
