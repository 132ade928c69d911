from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polib
import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import WrittenWording
from hotline.locales import LOCALES
from hotline.public.wording import PageWording, linked
from hotline.releases.content import Content, packaged_content
from hotline.settings import Identity
from tests.conftest import DATA

IDENTITY = Identity("+12035550100", "Legal Aid <b>of</b> Nowhere", "help@example.org")
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def content() -> Content:
    return packaged_content(DATA)


def wording(content: Content, language: str = "en", today: date = TODAY) -> PageWording:
    return PageWording(content, content.script.languages[language], IDENTITY, today)


def without(content: Content, tmp_path: Path, language: str, *ids: str) -> Content:
    """The same content, in which translations of a language are missing."""
    for folder in LOCALES.glob("*/LC_MESSAGES"):
        (tmp_path / folder.parent.name / "LC_MESSAGES").mkdir(parents=True)
        file = polib.pofile(str(folder / "hotline.po"))
        for entry in file:
            if folder.parent.name == language and entry.msgctxt in ids:
                entry.msgstr = ""
        file.save(str(tmp_path / folder.parent.name / "LC_MESSAGES/hotline.po"))
    catalogs = Catalogs(content.script, tmp_path)
    return replace(content, catalogs=catalogs, written=WrittenWording(content.script, catalogs))


def test_what_the_settings_say_stands_in_the_texts_and_cannot_be_markup(content: Content) -> None:
    said = str(wording(content).say("front.runs"))

    assert "Legal Aid &lt;b&gt;of&lt;/b&gt; Nowhere answers for this line." in said
    assert '<a href="mailto:help@example.org" dir="ltr">help@example.org</a>' in said


def test_numbers_and_addresses_are_links() -> None:
    assert linked("Call 1-800-798-0671.") == 'Call <a href="tel:+18007980671" dir="ltr">1-800-798-0671</a>.'
    assert linked("See https://a.example/b.") == (
        'See <a href="https://a.example/b" dir="ltr">https://a.example/b</a>.'
    )


@pytest.mark.parametrize(
    "hostile",
    [
        'https://a.example/"onmouseover="x',
        "<script>@b.example",
        "javascript:x@y.z",
        "https://a.example/<img>",
        "'\"@a.b",
    ],
)
def test_no_address_ends_the_link_that_it_is_in(hostile: str) -> None:
    shown = str(linked(hostile))

    assert "<script" not in shown
    assert "<img" not in shown
    assert 'onmouseover="x' not in shown.replace("&#34;", "")
    assert shown.count('"') in {0, 4}


def test_every_text_of_a_page_is_said_in_every_language(content: Content) -> None:
    ids = [id for id, message in content.script.messages.items() if message.is_on_page]
    for language in content.script.languages:
        words = wording(content, language)

        assert all(words.message(id) for id in ids), language
        assert words.updating is None


def test_what_is_not_translated_is_left_out_and_said_to_be_updated(content: Content, tmp_path: Path) -> None:
    words = wording(without(content, tmp_path, "es", "page.front.lead"), "es")

    assert words.say("front.lead") is None
    assert words.plain("front.lead") == ""
    assert "Estamos actualizando" in str(words.updating)
    assert "We are updating" not in str(words.updating)


def test_a_page_says_up_to_when_it_is_known_to_be_right(content: Content) -> None:
    words = wording(content)
    assert words.stamp is None

    words.say("card.lawyer")
    words.say("card.no-entry")

    assert "As of Jan 2026" in str(words.stamp)


def test_past_its_review_date_a_page_says_so(content: Content) -> None:
    words = wording(content, today=date(2027, 2, 2))

    words.say("card.no-entry")

    assert "it may be out of date" in str(words.stamp)


def test_a_text_has_a_day_of_its_own(content: Content) -> None:
    words = wording(content)
    dated = words.dated("topic.ice-at-door.first")

    assert dated is not None
    assert "As of Jan 2026" in str(dated[1])
    assert words.stamp is None
