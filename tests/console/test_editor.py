"""The editor of a text, in Chromium: editor.js, checks.js, guard.js and placeholders.js."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, Route, expect, sync_playwright

from tests.conftest import served
from tests.console.gallery import ARABIC, ENGLISH, gallery
from tests.phone.chromium import ARGUMENTS, find_chromium

PLACEHOLDER = "{phone.referral_line}"
PAUSE = 600

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def app() -> Flask:
    return gallery()


@pytest.fixture(scope="module")
def window(app: Flask) -> Iterator[BrowserContext]:
    chromium = find_chromium()
    if chromium is None:
        pytest.skip("The editor is tested in Chromium: apt-get install chromium")
    with served(app) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser.new_context(base_url=address)
        browser.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    page = window.new_page()
    page.goto("/forms")
    yield page
    page.close()


@pytest.fixture
def field(page: Page) -> Locator:
    return page.get_by_label("Text in English")


def put(field: Locator, text: str) -> None:
    """Writes a text as if it had been typed, with a caret where it has a |."""
    field.fill(text.replace("|", ""))
    caret = text.index("|")
    field.evaluate("(one, place) => one.setSelectionRange(place, place)", caret)
    settled(field)


def settled(field: Locator) -> None:
    """The browser tells of a moved caret only after a moment."""
    field.evaluate("() => new Promise(over => requestAnimationFrame(() => setTimeout(over, 20)))")


def has(field: Locator) -> str:
    settled(field)
    text: str = field.input_value()
    start, end = field.evaluate("one => [one.selectionStart, one.selectionEnd]")
    marked = f"<{text[start:end]}>" if end > start else "|"
    return text[:start] + marked + text[end:]


@pytest.mark.parametrize(
    ("before", "keys", "after"),
    [
        ("Call {phone.x}| now", ["Backspace"], "Call | now"),
        ("Call |{phone.x} now", ["Delete"], "Call | now"),
        ("Call {phone.x}| now", ["Control+Backspace"], "Call | now"),
        ("Call |{phone.x} now", ["Control+Delete"], "Call | now"),
        ("Call {phone.x} |now", ["Backspace"], "Call {phone.x}|now"),
        ("Call {phone.x}| now", ["ArrowLeft"], "Call |{phone.x} now"),
        ("Call |{phone.x} now", ["ArrowRight"], "Call {phone.x}| now"),
        ("Call |{phone.x} now", ["ArrowRight", "a"], "Call {phone.x}a| now"),
        ("Call {phone.x}| now", ["Shift+ArrowLeft"], "Call <{phone.x}> now"),
        ("Call {phone.x}| now", ["Shift+ArrowLeft", "Shift+ArrowRight"], "Call {phone.x}| now"),
        ("Call |{phone.x} now", ["Shift+ArrowRight", "b"], "Call b| now"),
        ("{a}|{b}", ["Backspace"], "|{b}"),
        ("{a}|{b}", ["Delete"], "{a}|"),
        ("Call {phone.x|", ["}", "Backspace"], "Call |"),
        ("a {b c|", ["Backspace"], "a {b |"),
    ],
)
def test_a_placeholder_is_whole_or_not_there(field: Locator, before: str, keys: list[str], after: str) -> None:
    put(field, before)
    for key in keys:
        field.press(key)
        settled(field)
    assert has(field) == after


@pytest.mark.parametrize(("place", "moved"), [(3, 2), (4, 2), (8, 9)])
def test_a_caret_within_a_placeholder_goes_to_its_nearer_edge(field: Locator, place: int, moved: int) -> None:
    put(field, "a {count}| b")
    put(field, "a {count} b|")
    field.evaluate("(one, place) => one.setSelectionRange(place, place)", place)
    settled(field)
    assert field.evaluate("one => one.selectionStart") == moved


def test_typing_where_somebody_clicked_into_a_placeholder_stands_beside_it(page: Page, field: Locator) -> None:
    put(field, "{phone.referral_line}|")
    box = field.bounding_box()
    assert box
    page.mouse.click(box["x"] + 60, box["y"] + 24)
    settled(field)
    page.keyboard.type("xy")
    assert has(field) in {"xy|{phone.referral_line}", "{phone.referral_line}xy|"}


def test_a_selection_that_was_dragged_takes_placeholders_whole(page: Page, field: Locator) -> None:
    put(field, "Call {phone.referral_line} now|")
    box = field.bounding_box()
    assert box
    page.mouse.move(box["x"] + 24, box["y"] + 24)
    page.mouse.down()
    page.mouse.move(box["x"] + 120, box["y"] + 24, steps=4)
    page.mouse.up()
    settled(field)
    assert has(field).endswith("{phone.referral_line}> now")


def test_text_dropped_or_corrected_into_a_placeholder_stands_after_it(field: Locator) -> None:
    put(field, "a {count}| b")
    field.evaluate(
        """one => {
          one.setRangeText("zz", 5, 5, "end");
          one.dispatchEvent(new InputEvent("input", {bubbles: true, inputType: "insertReplacementText"}));
        }"""
    )
    assert has(field) == "a {count}zz| b"


def test_what_deletes_a_part_of_a_placeholder_deletes_all_of_it(field: Locator) -> None:
    put(field, "one {a} two {b} three|")
    field.evaluate(
        """one => {
          one.setRangeText("-", 6, 13, "end");
          one.dispatchEvent(new InputEvent("input", {bubbles: true, inputType: "insertFromPaste"}));
        }"""
    )
    assert has(field) == "one -| three"


def test_no_edit_at_all_leaves_a_part_of_a_placeholder(page: Page) -> None:
    wrong = page.evaluate(
        """async () => {
          const { repaired } = await import("/console/static/placeholders.js");
          let seed = 42;
          const random = most => { seed = (seed * 1103515245 + 12345) % 2 ** 31; return seed % most; };
          const parts = ["a", " ", "{x}", "{phone.line}", "{x}{y}", "é", "قف"];
          const wrong = [];
          for (let round = 0; round < 5000; round += 1) {
            const before = Array.from({length: random(6)}, () => parts[random(parts.length)]).join("");
            const start = random(before.length + 1), end = start + random(before.length - start + 1);
            const written = ["", "q", "a", "zz "][random(4)];
            const after = before.slice(0, start) + written + before.slice(end);
            const text = repaired(before, after, start + written.length)?.text ?? after;
            const names = text.match(/\\{[^{}]*\\}/g) ?? [];
            const rest = names.reduce((left, name) => left.replace(name, ""), text);
            const isWhole = !/[{}]/.test(rest) && names.every(name => before.includes(name));
            if (!isWhole || !text.includes(written)) wrong.push([before, after, text]);
          }
          return wrong.slice(0, 5);
        }"""
    )
    assert not wrong


def test_a_deleted_placeholder_comes_back_by_undoing(field: Locator) -> None:
    put(field, "Call {phone.x}| now")
    field.press("Backspace")
    assert has(field) == "Call | now"
    field.press("Control+z")
    settled(field)
    assert field.input_value() == "Call {phone.x} now"


def test_all_can_be_selected_and_written_over(field: Locator) -> None:
    put(field, "Call {phone.x} now|")
    field.press("Control+a")
    field.press_sequentially("New")
    assert has(field) == "New|"


def test_a_button_inserts_a_placeholder_at_the_caret(page: Page, field: Locator) -> None:
    put(field, "Call | now")
    page.get_by_role("button", name="Referral line").click()
    assert has(field) == f"Call {PLACEHOLDER}| now"
    expect(field).to_be_focused()


def test_a_button_inserts_at_the_end_of_a_text_that_nobody_has_been_in(page: Page, field: Locator) -> None:
    page.get_by_role("button", name="Legal aid").press("Enter")
    assert field.input_value() == f"{ENGLISH}{{phone.legal_aid}}"


def test_a_button_replaces_what_is_selected(page: Page, field: Locator) -> None:
    put(field, "Call us now|")
    field.evaluate("one => one.setSelectionRange(5, 7)")
    page.get_by_role("button", name="Referral line").click()
    assert has(field) == f"Call {PLACEHOLDER}| now"


def test_right_to_left_texts_keep_their_placeholders_too(page: Page) -> None:
    field = page.get_by_label("Text in Arabic")
    put(field, f"{ARABIC[:-1]}|.")
    field.press("Backspace")
    assert has(field) == f"{ARABIC.removesuffix(f'{PLACEHOLDER}.')}|."
    field.press_sequentially("رقم")
    assert has(field) == f"{ARABIC.removesuffix(f'{PLACEHOLDER}.')}رقم|."
    assert field.evaluate("one => getComputedStyle(one.previousElementSibling).direction") == "rtl"


def test_an_input_method_is_left_alone_while_it_composes(page: Page, window: BrowserContext, field: Locator) -> None:
    put(field, "打 {count}| 次")
    keyboard = window.new_cdp_session(page)
    for composed in ("n", "ni", "ni h", "ni hao"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": composed, "selectionStart": len(composed), "selectionEnd": len(composed)},
        )
        settled(field)
        assert field.input_value() == f"打 {{count}}{composed} 次"
    keyboard.send("Input.insertText", {"text": "你好"})
    assert has(field) == "打 {count}你好| 次"


def test_placeholders_are_marked_where_they_stand(field: Locator) -> None:
    put(field, "Call {phone.x} or {text.y}.|")
    marks = field.evaluate(
        "one => [...one.previousElementSibling.querySelectorAll('mark')].map(mark => mark.textContent)"
    )
    assert marks == ["{phone.x}", "{text.y}"]
    field.evaluate("one => { one.style.height = '60px'; one.value = 'line\\n'.repeat(20) + '{x}'; }")
    field.press("End")
    field.evaluate("one => { one.scrollTop = one.scrollHeight; one.dispatchEvent(new InputEvent('input')); }")
    settled(field)
    assert field.evaluate("one => one.previousElementSibling.scrollTop - one.scrollTop") == pytest.approx(0, abs=2)


def test_letters_and_marks_lie_on_each_other(page: Page, field: Locator) -> None:
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        put(field, f"{ENGLISH * 4}|")
        same = field.evaluate(
            """one => {
              const marks = one.previousElementSibling;
              const [letters, under] = [one, marks].map(part => getComputedStyle(part));
              const alike = ["font", "letterSpacing", "paddingLeft", "paddingTop", "whiteSpace", "overflowWrap"]
                .every(name => letters[name] === under[name]);
              return alike && marks.clientWidth === one.clientWidth
                && Math.abs(marks.scrollHeight - one.scrollHeight) < 30;
            }"""
        )
        assert same, width


def test_the_characters_that_are_left_are_counted_as_the_server_counts_them(page: Page, field: Locator) -> None:
    put(field, f"{'😀 ' * 3}  a|")
    expect(page.get_by_text("193 characters left.")).to_be_visible()
    put(field, f"{'a' * 201}|")
    expect(page.get_by_text("1 character too many.")).to_be_visible()


def test_a_text_is_looked_at_while_somebody_writes_and_the_last_one_is_shown(page: Page, field: Locator) -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.post_data or "") if sent.url.endswith("/checks") else None)
    put(field, "|")
    field.press_sequentially("No abra la puerta", delay=20)
    expect(page.locator("#looked")).to_contain_text("Looked at 17 characters.")
    assert len(asked) < 4
    assert has(field) == "No abra la puerta|"


def test_an_answer_that_comes_too_late_is_not_shown(page: Page, field: Locator) -> None:
    held: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if "first" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.continue_()

    page.route("**/checks", hold_the_first)
    put(field, "first|")
    page.wait_for_timeout(PAUSE)
    assert held
    put(field, "a second|")
    expect(page.locator("#looked")).to_contain_text("Looked at 8 characters.")
    held[0].fulfill(body="<p>first</p>")
    page.wait_for_timeout(PAUSE)
    expect(page.locator("#looked")).to_contain_text("Looked at 8 characters.")


@pytest.mark.parametrize(
    ("status", "words"), [(401, "session has ended"), (500, "cannot be reached"), (413, "could not be looked at")]
)
def test_checks_that_fail_say_so_and_leave_the_text_alone(page: Page, field: Locator, status: int, words: str) -> None:
    page.route("**/checks", lambda route: route.fulfill(status=status, body="<h1>Not this</h1>"))
    put(field, "Something|")
    expect(page.locator("#looked")).to_contain_text(words)
    assert has(field) == "Something|"


def test_markup_in_a_text_that_is_looked_at_is_text(page: Page, field: Locator) -> None:
    put(field, "<img src=x onerror=alert(1)>|")
    expect(page.locator("#looked .echo")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#looked img")).to_have_count(0)


def test_a_fragment_that_the_server_has_drawn_is_not_asked_for_again(page: Page) -> None:
    expect(page.locator("#looked")).to_contain_text("A phone number stands in the text.")
    expect(page.locator("#looked-ar")).to_contain_text("Looked at")


@pytest.fixture
def asked(page: Page) -> list[str]:
    """What the browser asks before it leaves the page; it stays."""
    questions: list[str] = []

    def stay(dialog: Dialog) -> None:
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    return questions


def test_leaving_with_unsaved_edits_asks_first(page: Page, field: Locator, asked: list[str]) -> None:
    put(field, "Something|")
    page.evaluate("document.querySelector('.masthead-name a').click()")
    page.wait_for_timeout(PAUSE)
    assert asked == ["beforeunload"]
    assert page.url.endswith("/forms")


def test_leaving_a_text_that_is_as_it_was_asks_nothing(page: Page, field: Locator, asked: list[str]) -> None:
    put(field, "Something|")
    put(field, f"{ENGLISH}|")
    page.goto("/")
    assert not asked


def test_control_and_enter_save_without_a_question(app: Flask, page: Page, field: Locator, asked: list[str]) -> None:
    put(field, "Something|")
    field.press("Control+Enter")
    page.wait_for_url("**/save")
    assert app.config["POSTED"][-1]["text"] == "Something"
    assert not asked


def test_without_javascript_the_form_is_a_form(window: BrowserContext, page: Page) -> None:
    assert window.browser
    plain = window.browser.new_context(java_script_enabled=False)
    bare = plain.new_page()
    bare.goto(page.url)
    expect(bare.get_by_label("Text in English")).to_have_value(ENGLISH)
    expect(bare.get_by_role("group", name="Insert")).to_be_hidden()
    expect(bare.get_by_role("button", name="Save in the draft")).to_be_visible()
    plain.close()
