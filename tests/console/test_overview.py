"""The overview, on a real Redis server, behind real accounts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from hotline.store.connection import RedisClient, connect
from hotline.store.counts import BEGUN, TOLD, Counted, Counts
from hotline.store.releases import Pointer, Releases
from tests.console.drafting import base
from tests.console.newsroom import TITLE, Newsroom, console_of, newsroom_at, wait_until, watching, words
from tests.console.signing import Browser, Console

OVERVIEW = "/console/"


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(room: Newsroom) -> Console:
    return console_of(room)


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana")


@pytest.fixture
def live_room(room: Newsroom) -> Iterator[Newsroom]:
    with watching(room):
        yield room


def test_at_first_the_package_is_live_and_the_draft_is_empty(ana: Browser) -> None:
    page = words(ana.get(OVERVIEW).text)
    assert "What came with the hotline. Nothing was published yet." in page
    assert "The draft is empty" in page
    assert "Nobody has used the line in these days" in page
    assert "not in git" not in page
    every = len(base().content.script.messages)
    assert f"{every}/{every}" in page


def test_the_draft_is_told_with_who_and_how_many(room: Newsroom, ana: Browser) -> None:
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "changed"}, by="bo")
    page = words(ana.get(OVERVIEW).text)
    assert "1 change by bo" in page
    assert "Translations that are out of date" in page
    assert "Spanish 1" in page


def test_what_needs_a_person_leads_to_the_very_messages(room: Newsroom, ana: Browser) -> None:
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "changed"}, by="bo")
    page = ana.get(OVERVIEW).text
    for link in ("messages?state=stale", "messages?language=es&amp;state=stale", "messages?state=lawyer"):
        assert f'href="/console/{link}"' in page
    assert 'href="/console/messages?topic=ice-at-door"' in page
    assert f"messages/{TITLE}/es" in ana.get("/console/messages?language=es&state=stale").text
    assert "Waits for a lawyer" in ana.get("/console/messages?state=lawyer").text


@pytest.mark.slow
def test_a_change_that_is_live_but_not_in_git_is_named(live_room: Newsroom, ana: Browser) -> None:
    room = live_room
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    room.publish()
    wait_until(lambda: room.desk.live.speaking.pointer is not None)
    page = words(ana.get(OVERVIEW).text)
    assert "Release 1" in page
    assert "A court has decided." in page
    assert "Changes that are live but not in git" in page
    assert "hotline content pull" in page
    assert "script/topics/ice-at-door.toml" in page
    assert "hotline content push" not in page


def test_use_is_told_without_small_numbers(room: Newsroom, ana: Browser, redis: RedisClient) -> None:
    today = room.desk.now().date()
    counts = Counts(redis, send_after=3600)
    counts.add(today, [Counted("sms", "es", BEGUN)] * 3 + [Counted("sms", "es", TOLD, "detained")] * 1234)
    counts.add(today - timedelta(days=29), [Counted("voice", "", BEGUN)] * 7)
    counts.add(today - timedelta(days=30), [Counted("whatsapp", "es", BEGUN)] * 8)
    counts.add(today, [Counted("sms", "es", "missed")] * 6 + [Counted("sms", "ht", "missed")] * 4)
    counts.send()
    page = words(ana.get(OVERVIEW).text)
    assert "Someone was taken" in page
    assert "1,234" in page
    assert "WhatsApp" not in page
    rows = page.partition("How often it did not understand")[2]
    assert "Spanish 100% of 6" in rows
    assert "Haitian Creole – of <5" in rows


def test_workers_and_the_store_are_told(live_room: Newsroom, ana: Browser, redis: RedisClient) -> None:
    assert live_room.desk.releases.workers(live_room.desk.now())
    assert "Keeps to disk, and throws nothing away" in ana.get(OVERVIEW).text
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        assert "Could lose releases" in ana.get(OVERVIEW).text
    finally:
        redis.config_set("maxmemory-policy", "noeviction")


def test_a_worker_in_trouble_says_why(room: Newsroom, ana: Browser, redis: RedisClient) -> None:
    redis.set("{content}:live", str(Pointer(1, "d" * 64)))
    room.desk.live.look()
    assert Releases(redis).live()
    assert "This worker does not say what is live" in ana.get(OVERVIEW).text


def test_without_redis_a_page_says_so(tmp_path: Path) -> None:
    nowhere = connect(f"unix://{tmp_path}/gone.sock")
    browser = console_of(newsroom_at(nowhere, tmp_path)).browser()
    browser.keep_token("some token")
    for path in (
        OVERVIEW,
        "/console/draft",
        "/console/releases",
        "/console/log",
        "/console/publishing",
        "/console/try/",
    ):
        answer = browser.get(path)
        assert answer.status_code == 503, path
        assert "The store (Redis) does not answer" in answer.text
        assert answer.headers["Retry-After"]


@pytest.mark.timed
@pytest.mark.slow
def test_pages_are_drawn_fast(room: Newsroom, ana: Browser, redis: RedisClient) -> None:
    counts = Counts(redis, send_after=3600)
    topics = list(room.desk.live.content.script.topics)
    for past in range(30):
        day = room.desk.now().date() - timedelta(days=past)
        for channel in ("sms", "voice", "whatsapp"):
            for language in room.desk.live.content.script.languages:
                counts.add(
                    day,
                    [Counted(channel, language, BEGUN), *(Counted(channel, language, TOLD, slug) for slug in topics)],
                )
    counts.send()
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "changed"})
    for path in (OVERVIEW, "/console/draft", "/console/releases", "/console/log", "/console/try/"):
        ana.get(path)
        took = []
        for _ in range(3):
            began = monotonic()
            assert ana.get(path).status_code == 200
            took.append(monotonic() - began)
        assert min(took) < 0.2, path
