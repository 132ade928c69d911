"""The frame of the console's pages: what every macro writes, and how the pages look and work in Chromium."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it has no type hints
from flask import Flask, render_template
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hotline.script.organisations import CONNECTICUT
from tests.conftest import served
from tests.console.gallery import ARABIC, CHIPS, NAVIGATION, NOW, TONGUES, Person, gallery
from tests.phone.chromium import ARGUMENTS, find_chromium

STATIC = Path("hotline/console/static")
READ = ("/", "/forms", "/lists", "/long", "/plain", "/problem", "/progress-page?slow", "/console/help")
WIDTHS = (360, 768, 1280)
HOSTILE = "\"'><script>alert(1)</script>"
# WCAG 2.2, success criterion 2.5.8.
TOUCHABLE = 24


class Tags(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture(scope="module")
def app() -> Flask:
    return gallery()


@pytest.fixture
def ui(app: Flask) -> Iterator[Any]:
    """The macros; they are Jinja's, and have no types."""
    with app.test_request_context():
        yield app.jinja_env.get_template("console/macros.html").module


def page_of(app: Flask, path: str) -> str:
    answer = app.test_client().get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def words_in(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


@pytest.mark.parametrize("path", READ)
def test_no_page_has_a_script_or_a_style_of_its_own(app: Flask, path: str) -> None:
    tags = Tags(page_of(app, path))
    assert not [name for _, attributes in tags.found for name in attributes if name == "style" or name.startswith("on")]
    assert not tags.of("style")
    assert all(script.get("src", "").startswith("/console/static/") for script in tags.of("script"))  # type: ignore[union-attr]  # None fails as well


@pytest.mark.parametrize("path", READ)
def test_every_page_has_one_heading_and_one_main_part_that_can_be_skipped_to(app: Flask, path: str) -> None:
    tags = Tags(page_of(app, path))
    assert len(tags.of("h1")) == len(tags.of("main")) == 1
    assert tags.of("a")[0]["href"] == f"#{tags.of('main')[0]['id']}"


@pytest.mark.parametrize("path", READ)
def test_every_form_that_posts_carries_a_token_and_no_id_stands_twice(app: Flask, path: str) -> None:
    tags = Tags(page_of(app, path))
    posting = [form for form in tags.of("form") if form.get("method") == "post"]
    tokens = [field for field in tags.of("input") if field.get("name") == "csrf_token"]
    assert len(tokens) == len(posting)
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["/plain", "/problem"])
def test_a_page_without_anybody_signed_in_has_no_navigation_and_no_draft(app: Flask, path: str) -> None:
    html = page_of(app, path)
    assert not Tags(html).of("nav")
    assert "draft" not in html
    assert "Live:" not in html


def test_somebody_signed_in_finds_the_account_where_nothing_else_is_known(app: Flask) -> None:
    with app.test_request_context("/plain"):
        html = render_template("plain.html", operator=Person("ana", "admin"))
    assert [link["href"] for link in Tags(html).of("a")] == ["#content", "/console/account", "/console/operators"]


def test_before_anything_is_published_the_frame_says_so(app: Flask) -> None:
    with app.test_request_context("/plain"):
        html = render_template("plain.html", operator=Person("ana", "editor"), navigation=NAVIGATION, draft_count=1)
    assert "Live: what came with the hotline" in words_in(html)
    assert "1 change in the draft: nobody hears it yet" in words_in(html)


def test_the_frame_says_what_is_live_and_how_much_waits_in_the_draft(app: Flask) -> None:
    words = words_in(page_of(app, "/lists"))
    assert "Live: release 12, today 4:02 pm by ana" in words
    assert "3 changes in the draft" in words


def test_the_navigation_marks_where_somebody_is(app: Flask) -> None:
    marked = [link for link in Tags(page_of(app, "/")).of("a") if link.get("aria-current")]
    assert [link["href"] for link in marked] == ["/console/overview"]


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (timedelta(minutes=3), "today 4:02 pm"),
        (timedelta(hours=16, minutes=5), "today 12:00 am"),
        (timedelta(hours=17), "yesterday 11:05 pm"),
        (timedelta(days=9), "Nov 14, 4:05 pm"),
        (timedelta(days=400), "Oct 19, 2025, 4:05 pm"),
        (-timedelta(days=2), "Nov 25, 4:05 pm"),
    ],
)
def test_a_time_is_said_as_people_say_it(ui: Any, ago: timedelta, said: str) -> None:
    assert words_in(ui.when(NOW - ago, NOW)) == said


def test_a_time_is_said_by_the_clock_of_whoever_reads_it(ui: Any) -> None:
    later = datetime.fromisoformat("2026-11-24T02:30:00+00:00")
    assert words_in(ui.when(later, lambda: NOW)) == "today 9:30 pm"
    assert words_in(ui.when(later.astimezone(CONNECTICUT))) == "Nov 23, 2026, 9:30 pm"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Call {phone.referral_line}.", "Call [phone number of Referral line 1-800-798-0671]."),
        ("{count} towns", "[a number] towns"),
        ("{name.legal_aid}", "[legal aid]"),
        ("{town}", "[town]"),
        ("a { brace }", "a { brace }"),
        ("a } brace {", "a } brace {"),
        ("{{town}}", "{[town]}"),
        ("{a{town}", "{a[town]"),
        ("{}", "{}"),
        ("", ""),
    ],
)
def test_what_is_filled_in_is_no_text(ui: Any, text: str, read: str) -> None:
    assert words_in(ui.words(text, None, CHIPS)) == read


def test_a_text_says_its_language_and_direction(ui: Any) -> None:
    for written in (ui.words(ARABIC, TONGUES["ar"]), ui.text(ARABIC, TONGUES["ar"]), ui.bubble(ARABIC, TONGUES["ar"])):
        assert 'lang="ar" dir="rtl"' in written


def test_a_difference_marks_words_for_those_who_see_no_colour(ui: Any) -> None:
    drawn = ui.diff([("same", "You "), ("deleted", "can"), ("inserted", "may {town}"), ("same", " go.")])
    assert "<del>can</del><ins>may <span" in drawn


def test_a_field_is_described_by_its_hint_and_its_error(ui: Any) -> None:
    drawn = ui.field("days", "Days", hint="At most 14.", error="Write a number.")
    (field,) = Tags(drawn).of("input")
    assert field["aria-describedby"] == "field-days-hint field-days-error"
    assert field["aria-invalid"] == "true"
    assert {one.get("id") for one in Tags(drawn).of("p")} == {"field-days-hint", "field-days-error"}


def test_a_password_is_never_shown_again(ui: Any) -> None:
    assert "secret" not in ui.field("password", "Password", "secret", type="password")


def test_a_text_that_begins_with_an_empty_line_keeps_it(ui: Any) -> None:
    """A browser drops the first line break within a textarea."""
    assert ">\n\nfirst" in ui.textarea("text", "Text", "\nfirst")
    assert ">\n\nfirst" in ui.editor("text", "Text", "\nfirst")


@pytest.mark.parametrize(
    ("dollars", "read"), [(0.0083, "$0.0083"), (0.1, "$0.10"), (24.9, "$24.90"), (12345, "$12,345.00"), (0, "$0.00")]
)
def test_a_price_is_read_to_the_digits_that_matter(ui: Any, dollars: float, read: str) -> None:
    assert words_in(ui.money(dollars)) == read


def test_every_state_has_a_word_and_a_shape_of_its_own(ui: Any) -> None:
    styles = (STATIC / "console.css").read_text()
    shaped = set(re.findall(r'\.shape\[data-kind="(\w+)"\]', styles))
    assert set(ui.state_words) - shaped == {"current"}, (
        "what is current is a full circle, as every shape without a kind"
    )
    assert len(set(ui.state_words.values())) == len(ui.state_words)


# What a page could hand to a macro's parameter, by its name, with markup in it; all others are words.
HOSTILE_VALUES: dict[str, object] = {
    "language": SimpleNamespace(code=HOSTILE, direction=HOSTILE),
    "chips": {
        HOSTILE: HOSTILE,
        "town": HOSTILE,
        "phone.x": SimpleNamespace(kind=HOSTILE, name=HOSTILE, value=HOSTILE),
    },
    "options": [(HOSTILE, HOSTILE, HOSTILE)],
    "words": [("inserted", HOSTILE), ("deleted", HOSTILE), (HOSTILE, HOSTILE)],
    "segments": SimpleNamespace(count=HOSTILE, encoding=HOSTILE, room=HOSTILE),
    "attrs": {"title": HOSTILE},
    **{name: [(HOSTILE, HOSTILE)] for name in ("states", "kinds")},
    **{name: {HOSTILE: HOSTILE} for name in ("errors", "fields")},
    **{name: [HOSTILE] for name in ("columns", "problems", "values", "chosen")},
    **dict.fromkeys(("at", "date", "now"), NOW),
    **dict.fromkeys(("price", "thousand", "dollars", "share", "rows", "most"), 1),
}
# Their parameter of this name is a text, not pieces of one.
OF_A_TEXT = {("words", "text"), ("tab", "words"), ("fact", "words"), ("costs", "segments")}


def test_no_macro_lets_markup_through(ui: Any) -> None:
    macros = [macro for macro in vars(ui).values() if type(macro).__name__ == "Macro"]
    assert len(macros) > 60
    for macro in macros:
        values = {name: HOSTILE_VALUES.get(name, HOSTILE) for name in macro.arguments}
        values |= {name: HOSTILE for of, name in OF_A_TEXT if of == macro.name}
        values |= {"options": [(HOSTILE, HOSTILE)]} if macro.name == "select" else {}
        values |= {"caller": lambda: ""} if macro.caller else {}
        assert "<script>" not in macro(**values), macro.name


def test_modules_know_only_each_other() -> None:
    for module in STATIC.glob("*.js"):
        source = module.read_text()
        assert not re.search(r"https?://", source), module
        for other in re.findall(r'(?:from|import|URL\()\s*"(\./[^"]+)"', source):
            assert (STATIC / other).is_file(), f"{module} imports {other}"


# In Chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("The frame is looked at in Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    with served(app) as found:
        yield found


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Any]:
    """Opens a page of the gallery in a window of its own; what a browser complains of fails the test."""
    complaints: list[str] = []
    opened: list[Page] = []

    def open_at(path: str, width: int = 1280, **options: Any) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800}, reduced_motion="reduce", **options)
        page.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}{path}")
        opened.append(page)
        return page

    yield open_at
    for page in opened:
        page.close()
    assert not complaints


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
@pytest.mark.parametrize("path", READ)
def test_axe_finds_nothing(open_page: Any, path: str, width: int, scheme: str) -> None:
    page = open_page(path, width, color_scheme=scheme)
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    assert not [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]


@pytest.mark.slow
@pytest.mark.parametrize("path", READ)
def test_no_page_scrolls_sideways(open_page: Any, path: str) -> None:
    page = open_page(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
@pytest.mark.parametrize("path", READ)
def test_everything_can_be_hit_with_a_finger(open_page: Any, path: str) -> None:
    page = open_page(path, 360)
    small = page.evaluate(
        """least => [...document.querySelectorAll("button, input:not([type=hidden]), select, textarea, summary, nav a")]
          .filter(one => one.checkVisibility())
          .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
          .filter(([, box]) => Math.min(box.width, box.height) < least && box.height > 0)
          .map(([html, box]) => `${html} ${box.width}x${box.height}`)""",
        TOUCHABLE - 2,
    )
    assert not small


@pytest.mark.slow
def test_the_first_tab_leads_past_the_navigation(open_page: Any) -> None:
    page = open_page("/lists")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="To the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("navigation", name="Show").get_by_role("link").first).to_be_focused()


@pytest.mark.slow
def test_on_a_phone_the_menu_opens_and_closes_by_keyboard(open_page: Any) -> None:
    page = open_page("/", 360)
    messages = page.get_by_role("link", name="Messages", exact=True)
    expect(messages).to_be_hidden()
    page.get_by_role("button", name="Menu").press("Enter")
    expect(messages).to_be_visible()
    page.keyboard.press("Escape")
    expect(messages).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()


@pytest.mark.slow
def test_wide_pages_show_the_navigation_without_a_menu(open_page: Any) -> None:
    page = open_page("/", 768)
    expect(page.get_by_role("link", name="Draft & releases")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()


@pytest.mark.slow
def test_the_account_menu_says_who_is_signed_in(open_page: Any) -> None:
    page = open_page("/")
    page.get_by_role("button", name="Your account: ana").click()
    expect(page.get_by_text("reviewer")).to_be_visible()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.get_by_role("link", name="Operators")).to_have_count(0)


@pytest.mark.slow
def test_what_has_the_focus_is_never_behind_the_bar_of_the_draft(open_page: Any) -> None:
    page = open_page("/forms", 360)
    bar = page.get_by_role("complementary", name="The draft")
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden = page.evaluate(
            """bar => {
              const one = document.activeElement.getBoundingClientRect(), over = bar.getBoundingClientRect();
              return !bar.contains(document.activeElement) && document.activeElement !== document.body
                && one.top >= over.top && one.bottom <= over.bottom && document.activeElement.outerHTML;
            }""",
            bar.element_handle(),
        )
        assert not hidden


@pytest.mark.slow
def test_forced_colours_keep_the_shapes_of_states(open_page: Any) -> None:
    page = open_page("/", forced_colors="active")
    shape = page.locator(".state .shape[data-kind=stale]").first
    canvas = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert shape.evaluate("one => getComputedStyle(one).backgroundColor") != canvas


@pytest.mark.slow
def test_paper_has_the_content_alone(open_page: Any) -> None:
    page = open_page("/lists")
    page.emulate_media(media="print")
    expect(page.get_by_role("heading", name="Messages")).to_be_visible()
    for hidden in (page.locator(".navigation"), page.locator(".draft-bar"), page.locator(".pages")):
        expect(hidden).to_be_hidden()


@pytest.mark.slow
def test_tables_are_cards_on_a_phone_that_still_say_their_headings(open_page: Any) -> None:
    page = open_page("/lists", 360)
    cell = page.get_by_role("table", name="Organisations").locator("td").first
    assert "Hours" in cell.evaluate("one => getComputedStyle(one, '::before').content")
    first, second = (page.locator(".table tbody tr").nth(place).bounding_box() for place in (0, 1))
    assert first
    assert second
    assert second["y"] > first["y"] + first["height"]


@pytest.mark.slow
def test_the_heads_of_a_matrix_stay_in_sight(open_page: Any) -> None:
    page = open_page("/lists", 360)
    row = page.get_by_role("rowheader", name="Español es")
    place = row.evaluate("one => one.getBoundingClientRect().left")
    page.locator(".matrix-box").evaluate("box => { box.scrollLeft = 900; }")
    assert row.evaluate("one => one.getBoundingClientRect().left") == place


@pytest.mark.slow
def test_progress_is_shown_until_it_is_done_and_leads_on(open_page: Any, address: str) -> None:
    page = open_page("/progress-page")
    expect(page.get_by_role("progressbar", name="Publishing")).to_be_visible()
    page.wait_for_url(f"{address}/plain")


@pytest.mark.slow
def test_without_javascript_progress_is_loaded_anew(open_page: Any) -> None:
    page = open_page("/progress-page", java_script_enabled=False)
    assert page.locator("meta[http-equiv=refresh]").get_attribute("content") == "3"


@pytest.mark.slow
def test_a_page_tells_when_somebody_else_changed_the_same(open_page: Any) -> None:
    page = open_page("/forms")
    expect(page.get_by_text("ben changed this")).to_have_count(0)
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.get_by_role("status").get_by_text("ben changed this 2 minutes ago")).to_be_visible()
