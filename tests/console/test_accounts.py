from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hotline.store.connection import RedisClient, connect
from hotline.store.operators import Role
from tests.console.signing import Browser, console_with, keys_in


def test_nothing_is_sent_to_redis_before_a_page_is_asked_for() -> None:
    console_with(connect("redis://127.0.0.1:9"))


def test_of_two_admins_who_demote_each_other_at_once_one_stays(redis: RedisClient) -> None:
    console = console_with(redis)
    browsers = {"ana": console.signed_in("ana", Role.ADMIN), "ben": console.signed_in("ben", Role.ADMIN)}
    tokens = {name: browser.form_token("/console/operators") for name, browser in browsers.items()}

    def demote(name: str, by: str, browser: Browser) -> int:
        fields = {"role": "editor", "csrf_token": tokens[by]}
        return browser.post(f"/console/operators/{name}/role", fields).status_code

    with ThreadPoolExecutor(2) as pool:
        tasks = [pool.submit(demote, "ben", "ana", browsers["ana"]), pool.submit(demote, "ana", "ben", browsers["ben"])]
        answers = {task.result() for task in tasks}
    # The slower one is the last admin, or is no admin any more and signed out.
    assert 303 in answers
    assert answers <= {303, 409, 401}
    assert [one.role for one in console.operators.all()].count(Role.ADMIN) == 1


def test_everything_in_redis_stands_under_one_tag_and_tells_no_address(redis: RedisClient) -> None:
    console = console_with(redis)
    console.add("ana")
    browser = console.browser()
    browser.sign_in("ana", "a wrong one")
    browser.sign_in("ana")
    keys = keys_in(redis)
    assert all(key.startswith(b"{operators}:") for key in keys)
    assert len(keys) >= 4
    assert b"127.0.0.1" not in b" ".join(keys)
