from __future__ import annotations

from pathlib import Path

import pytest

from hotline.console.desk import ConflictError, RefusedError
from hotline.releases.things import digest_of_value
from hotline.store.connection import RedisClient
from tests.console.newsroom import TITLE, Newsroom, newsroom_at

KEY = f"text:{TITLE}"


@pytest.fixture
def newsroom(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


def english(text: str) -> dict[str, object]:
    return {"text": text, "meaning": "changed"}


def test_a_change_is_in_the_draft_with_its_history(newsroom: Newsroom) -> None:
    newsroom.save(KEY, english("One"))
    (change,) = newsroom.desk.drafts.read().changes
    assert (change.key, change.value, change.by) == (KEY, english("One"), "ana")
    (entry,) = newsroom.desk.history.of(KEY)
    assert (entry.what, entry.by, entry.after) == ("changed", "ana", english("One"))


def test_of_two_who_change_the_same_thing_the_second_sees_the_first(newsroom: Newsroom) -> None:
    seen = digest_of_value(newsroom.desk.drafted().value(KEY))
    newsroom.desk.save(KEY, english("One"), seen=seen, by="ana")
    with pytest.raises(ConflictError) as raised:
        newsroom.desk.save(KEY, english("Two"), seen=seen, by="bea")
    assert raised.value.theirs == {"text": "One"}
    assert raised.value.mine == english("Two")
    assert raised.value.change
    assert raised.value.change.by == "ana"
    latest = newsroom.desk.history.of(KEY)
    assert newsroom.desk.drafted().value(KEY) == {"text": "One"}
    assert any(entry.what == "set aside" and entry.after == english("Two") for entry in newsroom.desk.history.log(9))
    assert len(latest) >= 1


def test_two_who_change_different_things_do_not_meet(newsroom: Newsroom) -> None:
    seen = digest_of_value(newsroom.desk.drafted().value("text:menu.main.title"))
    newsroom.save(KEY, english("One"))
    newsroom.desk.save("text:menu.main.title", english("All topics"), seen=seen, by="bea")
    assert newsroom.desk.drafted().keys == {KEY, "text:menu.main.title"}


def test_what_is_again_as_it_is_live_leaves_the_draft(newsroom: Newsroom) -> None:
    before = newsroom.desk.drafted().value("translation:es:menu.main.title")
    newsroom.save("translation:es:menu.main.title", {"text": "Otra"})
    newsroom.save("translation:es:menu.main.title", before)
    assert newsroom.desk.drafted().keys == frozenset()
    assert len(newsroom.desk.history.of("translation:es:menu.main.title")) == 2


def test_what_would_break_the_line_is_refused_with_the_reason(newsroom: Newsroom) -> None:
    with pytest.raises(RefusedError, match="nobody"):
        newsroom.save(KEY, english("Call {phone.nobody}"))
    with pytest.raises(RefusedError):
        newsroom.save("text:no-such-message", english("One"))
    assert newsroom.desk.drafted().keys == frozenset()


def test_a_change_is_taken_back_once(newsroom: Newsroom) -> None:
    newsroom.save(KEY, english("One"))
    newsroom.desk.take_back(KEY, by="bea")
    newsroom.desk.take_back(KEY, by="bea")
    assert newsroom.desk.drafted().keys == frozenset()
    assert [entry.what for entry in newsroom.desk.history.of(KEY)] == ["taken back", "changed"]
