"""The pages of examples, on a real Redis server, behind real accounts; what learns is a small program."""

from __future__ import annotations

import json
import re
import time
from dataclasses import asdict
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from hotline.console import examples
from hotline.console.examples_view import Example, example_key, examples_of, value_of
from hotline.releases import learning
from hotline.store.connection import RedisClient
from hotline.store.lease import Lease
from hotline.understanding.development import Score
from hotline.understanding.trained import TRAINED_FILE
from tests.console import newsroom
from tests.console.newsroom import Newsroom, console_of, newsroom_at, wait_until, words
from tests.console.signing import Browser, Console, keys_in

DOOR = "la migra esta tocando la puerta"
NEW = "unos tipos de verde tocan en lo de mi tia"
SPANISH = "/console/examples/es"
TRY = "/console/examples/try"
SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setattr(newsroom, "AREAS", tuple({*newsroom.AREAS, examples}))
    console = console_of(room)
    console.app.context_processor(lambda: {"now": room.desk.now()})
    return console


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana")


def add(browser: Browser, *lines: str, topic: str = "ice-at-door") -> TestResponse:
    return browser.post(SPANISH, {"topic": topic, "lines": "\r\n".join(lines)}, form=SPANISH)


def of_draft(room: Newsroom) -> dict[str, str]:
    drafted = room.desk.drafted()
    return {one.text: one.topic for one in examples_of(drafted, "es") if not one.removed}


def page_of(text: str) -> str:
    return f"{SPANISH}/{Example(text, '').id}"


def change(browser: Browser, text: str, what: str = "", **fields: str) -> TestResponse:
    """Presses a button of the page of an example."""
    page = page_of(text)
    seen = SEEN.search(browser.get(page).text)
    sent = {**({"seen": seen[1]} if seen else {}), **fields}
    return browser.post(f"{page}{what}", sent, form=page)


def test_every_language_is_listed_with_how_many_examples_it_has(ana: Browser) -> None:
    text = words(ana.get("/console/examples").text)
    assert "Español Spanish 2,316 as live" in text
    assert "العربية Arabic 5,330 as live" in text


def test_what_people_text_is_added_to_the_draft(ana: Browser, room: Newsroom) -> None:
    answer = add(ana, NEW, "", "  llego   la del chaleco  ")
    assert answer.location == f"{SPANISH}?topic=ice-at-door"
    assert of_draft(room)[NEW] == of_draft(room)["llego la del chaleco"] == "ice-at-door"
    shown = words(ana.get(answer.location).text)
    assert "Added to the draft: 2 texts." in shown
    assert shown.index(NEW) < shown.index("la migra llego")
    assert {one.by for one in room.desk.drafts.read().changes} == {"ana"}


def test_many_lines_are_added_in_one_step(ana: Browser, room: Newsroom) -> None:
    began = time.thread_time()
    assert add(ana, *(f"los del chaleco numero {number} tocan" for number in range(100))).status_code == 303
    assert time.thread_time() - began < 8
    draft = room.desk.drafts.read()
    assert (draft.version, len(draft.changes)) == (1, 100)


def test_what_is_there_already_is_said_and_not_added_again(ana: Browser, room: Newsroom) -> None:
    answer = add(ana, "La migra está tocando la puerta!")
    assert "There already: 1 text." in words(ana.get(answer.location).text)
    assert room.desk.drafts.read().changes == ()


def test_what_cannot_be_added_stays_in_the_form_with_why(ana: Browser, room: Newsroom) -> None:
    answer = add(ana, NEW, "mi numero es 203 555 0100", "MENU", topic="schools")
    assert answer.status_code == 422
    shown = words(answer.text)
    assert "Added to the draft: 1 text." in shown
    assert "This holds a long number." in shown
    assert "This is a command of the line" in shown
    assert "mi numero es 203 555 0100\nMENU</textarea>" in answer.text
    assert of_draft(room)[NEW] == "schools"


def test_what_stands_under_another_topic_can_be_moved(ana: Browser, room: Newsroom) -> None:
    answer = add(ana, "la migra ESTA tocando la puerta", topic="ice-street")
    assert "this stands under “At my home” already" in words(answer.text)
    assert f'href="{page_of(DOOR)}"' in answer.text
    assert change(ana, DOOR, topic="ice-street").status_code == 303
    assert of_draft(room)[DOOR] == "ice-street"
    assert "Moved in the draft" in ana.get(page_of(DOOR)).text
    assert change(ana, DOOR, "/undo").status_code == 303
    assert room.desk.drafts.read().changes == ()


def test_an_example_is_removed_and_put_back(ana: Browser, room: Newsroom) -> None:
    assert change(ana, DOOR, "/remove").status_code == 303
    assert DOOR not in of_draft(room)
    assert "Removed in the draft" in ana.get(page_of(DOOR)).text
    change(ana, DOOR, "/undo")
    assert of_draft(room)[DOOR] == "ice-at-door"
    assert room.desk.drafts.read().changes == ()


def test_what_was_removed_can_be_added_under_another_topic(ana: Browser, room: Newsroom) -> None:
    change(ana, DOOR, "/remove")
    add(ana, DOOR, topic="ice-street")
    assert of_draft(room)[DOOR] == "ice-street"


def test_an_own_example_that_is_removed_leaves_the_draft(ana: Browser, room: Newsroom) -> None:
    add(ana, NEW)
    change(ana, NEW, "/remove")
    assert NEW not in of_draft(room)
    assert room.desk.drafts.read().changes == ()
    assert ana.get(page_of(NEW)).status_code == 404


def test_two_who_change_the_same_example_see_each_others_change(ana: Browser, console: Console, room: Newsroom) -> None:
    bea = console.signed_in("bea")
    seen = SEEN.search(bea.get(page_of(DOOR)).text)
    assert seen
    change(ana, DOOR, topic="ice-street")
    answer = bea.post(page_of(DOOR), {"topic": "schools", "seen": seen[1]}, form=page_of(DOOR))
    assert answer.status_code == 409
    assert "ana" in answer.text
    assert of_draft(room)[DOOR] == "ice-street"


def test_examples_are_found(ana: Browser) -> None:
    found = words(ana.get(f"{SPANISH}?q=TÓCANDO&topic=ice-at-door").text)
    assert DOOR in found
    assert "la migra llego" not in found
    assert "No example holds this" in ana.get(f"{SPANISH}?q=zqxj").text


@pytest.mark.parametrize(
    "query", ["page=2", "page=0", "page=-3", "page=x", "page=99999999999", "topic=%3Cb%3E", "q=%00"]
)
def test_any_query_gives_a_page(ana: Browser, query: str) -> None:
    assert ana.get(f"{SPANISH}?{query}").status_code == 200


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"topic": "", "lines": NEW}, "Choose what these texts are about"),
        ({"topic": "nothing", "lines": NEW}, "Choose what these texts are about"),
        ({"topic": "schools", "lines": " \n "}, "Write a text first"),
        ({}, "Choose what these texts are about"),
        ({"topic": "schools", "lines": "x\n" * 101}, "These are 101 lines"),
        ({"topic": "schools", "lines": "x" * 100_000}, "Use 400 at most"),
        ({"topic": "schools", "lines": "hola\x00"}, "invisible character"),
        ({"topic": "schools", "lines": "hola \u202e aloh"}, "invisible character"),
        ({"topic": "schools", "lines": "(" * 90_000}, "characters"),
    ],
)
def test_a_form_that_cannot_be_saved_says_why(ana: Browser, room: Newsroom, fields: dict[str, str], why: str) -> None:
    answer = ana.post(SPANISH, fields, form=SPANISH)
    assert answer.status_code == 422
    assert why in words(answer.text)
    assert room.desk.drafts.read().changes == ()


def test_markup_is_a_text_like_others(ana: Browser, room: Newsroom) -> None:
    add(ana, "<script>alert(1)</script> la migra")
    assert "<script>alert" not in ana.get(SPANISH).text
    assert "<script>alert(1)</script> la migra" in of_draft(room)


@pytest.mark.parametrize(
    "path", ["/console/examples/xx", f"{SPANISH}/nothing", f"{SPANISH}/{'0' * 16}", f"{SPANISH}/%00"]
)
def test_what_is_not_there_is_not_found(ana: Browser, path: str) -> None:
    assert ana.get(path).status_code == 404
    assert ana.post(path, {}, form="/console/account").status_code == 404


def test_an_unknown_topic_to_move_to_is_refused(ana: Browser) -> None:
    assert change(ana, DOOR, topic="nothing").status_code == 400


def test_texts_are_tried_and_not_kept(ana: Browser, redis: RedisClient) -> None:
    answer = ana.post(TRY, {"texts": f"{DOOR}\nthey took my brother in new haven"}, form=TRY)
    assert answer.status_code == 200
    shown = words(answer.text)
    assert re.search(r"At my home, \d+% sure, in Español", shown)
    assert re.search(r"Someone was taken, \d+% sure, in English, about New Haven", shown)
    assert not [key for key in keys_in(redis) if b"brother" in (redis.dump(key) or b"")]


def test_too_many_texts_to_try_are_refused(ana: Browser) -> None:
    answer = ana.post(TRY, {"texts": "hola\n" * 11}, form=TRY)
    assert answer.status_code == 422
    assert "These are 11 lines" in answer.text


@pytest.mark.parametrize("text", ["x" * 100_000, "\u202e\x00", "<b>", "1", "\ud800"])
def test_any_text_can_be_tried(ana: Browser, text: str) -> None:
    sent = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    answer = ana.post(TRY, {"texts": sent}, form=TRY)
    assert answer.status_code == 200
    assert (
        "<b>"
        not in answer.text.replace("<b>Live:</b>", "").replace("<b>ana</b>", "").split("<main")[1].split("</main")[0]
    )


FEW, MANY = Score(10, 5, 7, 4, 3), Score(10, 6, 8, 4, 4)
PROGRAM = """
import json, shutil, sys
arguments = sys.argv[2:]
options = dict(zip(arguments[1::2], arguments[2::2]))
if arguments[0] == "train":
    shutil.copy({trained!r}, options["--output"])
else:
    print({few!r})
    print({many!r})
"""


@pytest.fixture
def _learns_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    few, many = (json.dumps({"es": asdict(score)}) for score in (FEW, MANY))
    monkeypatch.setattr(learning, "_PROGRAM", PROGRAM.format(trained=str(TRAINED_FILE), few=few, many=many))


@pytest.mark.usefixtures("_learns_at_once")
def test_what_the_draft_brings_is_learned_and_shown_beforehand(ana: Browser, room: Newsroom) -> None:
    assert "has the same examples as the line" in words(ana.get(TRY).text)
    room.save(example_key("es", NEW), value_of(NEW, "ice-at-door"))
    before = words(ana.post(TRY, {"texts": NEW}, form=TRY).text)
    assert "not learned yet" in before
    answer = ana.post("/console/examples/learn", {"texts": NEW}, form=TRY)
    assert answer.status_code == 200
    assert NEW in answer.text
    assert "/console/examples/learning" in answer.text
    wait_until(lambda: "data-done" in ana.get("/console/examples/learning").text)
    after = words(ana.post(TRY, {"texts": NEW}, form=TRY).text)
    assert "as live" in after
    assert "Español 10 50.0% 60.0% ▲ 1 more 75.0% 100.0%" in after


def test_a_failure_to_learn_is_told(ana: Browser, room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_PROGRAM", "raise SystemExit('the disk is full')")
    room.save(example_key("es", NEW), value_of(NEW, "ice-at-door"))
    ana.post("/console/examples/learn", {}, form=TRY)
    wait_until(lambda: "data-done" in ana.get("/console/examples/learning").text)
    assert "the disk is full" in ana.get("/console/examples/learning").text


def test_two_do_not_learn_at_once(ana: Browser, room: Newsroom, redis: RedisClient) -> None:
    room.save(example_key("es", NEW), value_of(NEW, "ice-at-door"))
    assert Lease(redis, "{content}:learning").take("somebody")
    answer = ana.post("/console/examples/learn", {}, form=TRY)
    assert answer.status_code == 422
    assert "Somebody lets the line learn already" in answer.text


def test_without_any_lesson_nothing_is_being_learned(ana: Browser) -> None:
    assert "data-done" in ana.get("/console/examples/learning").text


@pytest.mark.parametrize("path", ["examples", "examples/es", "examples/try", "examples/learning"])
def test_nobody_else_sees_anything(console: Console, path: str) -> None:
    assert "/console/sign-in" in console.browser().get(f"/console/{path}").location


@pytest.mark.timed
def test_the_pages_are_fast(ana: Browser) -> None:
    for path in ("/console/examples", "/console/examples/ar", f"{SPANISH}?q=migra", page_of(DOOR), TRY):
        ana.get(path)
        began = time.thread_time()
        assert ana.get(path).status_code == 200
        assert time.thread_time() - began < 0.2
