"""The pages of accounts in a real Chromium, at a real server."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no type hints
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hotline.console.codes import new_secret
from hotline.store.connection import RedisClient
from hotline.store.operators import Role
from tests.conftest import served
from tests.console.signing import PASSWORD, Console, console_with, quick_passwords
from tests.phone.chromium import ARGUMENTS, find_chromium

NEEDS_CHROMIUM = "The console is tested in Chromium: apt-get install chromium"
NEW = "a new one, for the spring"
PHONE = (360, 740)
WIDE = (1280, 800)

pytestmark = pytest.mark.slow


@dataclass
class Screen:
    """One open page, and what the browser complained of."""

    page: Page
    console: Console
    complaints: list[str] = field(default_factory=list)

    def hear(self, kind: str, message: str) -> None:
        # That an answer was no success is what some tests are about.
        if kind in {"error", "warning"} and "Failed to load resource" not in message:
            self.complaints.append(message)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.console.public_url}{path}")

    def fill(self, **fields: str) -> None:
        for label, words in fields.items():
            self.page.get_by_label(re.compile(label.replace("_", " "), re.IGNORECASE)).fill(words)

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "") -> None:
        self.open("/console/sign-in")
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_label("Code").fill(code)
        self.press("Sign in")

    def expect_path(self, path: str) -> None:
        expect(self.page).to_have_url(f"{self.console.public_url}{path}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NEEDS_CHROMIUM)
        pytest.skip(NEEDS_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def screen(browser: Browser, redis: RedisClient, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """A browser without scripts: everything here works without them."""
    quick_passwords(monkeypatch)
    port = free_port()
    console = console_with(redis, f"http://127.0.0.1:{port}")
    with served(console.app, port), browser.new_context(java_script_enabled=False) as context:
        screen = Screen(context.new_page(), console)
        screen.page.on("console", lambda message: screen.hear(message.type, message.text))
        yield screen
        assert screen.complaints == []


def test_an_operator_signs_in_changes_the_password_and_signs_out(screen: Screen) -> None:
    screen.console.add("ana")
    screen.open("/console/account")
    screen.expect_path("/console/sign-in?next=/console/account")
    screen.sign_in("ana", "a wrong one")
    expect(screen.page.get_by_role("alert")).to_contain_text("is not right")
    screen.sign_in("ana")
    screen.expect_path("/console/")
    screen.open("/console/account")
    screen.page.get_by_label("Your password now").fill(PASSWORD)
    screen.page.get_by_label("New password").fill(NEW)
    screen.page.get_by_label("The new one again").fill(NEW)
    screen.press("Change the password")
    screen.expect_path("/console/account")
    screen.page.locator("main").get_by_role("button", name="Sign out", exact=True).click()
    screen.expect_path("/console/sign-in")
    screen.sign_in("ana", NEW)
    screen.expect_path("/console/")


def test_an_operator_sets_up_an_app(screen: Screen) -> None:
    screen.console.add("ana")
    screen.sign_in("ana")
    screen.open("/console/account")
    screen.page.get_by_role("link", name="Set up an app").click()
    picture = screen.page.get_by_role("img", name=re.compile("QR"))
    expect(picture).to_be_visible()
    assert screen.page.locator("code").inner_text().replace(" ", "").isalnum()
    secret = screen.page.locator("input[name=secret]").get_attribute("value")
    assert secret
    screen.page.get_by_label("Code").fill(pyotp.TOTP(secret).at(screen.console.clock.now()))
    screen.page.get_by_label("Your password").fill(PASSWORD)
    screen.press("Use the app from now on")
    screen.expect_path("/console/account")
    kept = screen.console.operators.find("ana")
    assert kept
    assert kept.code_secret == secret


def test_an_admin_adds_somebody_who_signs_in_and_chooses_a_password(screen: Screen) -> None:
    screen.console.add("root", Role.ADMIN)
    screen.sign_in("root")
    screen.open("/console/operators")
    screen.page.get_by_label("Name").fill("Ben")
    screen.page.get_by_label(re.compile("^Reviewer:")).check()
    screen.press("Add")
    made = screen.page.get_by_role("status").locator("code").inner_text()
    screen.page.context.clear_cookies()
    screen.sign_in("ben", made)
    screen.expect_path("/console/account/new-password")
    screen.page.get_by_label("New password").fill(NEW)
    screen.page.get_by_label("The same again").fill(NEW)
    screen.press("Save the password")
    screen.expect_path("/console/")
    expect(screen.page.locator("body")).to_contain_text("live, for ben")


def test_what_was_written_when_the_session_ended_is_sent_after_signing_in(screen: Screen) -> None:
    screen.console.add("ana")
    screen.sign_in("ana")
    screen.open("/console/messages/door")
    screen.page.get_by_label("Text").fill("Keep the door closed.\nStay <calm>.")
    screen.console.clock.wait(minutes=31)
    screen.press("Save")
    expect(screen.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    screen.page.get_by_label("Name").fill("ana")
    screen.page.get_by_label("Password").fill(PASSWORD)
    screen.press("Sign in")
    screen.press("Send it now")
    expect(screen.page.locator("body")).to_contain_text("ana saved door: Keep the door closed. Stay <calm>.")


def test_another_site_in_the_same_browser_can_send_nothing(screen: Screen) -> None:
    screen.console.add("root", Role.ADMIN)
    screen.console.add("ben")
    screen.sign_in("root")
    target = f"{screen.console.public_url}/console/operators/ben/remove"
    elsewhere = Flask("elsewhere")
    elsewhere.add_url_rule(
        "/", "trap", lambda: f'<form method="post" action="{target}"><button>A kitten</button></form>'
    )
    with served(elsewhere) as address:
        screen.page.goto(address.replace("127.0.0.1", "localhost"))
        screen.press("A kitten")
        expect(screen.page.get_by_role("heading", level=1)).to_have_text("Only the console's own pages may send this")
    assert screen.console.operators.find("ben")


def pages_of(screen: Screen) -> Iterator[str]:
    """Every page here, in the states that look different."""
    console = screen.console
    screen.open("/console/sign-in")
    yield "sign-in-empty"
    root = console.add("root", Role.ADMIN)
    console.add("ben", Role.REVIEWER, code_secret=new_secret())
    console.add("a-name-with-as-many-letters.as-there-may", must_change=True)
    screen.open("/console/sign-in")
    yield "sign-in"
    screen.sign_in("root", "a wrong one")
    yield "sign-in-refused"
    screen.sign_in("root")
    screen.open("/console/account")
    yield "account"
    screen.page.get_by_role("link", name="Set up an app").click()
    yield "account-code"
    screen.open("/console/operators")
    yield "operators"
    for summary in screen.page.locator("main summary").all():
        summary.click()
    yield "operators-opened"
    screen.page.get_by_label("Name").fill("<b>")
    screen.press("Add")
    yield "operators-refused"
    screen.page.get_by_label("Name").fill("eva")
    screen.press("Add")
    yield "operators-made"
    screen.open("/console/nothing-here")
    yield "problem"
    screen.open("/console/messages/door")
    screen.page.get_by_label("Text").fill("Keep the door closed.")
    console.clock.wait(minutes=31)
    screen.press("Save")
    yield "sign-in-ended"
    screen.page.get_by_label("Name").fill("root")
    screen.page.get_by_label("Password").fill(PASSWORD)
    screen.press("Sign in")
    yield "unsent"
    console.operators.change(
        "root", lambda one: one.with_password(root.password, console.clock.now(), must_change=True)
    )
    screen.sign_in("root")
    yield "new-password"
    screen.page.context.clear_cookies()
    screen.open("/console/sign-in")
    for _ in range(11):
        screen.page.get_by_label("Name").fill("ben")
        screen.page.get_by_label("Password").fill("a guess")
        screen.press("Sign in")
    yield "too-many"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_serves_everybody(
    browser: Browser, redis: RedisClient, monkeypatch: pytest.MonkeyPatch, scheme: str
) -> None:
    """axe, which needs scripts, finds nothing; nothing is wider than a small telephone."""
    quick_passwords(monkeypatch)
    port = free_port()
    console = console_with(redis, f"http://127.0.0.1:{port}")
    options = {"color_scheme": scheme, "bypass_csp": True, "reduced_motion": "reduce"}
    with served(console.app, port), browser.new_context(**options) as context:  # type: ignore[arg-type]  # of the browser
        screen = Screen(context.new_page(), console)
        folder = os.environ.get("CONSOLE_PICTURES")
        for name in pages_of(screen):
            screen.page.wait_for_load_state("networkidle")
            for width, height in (PHONE, WIDE):
                screen.page.set_viewport_size({"width": width, "height": height})
                wide = screen.page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, (name, wide)
                if folder:
                    screen.page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)
            found = Axe().run(screen.page)
            assert found.violations_count == 0, (name, found.generate_report())
