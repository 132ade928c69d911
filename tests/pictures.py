"""Makes the pictures of the README: `make pictures`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from hotline.app import create_app
from hotline.demo import add_phone, demo_settings
from hotline.store.embedded import EmbeddedServer
from tests.conftest import NOW, served
from tests.phone.chromium import ARGUMENTS, find_chromium

PICTURES = Path(".pictures")
WIDTH, HEIGHT = 1280, 860
KEYS_LIT_MILLISECONDS = 800


def main() -> None:
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("The pictures need Chromium: apt-get install chromium")
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, sync_playwright() as playwright:
        settings = demo_settings(Path(folder), port=None, workers=1)
        app = create_app(settings, now=lambda: NOW)
        add_phone(app, settings)
        try:
            with served(app, settings.port) as address:
                browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
                page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
                page.goto(f"{address}/phone/")
                talk(page)
                # The keys that were pressed stay lit for a moment.
                page.wait_for_timeout(KEYS_LIT_MILLISECONDS)
                page.screenshot(path=PICTURES / "phone.png")
                browser.close()
        finally:
            EmbeddedServer(settings.redis_data).stop()
    print(f"Written: {PICTURES / 'phone.png'}")  # noqa: T201 - a command's answer


def talk(page: Page) -> None:
    """A text about agents at the door, and the same by phone."""
    page.get_by_label("Resident’s number").fill("+1 203 555 0123")
    page.get_by_label("Text to the line").fill("la migra esta tocando la puerta")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log", name="Text thread")).to_contain_text("JUEZ")
    page.get_by_role("button", name="Call", exact=True).click()
    keypad = page.get_by_role("group", name="Keypad")
    heard = page.get_by_role("log", name="What is said")
    for key, answer in (("2", "no es del gobierno"), ("1", "¿Dónde está usted?")):
        keypad.get_by_role("button", name=key, exact=True).click()
        expect(heard).to_contain_text(answer)


if __name__ == "__main__":
    main()
