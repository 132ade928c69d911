"""The public pages in a real Chromium: readable for everybody, alone in the world, on paper and without internet."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no type hints
from flask import Flask
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hotline.app import create_app
from hotline.public.pages import ALL, path_of
from hotline.script.loader import load_script
from hotline.settings import Identity
from tests.conftest import NOW, served, settings_for
from tests.phone.chromium import ARGUMENTS, find_chromium

NEEDS_CHROMIUM = "The public pages are tested in Chromium: apt-get install chromium"
# A long name, as legal-aid organisations have them.
IDENTITY = Identity(
    "+12035550100", "Connecticut Association for the Legal Rights of Immigrant Families", "https://line.example.org/ask"
)
LANGUAGES = tuple(load_script().languages)
LETTER_POINTS = (612, 792)

pytestmark = pytest.mark.slow


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


@pytest.fixture(scope="module")
def app(redis_url: str) -> Flask:
    return create_app(settings_for(redis_url, identity=IDENTITY), now=lambda: NOW)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as address:
        yield address


def opened(page: Page, address: str) -> list[str]:
    """What the page complains of, and what it asks of other hosts."""
    complaints: list[str] = []
    host = urlsplit(address).netloc
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if urlsplit(asked.url).netloc != host else None)
    page.goto(address)
    return complaints


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_readable_for_everybody(browser: Browser, address: str, language: str) -> None:
    for number, page_name in enumerate(ALL, LANGUAGES.index(language)):
        scheme: Literal["light", "dark"] = "dark" if number % 2 else "light"
        with browser.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme) as context:
            page = context.new_page()
            assert opened(page, address + path_of(page_name, language)) == []
            found = Axe().run(page)
            assert found.violations_count == 0, (page_name, found.generate_report())
            for width in (360, 1280):
                page.set_viewport_size({"width": width, "height": 740})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (page_name, width)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page_name", ["flyer", "card"])
def test_it_prints_on_one_sheet_of_letter_paper(browser: Browser, address: str, language: str, page_name: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(address + path_of(page_name, language))
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        box = re.search(rb"/MediaBox\s*\[([^\]]*)\]", printed)
        assert box
        assert tuple(round(float(side)) for side in box[1].split()[2:]) == LETTER_POINTS


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_of_the_flyer_is_cut_off(browser: Browser, address: str, language: str) -> None:
    with browser.new_context(viewport={"width": 720, "height": 960}) as context:
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(address + path_of("flyer", language))
        for part in (".sheet", ".strips li", ".strips span"):
            cut = page.evaluate(
                "part => [...document.querySelectorAll(part)].filter(one => one.scrollHeight > one.clientHeight + 1"
                " || one.scrollWidth > one.clientWidth + 1).length",
                part,
            )
            assert not cut, part


def test_the_card_opens_without_the_server_once_it_was_opened(browser: Browser, app: Flask) -> None:
    with browser.new_context(viewport={"width": 360, "height": 740}) as context:
        page = context.new_page()
        with served(app) as address:
            page.goto(f"{address}/card/ht")
            expect(page.get_by_text("Li louvri san entènèt.")).to_be_visible()
        page.goto(f"{address}/card/ht")
        expect(page.get_by_text("I do not consent to you coming in.")).to_be_visible()
        expect(page.get_by_text("Mwen vle pale ak yon avoka.")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.querySelector('.card ol')).display") == "grid"


def test_a_card_that_is_kept_still_says_what_the_line_says_today(browser: Browser, app: Flask) -> None:
    with served(app) as address, browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/card/es")
        expect(page.get_by_text("Se abre sin internet.")).to_be_visible()
        page.evaluate(
            "async path => (await caches.open('cards'))"
            ".put(path, new Response('old', {headers: {'Content-Type': 'text/html'}}))",
            f"{address}/card/es",
        )
        page.goto(f"{address}/card/es")
        expect(page.get_by_text("I want to talk to a lawyer.")).to_be_visible()


def test_without_scripts_a_page_says_all_but_what_needs_them(browser: Browser, address: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(f"{address}/card/es")
        expect(page.get_by_text("I want to talk to a lawyer.")).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(0)
        expect(page.get_by_text("Se abre sin internet.")).to_be_hidden()


def test_a_page_is_complete_without_a_mouse(browser: Browser, address: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{address}/en")
        page.get_by_text("At work", exact=True).press("Enter")
        expect(page.get_by_text("Ask for a lawyer").last).to_be_visible()
