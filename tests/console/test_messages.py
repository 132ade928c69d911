"""The pages of messages, through their forms, on a real Redis."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path
from time import process_time

import pytest

from hotline.catalogs.catalog import State
from hotline.releases.things import digest_of_value
from hotline.store.connection import RedisClient
from hotline.store.drafts import Value
from hotline.store.operators import Role
from tests.console.drafting import base
from tests.console.newsroom import Newsroom, console_of, newsroom_at
from tests.console.signing import Browser

LIST = "/console/messages"
MAIN, DOOR = "menu.main.text", "topic.ice-at-door.first"
PAGE = f"{LIST}/{MAIN}"
KEY = f"text:{MAIN}"
ALL = len(base().content.script.messages)
HOSTILE = (
    "<script>alert(1)</script>",
    "\u202eevil\u202c",
    "\x00",
    "{",
    "{phone.nobody}",
    "x" * 100_000,
    "%s{0}",
    "\n" * 50,
)


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def browser(newsroom: Newsroom) -> Browser:
    return console_of(newsroom).signed_in("ana", Role.REVIEWER)


def seen(newsroom: Newsroom, key: str = KEY) -> str:
    return digest_of_value(newsroom.desk.drafted().value(key))


def changes(newsroom: Newsroom) -> dict[str, Value]:
    return {change.key: change.value for change in newsroom.desk.drafts.read().changes}


def test_all_messages_are_listed_by_what_they_belong_to(browser: Browser) -> None:
    page = unescape(browser.get(LIST).text)
    assert page.count('<li class="row">') == ALL
    assert page.index("Main menu") < page.index("At my home") < page.index("What the line says everywhere")
    assert "menu.main.text" not in page.replace("/console/messages/menu.main.text", "")


def test_messages_are_found_and_filtered(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "What is happening?", "meaning": "changed"})
    for query, rows in (
        ("q=menu.main.text", 1),
        ("state=stale", 1),
        ("state=changed", 1),
        ("state=missing", 0),
        ("topic=main", 2),
        ("topic=main&state=stale&language=ar", 1),
        ("q=xyzzy", 0),
        ("state=nonsense&language=xx", ALL),
    ):
        answer = browser.get(f"{LIST}?{query}")
        assert answer.status_code == 200
        assert answer.text.count('<li class="row">') + answer.text.count('<tr class="message">') == rows, query
    assert "Nothing is found" in browser.get(f"{LIST}?q=xyzzy").text


def test_a_language_lists_its_translations_in_their_direction(browser: Browser) -> None:
    page = browser.get(f"{LIST}?language=ar&topic=main").text
    assert '<span class="words" lang="ar" dir="rtl">' in page
    assert f'href="/console/messages/{MAIN}/ar"' in page


@pytest.mark.parametrize("hostile", HOSTILE)
def test_nothing_that_is_sought_breaks_the_list(browser: Browser, hostile: str) -> None:
    answer = browser.get(LIST, query_string={"q": hostile[:4000], "topic": hostile[:99], "language": hostile[:99]})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text


def test_a_message_shows_its_reply_what_it_costs_and_all_translations(browser: Browser) -> None:
    page = unescape(browser.get(f"{LIST}/{DOOR}").text)
    assert "0 A person: 1-800-798-0671" in page
    assert "3 segments" in page
    assert "$38.40 for 1,000" in page
    assert "CTLawHelp, Rights of immigrants" in page
    assert 'dir="rtl"' in page
    assert page.count('data-label="What residents get"') == 11
    assert 'lang="ar" dir="rtl"><span class="words"' in page


def test_a_changed_text_is_saved_with_what_was_said_of_its_meaning(newsroom: Newsroom, browser: Browser) -> None:
    form = {"text": " What is\n happening? ", "meaning": "changed", "seen": seen(newsroom)}
    answer = browser.post(PAGE, form, form=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    assert changes(newsroom) == {KEY: {"text": "What is happening?", "meaning": "changed"}}
    page = unescape(browser.get(PAGE).text)
    assert "Saved in the draft" in page
    assert page.count("Out of date") == 11
    assert newsroom.desk.drafted().content.catalogs.state("es", MAIN) is State.STALE


def test_a_text_that_says_something_else_is_dated_where_its_editor_says_that_it_is_right(
    newsroom: Newsroom, browser: Browser
) -> None:
    page, key, sourced = f"{LIST}/{DOOR}", f"text:{DOOR}", f"provenance:{DOOR}"
    assert "If its meaning changed: it is right as of today" in browser.get(page).text
    assert "it is right as of today" not in browser.get(PAGE).text
    before = newsroom.desk.drafted().value(sourced)
    assert before
    form = {"text": "Stay quiet.", "seen": seen(newsroom, key), "as_of_today": "yes"}
    browser.post(page, {**form, "meaning": "same"}, form=page)
    assert changes(newsroom).keys() == {key}
    form["seen"] = seen(newsroom, key)
    browser.post(page, {**form, "meaning": "changed"}, form=page)
    today = newsroom.desk.now().date()
    dated = changes(newsroom)[sourced]
    assert dated
    assert (dated["as_of"], dated["sources"]) == (today.isoformat(), before["sources"])
    assert str(dated["review_by"]) >= (today + timedelta(days=90)).isoformat()
    assert f"As of {today:%b %Y}" in unescape(browser.get(page).text)


def test_a_text_that_says_the_same_keeps_its_translations(newsroom: Newsroom, browser: Browser) -> None:
    browser.post(PAGE, {"text": "What is happening?", "meaning": "same", "seen": seen(newsroom)}, form=PAGE)
    assert newsroom.desk.drafted().content.catalogs.state("es", MAIN) is State.CURRENT
    assert browser.get(PAGE).text.count("Kept after a rewording") == 11


def test_what_is_typed_back_leaves_the_draft(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "What is happening?", "meaning": "changed"})
    browser.post(PAGE, {"text": "What do you need?", "seen": seen(newsroom)}, form=PAGE)
    assert changes(newsroom) == {}


def test_the_meaning_can_be_corrected_later(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "What is happening?", "meaning": "changed"})
    browser.post(PAGE, {"text": "What is happening?", "meaning": "same", "seen": seen(newsroom)}, form=PAGE)
    assert changes(newsroom)[KEY] == {"text": "What is happening?", "meaning": "same"}


def test_a_text_that_is_new_needs_no_word_on_its_meaning(newsroom: Newsroom, browser: Browser) -> None:
    rule = {"rule": "Police do not ask.", "kind": "statement", "sources": ["ctlawhelp"]}
    towns = newsroom.desk.drafted().content.script.towns
    slug = next(slug for slug, town in towns.items() if not town.rule)
    newsroom.save(f"town:{slug}", {**rule, "as_of": "2026-11-01", "review_by": "2027-02-01"})
    id = f"town.{slug}.rule"
    page, key = f"{LIST}/{id}", f"text:{id}"
    assert "did its meaning change" not in browser.get(page).text
    assert browser.post(page, {"text": "Police never ask.", "seen": seen(newsroom, key)}, form=page).status_code == 303
    assert newsroom.desk.drafted().content.script.messages[id].text == "Police never ask."


@pytest.mark.parametrize("text", ["What do you need?", " What do you  need? "])
def test_nothing_is_saved_where_nothing_changed(newsroom: Newsroom, browser: Browser, text: str) -> None:
    assert browser.post(PAGE, {"text": text, "seen": seen(newsroom)}, form=PAGE).status_code == 303
    assert newsroom.desk.history.of(KEY) == ()
    assert "Nothing was changed" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"text": "What now?"}, "Say whether the meaning changed"),
        ({"text": "What now?", "meaning": "perhaps"}, "Say whether the meaning changed"),
        ({"text": "", "meaning": "same"}, "The text is empty. Write one."),
        ({"meaning": "same"}, "The text is empty. Write one."),
        ({"text": "Call {phone.nobody}.", "meaning": "changed"}, "there is no organisation 'nobody'"),
        ({"text": "Call {phone.referral_line}.", "meaning": "same"}, "no translation can stay"),
        ({"text": "A {", "meaning": "changed"}, "A brace stands alone"),
        ({"text": "A\x00", "meaning": "changed"}, "It holds an invisible character (U+0000). Delete it."),
        ({"text": "x" * 1601, "meaning": "changed"}, "It has 1,601 characters."),
    ],
)
def test_a_form_that_cannot_be_saved_comes_back_as_it_was_sent(
    newsroom: Newsroom, browser: Browser, form: dict[str, str], said: str
) -> None:
    answer = browser.post(PAGE, {**form, "seen": seen(newsroom)}, form=PAGE)
    assert answer.status_code == 422
    page = unescape(answer.text)
    assert said in page
    assert 'href="#field-' in page
    if "\x00" not in form.get("text", ""):
        assert f">\n{form.get('text', '')}</textarea>" in page
    assert changes(newsroom) == {}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_breaks_the_form(newsroom: Newsroom, browser: Browser, hostile: str) -> None:
    form = {"text": hostile, "meaning": "changed", "seen": seen(newsroom)}
    answer = browser.post(PAGE, form, form=PAGE)
    assert answer.status_code in {303, 422}
    assert "<script>alert" not in answer.text
    assert "<script>alert" not in browser.get(PAGE).text


def test_a_text_with_a_curly_quote_is_saved_and_said_not_to_be_publishable(
    newsroom: Newsroom, browser: Browser
) -> None:
    form = {"text": "What do “you” need?", "meaning": "same", "seen": seen(newsroom)}
    assert browser.post(PAGE, form, form=PAGE).status_code == 303
    page = unescape(browser.get(PAGE).text)
    assert "It cannot be published as it is" in page
    assert "left double quotation mark" in page


def test_two_people_who_change_the_same_text_both_keep_their_words(newsroom: Newsroom, browser: Browser) -> None:
    opened = seen(newsroom)
    newsroom.save(KEY, {"text": "What is wrong?", "meaning": "changed"}, by="ben")
    form = {"text": "What is happening?", "meaning": "same", "seen": opened}
    answer = browser.post(PAGE, form, form=PAGE)
    assert answer.status_code == 409
    page = unescape(answer.text)
    assert "What is wrong?" in page
    assert "What is happening?" in page
    assert "<b>ben</b>" in page
    assert changes(newsroom)[KEY] == {"text": "What is wrong?", "meaning": "changed"}
    again = browser.post(PAGE, {**form, "seen": seen(newsroom)}, form=PAGE)
    assert again.status_code == 303
    assert changes(newsroom)[KEY] == {"text": "What is happening?", "meaning": "same"}
    history = unescape(browser.get(PAGE).text)
    assert "wrote this at the same time as somebody else" in history


def test_who_changed_a_text_since_it_was_opened_is_told_while_it_is_open(newsroom: Newsroom, browser: Browser) -> None:
    opened = seen(newsroom)
    assert browser.get(f"{PAGE}/others?seen={opened}").text == ""
    newsroom.save(KEY, {"text": "What is wrong?", "meaning": "changed"}, by="ben")
    told = browser.get(f"{PAGE}/others?seen={opened}").text
    assert "<b>ben</b> changed this" in told
    newsroom.desk.take_back(KEY, by="ben")
    assert browser.get(f"{PAGE}/others?seen={opened}").text == ""
    assert "published or taken back" in browser.get(f"{PAGE}/others").text


def test_an_earlier_text_is_put_back_into_the_form_and_saved_only_then(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "What is wrong?", "meaning": "changed"})
    newsroom.save(KEY, {"text": "What is happening?", "meaning": "changed"})
    first = newsroom.desk.history.of(KEY)[-1].at.isoformat()
    page = browser.get(PAGE, query_string={"put": first}).text
    assert ">\nWhat is wrong?</textarea>" in page
    assert "It is not saved yet" in page
    assert changes(newsroom)[KEY] == {"text": "What is happening?", "meaning": "changed"}
    assert ">\nWhat is happening?</textarea>" in browser.get(f"{PAGE}?put=nonsense").text


def test_the_history_names_who_published_what_in_which_release(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "What is happening?", "meaning": "same"}, by="ben")
    newsroom.publish()
    newsroom.desk.live.look()
    page = unescape(browser.get(PAGE).text)
    assert "<b>ben</b> changed the English" in page
    assert 'in <a href="/console/releases/1">release 1</a> by ana' in page
    assert "<del>do you need</del>" in page


def test_what_a_text_rests_on_is_changed_with_a_new_source(newsroom: Newsroom, browser: Browser) -> None:
    page, key = f"{LIST}/{DOOR}", f"provenance:{DOOR}"
    form = {
        "sources": ["ctlawhelp"],
        "new_source_title": ["Judge Smith, order of 23 November 2026"],
        "as_of": ["2026-11-23"],
        "review_by": ["2027-02-01"],
        "seen": [seen(newsroom, key)],
    }
    assert browser.post(f"{page}/provenance", form, form=page).status_code == 303
    made = changes(newsroom)
    source = next(name for name in made if name.startswith("source:"))
    assert made[source] == {"title": "Judge Smith, order of 23 November 2026", "url": None}
    assert made[key] == {
        "sources": ["ctlawhelp", source.removeprefix("source:")],
        "as_of": "2026-11-23",
        "review_by": "2027-02-01",
        "needs_lawyer_review": False,
        "doubt": None,
    }
    shown = unescape(browser.get(page).text)
    assert "Judge Smith, order of 23 November 2026" in shown
    assert "<b>ana</b> changed what it rests on" in shown


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose at least one source"),
        ({"sources": "ctlawhelp", "as_of": "2100-01-01", "review_by": "2100-02-01"}, "This day is still to come"),
        ({"sources": "ctlawhelp", "as_of": "yesterday", "review_by": "2027-02-01"}, "Write a day of the calendar"),
        ({"sources": "nonsense", "as_of": "2026-11-01", "review_by": "2027-02-01"}, "Choose among these"),
        ({"sources": "ctlawhelp", "as_of": "2026-11-01", "review_by": "2026-11-01"}, "must be later"),
    ],
)
def test_a_statement_without_a_sound_footing_is_not_saved(
    newsroom: Newsroom, browser: Browser, form: dict[str, str], said: str
) -> None:
    page, key = f"{LIST}/{DOOR}", f"provenance:{DOOR}"
    answer = browser.post(f"{page}/provenance", {**form, "seen": seen(newsroom, key)}, form=page)
    assert answer.status_code == 422
    assert said in unescape(answer.text)
    assert changes(newsroom) == {}


def test_what_a_text_rests_on_is_not_changed_by_two_people_at_once(newsroom: Newsroom, browser: Browser) -> None:
    page, key = f"{LIST}/{DOOR}", f"provenance:{DOOR}"
    opened, value = seen(newsroom, key), newsroom.desk.drafted().value(key)
    assert value
    newsroom.save(key, {**value, "doubt": "What of apartments?"}, by="ben")
    form = {"sources": "ctlawhelp", "as_of": "2026-11-01", "review_by": "2027-02-01", "seen": opened}
    answer = browser.post(f"{page}/provenance", form, form=page)
    assert answer.status_code == 409
    assert "What of apartments?" in unescape(answer.text)


def test_a_town_and_an_organisation_keep_their_facts_together(browser: Browser) -> None:
    for id, link in (("town.new-haven.rule", "/towns/new-haven"), ("organisation.nhlaa.help", "/organisations/nhlaa")):
        page = f"{LIST}/{id}"
        assert f'href="/console{link}"' in browser.get(page).text
        assert browser.post(f"{page}/provenance", {"sources": "ctlawhelp"}, form=page).status_code == 404


def test_a_text_is_looked_at_while_it_is_written(newsroom: Newsroom, browser: Browser) -> None:
    for text, said in (
        ("What is “happening”?", "left double quotation mark"),
        ("Call {phone.nobody}.", "there is no organisation"),
        ("What is happening?", "Nothing is wrong with it."),
    ):
        answer = browser.post(f"{PAGE}/checks", {"text": text}, form=PAGE)
        assert answer.status_code == 200
        assert said in unescape(answer.text), text
        assert "<html" not in answer.text
    assert "1 Immigration agents are here now" in answer.text
    assert changes(newsroom) == {}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_text_breaks_its_checks(browser: Browser, hostile: str) -> None:
    for path in (f"{PAGE}/checks", f"{PAGE}/ar/checks"):
        answer = browser.post(path, {"text": hostile}, form=PAGE)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text


def test_numbers_that_change_name_the_languages_that_would_not_agree(browser: Browser) -> None:
    page = f"{LIST}/not-forgotten"
    answer = browser.post(f"{page}/checks", {"text": "It is erased in 40 days. {phone.referral_line}"}, form=page)
    assert "The translations have other numbers or names: Spanish, Portuguese" in unescape(answer.text)


@pytest.mark.parametrize("id", ["no.such", "<b>", "x" * 3000, "menu.main", "%00", "%E2%80%AE"])
def test_what_is_no_message_is_not_found(browser: Browser, id: str) -> None:
    for path in (f"{LIST}/{id}", f"{LIST}/{id}/es"):
        assert browser.get(path).status_code == 404
    for path in (f"{LIST}/{id}", f"{LIST}/{id}/checks", f"{LIST}/{id}/provenance", f"{LIST}/{id}/es/review"):
        assert browser.post(path, {"text": "x"}, form=PAGE).status_code == 404, path


def test_wrong_methods_and_forms_from_elsewhere_are_refused(newsroom: Newsroom, browser: Browser) -> None:
    assert browser.post(LIST, form=PAGE).status_code == 405
    assert browser.get(f"{PAGE}/checks").status_code == 404
    assert browser.post(PAGE, {"text": "x", "meaning": "same", "seen": seen(newsroom)}).status_code == 400
    elsewhere = {"Origin": "https://evil.example"}
    assert browser.post(PAGE, {"text": "x"}, form=PAGE, headers=elsewhere).status_code == 403
    assert changes(newsroom) == {}


@pytest.mark.timed
def test_pages_are_fast_with_all_data(newsroom: Newsroom, browser: Browser) -> None:
    newsroom.save(KEY, {"text": "What is happening?", "meaning": "changed"})
    for path in (LIST, f"{LIST}?language=es", f"{LIST}?q=policia", f"{LIST}/{DOOR}", f"{LIST}/{DOOR}/ar"):
        browser.get(path)
        began = process_time()
        browser.get(path)
        assert process_time() - began < 0.2, path
