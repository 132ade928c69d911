"""Organisations, towns and the notice in a real Chromium, at a real server."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no type hints
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hotline.store.connection import RedisClient
from hotline.store.operator_sessions import OperatorSessions
from tests.conftest import served
from tests.console.forms import changes, console_at
from tests.console.newsroom import Newsroom, newsroom_at
from tests.console.signing import COOKIE, LOCAL
from tests.phone.chromium import ARGUMENTS, find_chromium

NEEDS_CHROMIUM = "The console is tested in Chromium: apt-get install chromium"
PAGES = (
    *("organisations", "organisations/new", "organisations/safe_connect", "organisations/nhlaa", "notice"),
    *("towns", "towns/avon", "towns/hamden", "towns/hamden/without-rule"),
)

pytestmark = pytest.mark.slow


@dataclass
class Screen:
    page: Page
    room: Newsroom
    url: str

    def open(self, path: str) -> None:
        self.page.goto(f"{self.url}/console/{path}")

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NEEDS_CHROMIUM)
        pytest.skip(NEEDS_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def screen(
    browser: Browser,
    redis: RedisClient,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Iterator[Screen]:
    """ana is signed in, with scripts or without; nothing that the browser complains of is let pass."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setitem(COOKIE, url, COOKIE[LOCAL])
    room = newsroom_at(redis, tmp_path)
    room = replace(room, desk=replace(room.desk, settings=replace(room.desk.settings, public_url=url)))
    console = console_at(room)
    token = OperatorSessions(redis).begin(console.add("ana"), console.clock.now())
    complaints: list[str] = []
    has_scripts = getattr(request, "param", True)
    with served(console.app, port), browser.new_context(java_script_enabled=has_scripts) as context:
        context.add_cookies([{"name": COOKIE[url], "value": token, "url": url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Screen(page, room, url)
    # That an answer was no success is what some tests are about.
    assert [complaint for complaint in complaints if "Failed to load resource" not in complaint] == []


@pytest.mark.parametrize("screen", [True, False], ids=["with scripts", "without"], indirect=True)
def test_a_number_is_changed_once(screen: Screen) -> None:
    page = screen.page
    screen.open("organisations")
    page.get_by_label("Name, number or what it does").fill("safe connect")
    page.get_by_label("Name, number or what it does").press("Enter")
    page.get_by_role("link", name="CT Safe Connect").click()
    page.get_by_label("Telephone number", exact=True).fill("203 555 0100")
    page.get_by_label("Which source gives the number?").select_option("safe-connect")
    screen.press("Save in the draft")
    expect(page.get_by_role("status").first).to_have_text(
        re.compile("1-203-555-0100 is in the draft. Changed once, changed in 24 texts in 12 languages.")
    )
    expect(page.get_by_label("Telephone number", exact=True)).to_have_value("1-203-555-0100")
    assert changes(screen.room) == {"organisation:safe_connect": {"phone": "+12035550100"}}


def test_what_is_wrong_leads_to_its_field(screen: Screen) -> None:
    page = screen.page
    screen.open("organisations/sls")
    page.get_by_text("Hours: Monday to Friday").click()
    page.get_by_label("By the week", exact=True).last.fill("9-5")
    screen.press("Save in the draft")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#field-hours")).to_be_focused()
    expect(page.locator("#field-hours")).to_have_value("9-5")


def test_hours_are_read_back_while_they_are_written(screen: Screen) -> None:
    page = screen.page
    screen.open("organisations/sls")
    page.get_by_text("Hours: Monday to Friday").click()
    page.locator("#field-hours").fill("Sat 10 am - 2 pm")
    expect(page.locator("#hours-read")).to_contain_text("Saturday, 10:00 AM to 2:00 PM")
    page.locator("#field-hours").fill("Sat 10-2")
    expect(page.locator("#hours-read")).to_contain_text("must be written as")


def test_a_number_is_called_with_the_keyboard_alone(screen: Screen) -> None:
    page = screen.page
    screen.open("organisations/safe_connect")
    page.get_by_role("button", name="I called this number today, it works").press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Saved in the draft.")
    assert (changes(screen.room)["organisation:safe_connect"] or {}).keys() == {"test_called"}


def test_a_town_is_given_a_rule(screen: Screen) -> None:
    page = screen.page
    screen.open("towns?q=avon")
    page.get_by_role("link", name="Avon").click()
    page.get_by_label("What the rule says").fill("Avon passed a resolution. Neither stops ICE.")
    page.get_by_label("A resolution").check()
    page.get_by_label("A source that is known").select_option("trust-act-2019")
    screen.press("Save in the draft")
    expect(page.get_by_role("link", name="Change this text and its translations")).to_be_visible()
    page.get_by_role("link", name="Take the rule away").click()
    screen.press("Take the rule away")
    expect(page.get_by_label("What the rule says")).to_be_visible()
    assert changes(screen.room) == {}


def test_a_notice_is_written_with_a_number_from_its_button(screen: Screen) -> None:
    page = screen.page
    screen.open("notice")
    page.get_by_text("Spanish, Español").click()
    text = page.get_by_label("The notice in Spanish")
    text.fill("ICE está en la corte. Llame al ")
    page.get_by_role("group", name="Insert a number into the text in Spanish").get_by_role("button").click()
    expect(text).to_have_value("ICE está en la corte. Llame al {phone.referral_line}")
    looked = page.locator("#looked-es")
    expect(looked).to_contain_text("ICE está en la corte. Llame al 1-800-798-0671")
    expect(looked).to_contain_text("to every first text")
    screen.press("Save in the draft")
    expect(page.get_by_text("not published yet")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="English, Portuguese")).to_be_visible()
    screen.press("Take the notice out of the draft")
    expect(page.get_by_text("not published yet")).to_have_count(0)
    assert changes(screen.room) == {}


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_every_page_can_be_read_by_everybody(screen: Screen, width: int, scheme: str) -> None:
    page = screen.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="light" if scheme == "light" else "dark", reduced_motion="reduce")
    for path in PAGES:
        screen.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        violations = Axe().run(page).response["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in violations] == [], path
