"""The page of the urgent notice, through its form, on a real Redis."""

from __future__ import annotations

import timeit
from datetime import timedelta
from pathlib import Path

import pytest

from hotline.channels.audio.espeak import espeak_of_this_process
from hotline.console.fields import seen_of
from hotline.store.connection import RedisClient
from hotline.store.drafts import Value
from tests.console.forms import editor_at
from tests.console.newsroom import Newsroom, newsroom_at, wait_until, watching
from tests.console.signing import Browser

PAGE = "/console/notice"
IN_SPANISH = "Hoy ICE está en la corte. Llame al {phone.referral_line}."


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def browser(newsroom: Newsroom) -> Browser:
    return editor_at(newsroom)


def notice(newsroom: Newsroom) -> Value:
    return newsroom.desk.drafted().value("notice")


def form_of(newsroom: Newsroom, *, hours: float = 24, **texts: str) -> dict[str, str]:
    """A form that was opened now, with texts by language."""
    until = newsroom.desk.now() + timedelta(hours=hours)
    return {
        "seen": seen_of(notice(newsroom)),
        "day": until.date().isoformat(),
        "time": f"{until:%H:%M}",
        **{f"text.{language}": text for language, text in texts.items()},
    }


def test_without_a_notice_the_page_says_so_and_offers_every_language(browser: Browser) -> None:
    page = browser.get(PAGE).text
    assert "There is no notice." in page
    assert page.count("data-editor") == 12
    assert "A language without a text says nothing of it" in page


@pytest.mark.slow
def test_a_notice_is_written_published_and_ended(newsroom: Newsroom, browser: Browser) -> None:
    answer = browser.post(PAGE, form_of(newsroom, es=IN_SPANISH), form=PAGE)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = browser.get(PAGE).text
    assert "Not published yet" in page
    assert "Hoy ICE está en la corte. Llame al 1-800-798-0671." in page
    assert "/console/draft?group=notice" in page
    with watching(newsroom):
        newsroom.publish(note="Notice")
        wait_until(lambda: notice(newsroom) is not None)
        page = browser.get(PAGE).text
        assert "Not published yet" not in page
        assert "End the notice" in page
        browser.post(f"{PAGE}/end", {"seen": seen_of(notice(newsroom))}, form=PAGE)
        assert notice(newsroom) is None
        page = browser.get(PAGE).text
        assert "Residents still have it until you publish." in page
        newsroom.publish(note="Over")
        wait_until(lambda: newsroom.desk.live.content.script.notice is None)
        assert "There is no notice." in browser.get(PAGE).text


def test_two_people_write_two_languages_at_once(newsroom: Newsroom, browser: Browser) -> None:
    browser.post(PAGE, form_of(newsroom, en="Stay home."), form=PAGE)
    mine = form_of(newsroom, en="Stay home.", es=IN_SPANISH)
    value = notice(newsroom) or {}
    mine["day"], mine["time"] = str(value["until"])[:10], str(value["until"])[11:16]
    newsroom.save("notice", {"until": value["until"], "texts": {"en": "Stay home.", "ht": "Rete lakay."}})
    assert browser.post(PAGE, mine, form=PAGE).status_code == 303
    texts = (notice(newsroom) or {})["texts"]
    assert texts == {"en": "Stay home.", "es": IN_SPANISH, "ht": "Rete lakay."}


def test_a_conflict_shows_both(newsroom: Newsroom, browser: Browser) -> None:
    mine = form_of(newsroom, es="Mío.")
    browser.post(PAGE, form_of(newsroom, es="Suyo."), form=PAGE)
    answer = browser.post(PAGE, mine, form=PAGE)
    assert answer.status_code == 409
    assert "Mío." in answer.text
    assert "Suyo." in answer.text
    ended = browser.post(f"{PAGE}/end", {"seen": seen_of(None)}, form=PAGE)
    assert ended.status_code == 409


@pytest.mark.parametrize(
    ("texts", "hours", "says"),
    [
        ({"es": "x" * 201}, 24, "200 at most"),
        ({"es": "Llame {phone.nhlaa}"}, 24, "not verified"),
        ({}, 24, "at least one language"),
        ({"es": "Hola"}, -1, "over"),
        ({"es": "Hola"}, 15 * 24, "within 14 days"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_written_stays(
    newsroom: Newsroom, browser: Browser, texts: dict[str, str], hours: float, says: str
) -> None:
    answer = browser.post(PAGE, form_of(newsroom, hours=hours, **texts), form=PAGE)
    assert answer.status_code == 422
    assert says in answer.text
    assert all(text in answer.text for text in texts.values())
    assert notice(newsroom) is None


def test_a_text_is_looked_at_while_it_is_written(browser: Browser) -> None:
    looked = browser.post(f"{PAGE}/looked-at/es", {"text": IN_SPANISH}, form=PAGE).text
    assert "1-800-798-0671" in looked
    assert "to every first text" in looked
    assert 'lang="es"' in looked
    arabic = browser.post(f"{PAGE}/looked-at/ar", {"text": "اتصل الآن."}, form=PAGE).text
    assert 'dir="rtl"' in arabic
    assert browser.post(f"{PAGE}/looked-at/xx", {"text": "a"}, form=PAGE).status_code == 404
    assert browser.post(f"{PAGE}/looked-at/es", {}, form=PAGE).status_code == 200


def test_what_is_saved_can_be_heard(newsroom: Newsroom, browser: Browser) -> None:
    if espeak_of_this_process() is None:
        pytest.skip("eSpeak NG is not there: apt-get install espeak-ng")
    assert browser.get(f"{PAGE}/ht.wav").status_code == 404
    browser.post(PAGE, form_of(newsroom, ht="Rete lakay."), form=PAGE)
    sound = browser.get(f"{PAGE}/ht.wav")
    assert (sound.mimetype, sound.data[:4]) == ("audio/wav", b"RIFF")
    assert browser.get(f"{PAGE}/es.wav").status_code == 404
    assert "/console/notice/ht.wav" in browser.get(PAGE).text


def test_hostile_texts_are_refused_or_stay_texts(newsroom: Newsroom, browser: Browser) -> None:
    for text in ("<script>alert(1)</script>", "\u202e", "\0", "{", "{{", "{0}", "x" * 20_000):
        for answer in (
            browser.post(PAGE, form_of(newsroom, en=text), form=PAGE),
            browser.post(f"{PAGE}/looked-at/en", {"text": text}, form=PAGE),
            browser.get(PAGE),
        ):
            assert answer.status_code in {200, 303, 422}
            assert "<script>alert" not in answer.text


def test_a_form_that_no_page_made_is_refused(newsroom: Newsroom, browser: Browser) -> None:
    browser.post(PAGE, form_of(newsroom, es="Suyo."), form=PAGE)
    for seen in ("", "[]", "{", '{"until": 3, "texts": 5}', '{"texts": {"es": []}}', '"x"'):
        form = {**form_of(newsroom, es="Mío."), "seen": seen}
        assert browser.post(PAGE, form, form=PAGE).status_code in {400, 409}, seen
        assert browser.post(f"{PAGE}/end", {"seen": seen}, form=PAGE).status_code in {400, 409}, seen


@pytest.mark.timed
def test_the_page_is_fast(newsroom: Newsroom, browser: Browser) -> None:
    fields = [f"text.{code}" for code in newsroom.desk.live.content.script.languages]
    form = {**form_of(newsroom), **dict.fromkeys(fields, "1 {phone.referral_line}")}
    browser.post(PAGE, form, form=PAGE)
    assert min(timeit.repeat(lambda: browser.get(PAGE), number=1, repeat=4)) < 0.2
