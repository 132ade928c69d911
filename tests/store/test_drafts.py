from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hotline.store.connection import RedisClient
from hotline.store.drafts import Change, Draft, Drafts
from hotline.store.history import Entry, History

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def change(key: str, text: str = "b", minute: int = 0) -> Change:
    return Change(key, {"text": text}, "ana", NOW + timedelta(minutes=minute), "0123456789abcdef")


def entry(key: str) -> Entry:
    return Entry(NOW, "ana", "changed", key)


def test_without_changes_a_draft_is_empty(redis: RedisClient) -> None:
    assert Drafts(redis).read() == Draft(0, ())
    assert Drafts(redis).version() == 0


def test_a_draft_holds_its_changes_in_the_order_in_which_they_were_made(redis: RedisClient) -> None:
    drafts = Drafts(redis)
    later, sooner = change("text:b", "größer \u202e", minute=2), change("text:z", minute=1)
    assert drafts.put(later, version=0, entry=entry("text:b"))
    assert drafts.put(sooner, version=1, entry=entry("text:z"))
    assert drafts.read() == Draft(2, (sooner, later))
    assert drafts.read().change("text:b") == later
    assert drafts.read().change("text:a") is None


def test_a_change_of_a_draft_that_was_changed_meanwhile_is_not_made(redis: RedisClient) -> None:
    drafts = Drafts(redis)
    assert drafts.put(change("text:a"), version=0, entry=entry("text:a"))
    assert not drafts.put(change("text:b"), version=0, entry=entry("text:b"))
    assert not drafts.drop("text:a", version=0, entry=entry("text:a"))
    assert drafts.read() == Draft(1, (change("text:a"),))
    assert len(History(redis).log(9)) == 1


def test_a_change_can_be_taken_out(redis: RedisClient) -> None:
    drafts = Drafts(redis)
    drafts.put(change("text:a"), version=0, entry=entry("text:a"))
    assert drafts.drop("text:a", version=1, entry=entry("text:a"))
    assert drafts.read() == Draft(2, ())


def test_a_thing_can_be_changed_to_nothing(redis: RedisClient) -> None:
    drafts = Drafts(redis)
    gone = Change("notice", None, "ana", NOW)
    drafts.put(gone, version=0, entry=entry("notice"))
    assert drafts.read().changes == (gone,)


def test_several_things_are_changed_in_one_step_or_not_at_all(redis: RedisClient) -> None:
    drafts, keys = Drafts(redis), [f"text:{letter}" for letter in "abcd"]
    drafts.put(change("text:a"), version=0, entry=entry("text:a"))
    steps = {key: (None if key == "text:a" else change(key, key), entry(key)) for key in keys}
    assert not drafts.change(steps, version=0)
    assert drafts.read() == Draft(1, (change("text:a"),))
    assert drafts.change(steps, version=1)
    assert drafts.read() == Draft(2, tuple(change(key, key) for key in keys[1:]))
    assert [one.key for one in History(redis).log(9)] == [*reversed(keys), "text:a"]
    assert [len(History(redis).of(key)) for key in keys] == [2, 1, 1, 1]


def test_of_many_who_save_at_once_each_is_told_whether_it_was_saved(redis: RedisClient) -> None:
    drafts = Drafts(redis)

    def save(number: int) -> bool:
        return drafts.put(change(f"text:{number}"), version=0, entry=entry(f"text:{number}"))

    with ThreadPoolExecutor(16) as pool:
        saved = list(pool.map(save, range(64)))
    assert saved.count(True) == 1
    assert [one.key for one in drafts.read().changes] == [f"text:{saved.index(True)}"]
