"""The pages of translations, through their forms, on a real Redis."""

from __future__ import annotations

from html import unescape
from pathlib import Path

import pytest

from hotline.catalogs.catalog import State
from hotline.releases.things import digest_of_value
from hotline.store.connection import RedisClient
from hotline.store.drafts import Value
from hotline.store.operators import Role
from tests.console.newsroom import Newsroom, console_of, newsroom_at
from tests.console.signing import Browser, Console

MAIN = "menu.main.text"
PAGE, ARABIC = f"/console/messages/{MAIN}/es", f"/console/messages/{MAIN}/ar"
KEY, REVIEW, ENGLISH = f"translation:es:{MAIN}", f"reviewed:es:{MAIN}", f"text:{MAIN}"
CHANGED: Value = {"text": "What is happening?", "meaning": "changed"}
MARK = "Mark as reviewed"


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(newsroom: Newsroom) -> Console:
    return console_of(newsroom)


@pytest.fixture
def browser(console: Console) -> Browser:
    return console.signed_in("ana", Role.REVIEWER)


def seen(newsroom: Newsroom, key: str = KEY) -> str:
    return digest_of_value(newsroom.desk.drafted().value(key))


def changes(newsroom: Newsroom) -> dict[str, Value]:
    return {change.key: change.value for change in newsroom.desk.drafts.read().changes}


def state(newsroom: Newsroom, language: str = "es") -> State:
    return newsroom.desk.drafted().content.catalogs.state(language, MAIN)


def test_a_translation_stands_beside_its_english(browser: Browser) -> None:
    page = unescape(browser.get(PAGE).text)
    assert "What do you need?" in page
    assert ">\n¿Qué necesita?</textarea>" in page
    assert "1 Hay agentes de inmigración aquí ahora" in page
    assert "Nothing is wrong with it." in page


def test_arabic_runs_from_right_to_left_in_the_editor_and_in_the_bubble(browser: Browser) -> None:
    page = browser.get(ARABIC).text
    assert 'id="field-text" name="text"' in page
    assert page.count('lang="ar" dir="rtl"') >= 3


def test_a_translation_is_saved_as_one_of_todays_english(newsroom: Newsroom, browser: Browser) -> None:
    answer = browser.post(PAGE, {"text": " ¿Qué le \n pasa? ", "seen": seen(newsroom)}, form=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert changes(newsroom) == {KEY: {"text": "¿Qué le pasa?", "of": "What do you need?"}}
    assert newsroom.desk.drafted().content.catalogs.text("es", MAIN) == "¿Qué le pasa?"


def test_a_stale_translation_shows_the_change_and_what_residents_hear(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(ENGLISH, CHANGED)
    page = unescape(browser.get(PAGE).text)
    assert "<del>do you need</del><ins>is happening</ins>" in page
    assert "Estamos actualizando esta información" in page
    assert "Residents do not hear this translation" in page


def test_a_stale_translation_that_is_still_right_is_saved_without_a_change(
    newsroom: Newsroom, browser: Browser
) -> None:
    newsroom.save(ENGLISH, CHANGED)
    assert state(newsroom) is State.STALE
    browser.post(PAGE, {"text": "¿Qué necesita?", "seen": seen(newsroom)}, form=PAGE)
    assert state(newsroom) is State.CURRENT
    assert state(newsroom, "fr") is State.STALE


def test_a_translation_that_was_made_before_the_english_changed_is_not_said(
    newsroom: Newsroom, browser: Browser
) -> None:
    browser.post(PAGE, {"text": "¿Qué le hace falta?", "seen": seen(newsroom)}, form=PAGE)
    newsroom.save(ENGLISH, CHANGED, by="ben")
    assert state(newsroom) is State.STALE
    assert "The English has changed since it was made" in browser.get(PAGE).text
    assert newsroom.desk.publishing.problems_of(newsroom.desk.drafted()) == ()


def test_nothing_is_saved_where_nothing_changed(newsroom: Newsroom, browser: Browser) -> None:
    browser.post(PAGE, {"text": "¿Qué necesita?", "seen": seen(newsroom)}, form=PAGE)
    assert changes(newsroom) == {}
    assert newsroom.desk.history.of(KEY) == ()


def test_what_is_typed_back_leaves_the_draft(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "¿Qué pasa?", "of": "What do you need?"})
    browser.post(PAGE, {"text": "¿Qué necesita?", "seen": seen(newsroom)}, form=PAGE)
    assert changes(newsroom) == {}


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_translation_is_not_saved(newsroom: Newsroom, browser: Browser, text: str) -> None:
    answer = browser.post(PAGE, {"text": text, "seen": seen(newsroom)}, form=PAGE)
    assert answer.status_code == 422
    assert "The text is empty. Write one." in answer.text
    assert changes(newsroom) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("¿Qué necesita? {phone.referral_line}", "placeholders"),
        ("¿Qué necesita? 911", "911 is too many"),
        ("“Qué”", "quotation"),
    ],
)
def test_a_bad_translation_is_kept_in_the_draft_and_never_said(
    newsroom: Newsroom, browser: Browser, text: str, said: str
) -> None:
    assert browser.post(PAGE, {"text": text, "seen": seen(newsroom)}, form=PAGE).status_code == 303
    page = unescape(browser.get(PAGE).text)
    assert "It cannot be published as it is" in page
    assert said in page
    assert any(MAIN in problem for problem in newsroom.desk.publishing.problems_of(newsroom.desk.drafted()))


def test_two_translators_of_the_same_text_both_keep_their_words(newsroom: Newsroom, browser: Browser) -> None:
    opened = seen(newsroom)
    newsroom.save(KEY, {"text": "¿Qué quiere?", "of": "What do you need?"}, by="ben")
    answer = browser.post(PAGE, {"text": "¿Qué pasa?", "seen": opened}, form=PAGE)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert 'lang="es"' in page
    assert "¿Qué quiere?" in page
    assert page.count("¿Qué pasa?") >= 2
    assert "<b>ben</b> changed this" in browser.get(f"{PAGE}/others?seen={opened}").text


def test_whoever_wrote_a_text_cannot_mark_it_as_reviewed(
    newsroom: Newsroom, console: Console, browser: Browser
) -> None:
    newsroom.save(KEY, {"text": "¿Qué pasa?", "of": "What do you need?"}, by="ana")
    assert MARK not in browser.get(PAGE).text
    assert "You wrote this text" in browser.get(PAGE).text
    browser.post(f"{PAGE}/review", {"seen_text": seen(newsroom)}, form=PAGE)
    assert REVIEW not in changes(newsroom)
    eva = console.signed_in("eva", Role.REVIEWER)
    assert MARK in eva.get(PAGE).text
    assert eva.post(f"{PAGE}/review", {"seen_text": seen(newsroom)}, form=PAGE).status_code == 303
    assert changes(newsroom)[REVIEW] == {"text": "¿Qué pasa?"}
    page = unescape(eva.get(PAGE).text)
    assert "by eva, in the draft" in page
    assert "<b>eva</b> marked this as reviewed" in page


def test_the_author_is_known_after_the_text_was_published(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "¿Qué pasa?", "of": "What do you need?"}, by="ana")
    newsroom.publish(by="eva")
    newsroom.desk.live.look()
    assert changes(newsroom) == {}
    assert MARK not in browser.get(PAGE).text
    browser.post(f"{PAGE}/review", {"seen_text": seen(newsroom)}, form=PAGE)
    assert changes(newsroom) == {}


def test_an_editor_reviews_nothing(newsroom: Newsroom, console: Console) -> None:
    editor = console.signed_in("ed", Role.EDITOR)
    assert MARK not in editor.get(PAGE).text
    assert "role of reviewer" in editor.get(PAGE).text
    assert editor.post(f"{PAGE}/review", {"seen_text": seen(newsroom)}, form=PAGE).status_code == 403
    assert changes(newsroom) == {}


def test_what_is_not_current_is_not_reviewed(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(ENGLISH, CHANGED, by="ben")
    assert MARK not in browser.get(PAGE).text
    browser.post(f"{PAGE}/review", {"seen_text": seen(newsroom)}, form=PAGE)
    assert REVIEW not in changes(newsroom)


@pytest.mark.parametrize("read", ["", "0" * 16, "x" * 100_000])
def test_only_the_text_that_was_read_is_marked(newsroom: Newsroom, browser: Browser, read: str) -> None:
    answer = browser.post(f"{PAGE}/review", {"seen_text": read}, form=PAGE)
    assert answer.status_code == 422
    assert "Somebody changed this text while you read it" in answer.text
    assert changes(newsroom) == {}


def test_another_text_needs_another_review(newsroom: Newsroom, console: Console, browser: Browser) -> None:
    browser.post(f"{PAGE}/review", {"seen_text": seen(newsroom)}, form=PAGE)
    assert [*changes(newsroom)] == [REVIEW]
    ben = console.signed_in("ben", Role.EDITOR)
    ben.post(PAGE, {"text": "¿Qué pasa?", "seen": seen(newsroom)}, form=PAGE)
    assert [*changes(newsroom)] == [KEY]
    assert newsroom.desk.drafted().refused == {}
    assert MARK in browser.get(PAGE).text


def test_an_earlier_translation_is_put_back_into_the_form(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "¿Qué pasa?", "of": "What do you need?"})
    newsroom.save(KEY, {"text": "¿Qué quiere?", "of": "What do you need?"})
    first = newsroom.desk.history.of(KEY)[-1].at.isoformat()
    assert ">\n¿Qué pasa?</textarea>" in browser.get(PAGE, query_string={"put": first}).text


def test_the_next_translation_is_one_step_away(browser: Browser) -> None:
    page = browser.get(PAGE).text
    assert 'href="/console/messages/menu.main.title/es"' in page
    assert 'href="/console/messages/menu.here-now.title/es"' in page


@pytest.mark.parametrize("language", ["en", "xx", "checks", "<b>", "e" * 2000])
def test_what_is_no_language_is_not_found(browser: Browser, language: str) -> None:
    page = f"/console/messages/{MAIN}/{language}"
    assert browser.get(page).status_code == 404
    for path in (f"{page}/review", f"{page}/checks"):
        assert browser.post(path, {"text": "x"}, form=PAGE).status_code == 404
