"""Recordings and examples in a real Chromium with a microphone that hears beeps, at a real server."""

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

from hotline.channels.audio.sound import decoded
from hotline.console import examples, recordings
from hotline.releases.changes import recording_path
from hotline.store.connection import RedisClient
from hotline.store.operator_sessions import OperatorSessions
from tests.conftest import served
from tests.console import newsroom
from tests.console.newsroom import Newsroom, console_of, newsroom_at, wait_until
from tests.console.signing import COOKIE, LOCAL, Console
from tests.console.test_recordings import sound
from tests.phone.chromium import ARGUMENTS, find_chromium

NEEDS_CHROMIUM = "The console is tested in Chromium: apt-get install chromium"
FAKE_MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
NEW = "unos tipos de verde tocan en lo de mi tia"

pytestmark = pytest.mark.slow


@dataclass
class Screen:
    page: Page
    room: Newsroom
    console: Console

    def open(self, path: str) -> None:
        self.page.goto(f"{self.console.public_url}/console/{path}")

    def recorded(self) -> list[str]:
        """The digests of what is recorded in the draft in Haitian Creole."""
        changes = self.room.desk.drafts.read().changes
        return [change.key.rpartition(":")[2] for change in changes if change.key.startswith("recording:ht:")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NEEDS_CHROMIUM)
        pytest.skip(NEEDS_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *FAKE_MICROPHONE])
        yield browser
        browser.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@pytest.fixture
def screen(browser: Browser, redis: RedisClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Screen]:
    """ana is signed in; nothing that the browser complains of is let pass."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(newsroom, "AREAS", tuple({*newsroom.AREAS, recordings, examples}))
    monkeypatch.setitem(COOKIE, url, COOKIE[LOCAL])
    room = newsroom_at(redis, tmp_path)
    room = replace(room, desk=replace(room.desk, settings=replace(room.desk.settings, public_url=url)))
    console = console_of(room)
    console.app.context_processor(lambda: {"now": room.desk.now()})
    token = OperatorSessions(redis).begin(console.add("ana"), console.clock.now())
    complaints: list[str] = []
    with served(console.app, port), browser.new_context() as context:
        context.add_cookies([{"name": COOKIE[url], "value": token, "url": url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield Screen(page, room, console)
    # That an answer was no success is what some tests are about.
    assert [complaint for complaint in complaints if "Failed to load resource" not in complaint] == []


def test_a_volunteer_reads_through_a_language_with_the_keyboard_alone(screen: Screen) -> None:
    page = screen.page
    screen.open("recordings/ht")
    page.get_by_role("link", name="Record the next one").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Read this aloud")
    for number in (1, 2):
        expect(page.locator("main")).to_contain_text(re.compile(rf"{number} of \d{{3}}\."))
        page.keyboard.press("r")
        expect(page.get_by_text("Recording. Read the text aloud.")).to_be_visible()
        page.wait_for_timeout(1500)
        page.keyboard.press("r")
        expect(page.get_by_text("Listen to it, then keep it or record it again")).to_be_visible()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").first).to_contain_text(re.compile(rf"{number} of \d{{3}} are recorded\."))
    assert len(screen.recorded()) == 2
    kept = decoded(screen.room.desk.drafted().files[recording_path("ht", screen.recorded()[0])])
    assert kept.seconds > 0.5
    assert kept.level > -30


def test_a_file_is_kept_without_a_microphone_and_heard_again(screen: Screen, tmp_path: Path) -> None:
    page, file = screen.page, tmp_path / "take.wav"
    file.write_bytes(sound(2.0))
    screen.open("recordings/ht/next")
    address = page.url
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Keep and go on").click()
    expect(page.get_by_role("status").first).to_contain_text("Kept in the draft.")
    page.goto(address)
    audio = page.get_by_label("Listen to the recording")
    audio.evaluate("audio => audio.play()")
    wait_until(lambda: bool(audio.evaluate("audio => audio.duration > 1.5")))


def test_what_is_no_sound_is_said_beside_the_field(screen: Screen, tmp_path: Path) -> None:
    page, file = screen.page, tmp_path / "take.wav"
    file.write_bytes(b"no sound at all")
    screen.open("recordings/ht/next")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Keep and go on").click()
    expect(page.locator("main")).to_contain_text("This is no sound that can be read; WAV, FLAC, OGG and MP3 can.")


def test_examples_are_added_tried_and_undone(screen: Screen) -> None:
    page = screen.page
    screen.open("examples")
    page.get_by_role("link", name="Español").click()
    page.get_by_label("What these texts are about").select_option(label="At my home")
    page.get_by_label("Texts, one on each line").fill(f"{NEW}\nllego la del chaleco")
    page.get_by_role("button", name="Add to the draft").click()
    expect(page.get_by_role("status").first).to_contain_text("Added to the draft: 2 texts.")
    page.get_by_role("link", name="What does the line understand?").click()
    page.get_by_label("Texts, one on each line").fill(NEW)
    page.get_by_role("button", name="Try", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("not learned yet")
    screen.open("examples/es?topic=ice-at-door")
    page.get_by_role("button", name=f"Undo: {NEW}").click()
    expect(page.get_by_role("status").first).to_contain_text("as it is live")
    assert len(screen.room.desk.drafts.read().changes) == 1


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_every_page_can_be_used_by_everybody(screen: Screen, width: int, scheme: str) -> None:
    page = screen.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
    screen.open("recordings/ar/next")
    one = page.url.rpartition("/console/")[2]
    screen.open("examples/ar")
    example = page.locator(".row-title a").first.get_attribute("href") or ""
    for path in (
        "recordings",
        "recordings/ar",
        one,
        "examples",
        "examples/ar",
        example.removeprefix("/console/"),
        "examples/try",
    ):
        screen.open(path)
        page.wait_for_load_state("networkidle")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
