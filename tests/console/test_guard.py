from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from flask import Flask

from hotline.console.guard import BACKGROUND_HEADER, current_operator
from hotline.store.connection import RedisClient, connect
from hotline.store.operators import Role
from tests.console.signing import LOCAL, PASSWORD, Console, console_with, quick_passwords

WROTE = {"text": "Keep the door closed. <b>\u202e\r\n\"Now\" & 'then'"}


@pytest.fixture
def console(redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Console:
    quick_passwords(monkeypatch)
    return console_with(redis)


def paths(app: Flask) -> list[tuple[str, str]]:
    """Every way into the console, with some name in the place of each part that is open."""
    return [
        (method, re.sub(r"<[^>]*>", "ana", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.rule.startswith("/console") and "static" not in rule.rule
    ]


OPEN = {("GET", "/console/sign-in"), ("POST", "/console/sign-in")}
NEEDS = {
    ("POST", "/console/publish"): Role.REVIEWER,
    ("GET", "/console/operators"): Role.ADMIN,
    ("POST", "/console/operators"): Role.ADMIN,
    ("POST", "/console/operators/ana/role"): Role.ADMIN,
    ("POST", "/console/operators/ana/password"): Role.ADMIN,
    ("POST", "/console/operators/ana/code-off"): Role.ADMIN,
    ("POST", "/console/operators/ana/remove"): Role.ADMIN,
}


def test_a_stranger_sees_nothing_but_the_page_for_signing_in(console: Console) -> None:
    for method, path in paths(console.app):
        browser = console.browser()
        answer = browser.get(path) if method == "GET" else browser.post(path)
        if (method, path) in OPEN:
            continue
        if method == "GET":
            assert (answer.status_code, answer.headers["Location"]) == (303, f"/console/sign-in?next={path}"), path
        else:
            assert answer.status_code == 401, path
            assert "<h1>Sign in</h1>" in answer.text


@pytest.mark.parametrize("role", Role)
def test_every_page_is_for_the_roles_that_it_names(console: Console, role: Role) -> None:
    console.add("ana", Role.ADMIN)
    browser = console.signed_in("rosa", role)
    for method, path in paths(console.app):
        needed = NEEDS.get((method, path), Role.EDITOR)
        answer = browser.get(path) if method == "GET" else browser.post(path, {"role": "x"}, form="/console/account")
        if path == "/console/sign-out":
            browser = console.signed_in(f"rosa{role}", role)
        if role.includes(needed):
            assert answer.status_code != 403, (path, answer.text)
        else:
            assert answer.status_code == 403, path
            assert f"This needs the role of {needed}; yours is {role}." in answer.text
        if path.endswith("/remove") and role is Role.ADMIN:
            console.add("ana", Role.ADMIN)


def test_nothing_but_a_list_of_its_own_is_missing_from_the_matrix(console: Console) -> None:
    assert set(NEEDS) <= set(paths(console.app))


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
def test_other_methods_lead_nowhere(console: Console, method: str) -> None:
    answer = console.browser().client.open("/console/operators", method=method, base_url=console.public_url)
    assert answer.status_code == 405
    assert "takes forms only" in answer.text


def test_a_form_without_its_token_is_refused(console: Console) -> None:
    browser = console.signed_in("ana")
    answer = browser.post("/console/messages/door", WROTE)
    assert answer.status_code == 400
    assert "earlier sign-in" in answer.text


@pytest.mark.parametrize("token", ["", "forged", "IjEi.aaaa.bbbb", "\0", "a" * 50_000, "é\u202e"])
def test_a_forged_token_of_a_form_is_refused(console: Console, token: str) -> None:
    browser = console.signed_in("ana")
    assert browser.post("/console/messages/door", {**WROTE, "csrf_token": token}).status_code == 400


def test_a_token_that_belongs_to_another_session_is_refused(console: Console) -> None:
    mine, theirs = console.signed_in("ana"), console.signed_in("eva")
    stolen = theirs.form_token("/console/account")
    assert mine.post("/console/messages/door", {**WROTE, "csrf_token": stolen}).status_code == 400
    assert theirs.post("/console/messages/door", {**WROTE, "csrf_token": stolen}).status_code == 200


def test_a_token_of_a_stranger_is_refused_even_with_the_strangers_cookie(console: Console) -> None:
    """Somebody who can set cookies here still has no form of this session."""
    stranger = console.browser()
    token = stranger.form_token("/console/sign-in")
    planted = stranger.client.get_cookie("__Host-hotline-form", domain=stranger.host)
    assert planted
    mine = console.signed_in("ana")
    mine.client.set_cookie("__Host-hotline-form", planted.value, domain=mine.host)
    assert mine.post("/console/messages/door", {**WROTE, "csrf_token": token}).status_code == 400


def test_a_form_stays_good_when_another_cookie_is_set_meanwhile(console: Console) -> None:
    """A link from elsewhere opens the console as a stranger, who gets a cookie for forms."""
    mine = console.signed_in("ana")
    token = mine.form_token("/console/account")
    other = console.browser()
    other.get("/console/sign-in")
    cookie = other.client.get_cookie("__Host-hotline-form", domain=other.host)
    assert cookie
    mine.client.set_cookie("__Host-hotline-form", cookie.value, domain=mine.host)
    assert mine.post("/console/messages/door", {**WROTE, "csrf_token": token}).status_code == 200


def test_a_token_in_a_header_serves_scripts(console: Console) -> None:
    browser = console.signed_in("ana")
    token = browser.form_token("/console/account")
    answer = browser.post("/console/messages/door", WROTE, headers={"X-CSRFToken": token})
    assert answer.status_code == 200


@pytest.mark.parametrize("origin", ["", "null", "https://evil.example", "http://hotline.example.org"])
@pytest.mark.parametrize("path", ["/console/messages/door", "/console/sign-in", "/console/sign-out"])
def test_a_form_from_elsewhere_is_refused_even_with_its_token(console: Console, origin: str, path: str) -> None:
    browser = console.signed_in("ana")
    answer = browser.post(path, WROTE, form="/console/account", headers={"Origin": origin})
    assert answer.status_code == 403
    assert "https://hotline.example.org/console/" in answer.text
    assert browser.is_signed_in()


def test_behind_a_proxy_that_ends_the_encryption_forms_work(console: Console) -> None:
    browser = console.signed_in("ana")
    token = browser.form_token("/console/account")
    cookies = "; ".join(
        f"{name}={cookie.value}"
        for name in ("__Host-hotline-console", "__Host-hotline-form")
        if (cookie := browser.client.get_cookie(name, domain=browser.host))
    )
    answer = console.app.test_client(use_cookies=False).post(
        "/console/messages/door",
        base_url="http://10.0.0.3:8000",
        data={**WROTE, "csrf_token": token},
        headers={"Origin": console.public_url, "Cookie": cookies},
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("public_url", ["https://hotline.example.org", LOCAL])
def test_what_was_written_into_an_ended_session_is_sent_after_signing_in(redis: RedisClient, public_url: str) -> None:
    console = console_with(redis, public_url)
    browser = console.signed_in("ana")
    token = browser.form_token("/console/account")
    console.clock.wait(minutes=31)
    asked = browser.post("/console/messages/door?draft=1", {**WROTE, "csrf_token": token})
    assert asked.status_code == 401
    assert "What you wrote is not lost" in asked.text
    signed_in = browser.post("/console/sign-in", hidden_fields(asked.text) | {"name": "ana", "password": PASSWORD})
    assert signed_in.status_code == 200
    assert 'action="/console/messages/door?draft=1"' in signed_in.text
    sent = browser.post("/console/messages/door?draft=1", hidden_fields(signed_in.text))
    assert sent.text == f"ana saved door: {WROTE['text']}"


def test_what_was_written_before_signing_in_anew_can_be_sent(console: Console) -> None:
    browser = console.signed_in("ana")
    token = browser.form_token("/console/account")
    browser.sign_in("ana")
    refused = browser.post("/console/messages/door", {**WROTE, "csrf_token": token})
    assert refused.status_code == 400
    sent = browser.post("/console/messages/door", hidden_fields(refused.text))
    assert sent.text == f"ana saved door: {WROTE['text']}"


def test_files_and_large_forms_of_strangers_are_not_read(console: Console) -> None:
    browser = console.browser()
    for data in ({"text": "a" * 200_000}, {"file": (BytesIO(b"a" * 200_000), "a.po")}):
        answer = browser.post("/console/upload", data)  # type: ignore[arg-type]  # a file too
        assert answer.status_code == 401
        assert 'name="unsent' not in answer.text


def test_a_form_of_very_many_fields_is_not_carried_along(console: Console) -> None:
    answer = console.browser().client.post(
        "/console/messages/door",
        base_url=console.public_url,
        data="&".join(f"f{number}=x" for number in range(10_000)),
        content_type="application/x-www-form-urlencoded",
        headers={"Origin": console.public_url},
    )
    assert answer.status_code == 401
    assert 'name="unsent' not in answer.text


def test_a_query_that_is_no_text_leads_to_signing_in(console: Console) -> None:
    environ = {"QUERY_STRING": "q=\xff\xfe&page=2"}
    answer = console.browser().client.get("/console/", base_url=console.public_url, environ_overrides=environ)
    assert answer.headers["Location"] == "/console/sign-in?next=/console/?q%3D%26page%3D2"


def test_a_page_may_take_more_than_the_application_does(console: Console) -> None:
    browser = console.signed_in("ana")
    token = {"X-CSRFToken": browser.form_token("/console/account")}
    taken = browser.post("/console/upload", {"file": (BytesIO(b"a" * 400_000), "a.po")}, headers=token)  # type: ignore[dict-item]  # a file
    assert taken.text == "400000"
    refused = browser.client.post(
        "/console/upload",
        base_url=console.public_url,
        data=b"a" * 1_200_000,
        content_type="multipart/form-data; boundary=x",
        headers={"Origin": console.public_url, **token},
    )
    assert refused.status_code == 413
    assert "too large" in refused.text
    other = browser.post("/console/messages/door", {"text": "a" * 200_000}, headers=token)
    assert other.status_code == 413


def test_a_session_ends_when_nobody_is_there(console: Console) -> None:
    browser = console.signed_in("ana")
    for _ in range(3):
        console.clock.wait(minutes=29)
        assert browser.is_signed_in()
    console.clock.wait(minutes=30)
    assert not browser.is_signed_in()


def test_a_session_ends_after_half_a_day(console: Console) -> None:
    browser = console.signed_in("ana")
    for _ in range(12 * 3 - 1):
        console.clock.wait(minutes=20)
        assert browser.is_signed_in()
    console.clock.wait(minutes=20)
    assert not browser.is_signed_in()


def test_what_a_page_asks_for_by_itself_keeps_no_session_alive(console: Console) -> None:
    browser = console.signed_in("ana")
    for _ in range(2):
        console.clock.wait(minutes=14)
        assert browser.get("/console/", headers={BACKGROUND_HEADER: "1"}).status_code == 200
    console.clock.wait(minutes=3)
    assert not browser.is_signed_in()


@pytest.mark.parametrize("token", ["", "forged", "a" * 50_000, "../../x", "\u00e9", '"\\000"', "; a=b"])
def test_a_forged_cookie_signs_nobody_in(console: Console, token: str) -> None:
    console.add("ana")
    answer = console.browser().get("/console/", headers={"Cookie": f"__Host-hotline-console={token}"})
    assert answer.status_code == 303


def test_a_change_of_role_or_password_and_a_removal_end_sessions(console: Console) -> None:
    console.add("root", Role.ADMIN)
    browsers = {name: console.signed_in(name) for name in ("role", "password", "removed", "other")}
    now = console.clock.now()
    console.operators.change("role", lambda one: one.with_role(Role.REVIEWER, now))
    console.operators.change("password", lambda one: one.with_password("x", now))
    console.operators.remove("removed")
    assert [name for name, browser in browsers.items() if browser.is_signed_in()] == ["other"]


def test_a_session_does_not_serve_another_operator_of_the_same_name(console: Console) -> None:
    browser = console.signed_in("ana")
    console.operators.remove("ana")
    console.add("ana", Role.ADMIN)
    assert not browser.is_signed_in()


def test_a_made_password_is_changed_before_anything_else(console: Console) -> None:
    browser = console.signed_in("ana")
    console.operators.change("ana", lambda one: one.with_password(one.password, console.clock.now(), must_change=True))
    browser.sign_in("ana")
    for method, path in paths(console.app):
        if path in {"/console/sign-in", "/console/sign-out", "/console/account/new-password"}:
            continue
        form = "/console/account/new-password"
        answer = browser.get(path) if method == "GET" else browser.post(path, WROTE, form=form)
        assert answer.headers["Location"] == "/console/account/new-password", path


def test_what_a_script_asks_for_after_the_session_is_no_page_for_signing_in(console: Console) -> None:
    browser = console.browser()
    for answer in (
        browser.get("/console/", headers={"Sec-Fetch-Mode": "cors"}),
        browser.post("/console/messages/door", WROTE, headers={"Sec-Fetch-Mode": "cors"}),
    ):
        assert answer.status_code == 401
        assert "<form" not in answer.text


def test_without_redis_a_page_says_so() -> None:
    browser = console_with(connect("redis://127.0.0.1:9")).browser()
    browser.keep_token("some token")
    for answer in (browser.get("/console/"), browser.post("/console/publish"), browser.get("/console/sign-in")):
        assert answer.status_code == 503
        assert "Redis" in answer.text
        assert answer.headers["Retry-After"] == "10"
    with browser.get("/console/static/console.css") as style:
        assert style.status_code == 200


def test_a_page_that_needs_somebody_is_never_made_for_nobody(console: Console) -> None:
    with console.app.test_request_context("/console/"), pytest.raises(RuntimeError, match="by nobody"):
        current_operator()


def hidden_fields(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {unescape(name): unescape(value) for name, value in found}
