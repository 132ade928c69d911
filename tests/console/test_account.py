from __future__ import annotations

import re
from html import unescape

import pyotp
import pytest

from hotline.console.account import WRONG_CODE, WRONG_PASSWORD
from hotline.console.codes import new_secret
from hotline.console.passwords import is_right
from hotline.store.connection import RedisClient
from hotline.store.operators import Operator, Role
from tests.console.signing import PASSWORD, Browser, Console, console_with, quick_passwords

NEW = "a new one, for the spring"
ACCOUNT, CODE, FIRST = "/console/account", "/console/account/code", "/console/account/new-password"


@pytest.fixture
def console(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Console:
    quick_passwords(monkeypatch)
    return console_with(redis)


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana", Role.REVIEWER)


def kept(console: Console, name: str = "ana") -> Operator:
    found = console.operators.find(name)
    assert found
    return found


def change_password(browser: Browser, current: str, new: str, again: str | None = None) -> str:
    fields = {"current": current, "new": new, "again": new if again is None else again}
    answer = browser.post("/console/account/password", fields, form=ACCOUNT)
    return answer.text if answer.status_code == 400 else answer.headers.get("Location", str(answer.status_code))


def secret_on(page: str) -> str:
    found = re.search(r'name="secret" value="([A-Z2-7]{32})"', page)
    assert found
    return found[1]


def test_the_page_says_who_one_is(ana: Browser) -> None:
    page = ana.get(ACCOUNT).text
    assert "ana" in page
    assert "reviewer" in page
    assert "argon2" not in page


def test_a_new_password_ends_the_other_sessions_and_not_this_one(console: Console, ana: Browser) -> None:
    elsewhere = console.browser()
    elsewhere.sign_in("ana")
    before = ana.token
    assert change_password(ana, PASSWORD, NEW) == ACCOUNT
    assert ana.is_signed_in()
    assert ana.token != before
    assert not elsewhere.is_signed_in()
    assert elsewhere.sign_in("ana").status_code == 401
    assert elsewhere.sign_in("ana", NEW).status_code == 303
    assert ("ana", "password changed", "") in console.log


@pytest.mark.parametrize(
    ("current", "new", "again", "said"),
    [
        ("a wrong one", NEW, NEW, WRONG_PASSWORD),
        ("", NEW, NEW, WRONG_PASSWORD),
        (PASSWORD, NEW, NEW + ".", "not the same"),
        (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, "", "", "at least 12"),
        (PASSWORD, "a" * 50_000, "a" * 50_000, "at most 128"),
    ],
)
def test_a_password_is_not_changed_to_a_bad_one_or_by_others(
    console: Console, ana: Browser, *, current: str, new: str, again: str, said: str
) -> None:
    assert said in unescape(change_password(ana, current, new, again))
    assert is_right(PASSWORD, kept(console).password)
    assert ana.is_signed_in()
    assert console.log == []


def test_the_name_is_no_password(console: Console) -> None:
    browser = console.signed_in("ana.mendoza-ortiz")
    assert "must not be the name" in change_password(browser, PASSWORD, "ANA.Mendoza-Ortiz")


def test_whoever_sits_at_an_unlocked_computer_cannot_guess_for_long(console: Console, ana: Browser) -> None:
    said = [change_password(ana, "a guess", NEW) for _ in range(11)]
    assert WRONG_PASSWORD in unescape(said[9])
    assert said[10] == "429"
    assert change_password(ana, PASSWORD, NEW) == "429"
    console.clock.wait(minutes=16)
    assert change_password(ana, PASSWORD, NEW) == ACCOUNT


def test_a_made_password_is_changed_once(console: Console, ana: Browser) -> None:
    made = kept(console).with_password(kept(console).password, console.clock.now(), must_change=True)
    console.operators.change("ana", lambda _: made)
    ana.sign_in("ana")
    for fields, said in [
        ({"new": PASSWORD, "again": PASSWORD}, "was made for you"),
        ({"new": "short", "again": "short"}, "at least 12"),
        ({"new": NEW, "again": PASSWORD}, "not the same"),
        ({}, "at least 12"),
    ]:
        answer = ana.post(FIRST, fields, form=FIRST)
        assert answer.status_code == 400
        assert said in answer.text
    answer = ana.post(FIRST, {"new": NEW, "again": NEW}, form=FIRST)
    assert answer.headers["Location"] == "/console/"
    assert ana.is_signed_in()
    assert not kept(console).must_change
    assert ana.get(FIRST).headers["Location"] == ACCOUNT
    assert console.browser().sign_in("ana", NEW).headers["Location"] == "/console/"


def test_who_has_a_password_of_their_own_cannot_change_it_without_it(console: Console, ana: Browser) -> None:
    assert ana.post(FIRST, {"new": NEW, "again": NEW}, form=ACCOUNT).headers["Location"] == ACCOUNT
    assert is_right(PASSWORD, kept(console).password)


def test_an_app_is_set_up_and_switched_off(console: Console, ana: Browser) -> None:
    page = ana.get(CODE).text
    secret = secret_on(page)
    assert 'src="data:image/svg+xml' in page
    code = pyotp.TOTP(secret).at(console.clock.now())
    fields = {"secret": secret, "code": code, "current": PASSWORD}
    assert ana.post(CODE, fields, form=ACCOUNT).headers["Location"] == ACCOUNT
    assert kept(console).code_secret == secret
    assert ana.is_signed_in()
    assert secret not in ana.get(ACCOUNT).text
    assert ana.get(CODE).headers["Location"] == ACCOUNT

    assert console.browser().sign_in("ana", code=code).status_code == 401
    console.clock.wait(seconds=30)
    assert console.browser().sign_in("ana", code=pyotp.TOTP(secret).at(console.clock.now())).status_code == 303

    off = "/console/account/code/off"
    refused = ana.post(off, {"current": "a wrong one"}, form=ACCOUNT)
    assert WRONG_PASSWORD in unescape(refused.text)
    assert kept(console).code_secret == secret
    assert ana.post(off, {"current": PASSWORD}, form=ACCOUNT).status_code == 303
    assert kept(console).code_secret is None
    assert console.browser().sign_in("ana").status_code == 303
    assert [what for _, what, _ in console.log if "code" in what] == ["code switched on", "code switched off"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"code": "000000"}, WRONG_CODE),
        ({"code": ""}, WRONG_CODE),
        ({"current": "a wrong one"}, WRONG_PASSWORD),
        ({"secret": "A"}, "Begin again"),
        ({"secret": "<b>" * 10_000}, "Begin again"),
        ({"secret": ""}, "Begin again"),
    ],
)
def test_an_app_is_not_set_up_without_code_and_password(
    console: Console, ana: Browser, changes: dict[str, str], said: str
) -> None:
    secret = new_secret()
    right = {"secret": secret, "code": pyotp.TOTP(secret).at(console.clock.now()), "current": PASSWORD}
    answer = ana.post(CODE, right | changes, form=ACCOUNT)
    assert answer.status_code == 400
    assert said in unescape(answer.text)
    assert kept(console).code_secret is None
    assert secret_on(answer.text) == secret or "secret" in changes


def test_an_app_is_not_replaced_by_another_without_switching_it_off(console: Console, ana: Browser) -> None:
    first, other = new_secret(), new_secret()
    console.operators.change("ana", lambda one: one.with_code_secret(first, console.clock.now()))
    fields = {"secret": other, "code": pyotp.TOTP(other).at(console.clock.now()), "current": PASSWORD}
    assert ana.post(CODE, fields, form=ACCOUNT).headers["Location"] == ACCOUNT
    assert kept(console).code_secret == first


def test_signing_out_everywhere_leaves_this_browser_alone(console: Console, ana: Browser) -> None:
    elsewhere = console.browser()
    elsewhere.sign_in("ana")
    other = console.signed_in("eva")
    assert ana.post("/console/account/sign-out-everywhere", form=ACCOUNT).headers["Location"] == ACCOUNT
    assert ana.is_signed_in()
    assert other.is_signed_in()
    assert not elsewhere.is_signed_in()
    assert ("ana", "signed out everywhere", "") in console.log
