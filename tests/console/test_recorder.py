"""The recorder in the browser, in Chromium with a microphone that beeps: recorder.js, microphone.js and wav.js."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hotline.channels.audio.recordings import LONGEST_SECONDS, MOST_BYTES
from hotline.channels.audio.sound import Sound, decoded
from tests.conftest import served
from tests.console.gallery import gallery
from tests.phone.chromium import ARGUMENTS, find_chromium

BEEPING = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
RATE = 12_000
SECOND = 1000
RECORD = re.compile("^Record( again)?$")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def app() -> Flask:
    return gallery()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("The recorder is tested in Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=(*ARGUMENTS, *BEEPING))
        yield found
        found.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(permissions=["microphone"])
    page = context.new_page()
    page.goto(f"{address}/forms")
    yield page
    context.close()


def record(page: Page, milliseconds: int = 2 * SECOND) -> None:
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_text("Recording. Read the text aloud.")).to_be_visible()
    page.wait_for_timeout(milliseconds)
    page.get_by_role("button", name="Stop").click()


def sent(app: Flask) -> Sound:
    return decoded(bytes.fromhex(app.config["POSTED"][-1]["sound"]))


def test_what_was_recorded_is_sent_as_a_file_that_the_line_reads(app: Flask, page: Page) -> None:
    record(page)
    page.get_by_role("button", name="Keep this recording").click()
    page.wait_for_url("**/save")
    sound = sent(app)
    assert sound.rate == RATE
    assert 1.5 < sound.seconds < 8
    assert sound.peak > -30


def test_all_of_it_works_by_keyboard(app: Flask, page: Page) -> None:
    expect(page.get_by_role("button", name=RECORD)).to_be_focused()
    page.keyboard.press("r")
    expect(page.get_by_text("Recording. Read the text aloud.")).to_be_visible()
    page.wait_for_timeout(2 * SECOND)
    page.keyboard.press("r")
    expect(page.get_by_role("button", name="Keep this recording")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.get_by_role("button", name="Listen").press("p")
    expect(page.locator(".recorder audio")).to_have_js_property("paused", value=False)
    page.get_by_role("button", name="Keep this recording").press("Enter")
    page.wait_for_url("**/save")
    assert sent(app).seconds > 1.5


def test_keys_do_nothing_while_somebody_writes_elsewhere(page: Page) -> None:
    page.get_by_label("Name", exact=True).press_sequentially("rpt")
    expect(page.get_by_text("Ready to record")).to_be_visible()


def test_it_can_be_recorded_again(app: Flask, page: Page) -> None:
    record(page, 3 * SECOND)
    expect(page.get_by_text("Listen to it, then keep it or record it again")).to_be_visible()
    record(page, SECOND)
    page.get_by_role("button", name="Keep this recording").click()
    page.wait_for_url("**/save")
    assert sent(app).seconds < 2.9


def test_the_meter_moves_and_nothing_can_be_kept_meanwhile(page: Page) -> None:
    page.get_by_role("button", name=RECORD).click()
    expect(page.locator(".recorder meter")).not_to_have_js_property("value", value=0)
    expect(page.get_by_role("button", name="Keep this recording")).to_be_disabled()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator(".recorder meter")).to_be_hidden()
    expect(page.get_by_role("button", name="Keep this recording")).to_be_enabled()


def test_it_stops_by_itself_when_it_is_long_enough(app: Flask, page: Page, address: str) -> None:
    page.route(
        "**/forms",
        lambda route: route.fulfill(
            response=(got := route.fetch()), body=got.text().replace('data-seconds="150"', 'data-seconds="1"')
        ),
    )
    page.goto(f"{address}/forms")
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_text("Listen to it, then keep it or record it again")).to_be_visible()
    page.get_by_role("button", name="Keep this recording").click()
    page.wait_for_url("**/save")
    assert sent(app).seconds == pytest.approx(1, abs=0.05)


def test_a_file_that_was_chosen_can_be_heard_before_it_is_kept(page: Page) -> None:
    page.get_by_label("Recording").set_input_files({"name": "door.wav", "mimeType": "audio/wav", "buffer": b"RIFF"})
    expect(page.get_by_label("What you recorded")).to_be_visible()
    expect(page.get_by_role("button", name="Record again")).to_be_visible()


@pytest.mark.parametrize(
    ("error", "words"),
    [("NotAllowedError", "Allow it"), ("NotFoundError", "No microphone"), ("OddError", "Choose a file")],
)
def test_without_a_microphone_it_says_what_to_do(page: Page, error: str, words: str) -> None:
    page.evaluate(
        "name => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name)); }", error
    )
    page.get_by_role("button", name=RECORD).click()
    expect(page.get_by_role("status").get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name=RECORD)).to_be_enabled()


def test_silence_is_said_to_be_silence(page: Page) -> None:
    page.evaluate(
        """() => { navigator.mediaDevices.getUserMedia = async () => {
          const context = new AudioContext();
          return context.createMediaStreamDestination().stream;
        }; }"""
    )
    record(page, SECOND)
    expect(page.get_by_text("Hardly anything was heard")).to_be_visible()


@pytest.mark.parametrize(("hertz", "is_heard"), [(440, True), (3000, True), (7000, False), (11_000, False)])
def test_the_lower_rate_carries_speech_and_no_false_tones(page: Page, hertz: int, is_heard: bool) -> None:  # noqa: FBT001 - a table of cases
    made: list[float] = page.evaluate(
        """async hertz => {
          const { resampled } = await import("/console/static/wav.js");
          const tone = Float32Array.from({length: 48000}, (_, at) => Math.sin(2 * Math.PI * hertz * at / 48000));
          return [...resampled(tone, 48000)];
        }""",
        hertz,
    )
    loudness = float(np.sqrt(np.mean(np.square(made[RATE // 4 : -RATE // 4]))))
    assert len(made) == RATE
    assert loudness == pytest.approx(2**-0.5, rel=0.05) if is_heard else loudness < 0.01


def test_the_longest_recording_is_no_larger_than_the_line_takes(page: Page) -> None:
    size: Any = page.evaluate(
        """async seconds => {
          const { RATE, wavOf } = await import("/console/static/wav.js");
          return wavOf(new Float32Array(seconds * RATE), RATE).size;
        }""",
        LONGEST_SECONDS,
    )
    assert size < MOST_BYTES


def test_what_is_too_loud_is_clipped_and_not_turned_over(page: Page) -> None:
    bytes_: list[int] = page.evaluate(
        """async () => {
          const { wavOf } = await import("/console/static/wav.js");
          return [...new Uint8Array(await wavOf(Float32Array.of(2, -2, 0.5), 12000).arrayBuffer())];
        }"""
    )
    assert decoded(bytes(bytes_)).samples == pytest.approx([1, -1, 0.5], abs=1e-3)
