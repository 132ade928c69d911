"""Twelve languages over HTTP: two pages by phone and by text, with Redis and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from hotline.app import create_app
from hotline.phone.call import Call
from hotline.phone.calling import press, start_call, stay_silent
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.releases.content import content_of
from hotline.script.loader import load_script
from hotline.store.connection import RedisClient
from hotline.understanding.understanding import Understanding, load_understanding
from tests.conftest import NOW, line_at, served, settings_for
from tests.many_languages import empty_catalogs, with_languages

NUMBER = "+12035550123"


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return load_understanding(load_script())


@pytest.fixture
def with_redis(redis_url: str, redis: RedisClient, twelve: Callable[[str], Iterator[Line]]) -> Iterator[Line]:
    assert redis.dbsize() == 0
    yield from twelve(redis_url)


@pytest.fixture
def without_redis(tmp_path: Path, twelve: Callable[[str], Iterator[Line]]) -> Iterator[Line]:
    yield from twelve(f"unix://{tmp_path}/gone.sock")


@pytest.fixture
def twelve(tmp_path: Path, understanding: Understanding) -> Callable[[str], Iterator[Line]]:
    """A line that speaks twelve languages, of which it understands those that are shipped."""
    script = with_languages(load_script(), 12)
    empty_catalogs(script, tmp_path)
    packaged = partial(content_of, script, understanding, tmp_path)

    def serve(redis_url: str) -> Iterator[Line]:
        with served(create_app(settings_for(redis_url), now=lambda: NOW, packaged=packaged)) as address:
            yield line_at(address)

    return serve


@pytest.fixture(params=["with_redis", "without_redis"])
def line(request: pytest.FixtureRequest) -> Line:
    found: Line = request.getfixturevalue(request.param)
    return found


def heard(call: Call) -> list[str]:
    return [event.text or "" for event in call.events if event.kind == "said"]


def test_a_caller_hears_all_languages_and_chooses_one_of_the_second_page(line: Line) -> None:
    call = start_call(line, NUMBER)
    assert len(heard(call)) == 8
    call = press(line, call, "9")
    assert len(heard(call)) == 4
    assert call.url.endswith("/voice/en/language")
    assert 'action="/voice/en/language-2"' in call.document
    call = press(line, call, "3")
    assert 'action="/voice/l11/main"' in call.document


def test_both_keys_may_be_pressed_at_once(line: Line) -> None:
    assert 'action="/voice/l12/main"' in press(line, start_call(line, NUMBER), "94").document


def test_silence_on_the_second_page_ends_in_the_number(line: Line) -> None:
    call = press(line, start_call(line, NUMBER), "9")
    pages = []
    while call.waiting.kind != "ended":
        call = stay_silent(line, call)
        pages.append(call.document)
    places = ["language_1", "language-2_1", "language_2", "language-2_2"]
    assert [f'action="/voice/en/{place}"' in page for place, page in zip(places, pages, strict=False)] == [True] * 4
    assert len(pages) == 5
    assert sum("0 6 7 1" in words for words in heard(call)) == 12


def test_a_key_that_comes_a_moment_late_chooses_from_the_first_page(line: Line) -> None:
    call = stay_silent(line, start_call(line, NUMBER))
    assert 'action="/voice/l7/main"' in press(line, call, "7").document


def test_without_redis_a_language_asked_for_on_the_second_page_stays(without_redis: Line) -> None:
    call = press(without_redis, start_call(without_redis, NUMBER), "2")
    call = press(without_redis, call, "99")
    assert 'action="/voice/l2/language-2"' in call.document
    assert 'action="/voice/l2/main"' in press(without_redis, call, "#").document
    assert 'action="/voice/l2/talk-to-person"' in press(without_redis, call, "0").document
    assert 'action="/voice/l9/main"' in press(without_redis, call, "1").document


def test_a_returning_caller_is_greeted_in_the_language_of_the_second_page(with_redis: Line) -> None:
    press(with_redis, start_call(with_redis, NUMBER), "92")
    again = start_call(with_redis, NUMBER)
    assert 'action="/voice/l10/main"' in again.document
    assert 'action="/voice/en/main"' in press(with_redis, again, "91").document


def test_by_text_the_pages_are_turned_with_9(with_redis: Line) -> None:
    text = partial(send_text, with_redis, NUMBER)
    first, second = text("9")[0].body, text("9")[0].body
    assert first.splitlines()[:2] == ["1 English", "2 Language 2"]
    assert first.splitlines()[-4:] == [f"9 Language {number}" for number in range(9, 13)]
    assert second.splitlines() == [
        "1 Language 9",
        "2 Language 10",
        "3 Language 11",
        "4 Language 12",
        "9 Another language",
    ]
    text("4")
    # A language is known now, in which nothing is translated: the number stands in the place of the question.
    assert text("9")[0].body.startswith("1-800-798-0671")
