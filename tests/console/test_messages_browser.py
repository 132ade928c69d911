"""Texts are changed, translated, reviewed, disputed and taken along, in a real Chromium at a real server."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no type hints
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from hotline.catalogs.catalog import State
from hotline.store.connection import RedisClient
from hotline.store.operator_sessions import OperatorSessions
from hotline.store.operators import Role
from tests.conftest import served
from tests.console.newsroom import Newsroom, console_of, newsroom_at
from tests.console.signing import COOKIE, LOCAL, Console
from tests.phone.chromium import ARGUMENTS, find_chromium

NEEDS_CHROMIUM = "The console is tested in Chromium: apt-get install chromium"
MAIN, DOOR = "menu.main.text", "topic.ice-at-door.first"
SCREENS = [(360, "dark"), (1280, "light")]

pytestmark = pytest.mark.slow


@dataclass
class Screen:
    """The pages that people have open, and what the browser complained of."""

    context: BrowserContext
    room: Newsroom
    console: Console
    complaints: list[str] = field(default_factory=list)

    def page_of(self, name: str, role: Role = Role.REVIEWER) -> Page:
        """A page in which somebody has signed in."""
        operator = self.console.operators.find(name) or self.console.add(name, role)
        token = OperatorSessions(self.console.redis).begin(operator, self.console.clock.now())
        browser = self.context.browser
        assert browser
        context = browser.new_context(reduced_motion="reduce")
        cookie = {"name": COOKIE[LOCAL], "value": token, "url": self.console.public_url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dictionary of Playwright
        page = context.new_page()
        page.on("console", lambda message: self.hear(message.type, message.text))
        return page

    def hear(self, kind: str, message: str) -> None:
        # That an answer was no success is what some tests are about.
        if kind in {"error", "warning"} and "Failed to load resource" not in message:
            self.complaints.append(message)

    def open(self, page: Page, path: str) -> None:
        page.goto(f"{self.console.public_url}/console/{path}")


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
    with served(console.app, port), browser.new_context() as context:
        screen = Screen(context, room, console)
        yield screen
        assert screen.complaints == []


def test_a_text_is_found_changed_and_looked_at_while_it_is_written(screen: Screen) -> None:
    page = screen.page_of("ana")
    screen.open(page, "messages")
    page.get_by_label("Words in any language, or a number").fill("mantenga la puerta cerrada")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Part 1 of 5").first.click()
    text = page.get_by_label("English", exact=True)
    checks = page.get_by_role("region", name="What is wrong, and how it reads")
    expect(checks).to_contain_text("Nothing is wrong with it.")
    text.fill("Keep the “door” shut.")
    expect(checks).to_contain_text("left double quotation mark")
    text.fill("Keep the door shut. Call ")
    page.get_by_text("Insert a number").click()
    page.get_by_role("button", name=re.compile("Immigration Legal Services Hotline")).click()
    expect(text).to_have_value("Keep the door shut. Call {phone.referral_line}")
    expect(checks).to_contain_text("Call 1-800-798-0671")
    text.press("Backspace")
    expect(text).to_have_value("Keep the door shut. Call ")
    text.fill("Keep the door shut and locked.")
    page.get_by_role("button", name="Save in the draft").first.click()
    expect(page.get_by_role("alert")).to_contain_text("Say whether the meaning changed")
    page.get_by_label("Yes, it says something else now").check()
    text.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved in the draft")
    expect(page.get_by_role("row").filter(has_text="Spanish")).to_contain_text("Out of date")
    assert screen.room.desk.drafted().content.catalogs.state("es", DOOR) is State.STALE


def test_what_was_written_before_the_scripts_were_there_is_looked_at_too(screen: Screen) -> None:
    page, scripts = screen.page_of("ana"), list[Route]()

    def hold(script: Route) -> None:
        scripts.append(script)

    page.route("**/*.js*", hold)
    page.goto(f"{screen.console.public_url}/console/messages/{MAIN}", wait_until="commit")
    page.get_by_label("English", exact=True).fill("Keep the “door” shut.")
    for script in scripts:
        script.continue_()
    page.unroute("**/*.js*")
    checks = page.get_by_role("region", name="What is wrong, and how it reads")
    expect(checks).to_contain_text("left double quotation mark")


def test_a_translator_and_a_reviewer_bring_a_translation_up_to_date(screen: Screen) -> None:
    screen.room.save(f"text:{MAIN}", {"text": "What is happening?", "meaning": "changed"}, by="bo")
    page = screen.page_of("ana")
    screen.open(page, "messages?language=es&state=stale")
    page.get_by_role("link", name="What is said first").click()
    expect(page.locator("main")).to_contain_text("Residents do not hear this translation")
    page.get_by_label("Spanish", exact=True).fill("¿Qué pasa?")
    page.get_by_role("button", name="Save as a translation of this English").click()
    expect(page.locator("main")).to_contain_text("You wrote this text, so somebody else must review it")
    other = screen.page_of("eva")
    screen.open(other, f"messages/{MAIN}/es")
    other.get_by_role("button", name="Mark as reviewed").click()
    expect(other.locator("main")).to_contain_text("by eva, in the draft")
    drafted = screen.room.desk.drafted()
    assert drafted.content.catalogs.text("es", MAIN) == "¿Qué pasa?"
    assert drafted.refused == {}


def test_two_people_at_one_text_hear_of_each_other_and_lose_nothing(screen: Screen) -> None:
    ana, ben = screen.page_of("ana"), screen.page_of("ben")
    for page in (ana, ben):
        screen.open(page, f"messages/{MAIN}")
    ben.get_by_label("English", exact=True).fill("What is wrong?")
    ben.get_by_label("No, it says the same in other words").check()
    ben.get_by_role("button", name="Save in the draft").first.click()
    expect(ben.get_by_role("status").first).to_contain_text("Saved in the draft")
    ana.evaluate("dispatchEvent(new Event('focus'))")
    expect(ana.get_by_text("ben changed this")).to_be_visible()
    ana.get_by_label("English", exact=True).fill("What is happening?")
    ana.get_by_label("No, it says the same in other words").check()
    ana.get_by_role("button", name="Save in the draft").first.click()
    expect(ana.get_by_role("heading", level=1)).to_have_text("Two people changed this")
    ana.get_by_label("The text that is to be saved").fill("What is happening or wrong?")
    ana.get_by_role("button", name="Save this text").click()
    expect(ana.get_by_role("status").first).to_contain_text("Saved in the draft")
    assert screen.room.desk.drafted().content.script.messages[MAIN].text == "What is happening or wrong?"
    ana.get_by_role("link", name=re.compile("Put back the text")).last.click()
    expect(ana.get_by_label("English", exact=True)).to_have_value("What is wrong?")
    expect(ana.locator("main")).to_contain_text("It is not saved yet")


def test_a_file_goes_to_a_translator_and_comes_back(screen: Screen, tmp_path: Path) -> None:
    page = screen.page_of("ana", Role.EDITOR)
    screen.open(page, "formats")
    with page.expect_download() as started:
        page.get_by_role("link", name="PO of Haitian Creole").click()
    file = tmp_path / started.value.suggested_filename
    started.value.save_as(file)
    before = screen.room.desk.drafted().content.catalogs.text("ht", MAIN)
    assert before
    file.write_text(file.read_text(encoding="utf-8").replace(before, "Kisa k ap pase?"), encoding="utf-8")
    page.get_by_label("Language", exact=True).select_option(label="Haitian Creole")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What this file changes in Haitian Creole")
    page.get_by_role("button", name="Save the ticked texts").click()
    expect(page.get_by_role("status").first).to_contain_text("1 translation is saved in the draft")
    assert screen.room.desk.drafted().content.catalogs.text("ht", MAIN) == "Kisa k ap pase?"


def pages_of(screen: Screen, page: Page, folder: Path) -> Iterator[str]:
    """Every page here, in the states that look different."""
    room = screen.room
    for name, path in (
        ("list", "messages?topic=ice-at-door"),
        ("list-in-arabic", "messages?topic=ice-at-door&language=ar"),
        ("nothing-found", "messages?q=xyzzy"),
        ("message", f"messages/{DOOR}"),
        ("spoken", "messages/menu.here-now.text.voice"),
        ("of-a-town", "messages/town.new-haven.rule"),
        ("translation", f"messages/{DOOR}/ar"),
        ("formats", "formats"),
    ):
        screen.open(page, path)
        yield name
    room.save(f"text:{MAIN}", {"text": "What “is” happening?", "meaning": "changed"}, by="bo")
    room.save(f"translation:ar:{DOOR}", {"text": "أبقوا الباب مغلقاً.", "of": ""}, by="bo")
    for name, path in (
        ("message-in-the-draft", f"messages/{MAIN}"),
        ("stale", f"messages/{MAIN}/zh"),
        ("list-of-the-draft", "messages?state=changed"),
    ):
        screen.open(page, path)
        yield name
    screen.open(page, f"messages/{MAIN}")
    page.get_by_label("English", exact=True).fill("Call {")
    page.get_by_role("button", name="Save in the draft").first.click()
    page.get_by_role("alert").wait_for()
    yield "refused"
    screen.open(page, f"messages/{MAIN}/ar")
    page.get_by_label("Arabic", exact=True).fill("ماذا يحدث؟")
    room.save(f"translation:ar:{MAIN}", {"text": "ما الأمر؟", "of": "What “is” happening?"}, by="bo")
    page.get_by_role("button", name="Save as a translation of this English").click()
    page.get_by_role("heading", level=1, name="Two people changed this").wait_for()
    yield "conflict"
    screen.open(page, "formats")
    file = folder / "es.po"
    text = page.request.get(f"{screen.console.public_url}/console/formats/es.po").text()
    file.write_text(re.sub(r'msgstr "Más', 'msgstr "Algo más', text), encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Look at the file").click()
    page.get_by_role("heading", level=1, name="What this file changes in Spanish").wait_for()
    yield "upload"


def test_every_page_is_accessible_fits_and_takes_nothing_from_elsewhere(screen: Screen, tmp_path: Path) -> None:
    page, asked = screen.page_of("ana"), set[str]()
    page.on("request", lambda request: asked.add(request.url.split("/console/")[0]))
    pictures = os.environ.get("HOTLINE_PICTURES")
    for name in pages_of(screen, page, tmp_path):
        page.wait_for_load_state("networkidle")
        for width, scheme in SCREENS:
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of Playwright's words
            # What scripts fit to the new width needs a moment.
            page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")
            found = Axe().run(page)
            assert found.violations_count == 0, (name, width, scheme, found.generate_report())
            if pictures:
                page.screenshot(path=Path(pictures) / f"{name}-{width}-{scheme}.png", full_page=True)
    assert asked == {screen.console.public_url}


def test_every_page_works_without_scripts(screen: Screen) -> None:
    operator = screen.console.add("ana", Role.EDITOR)
    token = OperatorSessions(screen.console.redis).begin(operator, screen.console.clock.now())
    browser = screen.context.browser
    assert browser
    with browser.new_context(java_script_enabled=False) as context:
        cookie = {"name": COOKIE[LOCAL], "value": token, "url": screen.console.public_url}
        context.add_cookies([cookie])  # type: ignore[list-item]  # a typed dictionary of Playwright
        page = context.new_page()
        screen.open(page, f"messages/{MAIN}")
        expect(page.get_by_role("region", name="What is wrong, and how it reads")).to_contain_text(
            "1 Immigration agents"
        )
        page.get_by_label("English", exact=True).fill("What is happening?")
        page.get_by_label("No, it says the same in other words").check()
        page.get_by_role("button", name="Save in the draft").first.click()
        expect(page.get_by_role("status").first).to_contain_text("Saved in the draft")
    assert screen.room.desk.drafted().content.script.messages[MAIN].text == "What is happening?"
