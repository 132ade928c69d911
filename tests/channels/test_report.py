from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest

from hotline.channels.report import render_report
from hotline.channels.wording import WrittenWording
from hotline.script.model import Script

TODAY = date(2026, 11, 22)


class _Page(HTMLParser):
    """Which texts, addresses and anchors a page holds, and whether its elements close as they open."""

    VOID = frozenset({"meta", "br", "link", "img", "input", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.ids += [found["id"] or ""] if "id" in found else []
        self.links += [found["href"] or ""] if "href" in found else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


def read(page: str) -> _Page:
    parser = _Page()
    parser.feed(page)
    parser.close()
    assert not parser.open
    return parser


@pytest.fixture
def page(script: Script, written: WrittenWording) -> str:
    return render_report(script, written, TODAY)


def test_every_statement_stands_there_with_its_sources_and_dates(script: Script, page: str) -> None:
    words = " ".join(read(page).words.split())
    stated = [message for message in script.messages.values() if message.provenance]
    assert len(stated) > len(script.parts)
    for message in stated:
        assert message.provenance
        assert message.id in words
        assert str(message.provenance.as_of) in words
        assert str(message.provenance.review_by) in words
        for source in message.provenance.sources:
            assert script.sources[source].title in words


def test_every_open_doubt_stands_there(script: Script, page: str) -> None:
    doubts = [m.provenance.doubt for m in script.messages.values() if m.provenance and m.provenance.doubt]
    words = " ".join(read(page).words.split())
    assert doubts
    assert all(words.count(doubt) >= 2 for doubt in doubts), "at the statement and in the list of all"


def test_a_number_that_is_not_verified_is_not_printed(script: Script, page: str) -> None:
    hidden = [one.phone for one in script.organisations.values() if one.phone and not one.phone_certainty.may_be_told]
    assert hidden
    digits = re.sub(r"\D", "", read(page).words)
    assert not [phone for phone in hidden if phone.removeprefix("+1") in digits]


def test_each_link_leads_somewhere_and_nothing_is_loaded(page: str) -> None:
    found = read(page)
    assert len(found.ids) == len(set(found.ids))
    for link in found.links:
        assert link.startswith("https://") or link.removeprefix("#") in found.ids
    assert not re.search(r"<(script|img|link|iframe)|url\(|@import", page)


def test_what_is_past_its_review_date_is_marked(script: Script, written: WrittenWording) -> None:
    days = [message.provenance.review_by for message in script.messages.values() if message.provenance]
    later = render_report(script, written, max(days) + timedelta(days=1))
    assert f"{len(days)} past their" in " ".join(read(later).words.split())
    assert "0 past their" in " ".join(read(render_report(script, written, min(days))).words.split())


def test_texts_are_escaped(script: Script, written: WrittenWording) -> None:
    topic = next(iter(script.topics.values()))
    first = script.messages[topic.parts[0].message]
    hostile = replace(first, text="<b>Sign</b> & go")
    changed = replace(script, messages={**script.messages, first.id: hostile})
    page = render_report(changed, WrittenWording(changed, written.catalogs), TODAY)
    assert "&lt;b&gt;Sign&lt;/b&gt; &amp; go" in page
