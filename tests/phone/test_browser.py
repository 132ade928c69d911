"""The browser phone in a real Chromium, at a real server."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from hotline.phone import web
from hotline.phone.mailbox import Mailbox, TextMessage
from tests.phone.chromium import ARGUMENTS, find_chromium
from tests.phone.peer import NUMBER, Answer, Peer
from tests.phone.talking_line import ARABIC_DOOR, ENGLISH_DOOR, SPANISH_DOOR, messages, phone_app, talk, twiml
from tests.phone.wav import wav

NEEDS_CHROMIUM = "The browser phone is tested in Chromium: apt-get install chromium"
WIDE = (1280, 800)
PHONE = (360, 740)
# WCAG 2.2, success criteria 1.4.3 and 2.5.5.
READABLE = 4.5
TOUCHABLE = 44
# Milliseconds; a busy machine is slow, a right answer comes at once.
PATIENCE = 15_000

pytestmark = pytest.mark.slow


@dataclass
class Screen:
    """One open phone, and what it did behind the person's back."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def hear(self, kind: str, message: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(message)

    def text(self, words: str) -> None:
        self.page.get_by_label("Text to the line").fill(words)
        self.page.get_by_role("button", name="Send").click()

    def call(self) -> None:
        self.page.get_by_role("button", name="Call", exact=True).click()
        expect(self.state).to_have_text("On the call")

    def key(self, key: str) -> Locator:
        return self.page.get_by_role("group", name="Keypad").get_by_role("button", name=key, exact=True)

    @property
    def number(self) -> str:
        return "+" + re.sub(r"\D", "", self.page.get_by_label("Resident’s number").input_value())

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("log", name="Text thread")

    @property
    def transcript(self) -> Locator:
        return self.page.get_by_role("log", name="What is said")

    @property
    def state(self) -> Locator:
        return self.page.locator("#call-state")

    def choose_pane(self, name: Literal["Texts", "Call"]) -> None:
        self.page.get_by_role("radio", name=name).focus()
        self.page.keyboard.press("Space")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = find_chromium()
    if chromium is None:
        if os.environ.get("CI") == "true":
            pytest.fail(NEEDS_CHROMIUM)
        pytest.skip(NEEDS_CHROMIUM)
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def opened(browser: Browser) -> Iterator[Screen]:
    """The one window of all tests; what each of them opens in it is new."""
    with browser.new_page() as page:
        screen = Screen(page)
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: screen.hear(message.type, message.text))
        page.on("pageerror", lambda error: screen.complaints.append(str(error)))
        page.on("request", lambda request: screen.requests.append(request.url))
        yield screen


@pytest.fixture(scope="module")
def line_mailbox(tmp_path_factory: pytest.TempPathFactory) -> Mailbox:
    """Where texts wait that the line sends of itself."""
    return Mailbox(tmp_path_factory.mktemp("phone"))


@pytest.fixture(scope="module")
def origin(running: Peer, line_mailbox: Mailbox) -> Iterator[str]:
    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log(self, *_: object) -> None:
            """The tests' output stays quiet."""

    server = make_server("127.0.0.1", 0, phone_app(running, line_mailbox), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def talking(peer: Peer) -> None:
    talk(peer)


@pytest.fixture
def size() -> tuple[int, int]:
    return WIDE


@pytest.fixture
def scheme() -> Literal["light", "dark"]:
    return "light"


@pytest.fixture
def screen(opened: Screen, origin: str, size: tuple[int, int], scheme: Literal["light", "dark"]) -> Iterator[Screen]:
    opened.page.set_viewport_size({"width": size[0], "height": size[1]})
    opened.page.emulate_media(color_scheme=scheme)
    opened.page.goto(f"{origin}/phone/")
    yield opened
    opened.page.goto("about:blank")
    complaints, asked = opened.complaints[:], {_origin(url) for url in opened.requests}
    opened.complaints.clear()
    opened.requests.clear()
    assert complaints == []
    assert asked == {origin}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


on_a_phone = pytest.mark.parametrize("size", [PHONE], ids=["360px"])
in_both_schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


def test_a_text_conversation(screen: Screen) -> None:
    screen.text("la migra está en la puerta")
    sent, answer = screen.thread.get_by_role("article").all()[0], screen.thread.get_by_role("article").nth(1)
    expect(answer).to_contain_text("No abra la puerta.")
    expect(answer).to_contain_text(f"5 segments · UCS-2 · {len(SPANISH_DOOR)} units")
    expect(sent).to_contain_text("You:")
    expect(sent).to_contain_text("1 segment · UCS-2 · 26 units")
    screen.text("ice is at my door")
    expect(screen.thread.get_by_role("article")).to_have_count(5)
    expect(screen.thread).to_contain_text(f"GSM-7 · {len(ENGLISH_DOOR)} characters")
    expect(screen.page.get_by_label("Text to the line")).to_be_focused()


def test_enter_sends_and_shift_enter_makes_a_new_line(screen: Screen, peer: Peer) -> None:
    field = screen.page.get_by_label("Text to the line")
    field.focus()
    screen.page.keyboard.type("one")
    screen.page.keyboard.press("Shift+Enter")
    screen.page.keyboard.type("two")
    screen.page.keyboard.press("Enter")
    expect(screen.thread.get_by_role("article")).to_have_count(3)
    assert [form["Body"] for form in peer.forms("/sms")] == ["one\ntwo"]


def test_a_suggestion_is_texted_only_when_it_is_chosen(screen: Screen, peer: Peer) -> None:
    screen.page.get_by_label("Language").select_option("ar")
    suggestion = screen.page.get_by_role("button", name="الشرطة عند الباب")
    expect(suggestion).to_have_attribute("lang", "ar")
    assert peer.forms("/sms") == []
    suggestion.click()
    words = screen.thread.get_by_role("article").nth(1).locator(".words")
    expect(words).to_have_text(ARABIC_DOOR)
    assert words.evaluate("node => getComputedStyle(node).direction") == "rtl"
    expect(screen.page.get_by_role("group", name="Suggestions")).to_be_hidden()


@on_a_phone
def test_a_number_in_an_arabic_text_reads_from_left_to_right(screen: Screen) -> None:
    screen.text("الشرطة عند الباب")
    words = screen.thread.get_by_role("article").nth(1).locator(".words")
    expect(words).to_have_text(ARABIC_DOOR)
    expect(words).to_have_attribute("dir", "auto")
    expect(words).to_have_attribute("lang", "")
    places: list[float] = words.evaluate(
        """node => {
          const text = node.firstChild;
          const start = text.data.indexOf("1-800-798-0671");
          return [...Array(14).keys()].map((index) => {
            const range = document.createRange();
            range.setStart(text, start + index);
            range.setEnd(text, start + index + 1);
            return range.getBoundingClientRect().left;
          });
        }"""
    )
    assert places == sorted(places)


def test_a_new_conversation_takes_another_number_and_keeps_nothing(screen: Screen) -> None:
    number = screen.page.get_by_label("Resident’s number")
    before = number.input_value()
    assert re.fullmatch(r"\+1 203 555 01\d\d", before)
    screen.text("hello")
    expect(screen.thread.get_by_role("article")).to_have_count(3)
    screen.page.get_by_role("button", name="New conversation").click()
    expect(screen.thread.get_by_role("article")).to_have_count(0)
    expect(number).not_to_have_value(before)
    assert screen.page.evaluate("localStorage.length + sessionStorage.length + document.cookie.length") == 0


def test_a_number_that_is_not_fictional_is_not_taken(screen: Screen, peer: Peer) -> None:
    number = screen.page.get_by_label("Resident’s number")
    before = number.input_value()
    number.fill("+1 212 555 7788")
    number.press("Enter")
    expect(screen.page.get_by_role("alert").filter(has_text="fictional")).to_be_visible()
    expect(number).to_have_value(before)
    number.fill("(203) 555-0177")
    number.press("Tab")
    expect(number).to_have_value("+1 203 555 0177")
    screen.text("hello")
    expect(screen.thread.get_by_role("article")).to_have_count(3)
    assert peer.forms("/sms")[0]["From"] == "+12035550177"


def test_no_number_that_texts_do_not_reach_comes_by_chance(screen: Screen) -> None:
    numbers: list[str] = screen.page.evaluate(
        """() => [...Array(200)].map(() => {
          document.getElementById("new-conversation").click();
          return document.getElementById("caller").value.slice(-4);
        })"""
    )
    assert set(numbers) == {f"01{number:02}" for number in range(1, 90)}


def test_a_landline_may_be_typed_in_and_the_page_says_which_they_are(screen: Screen) -> None:
    number = screen.page.get_by_label("Resident’s number")
    expect(number).to_have_accessible_description(re.compile("0190 to 0194 are landlines"))
    number.fill("+1 203 555 0190")
    number.press("Enter")
    assert screen.number == "+12035550190"
    screen.call()
    expect(screen.transcript).to_contain_text("For English, press 1.")


def test_stop_holds_answers_back_until_start(screen: Screen, line_mailbox: Mailbox) -> None:
    screen.text("STOP")
    expect(screen.thread).to_contain_text("answered by the carrier")
    assert line_mailbox.has_opted_out(screen.number)
    screen.text("hello")
    expect(screen.thread).to_contain_text("held back")
    screen.text("START")
    screen.text("hello")
    expect(screen.thread).to_contain_text("Keep the door closed.")


def test_a_call_by_mouse(screen: Screen) -> None:
    screen.call()
    expect(screen.transcript).to_contain_text("For English, press 1.")
    spanish = screen.transcript.get_by_text("Para español, oprima 2.")
    expect(spanish).to_have_attribute("lang", "es-US")
    screen.key("2").click()
    expect(screen.transcript).to_contain_text("Pressed 2")
    expect(screen.transcript).to_contain_text("Esta línea no es del gobierno")
    expect(screen.page.get_by_text("Waiting for a key or for speech.")).to_be_visible()
    expect(screen.page.get_by_role("timer")).to_have_text(re.compile(r"\d\d:\d\d"))
    screen.page.get_by_role("button", name="Hang up").click()
    expect(screen.state).to_have_text("Call ended")
    expect(screen.transcript).to_contain_text("the caller hung up")
    screen.page.get_by_role("button", name="Call again").click()
    expect(screen.state).to_have_text("On the call")


def test_a_call_by_keyboard_only(screen: Screen) -> None:
    keyboard = screen.page.keyboard
    for _ in range(40):
        keyboard.press("Tab")
        if screen.page.evaluate("document.activeElement.id") == "hook":
            break
    assert screen.page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    keyboard.press("Enter")
    expect(screen.state).to_have_text("On the call")
    keyboard.press("2")
    expect(screen.transcript).to_contain_text("Esta línea no es del gobierno")
    keyboard.press("0")
    expect(screen.state).to_have_text("Transfer ringing")
    busy = screen.page.get_by_role("button", name="Busy")
    busy.focus()
    keyboard.press("Enter")
    expect(screen.transcript).to_contain_text("Nobody could answer: busy.")
    expect(screen.key("1")).to_be_focused()
    keyboard.press("Enter")
    expect(screen.transcript).to_contain_text("Mantenga la calma.")
    keyboard.press("#")
    expect(screen.transcript).to_contain_text("Heard: #.")
    expect(screen.state).to_have_text("Call ended")


def test_digits_typed_into_a_field_are_not_pressed(screen: Screen) -> None:
    screen.call()
    screen.key("1").click()
    expect(screen.transcript).to_contain_text("This line is not the government")
    screen.page.get_by_label("What the caller says").focus()
    screen.page.keyboard.type("06510")
    expect(screen.page.get_by_label("What the caller says")).to_have_value("06510")
    expect(screen.transcript).not_to_contain_text("Pressed 0")


def test_keys_in_quick_succession_all_arrive(screen: Screen) -> None:
    screen.call()
    screen.transcript.focus()
    for key in "115":
        screen.page.keyboard.press(key)
    expect(screen.page.get_by_text("Waiting for 5 keys.")).to_be_visible()
    screen.page.keyboard.press("0")
    screen.page.keyboard.press("6")
    expect(screen.page.get_by_text("Entered so far: 0 6. Waiting for the next key.")).to_be_visible()
    for key in "510":
        screen.page.keyboard.press(key)
    expect(screen.transcript).to_contain_text("Heard: 06510.")


def test_the_language_is_chosen_by_the_phone_itself(screen: Screen) -> None:
    screen.page.get_by_label("Language").select_option("es")
    screen.call()
    expect(screen.transcript).to_contain_text("Pressed 2, for Español")
    expect(screen.transcript).to_contain_text("Esta línea no es del gobierno")


def test_a_language_of_the_second_page_is_chosen_key_by_key(screen: Screen) -> None:
    screen.page.get_by_label("Language").select_option("vi")
    screen.call()
    expect(screen.transcript).to_contain_text("Đường dây này không phải của chính phủ.")
    expect(screen.transcript.locator(".you")).to_have_text(["Pressed 9, for Tiếng Việt", "Pressed 1, for Tiếng Việt"])


def test_no_key_is_pressed_where_no_language_menu_comes(screen: Screen, peer: Peer) -> None:
    menu = '<Say language="es-US" voice="Polly.Lupe-Neural">Hola otra vez.</Say>'
    peer.twiml("/voice", f'<Gather numDigits="1" action="/voice/es/menu">{menu}</Gather>')
    screen.page.get_by_label("Language").select_option("es")
    screen.call()
    expect(screen.transcript).to_contain_text("Hola otra vez.")
    expect(screen.transcript).not_to_contain_text("Pressed")


@pytest.mark.parametrize(
    ("button", "then"),
    [
        ("Busy", "Nobody could answer: busy."),
        ("No answer", "Nobody could answer: no-answer."),
        ("Failed", "Nobody could answer: failed."),
        ("Cancelled", "Nobody could answer: canceled."),
        ("Answered", "Goodbye."),
    ],
)
def test_a_transfer_ends(screen: Screen, button: str, then: str) -> None:
    screen.call()
    screen.key("1").click()
    screen.key("0").click()
    expect(screen.state).to_have_text("Transfer ringing")
    expect(screen.transcript).to_contain_text("Transfer to +1 800 798 0671")
    expect(screen.page.get_by_role("group", name="Keypad")).to_be_hidden()
    screen.page.get_by_role("button", name=button, exact=True).click()
    expect(screen.transcript).to_contain_text(f"Transfer {button.lower()}")
    expect(screen.transcript).to_contain_text(then)
    expect(screen.state).to_have_text("Call ended" if button == "Answered" else "On the call")


def test_hanging_up_while_a_transfer_rings(screen: Screen) -> None:
    screen.call()
    screen.key("1").click()
    screen.key("0").click()
    expect(screen.page.get_by_role("button", name="Answered")).to_be_focused()
    screen.page.get_by_role("button", name="Hang up").click()
    expect(screen.state).to_have_text("Call ended")


def test_silence_and_a_wrong_key(screen: Screen) -> None:
    screen.call()
    screen.key("1").click()
    screen.page.get_by_role("button", name="Stay silent").click()
    expect(screen.transcript).to_contain_text("Stayed silent")
    expect(screen.transcript.get_by_text("This line is not the government")).to_have_count(2)
    screen.key("7").click()
    expect(screen.transcript).to_contain_text("That key is not one of the choices.")


def test_speech(screen: Screen, peer: Peer) -> None:
    screen.call()
    say = screen.page.get_by_role("button", name="Say", exact=True)
    expect(say).to_have_attribute("aria-disabled", "true")
    screen.key("1").click()
    expect(say).to_have_attribute("aria-disabled", "false")
    screen.page.get_by_label("What the caller says").fill("están en la puerta")
    screen.page.get_by_label("What the caller says").press("Enter")
    expect(screen.transcript).to_contain_text("Said están en la puerta")
    expect(screen.transcript).to_contain_text("Stay calm.")
    assert peer.forms("/voice/en/menu")[-1]["SpeechResult"] == "están en la puerta"


def test_speech_where_only_keys_count(screen: Screen) -> None:
    screen.call()
    words = screen.page.get_by_label("What the caller says")
    words.fill("hello")
    words.press("Enter")
    expect(screen.page.get_by_text("The line listens for keys only here.")).to_be_visible()
    expect(words).to_have_value("hello")


def test_a_call_can_be_hung_up_when_the_server_no_longer_knows_it(
    screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen.call()
    monkeypatch.setattr(web, "CALL_LIFETIME_SECONDS", -1)
    screen.key("1").click()
    expect(screen.page.get_by_role("alert").filter(has_text="Call again.")).to_be_visible()
    screen.page.get_by_role("button", name="Hang up").click()
    expect(screen.state).to_have_text("Call ended")
    screen.complaints.clear()


def test_a_hidden_number(screen: Screen, peer: Peer) -> None:
    screen.page.get_by_label("Hide number on calls").check()
    screen.call()
    assert peer.forms("/voice")[0]["From"] == "anonymous"


def test_the_hotlines_failure_is_told_and_the_call_can_be_tried_again(screen: Screen, peer: Peer) -> None:
    answers = peer.routes["/sms"]
    peer.routes["/sms"] = Answer(b"", "text/plain", 500)
    screen.text("hello")
    expect(screen.thread).to_contain_text("The line failed, and the resident gets no answer.")
    peer.routes["/sms"] = answers
    screen.text("hello")
    expect(screen.thread).to_contain_text("Keep the door closed.")
    peer.routes["/voice/language"] = Answer(b"", "text/plain", 500)
    screen.call()
    screen.key("1").click()
    expect(screen.state).to_have_text("Call ended")
    expect(screen.transcript).to_contain_text("application error 11200")


def test_a_text_that_the_line_sends_during_a_call_arrives_in_the_thread(screen: Screen, peer: Peer) -> None:
    peer.twiml("/voice", '<Sms>The number is 1-800-798-0671.</Sms><Gather numDigits="1"><Say>Sent.</Say></Gather>')
    screen.call()
    expect(screen.transcript).to_contain_text("A text arrives")
    expect(screen.thread.get_by_role("article")).to_contain_text("The number is 1-800-798-0671.")
    expect(screen.thread).to_contain_text("1 segment · GSM-7")


@on_a_phone
def test_texts_that_the_line_sends_of_itself_arrive_during_the_call(screen: Screen, line_mailbox: Mailbox) -> None:
    screen.choose_pane("Call")
    screen.call()
    for body in ("Llame al 1-800-798-0671.", "Ayuda cerca: “New Haven Legal”."):
        line_mailbox.deliver(TextMessage(NUMBER, screen.number, body))
    screen.key("2").click()
    expect(screen.transcript.get_by_text("A text arrives")).to_have_count(2)
    texts = screen.page.get_by_role("radio", name="Texts")
    expect(texts).to_have_accessible_name("Texts new")
    screen.choose_pane("Texts")
    expect(texts).to_have_accessible_name("Texts")
    arrived = screen.thread.get_by_role("article")
    expect(arrived.locator(".words")).to_have_text(["Llame al 1-800-798-0671.", "Ayuda cerca: “New Haven Legal”."])
    expect(arrived.locator(".facts")).to_have_text(
        ["1 segment · GSM-7 · 24 characters", "1 segment · UCS-2 · 31 units"]
    )
    assert _width_to_scroll(screen.page) == 0


@on_a_phone
def test_a_recording_shows_its_words_and_that_it_is_one(screen: Screen, peer: Peer) -> None:
    peer.routes["/audio/ht/1.wav"] = Answer(wav("Pou Kreyòl, peze 4."), "audio/wav")
    peer.routes["/audio/ht/2.wav"] = Answer(b"RIFF", "audio/wav")
    plays = "<Play>/audio/ht/1.wav</Play>"
    peer.twiml("/voice", f"<Gather>{plays}{plays}<Say language='fr-FR'>Un.</Say><Play>/audio/ht/2.wav</Play></Gather>")
    screen.choose_pane("Call")
    screen.call()
    words = screen.transcript.locator(".said .words")
    expect(words).to_have_text(["Pou Kreyòl, peze 4.", "Pou Kreyòl, peze 4.", "Un."])
    expect(words.first).to_have_attribute("lang", "ht")
    expect(screen.transcript.locator(".tag:visible")).to_have_text(["ht (recording)", "fr-FR"])
    expect(screen.transcript.locator(".recorded:visible")).to_have_count(1)
    expect(screen.transcript.locator(".fact")).to_have_text("Recording 2.wav")
    assert _width_to_scroll(screen.page) == 0


def test_a_language_menu_of_recordings_is_one(screen: Screen, peer: Peer) -> None:
    peer.routes["/audio/ht/1.wav"] = peer.routes["/audio/es/2.wav"] = Answer(wav("Peze."), "audio/wav")
    play = "<Play>/audio/ht/1.wav</Play>"
    peer.twiml("/voice", f'<Gather numDigits="1" action="/voice/language">{play}<Say>Press 1.</Say></Gather>')
    screen.page.get_by_label("Language").select_option("es")
    screen.call()
    expect(screen.transcript).to_contain_text("Pressed 2, for Español")
    both = "<Play>/audio/es/2.wav</Play><Say language='es-US'>Oprima 1.</Say>"
    peer.twiml("/voice", f'<Gather numDigits="1" action="/voice/es/menu">{both}</Gather>')
    screen.page.get_by_role("button", name="Hang up").click()
    screen.page.get_by_role("button", name="Call again").click()
    expect(screen.transcript).to_contain_text("Oprima 1.")
    expect(screen.state).to_have_text("On the call")
    expect(screen.transcript).not_to_contain_text("Pressed")


@pytest.mark.parametrize(
    "words",
    [
        "<script>document.title = 'gone'</script><img src=x onerror=alert(1)>",
        "\u202eredirect\u202d and back",
        "😀👩‍👩‍👧‍👦🏳️‍🌈" * 20,
        "W" * 1500,
        "{{ 7 * 7 }} ${7 * 7} &lt;b&gt;",
    ],
    ids=["markup", "rtl override", "emoji", "one long word", "templates"],
)
@on_a_phone
def test_hostile_texts_are_shown_as_text(screen: Screen, words: str) -> None:
    screen.text(f"echo {words}")
    answer = screen.thread.get_by_role("article").nth(1)
    expect(answer.locator(".words")).to_have_text(words)
    expect(answer.locator(".facts")).to_contain_text("segment")
    assert screen.page.title() == "Hotline phone"
    assert answer.locator("script, img, b").count() == 0
    assert _width_to_scroll(screen.page) == 0
    box, thread = answer.bounding_box(), screen.thread.bounding_box()
    assert box is not None
    assert thread is not None
    assert box["x"] >= thread["x"]
    assert box["x"] + box["width"] <= thread["x"] + thread["width"]


def test_2000_characters_are_too_long_to_send_but_not_to_hear(screen: Screen, peer: Peer) -> None:
    screen.text("x" * 2000)
    expect(screen.page.get_by_role("alert").filter(has_text="1,600")).to_be_visible()
    expect(screen.page.get_by_label("Text to the line")).to_have_value("x" * 2000)
    assert peer.forms("/sms") == []
    peer.routes["/voice"] = twiml(f"<Gather><Say>{'&lt;i&gt;' * 600}</Say></Gather>")
    screen.call()
    expect(screen.transcript.locator(".said .words")).to_have_text("<i>" * 600)
    assert _width_to_scroll(screen.page) == 0


@on_a_phone
def test_a_long_answer_is_read_from_its_beginning(screen: Screen) -> None:
    for _ in range(3):
        screen.text("ice is at my door")
    expect(screen.thread.get_by_role("article")).to_have_count(9)
    expect(screen.thread.locator(".out").last).to_be_in_viewport(ratio=1)
    screen.choose_pane("Call")
    screen.call()
    for _ in range(3):
        screen.key("1").click()
    expect(screen.state).to_have_text("Call ended")
    expect(screen.transcript.locator(".you").last).to_be_in_viewport(ratio=1)


def test_one_language_tag_stands_for_the_lines_after_it(screen: Screen, peer: Peer) -> None:
    peer.twiml("/voice", "<Gather><Say>One.</Say><Say>Two.</Say><Say language='es-US'>Tres.</Say></Gather>")
    screen.call()
    tags = screen.transcript.locator(".tag")
    expect(tags).to_have_count(3)
    assert [tag.is_visible() for tag in tags.all()] == [True, False, True]


def test_texts_sent_at_once_arrive_in_order(screen: Screen, peer: Peer) -> None:
    peer.routes["/sms"] = lambda seen: messages(f"answer to {seen.form['Body']}")
    for number in range(5):
        screen.text(str(number))
    expect(screen.thread.get_by_role("article")).to_have_count(10)
    assert [form["Body"] for form in peer.forms("/sms")] == list("01234")


@on_a_phone
def test_the_two_panes_on_a_phone_are_switched_by_keyboard(screen: Screen) -> None:
    texts, call = screen.page.get_by_role("region", name="Texts"), screen.page.get_by_role("region", name="Call")
    expect(texts).to_be_visible()
    expect(call).to_be_hidden()
    assert _width_to_scroll(screen.page) == 0
    screen.page.get_by_role("radio", name="Texts").focus()
    screen.page.keyboard.press("ArrowRight")
    expect(call).to_be_visible()
    expect(texts).to_be_hidden()
    screen.call()
    screen.key("2").click()
    expect(screen.transcript).to_contain_text("Esta línea")
    assert _width_to_scroll(screen.page) == 0
    expect(screen.page.get_by_role("radio", name="Call")).to_have_accessible_name("Call on the call")


@on_a_phone
def test_the_resident_can_be_changed_on_a_phone(screen: Screen) -> None:
    expect(screen.page.get_by_label("Language")).to_be_hidden()
    screen.page.get_by_text("Resident", exact=True).click()
    screen.page.get_by_label("Language").select_option("es")
    expect(screen.page.locator("#setup-summary")).to_contain_text("Español")
    assert _width_to_scroll(screen.page) == 0


@on_a_phone
def test_everything_to_touch_is_large_enough(screen: Screen) -> None:
    for pane in ("Texts", "Call"):
        screen.choose_pane("Texts" if pane == "Texts" else "Call")
        for button in screen.page.locator("button:visible, .tick:visible, summary:visible, .switch label").all():
            box = button.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= TOUCHABLE, button.inner_text()


def test_everything_has_a_name_and_a_role(screen: Screen) -> None:
    page = screen.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Hotline phone")
    assert page.get_by_role("heading", level=2).all_inner_texts() == ["Texts", "Call"]
    for role, name in (
        ("textbox", "Text to the line"),
        ("textbox", "What the caller says"),
        ("textbox", "Resident’s number"),
        ("combobox", "Language"),
        ("checkbox", "Speak aloud"),
        ("checkbox", "Hide number on calls"),
        ("log", "Text thread"),
        ("log", "What is said"),
        ("group", "Keypad"),
    ):
        expect(page.get_by_role(role, name=name, exact=True)).to_have_count(1)  # type: ignore[arg-type]  # a role's name
    for key in ("0", "1", "9", "Star", "Pound"):
        expect(screen.key(key)).to_be_visible()
    for control in page.locator(":is(button, input, select, textarea):visible").all():
        expect(control).to_have_accessible_name(re.compile(r"\S"))
    expect(page.get_by_label("Speak aloud")).not_to_be_checked()


def test_speech_is_spoken_in_its_language_only_when_turned_on_and_a_key_stops_it(screen: Screen) -> None:
    screen.page.evaluate(
        """() => {
          globalThis.spoken = [];
          globalThis.stops = 0;
          const voices = ["en-US", "es-MX", "vi-VN"].map((lang) => ({ lang, name: lang, voiceURI: lang }));
          Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", { set() {}, configurable: true });
          speechSynthesis.getVoices = () => voices;
          speechSynthesis.speak = (utterance) => {
            spoken.push([utterance.lang, utterance.text]);
            setTimeout(() => utterance.onend(), 0);
          };
          speechSynthesis.cancel = () => (stops += 1);
        }"""
    )
    screen.call()
    assert screen.page.evaluate("spoken") == []
    screen.page.get_by_role("button", name="Hang up").click()
    screen.page.get_by_label("Speak aloud").check()
    screen.page.get_by_role("button", name="Call again").click()
    expect(screen.page.get_by_text("This browser has no voice for ar-AE.")).to_be_visible()
    screen.page.wait_for_function("() => spoken.length === 3")
    assert [language for language, _ in screen.page.evaluate("spoken")] == ["en-US", "es-US", "vi-VN"]
    stops = screen.page.evaluate("stops")
    screen.key("2").click()
    assert screen.page.evaluate("stops") == stops + 1


def test_recordings_are_played_in_their_turn_among_what_is_spoken(screen: Screen, peer: Peer) -> None:
    """Chromium really plays them: mu-law, from the page's own origin."""
    peer.routes["/audio/ht/1.wav"] = Answer(wav("Youn.", seconds=0.2), "audio/wav")
    peer.routes["/audio/ht/broken.wav"] = Answer(b"RIFF", "audio/wav")
    plays = "".join(f"<Play>/audio/ht/{name}.wav</Play>" for name in ("1", "broken"))
    peer.twiml("/voice", f"<Gather><Say>One.</Say>{plays}<Say>Two.</Say><Say>Three.</Say></Gather>")
    screen.page.evaluate(
        """() => {
          globalThis.heard = [];
          const voice = { lang: "en-US", name: "en-US", voiceURI: "en-US" };
          Object.defineProperty(SpeechSynthesisUtterance.prototype, "voice", { set() {}, configurable: true });
          speechSynthesis.getVoices = () => [voice];
          speechSynthesis.speak = (utterance) => {
            heard.push(utterance.text);
            setTimeout(() => (heard.push("over"), utterance.onend()), 50);
          };
          const Original = Audio;
          globalThis.Audio = function (url) {
            const recording = new Original(url);
            const tell = (event) => heard.push(`${new URL(recording.src).pathname} ${event.type}`);
            for (const kind of ["playing", "ended", "error"]) recording.addEventListener(kind, tell);
            return recording;
          };
        }"""
    )
    screen.page.get_by_label("Speak aloud").check()
    screen.call()
    screen.page.wait_for_function("() => heard.length === 9")
    assert screen.page.evaluate("heard") == [
        *("One.", "over"),
        *("/audio/ht/1.wav playing", "/audio/ht/1.wav ended", "/audio/ht/broken.wav error"),
        *("Two.", "over", "Three.", "over"),
    ]


@in_both_schemes
def test_the_main_colours_can_be_read(screen: Screen) -> None:
    screen.text("hello")
    expect(screen.thread.get_by_role("article")).to_have_count(3)
    page = screen.page
    pairs = {
        "quiet": page.locator(".masthead p"),
        "sent": page.locator(".out .words"),
        "received": page.locator(".in .words").first,
        "facts": page.locator(".in .facts").first,
        "send": page.get_by_role("button", name="Send"),
        "call": page.locator("#hook"),
        "key that waits": screen.key("2"),
        "party": page.locator(".texts .party"),
    }
    ratios = {name: _contrast(locator) for name, locator in pairs.items()}
    screen.call()
    ratios |= {
        "hang up": _contrast(page.locator("#hook")),
        "key": _contrast(screen.key("2")),
        "letters": _contrast(screen.key("2").locator("small")),
        "tag": _contrast(page.locator(".tag").first),
        "waiting": _contrast(page.locator("#waiting")),
    }
    screen.key("2").click()
    ratios["pressed"] = _contrast(page.locator(".you").first)
    assert {name: ratio for name, ratio in ratios.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("scheme", ["dark"])
def test_dark_is_dark(screen: Screen) -> None:
    assert _luminance(screen.page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor")) < 0.02
    expect(screen.page.get_by_role("region", name="Call")).to_be_visible()


def test_who_wants_no_motion_gets_none(browser: Browser, origin: str) -> None:
    page = browser.new_page(reduced_motion="reduce")
    page.goto(f"{origin}/phone/")
    page.get_by_role("button", name="Call", exact=True).click()
    page.locator(".said").first.wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
    page.close()


def test_a_stray_page_cannot_drive_the_phone(browser: Browser, origin: str, peer: Peer) -> None:
    page = browser.new_page()
    page.goto(origin.replace("127.0.0.1", "localhost") + "/phone/")
    status = page.evaluate(
        """async (url) => {
          const fields = { method: "POST", mode: "no-cors", body: '{"from": "+12035550123", "body": "x"}' };
          await fetch(url, fields).catch(() => null);
          return document.title;
        }""",
        f"{origin}/phone/texts",
    )
    assert status == "Hotline phone"
    page.close()
    assert peer.forms("/sms") == []


def _width_to_scroll(page: Page) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def _contrast(locator: Locator) -> float:
    """WCAG's ratio between an element's letters and the nearest background that is painted behind them."""
    front, back = locator.evaluate(
        """(node) => {
          const front = getComputedStyle(node).color;
          const paint = (element) => getComputedStyle(element).backgroundColor;
          let behind = node;
          while (behind && paint(behind) === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
          return [front, paint(behind)];
        }"""
    )
    lighter, darker = sorted((_luminance(front), _luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(part) / 255) for part in re.findall(r"\d+", colour)[:3])
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
