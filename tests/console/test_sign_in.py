from __future__ import annotations

import re
from datetime import timedelta
from statistics import median
from time import perf_counter

import pyotp
import pytest
from argon2 import PasswordHasher

from hotline.console.codes import new_secret
from hotline.console.passwords import is_outdated
from hotline.console.sign_in import REFUSED, local_path
from hotline.store.connection import RedisClient
from hotline.store.operators import Role
from tests.console.signing import LOCAL, PASSWORD, Console, console_with, quick_passwords


@pytest.fixture
def console(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Console:
    quick_passwords(monkeypatch)
    return console_with(redis)


def test_an_operator_signs_in_and_out(console: Console) -> None:
    console.add("ana", Role.REVIEWER)
    browser = console.browser()
    answer = browser.sign_in(" Ana ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/")
    assert browser.get("/console/").text == "live, for ana"
    token = browser.token
    answer = browser.post("/console/sign-out", form="/console/account")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in")
    assert browser.token is None
    assert token
    browser.keep_token(token)
    assert not browser.is_signed_in()
    assert console.log == [("ana", "signed in", ""), ("ana", "signed out", "")]


@pytest.mark.parametrize(
    ("name", "password", "code"),
    [
        ("ana", "another password", ""),
        ("ana", "", ""),
        ("ana", PASSWORD.upper(), ""),
        ("ben", PASSWORD, ""),
        ("", "", ""),
        ("carla", PASSWORD, ""),
        ("carla", PASSWORD, "000000"),
        ("carla", "another password", "000000"),
        ("ana\0", PASSWORD, ""),
        ("<b>ana</b>", PASSWORD, ""),
        ("\u202eana", PASSWORD, ""),
        ("a" * 50_000, PASSWORD, ""),
        ("ana", "p" * 50_000, "0" * 5_000),
        ("*", PASSWORD, ""),
    ],
)
def test_every_failure_is_answered_the_same(console: Console, name: str, password: str, code: str) -> None:
    console.add("ana")
    console.add("carla", code_secret=new_secret())
    refused = console.browser().sign_in("ana", "one more wrong password")
    browser = console.browser()
    answer = browser.sign_in(name, password, code)
    assert answer.status_code == 401
    assert REFUSED in answer.text
    assert without_token(answer.text) == without_token(refused.text)
    assert not browser.is_signed_in()
    assert console.log == []


def without_token(page: str) -> str:
    return re.sub(r'name="csrf_token" value="[^"]*"', "", page)


def test_fields_that_are_missing_are_wrong_ones(console: Console) -> None:
    console.add("ana")
    assert console.browser().post("/console/sign-in", {}, form="/console/sign-in").status_code == 401


def test_who_is_unknown_takes_as_long_as_who_is_known(redis: RedisClient) -> None:
    console = console_with(redis)
    console.add("ana")
    token = (browser := console.browser()).form_token("/console/sign-in")

    def seconds(name: str) -> float:
        began = perf_counter()
        browser.post("/console/sign-in", {"name": name, "password": "a wrong one", "csrf_token": token})
        return perf_counter() - began

    known, unknown = ([seconds(name) for _ in range(5)] for name in ("ana", "nobody"))
    assert 0.25 < median(unknown) / median(known) < 4


def test_a_code_is_asked_of_who_uses_an_app(console: Console) -> None:
    secret = new_secret()
    console.add("ana", code_secret=secret)
    code = pyotp.TOTP(secret).at(console.clock.now())
    assert console.browser().sign_in("ana").status_code == 401
    assert console.browser().sign_in("ana", code=code).status_code == 303


def test_a_code_serves_once(console: Console) -> None:
    secret = new_secret()
    console.add("ana", code_secret=secret)
    code = pyotp.TOTP(secret).at(console.clock.now())
    wide = "".join(chr(0xFEE0 + ord(digit)) for digit in code)
    assert console.browser().sign_in("ana", code=code).status_code == 303
    for again in (code, f"{code[:3]} {code[3:]}", wide):
        assert console.browser().sign_in("ana", code=again).status_code == 401
    console.clock.wait(seconds=30)
    assert console.browser().sign_in("ana", code=code).status_code == 401
    assert console.browser().sign_in("ana", code=pyotp.TOTP(secret).at(console.clock.now())).status_code == 303


def test_a_wrong_password_spends_no_code(console: Console) -> None:
    secret = new_secret()
    console.add("ana", code_secret=secret)
    code = pyotp.TOTP(secret).at(console.clock.now())
    assert console.browser().sign_in("ana", "a wrong one", code).status_code == 401
    assert console.browser().sign_in("ana", PASSWORD, code).status_code == 303


def test_a_session_that_was_planted_is_not_the_one_that_begins(console: Console) -> None:
    console.add("ana")
    browser = console.browser()
    browser.keep_token("planted")
    browser.sign_in("ana")
    assert browser.token not in {None, "planted"}
    browser.keep_token("planted")
    assert not browser.is_signed_in()


def test_signing_in_anew_ends_the_session_before(console: Console) -> None:
    browser = console.signed_in("ana")
    first = browser.token
    browser.sign_in("ana")
    assert browser.is_signed_in()
    assert first
    assert browser.token != first
    browser.keep_token(first)
    assert not browser.is_signed_in()


def test_somebody_else_can_sign_in_in_the_same_browser(console: Console) -> None:
    browser = console.signed_in("ana")
    console.add("eva")
    browser.sign_in("eva")
    assert browser.get("/console/").text == "live, for eva"


def test_who_is_signed_in_is_not_asked_again(console: Console) -> None:
    browser = console.signed_in("ana")
    assert browser.get("/console/sign-in").headers["Location"] == "/console/"
    assert browser.get("/console/sign-in?next=/console/publish").headers["Location"] == "/console/publish"


def test_signing_in_leads_to_the_page_that_was_asked_for(console: Console) -> None:
    console.add("ana")
    browser = console.browser()
    asked = browser.get("/console/messages/tür?q=a%26b&page=2")
    page = browser.get(asked.headers["Location"])
    found = re.search(r'name="next" value="([^"]*)"', page.text)
    assert found
    answer = browser.sign_in("ana", next=found[1].replace("&amp;", "&"))
    assert answer.headers["Location"] == "/console/messages/t%C3%BCr?q=a%26b&page=2"


@pytest.mark.parametrize(
    "path",
    [
        "", "/", "/sms", "/console", "https://evil.example/", "//evil.example/console/", "/console/../sms",
        "/console/\\evil", "/console/a b", "/console/\r\nSet-Cookie: a=b", "/console/\0", "/console/\u202e",
        "javascript:alert(1)", "/console/é", "/console/" + "a" * 2001, " /console/", "/console/\n",
    ],
)  # fmt: skip
def test_nothing_else_leads_out_of_the_console(path: str) -> None:
    assert local_path(path) is None


@pytest.mark.parametrize(
    "path", ["/console/", "/console/messages/topic.door.rule?language=ht#text", "/console/a%20b//c"]
)
def test_paths_of_the_console_do_not(path: str) -> None:
    assert local_path(path) == path


def test_a_page_elsewhere_is_not_led_to(console: Console) -> None:
    console.add("ana")
    browser = console.browser()
    assert "evil" not in browser.get("/console/sign-in?next=https://evil.example/").text
    assert browser.sign_in("ana", next="//evil.example/console/").headers["Location"] == "/console/"
    fields = {"unsent-path": "https://evil.example/", "unsent.text": "mine"}
    assert "evil" not in browser.sign_in("ana", **fields).text


def test_who_tries_too_often_is_told_when_to_try_again(console: Console) -> None:
    console.add("ana")
    browser = console.browser()
    token = browser.form_token("/console/sign-in")
    tries = [
        browser.post("/console/sign-in", {"name": "ana", "password": "a guess", "csrf_token": token}) for _ in range(11)
    ]
    assert [one.status_code for one in tries] == [401] * 10 + [429]
    assert tries[-1].headers["Retry-After"] == "901"
    assert "Too many attempts" in tries[-1].text
    assert "in 16 minutes, at 12:16 pm." in tries[-1].text
    assert browser.sign_in("ana").status_code == 429
    console.clock.wait(seconds=901)
    assert browser.sign_in("ana").status_code == 303


def test_guesses_shut_nobody_out_whose_browser_is_known(console: Console) -> None:
    console.add("ana")
    console.add("eva")
    known = console.browser()
    known.sign_in("ana")
    known.post("/console/sign-out", form="/console/account")
    stranger = console.browser()
    stranger.use_up_attempts("ana")
    assert stranger.sign_in("ana").status_code == 429
    assert known.sign_in("eva", "a guess").status_code == 401
    assert known.sign_in("ana").status_code == 303


@pytest.mark.parametrize("value", ["", "forged", "a.b.c", "WyJhbmEiLCJ4Il0.aaaaaa.bbbb", "\u00e9"])
def test_a_forged_cookie_makes_no_browser_known(console: Console, value: str) -> None:
    console.add("ana")
    browser = console.browser()
    browser.use_up_attempts("ana")
    browser.client.set_cookie("__Host-hotline-browser", value, domain=browser.host, path="/")
    assert browser.sign_in("ana").status_code == 429


def test_a_hash_that_is_weaker_than_today_is_made_anew(console: Console) -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    console.add("ana")
    console.operators.change("ana", lambda one: one.with_password(weak, console.clock.now()))
    browser = console.browser()
    assert browser.sign_in("ana").status_code == 303
    assert browser.is_signed_in()
    kept = console.operators.find("ana")
    assert kept
    assert not is_outdated(kept.password)
    assert browser.sign_in("ana").status_code == 303


def test_the_first_who_comes_is_told_how_to_add_an_operator(console: Console) -> None:
    assert "hotline operator add NAME --role admin" in console.browser().get("/console/sign-in").text
    console.add("ana")
    assert "hotline operator" not in console.browser().get("/console/sign-in").text


@pytest.mark.parametrize(
    ("public_url", "warns"),
    [("https://hotline.example.org", False), (LOCAL, False), ("http://hotline.example.org", True)],
)
def test_a_connection_that_others_can_read_is_named(redis: RedisClient, public_url: str, warns: bool) -> None:  # noqa: FBT001
    console = console_with(redis, public_url)
    assert ("is not encrypted" in console.browser().get("/console/sign-in").text) is warns


def test_without_encryption_on_this_machine_one_can_sign_in_too(redis: RedisClient) -> None:
    console = console_with(redis, LOCAL)
    console.add("ana")
    browser = console.browser()
    assert browser.sign_in("ana").status_code == 303
    assert browser.is_signed_in()


def test_a_session_counts_half_an_hour_from_signing_in(console: Console) -> None:
    console.add("ana")
    browser = console.browser()
    browser.sign_in("ana")
    console.clock.time += timedelta(minutes=30)
    assert not browser.is_signed_in()


def test_no_answer_of_signing_in_holds_what_was_typed(console: Console) -> None:
    console.add("ana")
    answer = console.browser().sign_in("ana", "my secret words")
    assert "my secret words" not in answer.text
