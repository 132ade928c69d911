from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from redis.exceptions import RedisError
from werkzeug.exceptions import NotFound

from hotline.console.passwords import BusyError
from hotline.console.problems import too_many_attempts
from hotline.store.connection import RedisClient
from tests.conftest import NOW
from tests.console.signing import Console, console_with, quick_passwords


@pytest.fixture
def console(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Console:
    quick_passwords(monkeypatch)
    return console_with(redis)


def with_page(console: Console, page: Callable[[], str]) -> Console:
    console.app.add_url_rule("/console/odd", "console.odd", page)
    return console


def test_a_page_that_is_not_there_says_so(console: Console) -> None:
    answer = console.browser().get("/console/<script>")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "<script>" not in answer.text


def test_what_was_said_of_the_problem_is_shown(console: Console) -> None:
    answer = console.signed_in("ana").get("/console/fails")
    assert answer.status_code == 404
    assert "There is no &lt;such&gt; message." in answer.text


def test_a_wrong_method_names_the_right_ones(console: Console) -> None:
    answer = console.signed_in("ana").get("/console/sign-out")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_elsewhere_in_the_application_nothing_changes(console: Console) -> None:
    answer = console.browser().get("/nothing")
    assert answer.status_code == 404
    assert answer.text == NotFound().get_response().get_data(as_text=True)


def fail_with(error: Exception) -> Callable[[], str]:
    def page() -> str:
        raise error

    return page


def test_an_outage_in_the_middle_of_a_page_tells_nothing_of_what_was_asked(console: Console) -> None:
    answer = (
        with_page(console, fail_with(RedisError("SET {content}:draft secret"))).signed_in("ana").get("/console/odd")
    )
    assert answer.status_code == 503
    assert "secret" not in answer.text


def test_many_at_once_are_asked_to_wait(console: Console) -> None:
    answer = with_page(console, fail_with(BusyError())).signed_in("ana").get("/console/odd")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_an_error_of_the_console_is_a_calm_page(console: Console) -> None:
    console.app.testing = False
    answer = with_page(console, fail_with(KeyError("secret"))).signed_in("ana").get("/console/odd")
    assert answer.status_code == 500
    assert "It is not your fault" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(1, "in a minute, at 12:01 pm."), (61, "in 2 minutes, at 12:02 pm."), (901, "in 16 minutes, at 12:16 pm.")],
)
def test_when_to_try_again_is_said_in_words(console: Console, seconds: int, said: str) -> None:
    with console.app.test_request_context("/console/"):
        answer = too_many_attempts(timedelta(seconds=seconds), NOW)
    assert said in answer.get_data(as_text=True)
    assert answer.headers["Retry-After"] == str(seconds)
