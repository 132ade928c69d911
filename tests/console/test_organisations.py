"""The pages of organisations, through their forms, on a real Redis."""

from __future__ import annotations

import json
import timeit
from functools import partial
from pathlib import Path

import pytest

from hotline.console.fields import seen_of
from hotline.console.organisation_form import posted_of
from hotline.store.connection import RedisClient
from tests.console.forms import changes, editor_at, hidden
from tests.console.newsroom import Newsroom, newsroom_at
from tests.console.signing import Browser

LIST, NEW, PAGE = "/console/organisations", "/console/organisations/new", "/console/organisations/safe_connect"
KEY = "organisation:safe_connect"


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def browser(newsroom: Newsroom) -> Browser:
    return editor_at(newsroom)


def form_of(newsroom: Newsroom, key: str = KEY, **changed: str) -> dict[str, str | list[str]]:
    """The form as it is opened, with some fields changed."""
    value = newsroom.desk.drafted().value(key)
    return {
        "seen": [seen_of(value)],
        **{name: list(values) for name, values in posted_of(value).items()},
        **{name: [text] for name, text in changed.items()},
    }


def test_all_are_listed_and_found(browser: Browser) -> None:
    page = browser.get(LIST).text
    assert page.count('<th scope="row">') == 43
    found = browser.get(f"{LIST}?q=safe+connect").text
    assert found.count('<th scope="row">') == 1
    assert "1-888-774-2900" in found
    assert browser.get(f"{LIST}?q=qjx").text.count("No organisation is found") == 1
    assert browser.get(f"{LIST}?show=nonsense").text.count('<th scope="row">') == 43


def test_a_number_is_changed_once_and_the_page_says_how_far_that_reaches(newsroom: Newsroom, browser: Browser) -> None:
    form = form_of(newsroom, phone="(203) 555-0100", number_source="safe-connect")
    answer = browser.post(PAGE, form, form=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert changes(newsroom) == {KEY: {"phone": "+12035550100"}}
    page = browser.get(PAGE).text
    assert "Changed once, changed in <strong>24 texts in 12 languages</strong>." in page
    assert "1-203-555-0100 is in the draft." in page
    assert "1-888-774-2900" in page
    assert "1, 2 0 3, 5 5 5, 0 1 0 0" in page


def test_a_form_that_changes_nothing_says_so(newsroom: Newsroom, browser: Browser) -> None:
    browser.post(PAGE, form_of(newsroom), form=PAGE)
    assert "Nothing was changed." in browser.get(PAGE).text
    assert changes(newsroom) == {}


def test_what_is_wrong_is_said_and_what_was_written_stays(newsroom: Newsroom, browser: Browser) -> None:
    answer = browser.post(PAGE, form_of(newsroom, phone="12", does="<b>Mine</b>"), form=PAGE)
    assert answer.status_code == 422
    assert "Write ten digits such as 1-800-798-0671" in answer.text
    assert "&lt;b&gt;Mine&lt;/b&gt;" in answer.text
    assert 'value="12"' in answer.text
    assert changes(newsroom) == {}


def test_what_the_script_cannot_be_without_is_refused(newsroom: Newsroom, browser: Browser) -> None:
    line = "/console/organisations/nhlaa"
    form = form_of(newsroom, "organisation:nhlaa", status="unknown")
    answer = browser.post(line, {**form, "without_help": ""}, form=line)
    assert answer.status_code == 422
    form = form_of(newsroom, "organisation:emergency", help="{name.emergency} helps. {x}", status="any")
    answer = browser.post("/console/organisations/emergency", form, form=line)
    assert answer.status_code == 422
    assert "the line knows no {x} here" in answer.text
    assert changes(newsroom) == {}


def test_a_number_is_called_and_works(newsroom: Newsroom, browser: Browser) -> None:
    answer = browser.post(f"{PAGE}/called", {"seen": form_of(newsroom)["seen"][0]}, form=PAGE)
    assert answer.status_code == 303
    today = newsroom.desk.now().date().isoformat()
    assert changes(newsroom) == {KEY: {"test_called": today}}
    assert "Nobody has called it yet." not in browser.get(PAGE).text


def test_a_call_verifies_a_number_only_with_its_source(newsroom: Newsroom, browser: Browser) -> None:
    page, key = "/console/organisations/nhlaa", "organisation:nhlaa"
    seen = form_of(newsroom, key)["seen"][0]
    refused = browser.post(f"{page}/called", {"seen": seen, "verified": "yes"}, form=page)
    assert refused.status_code == 422
    assert "Say which source gives this number." in refused.text
    browser.post(f"{page}/called", {"seen": seen, "verified": "yes", "number_source": "nhlegal"}, form=page)
    value = changes(newsroom)[key]
    assert value
    assert value["phone_certainty"] == "verified"


def test_nobody_calls_911_or_a_number_that_is_not_there(newsroom: Newsroom, browser: Browser) -> None:
    for id in ("ice_locator", "emergency"):
        page, seen = f"{LIST}/{id}", form_of(newsroom, f"organisation:{id}")["seen"][0]
        assert "I called this number today" not in browser.get(page).text
        assert browser.post(f"{page}/called", {"seen": seen}, form=page).status_code == 400


def test_a_new_one_is_added_with_a_new_source(newsroom: Newsroom, browser: Browser) -> None:
    form = {
        "name": "Hartford Help",
        "does": "Helps.",
        "phone": "203-555-0100",
        "phone_certainty": "verified",
        "number_source": "new",
        "new_source_title": "Its web site, 2026",
        "as_of": "2026-11-22",
        "review_by": "2027-02-01",
    }
    answer = browser.post(NEW, form, form=NEW)
    assert (answer.status_code, answer.location) == (303, "/console/organisations/hartford_help")
    assert changes(newsroom).keys() == {"source:its-web-site-2026", "organisation:hartford_help"}
    made = newsroom.desk.drafted().content.script.organisations["hartford_help"]
    assert (made.phone, made.may_be_dialled, made.provenance.sources) == ("+12035550100", True, ("its-web-site-2026",))
    assert "New in the draft" in browser.get("/console/organisations/hartford_help").text


def test_two_people_at_once_are_both_heard(newsroom: Newsroom, browser: Browser) -> None:
    mine = form_of(newsroom, name="Mine")
    newsroom.save(KEY, {"does": "Theirs."})
    assert browser.post(PAGE, mine, form=PAGE).status_code == 303
    assert changes(newsroom) == {KEY: {"name": "Mine", "does": "Theirs."}}


def test_a_conflict_shows_both_and_mine_can_be_sent_again(newsroom: Newsroom, browser: Browser) -> None:
    mine = form_of(newsroom, name="Mine")
    newsroom.save(KEY, {"name": "Theirs", "does": "Theirs."})
    answer = browser.post(PAGE, mine, form=PAGE)
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert "Mine" in answer.text
    assert changes(newsroom) == {KEY: {"name": "Theirs", "does": "Theirs."}}
    again = browser.post(PAGE, {**mine, "seen": [hidden(answer.text, "seen")]}, form=PAGE)
    assert again.status_code == 303
    assert changes(newsroom) == {KEY: {"name": "Mine", "does": "Theirs."}}


def test_hours_are_read_back_as_they_are_written(browser: Browser) -> None:
    read = browser.post("/console/organisations/hours", {"text": "Mon-Fri 9 am-5 pm"}, form=NEW).text
    assert "Monday to Friday, 9:00 AM to 5:00 PM" in read
    assert "must be written as" in browser.post("/console/organisations/hours", {"text": "9-5"}, form=NEW).text
    assert browser.post("/console/organisations/hours", {}, form=NEW).status_code == 200


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    for path in ("/nobody", "/%00", "/new/x", "/referral_line/called/x", "/" + "x" * 5000):
        assert browser.get(f"{LIST}{path}").status_code == 404, path
    for path in ("/hours", "/referral_line/called"):
        assert browser.get(f"{LIST}{path}").status_code in {404, 405}, path


def test_a_form_that_no_page_made_is_refused(newsroom: Newsroom, browser: Browser) -> None:
    odd = json.dumps({"sources": {"x": 1}, "help": [], "phone": {}})
    for seen in ("", "[]", "{", "nonsense", "\0", "[" * 20_000, odd):
        form = {**form_of(newsroom), "seen": [seen]}
        assert browser.post(PAGE, form, form=PAGE).status_code in {400, 409, 422}, seen
        assert browser.post(f"{PAGE}/called", {"seen": seen}, form=PAGE).status_code in {303, 400, 409}, seen


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "\u202e", "\0", "{", "{phone.x}", "x" * 20_000])
def test_hostile_texts_are_refused_or_stay_texts(newsroom: Newsroom, browser: Browser, text: str) -> None:
    fields = ("phone", "host", "sources", "languages", "hours_kind", "as_of", "number_source")
    for field in fields:
        assert browser.post(PAGE, form_of(newsroom, **{field: text}), form=PAGE).status_code == 422
    everywhere = form_of(newsroom, **dict.fromkeys(("name", "does", "doubt", "new_source_title"), text))
    for answer in (browser.post(PAGE, everywhere, form=PAGE), browser.get(PAGE), browser.get(LIST)):
        assert answer.status_code in {200, 303, 422}
        assert "<script>alert" not in answer.text


def test_an_empty_form_says_what_it_needs(browser: Browser) -> None:
    answer = browser.post(NEW, {}, form=NEW)
    assert answer.status_code == 422
    assert "Write its name." in answer.text
    assert browser.post(PAGE, {}, form=PAGE).status_code == 400


@pytest.mark.timed
def test_each_page_is_fast(browser: Browser) -> None:
    for path in (LIST, NEW, PAGE, f"{LIST}/referral_line", f"{LIST}/sls"):
        assert min(timeit.repeat(partial(browser.get, path), number=1, repeat=4)) < 0.2, path
