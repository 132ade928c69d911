from __future__ import annotations

from pathlib import Path

import pytest

from hotline.releases.drafting import KEPT_ON_DISK, Drafting
from hotline.releases.files import Files
from hotline.releases.live import Live
from hotline.store.connection import RedisClient
from hotline.store.drafts import Change, Drafts, Value
from hotline.store.history import Entry
from hotline.store.releases import Releases
from tests.conftest import DATA
from tests.releases.conftest import NOW, Publisher, with_title

TITLE = "topic.ice-at-door.title"


@pytest.fixture
def drafts(redis: RedisClient) -> Drafts:
    return Drafts(redis)


@pytest.fixture
def drafting(live: Live, releases: Releases, drafts: Drafts, tmp_path: Path) -> Drafting:
    return Drafting(live, releases, drafts, tmp_path / "drafts", DATA / "audio")


def put(drafts: Drafts, key: str, value: Value) -> None:
    entry = Entry(NOW, "ana", "changed", key)
    assert drafts.put(Change(key, value, "ana", NOW), version=drafts.version(), entry=entry)


def test_an_empty_draft_says_what_is_live(drafting: Drafting, live: Live, packaged: Files) -> None:
    drafted = drafting.now()
    assert drafted.content is live.content
    assert drafted.files == packaged
    assert drafted.base.pointer is None
    assert drafted.changed_paths == frozenset()


def test_a_draft_says_what_was_changed_and_nobody_else_does(drafting: Drafting, drafts: Drafts, live: Live) -> None:
    put(drafts, f"text:{TITLE}", {"text": "At the door", "meaning": "changed"})
    drafted = drafting.now()
    assert drafted.content.script.messages[TITLE].text == "At the door"
    assert live.content.script.messages[TITLE].text != "At the door"
    assert drafted.value(f"text:{TITLE}") == {"text": "At the door"}
    assert drafted.changed_paths == {"script/topics/ice-at-door.toml"}
    assert drafted.keys == {f"text:{TITLE}"}


def test_a_draft_is_made_once_until_it_changes(drafting: Drafting, drafts: Drafts) -> None:
    put(drafts, f"text:{TITLE}", {"text": "One", "meaning": "changed"})
    first = drafting.now()
    assert drafting.now() is first
    put(drafts, f"text:{TITLE}", {"text": "Two", "meaning": "changed"})
    assert drafting.now().content.script.messages[TITLE].text == "Two"


def test_a_draft_rests_on_what_is_live_now(
    drafting: Drafting, drafts: Drafts, live: Live, publisher: Publisher, packaged: Files
) -> None:
    put(drafts, "text:menu.main.title", {"text": "All topics", "meaning": "changed"})
    drafting.now()
    publisher.publish(with_title(packaged, "At the door"))
    live.look()
    messages = drafting.now().content.script.messages
    assert (messages[TITLE].text, messages["menu.main.title"].text) == ("At the door", "All topics")


def test_some_changes_can_be_looked_at_alone(drafting: Drafting, drafts: Drafts) -> None:
    put(drafts, f"text:{TITLE}", {"text": "One", "meaning": "changed"})
    put(drafts, "text:menu.main.title", {"text": "Two", "meaning": "changed"})
    messages = drafting.only([f"text:{TITLE}"]).content.script.messages
    assert messages[TITLE].text == "One"
    assert messages["menu.main.title"].text != "Two"
    assert drafting.only([f"text:{TITLE}", "text:menu.main.title", "text:other"]) is drafting.now()


def test_a_draft_that_cannot_be_loaded_says_why(drafting: Drafting, drafts: Drafts, live: Live) -> None:
    put(drafts, "file:script/menus.toml", None)
    drafted = drafting.now()
    assert any("menus.toml" in problem for problem in drafted.problems)
    assert drafted.content is live.content


def test_a_change_that_cannot_be_made_is_named_and_the_others_are_made(drafting: Drafting, drafts: Drafts) -> None:
    put(drafts, "text:nothing", {"text": "One", "meaning": "changed"})
    put(drafts, f"text:{TITLE}", {"text": "Two", "meaning": "changed"})
    drafted = drafting.now()
    assert set(drafted.refused) == {"text:nothing"}
    assert drafted.content.script.messages[TITLE].text == "Two"


def test_a_town_that_is_changed_is_understood_as_it_is_now(drafting: Drafting, drafts: Drafts, live: Live) -> None:
    put(drafts, f"text:{TITLE}", {"text": "One", "meaning": "changed"})
    assert drafting.now().content.understanding is live.content.understanding
    put(drafts, "town:hamden", {"spellings": ["Zzyzx"]})
    assert drafting.now().content.understanding.understand("zzyzx", asked_for_town=True).towns == ("hamden",)


def test_few_drafts_stay_on_disk(drafting: Drafting, drafts: Drafts, tmp_path: Path) -> None:
    for number in range(KEPT_ON_DISK + 2):
        put(drafts, f"text:{TITLE}", {"text": f"Title {number}", "meaning": "changed"})
        drafting.now()
    assert len(list((tmp_path / "drafts").iterdir())) == KEPT_ON_DISK


def test_what_a_change_refers_to_is_kept_by_its_digest(drafting: Drafting, releases: Releases) -> None:
    assert releases.blob(drafting.blob(b"sound")) == b"sound"
