from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hotline.store.connection import RedisClient
from hotline.store.drafts import Change, Drafts
from hotline.store.history import SET_ASIDE, Entry, History

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def entry(number: int, key: str = "") -> Entry:
    return Entry(
        NOW + timedelta(minutes=number), "ana", "changed", key, {"text": "a"}, {"text": "b"}, f"number {number}"
    )


def test_the_log_has_the_latest_first(redis: RedisClient) -> None:
    history = History(redis)
    for number in range(5):
        history.add(entry(number))
    assert history.log(3) == (entry(4), entry(3), entry(2))
    assert history.log(3, skip=3) == (entry(1), entry(0))
    assert history.log(3, skip=9) == ()


def test_a_thing_has_a_history_of_its_own(redis: RedisClient) -> None:
    history, drafts = History(redis), Drafts(redis)
    change = Change("text:menu.main.text", {"text": "b"}, "ana", NOW)
    assert drafts.put(change, version=0, entry=entry(1, change.key))
    assert history.of(change.key) == (entry(1, change.key),)
    assert history.log(9) == (entry(1, change.key),)
    assert history.of("text:another") == ()


def test_what_was_set_aside_stands_in_the_history_of_its_thing(redis: RedisClient) -> None:
    history = History(redis)
    history.add(entry(1, "text:menu.main.text"))
    history.add(entry(2))
    assert history.of("text:menu.main.text") == (entry(1, "text:menu.main.text"),)
    assert history.log(9) == (entry(2), entry(1, "text:menu.main.text"))


def test_the_latest_of_several_things_is_told_at_once(redis: RedisClient) -> None:
    history, drafts = History(redis), Drafts(redis)
    for number, key in enumerate(("text:a", "text:b", "text:a")):
        change = Change(key, {"text": str(number)}, "ana", NOW)
        assert drafts.put(change, version=number, entry=entry(number, key))
    assert history.latest(["text:a", "text:b", "text:c"]) == {
        "text:a": entry(2, "text:a"),
        "text:b": entry(1, "text:b"),
    }
    history.add(replace(entry(5, "text:a"), what=SET_ASIDE))
    assert history.latest(["text:a"]) == {"text:a": entry(2, "text:a")}
    assert history.latest([]) == {}
