"""The log, on a real Redis server, behind real accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from hotline.store.connection import RedisClient
from hotline.store.history import Entry
from tests.conftest import NOW
from tests.console.newsroom import TITLE, Newsroom, console_of, newsroom_at, words
from tests.console.signing import Browser

LOG = "/console/log"


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def ana(room: Newsroom) -> Browser:
    return console_of(room).signed_in("ana")


def test_an_empty_log_says_so(ana: Browser) -> None:
    assert "Nothing was done yet" in ana.get(LOG).text


def test_everything_is_told_with_what_it_changed(room: Newsroom, ana: Browser) -> None:
    room.save(f"text:{TITLE}", {"text": "In my <i>house</i>", "meaning": "same"}, by="bo")
    room.desk.history.add(Entry(NOW, "cy", "signed in", note="from a new browser"))
    page = ana.get(LOG).text
    said = words(page)
    assert said.index("signed in") < said.index("changed")
    assert "from a new browser" in said
    assert "At In my home <i>house</i>" in said
    assert "<i>house" not in page


def test_one_persons_alone_is_shown(room: Newsroom, ana: Browser) -> None:
    for by in ("bo", "cy"):
        room.desk.history.add(Entry(NOW, by, "signed in", note=f"note of {by}"))
    said = words(ana.get(LOG, query_string={"by": " Bo "}).text)
    assert "note of bo" in said
    assert "note of cy" not in said
    assert "Nothing found" in ana.get(LOG, query_string={"by": "nobody"}).text


def test_a_long_log_has_pages(room: Newsroom, ana: Browser) -> None:
    for number in range(60):
        room.desk.history.add(Entry(NOW, "bo", "signed in", note=f"entry {number:02}"))
    first, second = ana.get(LOG).text, ana.get(f"{LOG}?skip=50").text
    assert "skip=50" in first
    assert "entry 59" in first
    assert "entry 10" in first
    assert "entry 09" in second
    assert "entry 10" not in second
    assert "skip=" not in second.replace("skip=50", "")


@pytest.mark.parametrize("query", ["skip=-1", "skip=999999999999999999999"])
def test_a_page_that_there_cannot_be_is_not_found(ana: Browser, query: str) -> None:
    assert ana.get(f"{LOG}?{query}").status_code == 404


@pytest.mark.parametrize("query", ["skip=x", "skip=20000", "by=%00", "by=%E2%80%AE<script>", "by=" + "x" * 5000])
def test_odd_questions_are_answered(ana: Browser, query: str) -> None:
    answer = ana.get(f"{LOG}?{query}")
    assert answer.status_code == 200
    assert "<script>" not in answer.text


def test_an_entry_of_what_is_not_known_any_more_is_shown(room: Newsroom, ana: Browser) -> None:
    for key in ("text:gone", "unheard of", "example:es:<b>", "recording:ht:abc", "file:locales/x", "notice"):
        room.desk.history.add(Entry(NOW, "bo", "changed", key, None, {"text": "x", "texts": 3, "until": 4}))
    assert ana.get(LOG).status_code == 200
