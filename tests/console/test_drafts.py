"""The page of the draft and publishing from it, on a real Redis server, behind real accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.datastructures import MultiDict

from hotline.console.drafts import wish_of
from hotline.console.drafts_view import id_of
from hotline.console.publishing_job import PublishingJob, Status
from hotline.releases.publishing import Publishing
from hotline.store.connection import RedisClient
from hotline.store.operators import Role
from tests.console.newsroom import TITLE, Newsroom, console_of, newsroom_at, wait_until, watching, words
from tests.console.signing import Browser, Console

KEY = f"text:{TITLE}"
HOUSE = {"text": "In my house", "meaning": "changed"}
NOTE = "A court has decided."
DRAFT, PUBLISH = "/console/draft", "/console/draft/publish"


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(room: Newsroom) -> Console:
    return console_of(room)


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana", Role.REVIEWER)


@pytest.fixture(autouse=True)
def _nothing_is_checked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks take seconds, in the background, and would go on in the next test."""
    if "slow" not in request.keywords:
        monkeypatch.setattr(Publishing, "problems_of", lambda *_: ())


@pytest.fixture
def live_room(room: Newsroom) -> Iterator[Newsroom]:
    with watching(room):
        yield room


def looked_at(html: str) -> str:
    found = re.search(r'name="looked_at" value="([^"]+)"', html)
    assert found, words(html)
    return found[1]


def test_an_empty_draft_says_so(ana: Browser) -> None:
    page = ana.get(DRAFT)
    assert page.status_code == 200
    assert "The draft is empty" in page.text


def test_a_change_is_shown_with_its_author_and_its_difference(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE, by="bo")
    page = ana.get(DRAFT).text
    assert "1 change by bo." in words(page)
    assert "At In my home house" in words(page)
    assert (page.count("<del>"), page.count("<ins>")) == (2, 2)
    assert f'value="{id_of(KEY)}"' in page


def test_it_says_which_languages_will_not_say_a_message(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    page = words(ana.get(DRAFT).text)
    assert "What residents hear meanwhile" in page
    assert "Spanish, Portuguese, Haitian Creole" in page


def test_one_kind_of_changes_alone_is_shown(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    room.save("town:hamden", {"review_by": "2027-01-01"})
    page = words(ana.get(f"{DRAFT}?group=towns").text)
    assert "Hamden" in page
    assert "In my house" not in page.partition("What residents hear meanwhile")[0]


@pytest.mark.parametrize("group", ["nonsense", "\0", "../x", "x" * 5000])
def test_a_kind_that_there_is_not_is_not_found(ana: Browser, group: str) -> None:
    assert ana.get(DRAFT, query_string={"group": group}).status_code == 404


@pytest.mark.slow
def test_what_is_wrong_with_the_draft_is_found_in_the_background(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, {"text": "Agents at my home", "meaning": "same"})
    assert "Checking the draft" in ana.get(DRAFT).text
    wait_until(lambda: "data-done" in ana.get(f"{DRAFT}/problems").text)
    page = words(ana.get(DRAFT).text)
    assert "This must be mended before the draft can be published" in page
    assert "agentes" in page


def test_any_editor_takes_a_change_back(room: Newsroom, console: Console) -> None:
    room.save(KEY, HOUSE, by="ana")
    bo = console.signed_in("bo", Role.EDITOR)
    answer = bo.post(f"{DRAFT}/take-back", {"key": KEY}, form=DRAFT)
    assert (answer.status_code, answer.headers["Location"]) == (303, DRAFT)
    assert room.desk.drafts.read().changes == ()
    entry = room.desk.history.of(KEY)[0]
    assert (entry.by, entry.what, entry.before) == ("bo", "taken back", HOUSE)
    again = bo.post(f"{DRAFT}/take-back", {"key": KEY}, form="/console/account")
    assert again.status_code == 303
    assert "not in the draft any more" in bo.get(DRAFT).text


@pytest.mark.parametrize("key", ["", "nonsense", "\0", "x" * 100_000, "\ud83d", "<b>"])
def test_taking_back_what_is_not_there_does_nothing(room: Newsroom, ana: Browser, key: str) -> None:
    room.save(KEY, HOUSE)
    sent = key.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert ana.post(f"{DRAFT}/take-back", {"key": sent}, form=DRAFT).status_code == 303
    assert room.desk.drafts.read().change(KEY)


def test_an_editor_is_told_who_publishes_and_cannot(room: Newsroom, console: Console) -> None:
    room.save(KEY, HOUSE)
    bo = console.signed_in("bo", Role.EDITOR)
    assert "A reviewer publishes the draft" in bo.get(DRAFT).text
    assert bo.post(PUBLISH, {"note": NOTE}, form=DRAFT).status_code == 403


def test_publishing_asks_for_a_note(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    for note in ("", "   ", "x" * 301, "a\u202eb"):
        answer = ana.post(PUBLISH, {"note": note}, form=DRAFT)
        assert answer.status_code == 422, note
        assert 'id="field-note"' in answer.text
    assert room.desk.releases.count() == 0


def test_publishing_asks_whether_to_go_on_and_says_what_will_happen(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    room.save("town:hamden", {"review_by": "2027-01-01"})
    answer = ana.post(PUBLISH, {"note": NOTE, "shown": id_of("town:hamden")}, form=DRAFT)
    page = words(answer.text)
    assert answer.status_code == 200
    assert "Publish 1 change?" in page
    assert NOTE in page
    assert "Stays in the draft 1 change" in page
    assert "What residents hear meanwhile" in page
    assert room.desk.releases.count() == 0
    assert PublishingJob.of(room.desk).latest() is None


def test_what_others_rest_on_goes_out_as_well_and_is_named(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    room.save(f"translation:es:{TITLE}", {"text": "En mi casa", "of": "In my house"})
    page = words(ana.post(PUBLISH, {"note": NOTE, "shown": id_of(KEY)}, form=DRAFT).text)
    assert "Publish 2 changes?" in page
    assert "Needed" in page


def test_where_nothing_is_ticked_nothing_is_published(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    answer = ana.post(PUBLISH, {"note": NOTE, "shown": id_of(KEY)}, form=DRAFT)
    assert (answer.status_code, answer.headers["Location"]) == (303, DRAFT)
    assert "Nothing is ticked" in ana.get(DRAFT).text


@pytest.mark.slow
def test_a_confirmed_draft_goes_live_and_the_rest_stays(live_room: Newsroom, ana: Browser) -> None:
    room = live_room
    room.save(KEY, HOUSE, by="bo")
    room.save("town:hamden", {"review_by": "2027-01-01"})
    asked = ana.post(PUBLISH, {"note": NOTE, "shown": id_of("town:hamden")}, form=DRAFT)
    fields = {"note": NOTE, "shown": id_of("town:hamden"), "looked_at": looked_at(asked.text)}
    # What somebody saves meanwhile neither goes out nor holds it up.
    room.save("town:new-haven", {"review_by": "2027-01-01"}, by="bo")
    answer = ana.post(PUBLISH, {**fields}, form=DRAFT)
    assert answer.status_code == 200
    fields["looked_at"] = looked_at(answer.text)
    assert "The draft has changed" not in words(answer.text) or "Look again" in words(answer.text)
    answer = ana.post(PUBLISH, fields, form=DRAFT)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console/publishing")
    job = PublishingJob.of(room.desk)
    wait_until(lambda: bool((found := job.latest()) and found.is_over), 60)
    done = job.latest()
    assert done
    assert (done.status, done.number, done.by, done.note) == (Status.LIVE, 1, "ana", NOTE), done.problems
    assert (done.speaking, done.workers) == (1, 1)
    assert "Live on 1 of 1 worker after" in words(ana.get("/console/publishing").text)
    assert room.desk.live.content.script.messages[TITLE].text == "In my house"


@pytest.mark.slow
def test_a_draft_that_does_not_pass_the_checks_is_not_published_and_says_why(live_room: Newsroom, ana: Browser) -> None:
    room = live_room
    room.save(KEY, {"text": "Agents at my home", "meaning": "same"})
    asked = ana.post(PUBLISH, {"note": NOTE}, form=DRAFT)
    ana.post(PUBLISH, {"note": NOTE, "looked_at": looked_at(asked.text)}, form=DRAFT)
    job = PublishingJob.of(room.desk)
    wait_until(lambda: bool((found := job.latest()) and found.is_over), 60)
    page = words(ana.get("/console/publishing").text)
    assert "Nothing was published" in page
    assert "agentes" in page
    assert room.desk.drafts.read().change(KEY)


def test_another_state_than_the_one_that_was_looked_at_is_asked_about_again(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, HOUSE)
    asked = ana.post(PUBLISH, {"note": NOTE}, form=DRAFT)
    room.save(KEY, {"text": "In my flat", "meaning": "changed"}, by="bo")
    answer = ana.post(PUBLISH, {"note": NOTE, "looked_at": looked_at(asked.text)}, form=DRAFT)
    assert answer.status_code == 200
    assert "Look again" in answer.text
    assert PublishingJob.of(room.desk).latest() is None


def test_while_somebody_publishes_nobody_else_can(room: Newsroom, ana: Browser, redis: RedisClient) -> None:
    room.save(KEY, HOUSE)
    asked = ana.post(PUBLISH, {"note": NOTE}, form=DRAFT)
    redis.set("{content}:publishing", "another", ex=10)
    answer = ana.post(PUBLISH, {"note": NOTE, "looked_at": looked_at(asked.text)}, form=DRAFT)
    assert answer.status_code == 303
    assert "Somebody is publishing at this moment" in ana.get("/console/publishing").text


@pytest.mark.parametrize(
    "fields",
    [
        {"note": NOTE, "shown": "nonsense", "ticked": "\0"},
        {"note": NOTE, "group": "towns"},
        {"note": "<script>alert(1)</script>"},
        {"note": NOTE, "looked_at": "x" * 100_000},
        {"note": NOTE, "group": "nonsense"},
        {},
    ],
)
def test_forms_that_no_page_made_break_nothing(room: Newsroom, ana: Browser, fields: dict[str, str]) -> None:
    room.save(KEY, HOUSE)
    answer = ana.post(PUBLISH, fields, form=DRAFT)
    assert answer.status_code in {200, 303, 422}
    assert "<script>" not in answer.text.replace('<script type="module"', "")
    assert room.desk.releases.count() == 0


def test_a_text_with_markup_is_shown_as_it_is(room: Newsroom, ana: Browser) -> None:
    room.save(KEY, {"text": "<b>In</b> <script>my</script> house", "meaning": "same"})
    page = ana.get(DRAFT).text
    assert "<script>my" not in page
    assert "&lt;script&gt;" in page


def test_a_wish_is_read_from_its_form() -> None:
    form = MultiDict([("note", " one  two "), ("shown", "a"), ("shown", "b"), ("ticked", "b"), ("group", "towns")])
    wish = wish_of(form)
    assert (wish.note, wish.group, wish.errors) == ("one two", "towns", {})
    assert wish.left_out == {"a"}
    assert set(wish_of(MultiDict()).errors) == {"note"}
    assert set(wish_of(MultiDict({"group": "x", "note": "y"})).errors) == {"group"}


def test_a_store_that_could_lose_releases_is_named(room: Newsroom, ana: Browser, redis: RedisClient) -> None:
    room.save(KEY, HOUSE)
    redis.config_set("maxmemory-policy", "allkeys-lru")
    try:
        page = words(ana.get(DRAFT).text)
    finally:
        redis.config_set("maxmemory-policy", "noeviction")
    assert "This store could lose what is published" in page
