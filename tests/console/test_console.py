from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from hotline.app import create_app
from hotline.store.connection import RedisClient
from hotline.store.operators import Role
from tests.conftest import NOW, settings_for
from tests.console.signing import Browser, Clock, Console, quick_passwords

PAGES = (
    *("", "messages", "messages/topic.ice-at-door.first", "messages/topic.ice-at-door.first/ar", "notice"),
    *("organisations", "organisations/referral_line", "towns", "towns/hamden", "recordings", "recordings/ht"),
    *("examples", "examples/es", "draft", "releases", "log", "formats", "help", "account", "try/"),
)


@pytest.fixture
def app(redis_url: str, redis: RedisClient, tmp_path: Path) -> Flask:
    del redis
    return create_app(replace(settings_for(redis_url), data=tmp_path), now=lambda: NOW)


@pytest.fixture
def ana(app: Flask, redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Browser:
    quick_passwords(monkeypatch)
    console = Console(app, redis, Clock(NOW), settings_for(None).public_url)
    return console.signed_in("ana", Role.REVIEWER)


def test_every_page_is_there_for_whoever_has_signed_in(ana: Browser) -> None:
    for page in PAGES:
        answer = ana.get(f"/console/{page}")
        assert answer.status_code == 200, page
        assert "<h1" in answer.text, page


def test_the_frame_tells_what_is_live_and_where_everything_is(ana: Browser) -> None:
    html = ana.get("/console/").text
    assert "what came with the hotline" in html
    for label in ("Overview", "Messages", "Notice", "Organisations", "Towns", "Recordings", "Examples", "Help"):
        assert f">{label}</a>" in html


def test_nothing_is_shown_to_a_stranger(app: Flask) -> None:
    strange = app.test_client()
    base = settings_for(None).public_url
    for rule in app.url_map.iter_rules():
        if not rule.rule.startswith("/console") or "static" in rule.endpoint or rule.endpoint == "console.sign_in":
            continue
        path = rule.rule
        for argument in rule.arguments:
            path = (
                path.replace(f"<{argument}>", "1").replace(f"<int:{argument}>", "1").replace(f"<path:{argument}>", "1")
            )
        answer = strange.get(path, base_url=base)
        assert answer.status_code in {303, 401, 404, 405}, path
        assert "trust act" not in answer.text.casefold()
        assert strange.post(path, base_url=base).status_code in {303, 401, 403, 404, 405}, path


def test_the_line_answers_beside_it_as_before(app: Flask) -> None:
    assert app.test_client().post("/sms").status_code == 403
    assert app.test_client().get("/healthz").get_json() == {"alive": True}
