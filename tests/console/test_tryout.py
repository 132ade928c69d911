"""The draft in the browser phone, on a real Redis server, behind real accounts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from hotline.console.tryout import Trial
from hotline.script.organisations import CONNECTICUT
from hotline.store.connection import RedisClient
from tests.console.newsroom import Newsroom, console_of, newsroom_at
from tests.console.signing import Browser, Console

RULE = "topic.ice-at-door.first"
DOOR = "Keep the door shut and locked. You do not have to speak. Ask them to slide any paper under the door."
CALLER = "+12035550123"


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(room: Newsroom) -> Console:
    return console_of(room)


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana")


def post(browser: Browser, path: str, fields: Mapping[str, object], **headers: str) -> TestResponse:
    """As the page sends it."""
    token = browser.get("/console/try/").text.split('name="csrf-token" content="')[1].split('"')[0]
    sent = {"X-CSRFToken": token, "Origin": browser.console.public_url, "Sec-Fetch-Site": "same-origin", **headers}
    return browser.client.post(
        f"/console/try/{path}",
        base_url=browser.console.public_url,
        json=fields,
        headers={k: v for k, v in sent.items() if v},
    )


def answer(browser: Browser, path: str, fields: Mapping[str, object]) -> dict[str, Any]:
    response = post(browser, path, fields)
    assert response.status_code == 200, response.text
    fields = response.get_json()
    assert "error" not in fields
    return dict(fields)


def text(browser: Browser, body: str, sender: str = CALLER) -> str:
    (message,) = answer(browser, "texts", {"from": sender, "body": body})["messages"]
    return str(message["body"])


def step(browser: Browser, before: Mapping[str, Any], action: str, value: str = "") -> dict[str, Any]:
    return answer(browser, "calls/step", {"call": before["call"], "action": action, "value": value})


def said(events: list[dict[str, Any]]) -> str:
    return " ".join(event.get("text") or "" for event in events)


def test_a_text_is_answered_from_the_draft_and_from_it_as_it_is_now(room: Newsroom, ana: Browser) -> None:
    assert DOOR not in text(ana, "ice is at my door")
    room.save(f"text:{RULE}", {"text": DOOR, "meaning": "changed"})
    assert DOOR in text(ana, "ice is at my door")
    room.desk.take_back(f"text:{RULE}", by="ana")
    assert DOOR not in text(ana, "ice is at my door")


def test_a_call_hears_the_draft_and_goes_on(room: Newsroom, ana: Browser) -> None:
    room.save(f"text:{RULE}", {"text": DOOR, "meaning": "changed"})
    call = answer(ana, "calls", {"from": CALLER})
    for key in "111":
        call = step(ana, call, "press", key)
    assert DOOR in said(call["events"])


def test_a_sound_of_the_draft_is_fetched_from_the_console_alone(room: Newsroom, ana: Browser, console: Console) -> None:
    if room.desk.live.content.voices.audio is None:
        pytest.skip("needs eSpeak NG: pip install 'hotline[voices]'")
    room.save("translation:ht:menu.main.text", {"text": "Ki sa ou bezwen jodi a"})
    call = answer(ana, "calls", {"from": CALLER})
    call = step(ana, call, "press", "4")
    sounds = [event["url"] for event in call["events"] if event["kind"] == "played"]
    assert sounds
    assert all(url.startswith("/console/try/audio/ht/") for url in sounds)
    for url in sounds:
        with ana.get(url) as sound:
            assert (sound.status_code, sound.mimetype, sound.data[:4]) == (200, "audio/wav", b"RIFF")
            assert sound.headers["Cache-Control"] == "no-store"
        assert console.browser().get(url).status_code == 303
    assert ana.get("/console/try/audio/ht/nonsense.wav").status_code == 404


def test_a_text_that_a_call_asks_for_arrives_on_the_phone(room: Newsroom, ana: Browser) -> None:
    room.save(f"text:{RULE}", {"text": DOOR, "meaning": "changed"})
    call = answer(ana, "calls", {"from": CALLER})
    events: list[dict[str, Any]] = []
    for key in "1118":
        call = step(ana, call, "press", key)
        events += call["events"]
    for _ in range(3):
        call = step(ana, call, "silence")
        events += call["events"]
    assert DOOR in said([event for event in events if event["kind"] == "sent"])


def test_nothing_is_counted_and_nothing_of_a_trial_is_in_the_line(
    room: Newsroom, ana: Browser, redis: RedisClient
) -> None:
    text(ana, "ice is at my door")
    room.desk.counts.send()
    assert not list(redis.scan_iter("counts:*"))
    trial = Trial.at(room.desk)
    line = room.desk.settings
    assert not set(trial.settings.auth_tokens) & set(line.auth_tokens)
    assert trial.settings.secret_key != line.secret_key
    assert trial.settings.account_sid != line.account_sid
    assert Trial.at(room.desk).settings == trial.settings


def test_a_conversation_goes_on_at_another_worker(ana: Browser, redis: RedisClient, tmp_path: Path) -> None:
    text(ana, "la migra esta en la puerta")
    other = console_of(newsroom_at(redis, tmp_path / "other"))
    browser = other.browser()
    assert ana.token
    browser.keep_token(ana.token)
    assert "1" in text(browser, "menu")
    assert "Español" not in text(browser, "1")


def test_the_page_says_which_draft_it_is(room: Newsroom, ana: Browser) -> None:
    assert "The draft is empty" in ana.get("/console/try/").text
    room.save(f"text:{RULE}", {"text": DOOR, "meaning": "changed"})
    room.save("example:es:caracola", {"text": "caracola", "topic": "detained"}, by="bo")
    page = " ".join(ana.get("/console/try/").text.split())
    assert (
        "<strong>2 changes</strong> by ana, bo, on top of what came with the hotline. Nobody else hears this." in page
    )
    assert "New examples are understood once they are published." in page


def test_nothing_is_reached_without_signing_in(console: Console) -> None:
    stranger = console.browser()
    for path in ("", "/", "/static/page.js", "/inbox?number=%2B12035550123", "/audio/ht/x.wav"):
        assert stranger.get(f"/console/try{path}").status_code == 303, path
    for path in ("texts", "calls", "calls/step"):
        sent = stranger.client.post(
            f"/console/try/{path}",
            base_url=console.public_url,
            json={"from": CALLER, "body": "1"},
            headers={"Origin": console.public_url, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"},
        )
        assert sent.status_code == 401, path
    # What drives the phone inside is not part of the application's own addresses.
    for path in ("/sms", "/voice", "/twilio/2010-04-01/Accounts"):
        assert stranger.client.post(path, base_url=console.public_url).status_code == 404, path


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRFToken": ""},
        {"X-CSRFToken": "forged"},
        {"Origin": "https://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_only_the_page_itself_drives_the_phone(ana: Browser, headers: dict[str, str]) -> None:
    assert post(ana, "texts", {"from": CALLER, "body": "1"}, **headers).status_code in {400, 403}


def test_the_pages_have_the_consoles_policy(ana: Browser) -> None:
    page = ana.get("/console/try/")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'")
    assert page.headers["Cache-Control"] == "no-store"
    assert "style=" not in page.text


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("texts", {}),
        ("texts", {"from": CALLER, "body": "a\0b"}),
        ("texts", {"from": CALLER, "body": "\ud800"}),
        ("texts", {"from": "+18605551234", "body": "1"}),
        ("texts", {"from": CALLER, "body": "x" * 100_000}),
        ("calls/step", {"call": "forged", "action": "press", "value": "1"}),
        ("calls", {"from": ["a"]}),
    ],
)  # fmt: skip
def test_nonsense_is_refused_in_words(ana: Browser, path: str, fields: Mapping[str, object]) -> None:
    response = post(ana, path, fields)
    assert response.status_code == 400
    assert response.get_json()["error"]


@pytest.mark.parametrize("body", ["<script>alert(1)</script>", "\u202eabc", "x" * 1600, "STOP"])
def test_hostile_texts_are_answered(ana: Browser, body: str) -> None:
    response = post(ana, "texts", {"from": CALLER, "body": body})
    assert response.status_code == 200
    assert "error" not in response.get_json()


def test_times_are_those_of_connecticut(room: Newsroom) -> None:
    assert room.desk.now().tzinfo is CONNECTICUT
