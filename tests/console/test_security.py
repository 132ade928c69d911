from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from flask import Flask, Response
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from hotline.console.security import Cookie, is_from, version_of
from hotline.store.connection import RedisClient
from tests.console.signing import LOCAL, console_with

PUBLIC = "https://hotline.example.org"
PAGES = [
    "/console/",
    "/console/sign-in",
    "/console/account",
    "/console/nothing-here",
    "/console/fails",
    "/console/static/none.css",
    "/console",
]
EXPECTED = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Strict-Transport-Security": "max-age=31536000",
}


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("known", [True, False])
def test_every_answer_of_the_console_has_the_headers(redis: RedisClient, path: str, known: bool) -> None:  # noqa: FBT001
    console = console_with(redis)
    browser = console.signed_in("ana") if known else console.browser()
    answer = browser.get(path)
    assert {name: answer.headers.get(name) for name in EXPECTED} == EXPECTED
    assert answer.headers["Permissions-Policy"].startswith("microphone=(self), camera=()")


def test_other_pages_of_the_application_are_left_alone(redis: RedisClient) -> None:
    answer = console_with(redis).browser().post("/sms", {"Body": "hola"})
    assert answer.text == "hola"
    assert not {*EXPECTED, "Permissions-Policy", "Set-Cookie"} & {*answer.headers.keys()}
    missing = console_with(redis).browser().get("/consoles")
    assert missing.status_code == 404
    assert "Content-Security-Policy" not in missing.headers


def test_without_encryption_nothing_claims_that_there_is(redis: RedisClient) -> None:
    answer = console_with(redis, LOCAL).browser().get("/console/sign-in")
    assert "Strict-Transport-Security" not in answer.headers
    assert "Secure" not in answer.headers["Set-Cookie"]


def test_static_files_are_for_everybody_and_kept_by_version(redis: RedisClient) -> None:
    browser = console_with(redis).browser()
    found = re.search(r'href="(/console/static/console\.css\?v=[0-9a-f]{12})"', browser.get("/console/sign-in").text)
    assert found
    for path, caching in ((found[1], "public, max-age=31536000, immutable"), (found[1].split("?")[0], "no-cache")):
        with browser.get(path) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"] == caching
    for path in ("/console/static/../templates/console/sign-in.html", "/console/static/%2e%2e/security.py"):
        assert browser.get(path).status_code in {303, 404}


def test_another_version_has_another_name(tmp_path: Path) -> None:
    file = tmp_path / "console.css"
    assert version_of(file) is None
    versions = set()
    for second, words in enumerate(("a", "b", "a")):
        file.write_text(words)
        os.utime(file, (second, second))
        versions.add(version_of(file))
    assert len(versions) == 2


@pytest.mark.parametrize("public_url", [PUBLIC, LOCAL])
def test_a_cookie_is_for_this_host_alone_and_for_no_script(public_url: str) -> None:
    cookie = Cookie.named("hotline-console", public_url)
    with Flask("app").test_request_context():
        response = Response()
        cookie.write(response, "token")
        cookie.delete(response)
    kept, gone = response.headers.getlist("Set-Cookie")
    parts = set(kept.split("; "))
    assert {"HttpOnly", "Path=/", "SameSite=Strict"} <= parts
    assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in parts)
    assert ("Secure" in parts) == (public_url == PUBLIC)
    assert kept.startswith("__Host-hotline-console=token" if public_url == PUBLIC else "hotline-console=token")
    assert "Max-Age=0" in gone


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": PUBLIC},
        {"Origin": f"{PUBLIC}:443"},
        {"Origin": "https://HOTLINE.example.org"},
        {"Referer": f"{PUBLIC}/console/account"},
    ],
)
def test_a_form_of_the_console_is_known_by_where_it_comes_from(headers: dict[str, str]) -> None:
    request = Request(
        EnvironBuilder(method="POST", headers=Headers(headers), base_url="http://10.0.0.3:8000").get_environ()
    )
    assert is_from(request, PUBLIC)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": ""},
        {"Origin": "null"},
        {"Origin": "http://hotline.example.org"},
        {"Origin": "https://hotline.example.org:8443"},
        {"Origin": "https://hotline.example.org.evil.example"},
        {"Origin": "https://evil.example", "Referer": f"{PUBLIC}/console/"},
        {"Origin": "https://hotline.example.org:99999999"},
        {"Origin": "https://[::1"},
        {"Origin": "null", "Referer": f"{PUBLIC}/console/"},
        {"Referer": f"https://evil.example/?{PUBLIC}/"},
        {"Referer": "https://hotline.example.org@evil.example/"},
    ],
)
def test_a_form_from_anywhere_else_is_not(headers: dict[str, str]) -> None:
    request = Request(EnvironBuilder(method="POST", headers=Headers(headers), base_url=PUBLIC).get_environ())
    assert not is_from(request, PUBLIC)
