"""The draft, from the overview through the trial to what is live and back, in a real Chromium at a real server."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no type hints
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hotline.releases.publishing import Publishing
from hotline.store.connection import RedisClient
from hotline.store.operator_sessions import OperatorSessions
from hotline.store.operators import Role
from tests.conftest import served
from tests.console.newsroom import TITLE, Newsroom, console_of, newsroom_at, wait_until, watching
from tests.console.signing import COOKIE, LOCAL, Console
from tests.phone.chromium import ARGUMENTS, find_chromium

NEEDS_CHROMIUM = "The console is tested in Chromium: apt-get install chromium"
RULE = "topic.ice-at-door.first"
DOOR = "Keep the door shut and locked. You do not have to speak. Ask them to slide any paper under the door."
PAGES = ("", "draft", "try/", "publishing", "releases", "log", "put-back")
SCREENS = [(360, "dark"), (1280, "light")]

pytestmark = pytest.mark.slow


@dataclass
class Screen:
    """One open page, and what the browser complained of."""

    page: Page
    room: Newsroom
    console: Console
    complaints: list[str] = field(default_factory=list)

    def hear(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(message)

    def open(self, path: str) -> None:
        self.page.goto(f"{self.console.public_url}/console/{path}")

    def sign_in(self, name: str, role: Role = Role.REVIEWER) -> None:
        operator = self.console.add(name, role)
        token = OperatorSessions(self.console.redis).begin(operator, self.console.clock.now())
        cookie = {"name": COOKIE[LOCAL], "value": token, "url": self.console.public_url}
        self.page.context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dictionary of Playwright


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
def screen(browser: Browser, redis: RedisClient, tmp_path: Path) -> Iterator[Screen]:
    port = free_port()
    room = newsroom_at(redis, tmp_path)
    settings = replace(room.desk.settings, public_url=f"http://127.0.0.1:{port}")
    room = replace(room, desk=replace(room.desk, settings=settings))
    console = console_of(room)
    console.clock.time = room.desk.now()
    with served(console.app, port), watching(room), browser.new_context() as context:
        screen = Screen(context.new_page(), room, console)
        screen.page.on("console", lambda message: screen.hear(message.type, message.text))
        screen.sign_in("ana")
        yield screen
        assert screen.complaints == []


def test_a_change_is_tried_published_heard_and_undone(screen: Screen) -> None:
    page, room = screen.page, screen.room
    room.save(f"text:{RULE}", {"text": DOOR, "meaning": "changed"}, by="bo")
    room.save("town:hamden", {"review_by": "2027-01-01"})
    screen.open("")
    page.get_by_role("link", name="Review and publish").first.click()
    expect(page.get_by_role("heading", name="Draft", level=1)).to_be_visible()

    page.get_by_role("link", name="Try it").click()
    expect(page.get_by_role("heading", name="Trying the draft")).to_be_visible()
    expect(page.get_by_role("group", name="Suggestions").get_by_role("button")).to_have_count(3)
    page.get_by_label("Text to the line").fill("ice is at my door")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log", name="Text thread")).to_contain_text(DOOR)
    page.get_by_role("button", name="Call", exact=True).click()
    expect(page.locator("#call-state")).to_have_text("On the call")
    for key in "111":
        page.get_by_role("button", name=key, exact=True).click()
    expect(page.get_by_role("log", name="What is said")).to_contain_text("Keep the door shut and locked.")
    assert "Keep the door shut" not in room.desk.live.content.script.messages[RULE].text
    page.get_by_role("link", name="Back to the draft").click()

    page.get_by_role("checkbox", name="Goes out").last.uncheck()
    page.get_by_label("What changes, and why").fill("A court has decided.")
    page.get_by_role("button", name="Publish …").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish 1 change?")
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator("main")).to_contain_text("Live on 1 of 1 worker after", timeout=60_000)
    wait_until(lambda: room.desk.live.content.script.messages[RULE].text == DOOR)
    assert {change.key for change in room.desk.drafts.read().changes} == {"town:hamden"}

    page.get_by_role("link", name="See the release").click()
    expect(page.locator("main")).to_contain_text("A court has decided.")
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    room.publish(note="Shorter.")
    screen.open("releases")
    page.get_by_role("link", name="Release 1").click()
    page.get_by_role("link", name=re.compile("Bring it back")).click()
    page.get_by_label("Why").fill("It was clearer.")
    page.get_by_role("button", name="Bring it back now").click()
    expect(page.locator("main")).to_contain_text("Live on 1 of 1 worker after", timeout=60_000)
    wait_until(lambda: room.desk.live.content.script.messages[TITLE].text == "At my home")
    screen.open("log")
    expect(page.locator("main")).to_contain_text("It was clearer.")


def test_a_change_is_taken_back_with_the_keyboard(screen: Screen) -> None:
    page, room = screen.page, screen.room
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    screen.open("draft")
    button = page.get_by_role("button", name="Take back")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("element => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The change was taken out of the draft.")
    assert room.desk.drafts.read().changes == ()


def test_enter_in_the_note_publishes_and_takes_nothing_back(screen: Screen) -> None:
    page, room = screen.page, screen.room
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    screen.open("draft")
    page.get_by_label("What changes, and why").fill("Shorter.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish 1 change?")
    assert len(room.desk.drafts.read().changes) == 1


def test_what_prevents_publishing_appears_without_loading_the_page_again(screen: Screen) -> None:
    screen.room.save(f"text:{TITLE}", {"text": "Agents at my home", "meaning": "same"})
    screen.open("draft")
    expect(screen.page.locator("main")).to_contain_text("This must be mended", timeout=60_000)
    assert "agentes" in screen.page.locator("main").inner_text()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_every_page_is_readable_for_everybody(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, width: int, scheme: str
) -> None:
    page, room = screen.page, screen.room
    monkeypatch.setattr(Publishing, "problems_of", lambda *_: ("One thing is wrong: mend it.",))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # "light" or "dark"
    room.save(f"text:{TITLE}", {"text": "In my house", "meaning": "same"})
    room.publish()
    wait_until(lambda: room.desk.live.speaking.pointer is not None)
    room.save(f"text:{RULE}", {"text": DOOR, "meaning": "changed"})
    room.save("translation:ar:topic.detained.title", {"text": "أخذوا شخصًا", "of": "Someone was taken"}, by="bo")
    for path in (*PAGES, "releases/1", "releases/1/restore"):
        screen.open(path)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
