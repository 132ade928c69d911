"""The pages of towns, through their forms, on a real Redis."""

from __future__ import annotations

import timeit
from functools import partial
from pathlib import Path

import pytest

from hotline.console.fields import seen_of
from hotline.store.connection import RedisClient
from tests.console.forms import changes, editor_at
from tests.console.newsroom import Newsroom, newsroom_at
from tests.console.signing import Browser

LIST, AVON, HAMDEN = "/console/towns", "/console/towns/avon", "/console/towns/hamden"
RULE = {
    "rule": "Avon passed a resolution. Neither stops ICE.",
    "kind": "resolution",
    "add_source": "trust-act-2019",
    "as_of": "2026-11-22",
    "review_by": "2027-02-01",
}


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def browser(newsroom: Newsroom) -> Browser:
    return editor_at(newsroom)


def seen(newsroom: Newsroom, slug: str) -> str:
    return seen_of(newsroom.desk.drafted().value(f"town:{slug}"))


def test_all_are_listed_and_found(browser: Browser) -> None:
    assert browser.get(LIST).text.count('<th scope="row">') == 169
    assert browser.get(f"{LIST}?q=06517").text.count('<th scope="row">') == 1
    assert browser.get(f"{LIST}?county=Windham").text.count('<th scope="row">') == 15
    assert browser.get(f"{LIST}?county=%3Cb%3E").text.count("No town is found") == 1


def test_a_town_is_given_a_rule_and_it_is_taken_away_again(newsroom: Newsroom, browser: Browser) -> None:
    answer = browser.post(AVON, {**RULE, "seen": seen(newsroom, "avon")}, form=AVON)
    assert (answer.status_code, answer.location) == (303, AVON)
    page = browser.get(AVON).text
    assert RULE["rule"] in page
    assert "/console/messages/town.avon.rule" in page
    asked = browser.get(f"{AVON}/without-rule").text
    assert "Take the rule away" in asked
    assert RULE["rule"] in asked
    browser.post(f"{AVON}/without-rule", {"seen": seen(newsroom, "avon")}, form=f"{AVON}/without-rule")
    assert changes(newsroom) == {}


def test_a_rule_that_is_live_goes_in_the_draft_only(newsroom: Newsroom, browser: Browser) -> None:
    form = {"seen": seen(newsroom, "hamden")}
    browser.post(f"{HAMDEN}/without-rule", form, form=f"{HAMDEN}/without-rule")
    drafted = newsroom.desk.drafted()
    assert drafted.content.script.towns["hamden"].rule is None
    assert drafted.base.content.script.towns["hamden"].rule
    assert "Add a rule" in browser.get(HAMDEN).text
    assert browser.get(f"{HAMDEN}/without-rule").status_code == 404


def test_what_a_rule_rests_on_is_changed_and_its_text_is_not(newsroom: Newsroom, browser: Browser) -> None:
    form = {**RULE, "sources": "ctpublic-hamden", "seen": seen(newsroom, "hamden"), "kind": "ordinance", "doubt": ""}
    assert browser.post(HAMDEN, form, form=HAMDEN).status_code == 303
    value = changes(newsroom)["town:hamden"]
    assert value
    assert value["sources"] == ["ctpublic-hamden", "trust-act-2019"]
    assert value["doubt"] is None
    assert "rule" not in value
    assert "kind" not in value


def test_what_is_wrong_is_said_and_what_was_written_stays(newsroom: Newsroom, browser: Browser) -> None:
    answer = browser.post(AVON, {**RULE, "kind": "", "seen": seen(newsroom, "avon")}, form=AVON)
    assert answer.status_code == 422
    assert "Say what kind of rule it is." in answer.text
    assert RULE["rule"] in answer.text


def test_a_rule_that_cannot_be_said_is_refused(newsroom: Newsroom, browser: Browser) -> None:
    form = {**RULE, "rule": "Call {phone.nhlaa}.", "seen": seen(newsroom, "avon")}
    answer = browser.post(AVON, form, form=AVON)
    assert answer.status_code == 422
    assert "not verified" in answer.text
    assert changes(newsroom) == {}


def test_a_conflict_shows_both(newsroom: Newsroom, browser: Browser) -> None:
    mine = {**RULE, "seen": seen(newsroom, "avon")}
    theirs = {"rule": "Avon has an ordinance.", "kind": "ordinance", "sources": ["trust-act-2019"]}
    newsroom.save("town:avon", {**theirs, "as_of": "2026-11-22", "review_by": "2027-02-01"})
    answer = browser.post(AVON, mine, form=AVON)
    assert answer.status_code == 409
    assert "Avon has an ordinance." in answer.text or "ordinance" in answer.text
    assert changes(newsroom)["town:avon"]


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    for path in ("/springfield", "/%00", "/avon/without-rule", "/avon/x", "/" + "x" * 5000):
        assert browser.get(f"{LIST}{path}").status_code == 404, path


def test_hostile_texts_are_refused_or_stay_texts(newsroom: Newsroom, browser: Browser) -> None:
    for text in ("<script>alert(1)</script>", "\u202e", "\0", "{", "x" * 20_000):
        answer = browser.post(AVON, {**RULE, "rule": text, "seen": seen(newsroom, "avon")}, form=AVON)
        assert answer.status_code in {303, 422}
        assert "<script>alert" not in answer.text
        assert "<script>alert" not in browser.get(AVON).text


def test_a_form_without_its_fields_is_refused(browser: Browser) -> None:
    for path in (AVON, f"{AVON}/without-rule"):
        assert browser.post(path, {}, form=AVON).status_code == 400


@pytest.mark.timed
def test_each_page_is_fast(browser: Browser) -> None:
    for path in (LIST, AVON, HAMDEN):
        assert min(timeit.repeat(partial(browser.get, path), number=1, repeat=4)) < 0.2, path
