"""The pages of releases, on a real Redis server, behind real accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.console.publishing_job import Publication, PublishingJob, Status, Task
from hotline.store.connection import RedisClient
from hotline.store.operators import Role
from tests.conftest import NOW
from tests.console.newsroom import TITLE, Newsroom, console_of, newsroom_at, wait_until, watching, words
from tests.console.signing import Browser, Console

RELEASES = "/console/releases"
LIVE = {"status": Status.LIVE, "number": 3, "workers": 4}


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Iterator[Newsroom]:
    with watching(newsroom_at(redis, tmp_path)) as newsroom:
        yield newsroom


@pytest.fixture
def console(room: Newsroom) -> Console:
    return console_of(room)


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana", Role.REVIEWER)


def published(room: Newsroom, text: str, note: str = "A court has decided.") -> None:
    room.save(f"text:{TITLE}", {"text": text, "meaning": "same"}, by="bo")
    room.publish(note=note)
    wait_until(lambda: room.desk.live.content.script.messages[TITLE].text == text)


def over(room: Newsroom) -> Publication:
    job = PublishingJob.of(room.desk)
    wait_until(lambda: bool((found := job.latest()) and found.is_over), 60)
    found = job.latest()
    assert found
    return found


def test_before_anything_was_published_the_pages_say_so(ana: Browser) -> None:
    assert "Nothing was published yet" in ana.get(RELEASES).text
    assert "Nothing was published yet" in ana.get("/console/publishing").text
    assert "There is nothing to put back" in ana.get("/console/put-back").text


@pytest.mark.parametrize(
    "path", ["/1", "/0", "/999999999999999999999999", "/-1", "/1/restore", "?before=0", "?before=9"]
)
def test_a_release_that_there_is_not_is_not_found(ana: Browser, path: str) -> None:
    assert ana.get(f"{RELEASES}{path}").status_code == 404


@pytest.mark.slow
def test_a_release_is_listed_shown_and_brought_back(room: Newsroom, ana: Browser) -> None:
    published(room, "In my house", note="First <b>")
    published(room, "In my flat", note="Second")
    listed = words(ana.get(RELEASES).text)
    assert listed.index("Release 2") < listed.index("Release 1")
    assert "First <b>" in listed
    page = words(ana.get(f"{RELEASES}/2").text)
    assert "In my house flat" in page
    assert "bo" in page
    asked = ana.get(f"{RELEASES}/1/restore")
    assert "Release 2" in words(asked.text)
    assert room.desk.releases.count() == 2
    refused = ana.post(f"{RELEASES}/1/restore", {"note": " "}, form=f"{RELEASES}/1/restore")
    assert refused.status_code == 422
    answer = ana.post(f"{RELEASES}/1/restore", {"note": "It was wrong."}, form=f"{RELEASES}/1/restore")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/publishing")
    done = over(room)
    assert (done.status, done.number, done.task) == (Status.LIVE, 3, Task.RESTORE)
    assert room.desk.live.content.script.messages[TITLE].text == "In my house"
    restored = words(ana.get(f"{RELEASES}/3").text)
    assert "Release 1, First <b>" in restored
    assert "What came with the hotline" in ana.get(RELEASES).text
    first = f"{RELEASES}/0/restore"
    assert "Bring back what came with the hotline?" in ana.get(first).text
    ana.post(first, {"note": "All of it was wrong."}, form=first)
    assert over(room).number == 4
    assert room.desk.live.content.script.messages[TITLE].text not in {"In my house", "In my flat"}
    assert "The line says what it came with" in ana.get(f"{RELEASES}/4").text


def test_only_a_reviewer_brings_back(console: Console) -> None:
    bo = console.signed_in("bo", Role.EDITOR)
    for path in (f"{RELEASES}/1/restore", "/console/put-back"):
        assert bo.get(path).status_code == 403
        assert bo.post(path, {"note": "x"}, form="/console/account").status_code == 403


@pytest.mark.slow
def test_what_the_store_has_lost_is_put_back(room: Newsroom, console: Console, redis: RedisClient) -> None:
    published(room, "In my house")
    redis.flushdb()
    wait_until(lambda: bool(room.desk.live.trouble))
    ana = console.signed_in("ana", Role.REVIEWER)
    overview = words(ana.get("/console/").text)
    assert "The store has lost its releases" in overview
    assert "Put the release back" in overview
    assert "it still says release 1" in overview
    asked = ana.get("/console/put-back")
    assert "The releases are gone" in asked.text
    assert ana.post("/console/put-back", {"note": ""}, form="/console/put-back").status_code == 422
    ana.post("/console/put-back", {"note": "Redis was emptied."}, form="/console/put-back")
    done = over(room)
    assert (done.status, done.number, done.task) == (Status.LIVE, 1, Task.PUT_BACK)
    wait_until(lambda: not room.desk.live.trouble)
    assert "The store has lost its releases" not in ana.get("/console/").text
    assert room.desk.live.content.script.messages[TITLE].text == "In my house"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"step": "checking"}, "Checking every text"),
        ({"step": "learning", "share": 0.4}, "Learning from the examples"),
        ({"status": Status.REFUSED, "problems": ("one <b>", "two")}, "one <b>"),
        ({"status": Status.INTERRUPTED}, "It was interrupted: nothing went live"),
        ({**LIVE, "speaking": 4, "seconds": 0.6}, "Live on 4 of 4 workers after 0.6 s."),
        ({**LIVE, "speaking": 3, "seconds": 10.0}, "The others still say the release before."),
    ],
)  # fmt: skip
def test_publishing_is_told_in_every_state(
    room: Newsroom, ana: Browser, redis: RedisClient, fields: dict[str, object], said: str
) -> None:
    publication = Publication("id", Task.PUBLISH, "bo", "A court has decided.", NOW, 0, **fields)  # type: ignore[arg-type]  # of it
    redis.set("{content}:publication", publication.to_json())
    if publication.status is Status.RUNNING:
        redis.set("{content}:publishing", "id", ex=10)
    page = ana.get("/console/publishing")
    assert said in words(page.text)
    assert "A court has decided." in page.text
    assert ("http-equiv" in page.text) is (publication.status is Status.RUNNING)
    fragment = ana.get("/console/publishing/progress").text
    assert ("data-done" in fragment) is (publication.status is not Status.RUNNING)
    assert "<html" not in fragment
    assert room.desk.releases.count() == 0
