from __future__ import annotations

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from hotline.console.codes import new_secret
from hotline.console.passwords import is_right
from hotline.store.connection import RedisClient
from hotline.store.operators import Role
from tests.console.signing import Browser, Console, console_with, quick_passwords

OPERATORS = "/console/operators"
MADE = re.compile(r"\b(?:[a-z2-9]{5}-){3}[a-z2-9]{5}\b")


@pytest.fixture
def console(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Console:
    quick_passwords(monkeypatch)
    return console_with(redis)


@pytest.fixture
def root(console: Console) -> Browser:
    return console.signed_in("root", Role.ADMIN)


def send(browser: Browser, path: str, **fields: str) -> TestResponse:
    return browser.post(f"{OPERATORS}{path}", fields, form=OPERATORS)


def made_on(page: TestResponse) -> str:
    found = MADE.findall(page.text)
    assert len(found) == 1
    return str(found[0])


def test_the_page_lists_everybody(console: Console, root: Browser) -> None:
    console.add("ben", Role.REVIEWER, code_secret="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    page = root.get(OPERATORS).text
    assert re.search(r"root\s*(<[^>]*>)?\s*\(you\)", page)
    assert "ben" in page
    assert "JBSWY3DP" not in page
    assert "argon2" not in page


def test_an_operator_is_added_with_a_password_that_is_shown_once(console: Console, root: Browser) -> None:
    page = send(root, "", name=" Ben ", role="reviewer")
    password = made_on(page)
    assert page.status_code == 200
    kept = console.operators.find("ben")
    assert kept
    assert (kept.role, kept.must_change) == (Role.REVIEWER, True)
    assert not MADE.search(root.get(OPERATORS).text)
    ben = console.browser()
    assert ben.sign_in("ben", password).status_code == 303
    assert ben.get("/console/").headers["Location"] == "/console/account/new-password"
    assert ("root", "operator added", "ben, reviewer") in console.log
    assert not any(password in note for _, _, note in console.log)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a",
        "<script>alert(1)</script>",
        "a\0b",
        "\u202eanna",
        "a" * 50_000,
        "../../x",
        "{{ 7*7 }}",
        "\"'><img src=x>",
    ],
)
def test_a_hostile_name_is_refused_and_shown_as_it_was_typed(console: Console, root: Browser, name: str) -> None:
    page = send(root, "", name=name, role="editor")
    assert page.status_code == 400
    assert "letters a to z" in page.text
    assert "<script>" not in page.text
    assert "<img src=x>" not in page.text
    assert name.replace("\0", "\ufffd") in unescape(page.text) or "\0" in name
    assert [one.name for one in console.operators.all()] == ["root"]


@pytest.mark.parametrize("role", ["", "owner", "ADMIN", "admin\0", "a" * 50_000])
def test_a_role_is_one_of_three(console: Console, root: Browser, role: str) -> None:
    console.add("ben")
    for answer in (send(root, "", name="eva", role=role), send(root, "/ben/role", role=role)):
        assert answer.status_code == 400
        assert "Choose one of the roles" in answer.text
    assert console.operators.find("eva") is None


def test_a_name_is_not_given_twice(console: Console, root: Browser) -> None:
    ben = console.add("ben")
    page = send(root, "", name="BEN", role="admin")
    assert page.status_code == 400
    assert "an operator named ben already" in page.text
    assert console.operators.find("ben") == ben


def test_a_role_is_changed_and_ends_the_sessions(console: Console, root: Browser) -> None:
    ben = console.signed_in("ben")
    assert send(root, "/ben/role", role="reviewer").headers["Location"] == OPERATORS
    assert not ben.is_signed_in()
    kept = console.operators.find("ben")
    assert kept
    assert kept.role is Role.REVIEWER
    assert ("root", "role changed", "ben, reviewer") in console.log


def test_a_password_is_made_anew(console: Console, root: Browser) -> None:
    ben = console.signed_in("ben")
    password = made_on(send(root, "/ben/password"))
    assert not ben.is_signed_in()
    assert ben.sign_in("ben").status_code == 401
    assert ben.sign_in("ben", password).status_code == 303
    assert ("root", "password reset", "ben") in console.log


def test_the_codes_of_somebody_who_lost_the_telephone_are_switched_off(console: Console, root: Browser) -> None:
    console.add("ben", code_secret=new_secret())
    assert send(root, "/ben/code-off").headers["Location"] == OPERATORS
    assert console.browser().sign_in("ben").status_code == 303
    assert ("root", "code removed", "ben") in console.log


def test_an_operator_is_removed(console: Console, root: Browser) -> None:
    ben = console.signed_in("ben")
    assert send(root, "/ben/remove").headers["Location"] == OPERATORS
    assert not ben.is_signed_in()
    assert console.operators.find("ben") is None
    assert ("root", "operator removed", "ben") in console.log


def test_ones_own_password_and_codes_are_not_changed_here(console: Console, root: Browser) -> None:
    before = console.operators.find("root")
    for path in ("/root/password", "/root/code-off"):
        answer = send(root, path)
        assert answer.status_code == 400
        assert "page of your own account" in answer.text
    assert console.operators.find("root") == before


def test_the_last_admin_stays(console: Console, root: Browser) -> None:
    console.add("ben", Role.REVIEWER)
    for answer in (send(root, "/root/remove"), send(root, "/root/role", role="editor")):
        assert answer.status_code == 409
        assert "root is the only admin" in answer.text
    assert root.is_signed_in()
    assert console.log == []


def test_an_admin_may_go_once_there_is_another(console: Console, root: Browser) -> None:
    console.add("ben", Role.ADMIN)
    assert send(root, "/root/remove").status_code == 303
    assert not root.is_signed_in()
    assert [one.name for one in console.operators.all()] == ["ben"]


@pytest.mark.parametrize("name", ["nobody", "root%00", "%3Cimg src=x%3E", "%E2%80%AEroot", "ROOT", "a" * 5_000])
@pytest.mark.parametrize("action", ["role", "password", "code-off", "remove"])
def test_nobody_cannot_be_changed(console: Console, root: Browser, name: str, action: str) -> None:
    answer = send(root, f"/{name}/{action}", role="editor")
    assert answer.status_code == 404
    assert "no operator of this name" in answer.text
    assert "<img" not in answer.text
    assert console.log == []


def test_the_new_password_is_the_one_that_is_kept(console: Console, root: Browser) -> None:
    password = made_on(send(root, "", name="ben", role="editor"))
    kept = console.operators.find("ben")
    assert kept
    assert is_right(password, kept.password)
