"""Makes the pictures of the README: `make pictures`."""

from __future__ import annotations

import re
from base64 import b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from hotline.app import create_app
from hotline.demo import add_phone, console_lines, demo_settings
from hotline.store.connection import open_store
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
        store = open_store(settings.redis_url, settings.redis_data)
        app = create_app(settings, store=store, now=lambda: NOW)
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
                picture_of_pages(page, address, PICTURES / "pages.png")
                sign_in(page, console_lines(settings, store.client))
                edit(page, f"{address}/console/messages/topic.trust-act.first")
                page.screenshot(path=PICTURES / "console.png")
                browser.close()
        finally:
            EmbeddedServer(settings.redis_data).stop()
    written = ", ".join(str(PICTURES / name) for name in ("phone.png", "pages.png", "console.png"))
    print(f"Written: {written}")  # noqa: T201 - a command's answer


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


def picture_of_pages(page: Page, address: str, file: Path) -> None:
    """The front page as on a screen, and beside it the card as on a phone."""
    seen = []
    for path, width in (("en", 940), ("card/es", 340)):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.goto(f"{address}/{path}")
        seen.append(b64encode(page.screenshot()).decode())
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    images = "".join(f'<img src="data:image/png;base64,{one}" alt="">' for one in seen)
    page.goto("about:blank")
    page.set_content(f'<body style="margin: 0; display: flex; background: #dcd8cf">{images}')
    page.screenshot(path=file)


def sign_in(page: Page, announced: str) -> None:
    """As the demo says how."""
    found = re.search(r"(?P<console>http\S+) \(sign in as (?P<name>\S+), password (?P<password>\S+)\)", announced)
    assert found, announced
    page.goto(found["console"])
    page.get_by_label("Name").fill(found["name"])
    page.get_by_label("Password").fill(found["password"])
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_title(re.compile("Overview"))


def edit(page: Page, address: str) -> None:
    """What an operator sees who writes that a court has decided."""
    page.goto(address)
    page.get_by_label("English", exact=True).fill(
        "A court has blocked the state's Trust Act. Police may now ask you about your status. You can stay silent. "
        "Ask for a lawyer."
    )
    page.get_by_label("Yes, it says something else now").check()
    expect(page.locator("#checks")).to_contain_text("A court has blocked")


if __name__ == "__main__":
    main()
