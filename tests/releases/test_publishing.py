from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.releases.content import packaged_content
from hotline.releases.files import TRAINED
from hotline.releases.publishing import CHECKING, KEEPING, LEARNING, MAKING_READY, PublishError
from hotline.store.connection import RedisClient
from hotline.store.drafts import Change
from hotline.store.history import Entry
from hotline.store.releases import PACKAGED, Worker
from tests.conftest import DATA
from tests.console.newsroom import Newsroom, newsroom_at, wait_until, watching

TITLE = "topic.ice-at-door.title"
FIRST = "topic.ice-at-door.first"


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Iterator[Newsroom]:
    with watching(newsroom_at(redis, tmp_path)) as room:
        yield room


def said(newsroom: Newsroom, message: str, language: str = "en") -> str | None:
    return newsroom.desk.live.content.catalogs.text(language, message)


def change_title(newsroom: Newsroom, text: str, meaning: str = "changed") -> None:
    newsroom.save(f"text:{TITLE}", {"text": text, "meaning": meaning})


def test_what_is_published_is_live_in_every_language_that_is_ready(newsroom: Newsroom) -> None:
    change_title(newsroom, "At the door")
    newsroom.save(f"translation:es:{TITLE}", {"text": "En la puerta de mi casa"})
    steps: list[str] = []
    drafted = newsroom.desk.drafted()
    release = newsroom.desk.publishing.publish(
        drafted.keys,
        version=drafted.draft.version,
        by="ana",
        note="Clearer.",
        tell=lambda step, share: steps.append(step),  # noqa: ARG005 - as Tell is
    )
    wait_until(lambda: newsroom.desk.live.speaking.pointer is not None)
    assert (release.number, release.by, release.note) == (1, "ana", "Clearer.")
    assert said(newsroom, TITLE) == "At the door"
    assert said(newsroom, TITLE, "es") == "En la puerta de mi casa"
    assert said(newsroom, TITLE, "pl") is None
    assert steps == [CHECKING, KEEPING, MAKING_READY]
    assert newsroom.desk.drafts.read().changes == ()
    assert newsroom.desk.history.log(1)[0].what == "published"


def test_a_release_is_brought_back_and_the_draft_stays(newsroom: Newsroom) -> None:
    change_title(newsroom, "One")
    newsroom.publish()
    wait_until(lambda: said(newsroom, TITLE) == "One")
    change_title(newsroom, "Two")
    newsroom.publish()
    wait_until(lambda: said(newsroom, TITLE) == "Two")
    newsroom.save("text:menu.main.title", {"text": "All topics", "meaning": "changed"})
    back = newsroom.desk.publishing.restore(1, by="bea", note="Too early.")
    wait_until(lambda: said(newsroom, TITLE) == "One")
    assert (back.number, back.restores, back.by) == (3, 1, "bea")
    assert newsroom.desk.drafted().keys == {"text:menu.main.title"}
    packaged = packaged_content(DATA / "audio").script.messages[TITLE].text
    assert newsroom.desk.publishing.restore(PACKAGED, by="bea", note="All of it.").restores == PACKAGED
    wait_until(lambda: said(newsroom, TITLE) == packaged)


def test_what_is_not_chosen_stays_in_the_draft(newsroom: Newsroom) -> None:
    change_title(newsroom, "One")
    newsroom.save("text:menu.main.title", {"text": "All topics", "meaning": "changed"})
    version = newsroom.desk.drafted().draft.version
    newsroom.desk.publishing.publish([f"text:{TITLE}"], version=version, by="ana", note="n")
    wait_until(lambda: said(newsroom, TITLE) == "One")
    assert said(newsroom, "menu.main.title") != "All topics"
    assert newsroom.desk.drafted().keys == {"text:menu.main.title"}


@pytest.mark.parametrize(
    ("key", "value", "problem"),
    [
        (f"translation:es:{FIRST}", {"text": "Llame al 1-800-555-0100."}, FIRST),
        (f"translation:es:{FIRST}", {"text": "No abra {phone.nobody}."}, FIRST),
        (f"text:{FIRST}", {"text": "“Curly” quotes — and dashes.", "meaning": "changed"}, FIRST),
        (f"text:{FIRST}", {"text": "word " * 200, "meaning": "changed"}, FIRST),
    ],
)
def test_what_is_wrong_is_not_published(newsroom: Newsroom, key: str, value: dict[str, object], problem: str) -> None:
    newsroom.save(key, value)
    with pytest.raises(PublishError, match=problem):
        newsroom.publish()
    assert newsroom.desk.releases.pointers() == (None, None)
    assert newsroom.desk.drafted().keys == {key}


def test_a_draft_that_changed_since_it_was_looked_at_is_not_published(newsroom: Newsroom) -> None:
    change_title(newsroom, "One")
    version = newsroom.desk.drafted().draft.version
    change_title(newsroom, "Two")
    with pytest.raises(PublishError, match="has changed since you looked"):
        newsroom.desk.publishing.publish([f"text:{TITLE}"], version=version, by="ana", note="n")


def test_nothing_is_not_published(newsroom: Newsroom) -> None:
    with pytest.raises(PublishError, match="nothing to publish"):
        newsroom.publish()
    with pytest.raises(PublishError, match="no release 7"):
        newsroom.desk.publishing.restore(7, by="ana", note="n")


def test_a_redis_that_evicts_is_refused_with_the_remedy(
    newsroom: Newsroom, redis: RedisClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    change_title(newsroom, "One")
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        with pytest.raises(PublishError, match="noeviction"):
            newsroom.publish()
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    del monkeypatch
    assert newsroom.desk.releases.live() is None


def test_a_worker_that_cannot_take_it_up_stops_it(newsroom: Newsroom, redis: RedisClient) -> None:
    change_title(newsroom, "One")
    drafted = newsroom.desk.drafted()
    publishing, releases = newsroom.desk.publishing, newsroom.desk.releases

    def refuse(step: str, share: float | None) -> None:  # noqa: ARG001 - as Tell is
        if step == MAKING_READY:
            for place, key in enumerate(redis.scan_iter("{content}:manifest:*")):
                manifest = key.decode().rpartition(":")[2]
                releases.report(Worker(f"w{place}", newsroom.desk.now(), "", "", manifest, "disk full"))

    with pytest.raises(PublishError, match="disk full"):
        publishing.publish(drafted.keys, version=drafted.draft.version, by="ana", note="n", tell=refuse)
    assert releases.live() is None
    assert newsroom.desk.drafted().keys == drafted.keys


def test_what_was_learned_goes_out_with_its_examples(newsroom: Newsroom) -> None:
    key = "example:es:la migra anda por aqui hoy"
    newsroom.save(key, {"text": "la migra anda por aqui hoy", "topic": "report"})
    steps: list[str] = []
    drafted = newsroom.desk.drafted()
    release = newsroom.desk.publishing.publish(
        drafted.keys,
        version=drafted.draft.version,
        by="ana",
        note="n",
        tell=lambda step, share: steps.append(step),  # noqa: ARG005 - as Tell is
    )
    assert LEARNING in steps
    assert TRAINED in newsroom.desk.releases.manifest(release.manifest).decode()


def test_of_two_who_publish_at_once_one_is_told(newsroom: Newsroom) -> None:
    change_title(newsroom, "One")
    drafted = newsroom.desk.drafted()
    desk = newsroom.desk

    def meddle(step: str, share: float | None) -> None:  # noqa: ARG001 - as Tell is
        if step == MAKING_READY:
            other = Change(f"text:{TITLE}", {"text": "Two", "meaning": "changed"}, "bea", desk.now())
            entry = Entry(desk.now(), "bea", "changed", other.key)
            assert desk.drafts.put(other, version=drafted.draft.version, entry=entry)

    with pytest.raises(PublishError, match="meanwhile"):
        desk.publishing.publish(drafted.keys, version=drafted.draft.version, by="ana", note="n", tell=meddle)
    assert desk.releases.live() is None
    assert desk.drafted().value(f"text:{TITLE}") == {"text": "Two"}
