from __future__ import annotations

import pytest

from hotline.catalogs.alphabets import read_alphabets
from hotline.channels.segments import count_segments
from hotline.channels.text import text_of
from hotline.console.previews import Preview, preview_of, reply_with
from hotline.journeys.prices import list_prices
from tests.console.drafting import FOUR, base

CONTENT = base().content
ALPHABETS = read_alphabets()
# What no reply to a text holds: standing texts, titles that no choice leads to, and what is said in a call alone.
NEVER_READ = {
    "updating", "updating-label", "town-choice", "open-always", "transfer-over", "transfer-closed", "transfer-failed",
    "topic.talk-to-person.title", "menu.emergency.title",
}  # fmt: skip


def preview(id: str, language: str = "en") -> Preview:
    return preview_of(CONTENT.script, CONTENT.catalogs, ALPHABETS, language, id, at=FOUR)


def test_a_reply_is_found_for_every_message_that_a_text_can_hold() -> None:
    read = [id for id, message in CONTENT.script.messages.items() if message.room is not None]
    without = {id for id in read if reply_with(CONTENT.script, id, "en", FOUR) is None}
    assert without == NEVER_READ


@pytest.mark.parametrize("language", ["en", "es", "ar", "zh"])
def test_a_part_is_shown_in_the_very_reply_that_residents_get(language: str) -> None:
    shown = preview("topic.ice-at-door.first", language)
    reply = reply_with(CONTENT.script, "topic.ice-at-door.first", language, FOUR)
    assert reply is not None
    assert [choice.key for choice in reply.choices][:1] == ["1"]
    assert reply.stamp is not None
    assert shown.is_reply
    assert [bubble.text for bubble in shown.bubbles] == [text_of(reply, CONTENT.written)]


def test_a_text_costs_its_segments() -> None:
    shown = preview("topic.ice-at-door.first", "es")
    (bubble,) = shown.bubbles
    assert bubble.segments == count_segments(bubble.text)
    assert shown.price == pytest.approx(list_prices().texts(0, bubble.segments.count))
    assert shown.price_of_a_thousand == pytest.approx(1000 * shown.price)
    assert shown.alone
    assert shown.alone.count <= shown.segments


def test_numbers_are_read_and_said_as_people_do() -> None:
    shown = preview("goodbye")
    assert "1-800-798-0671" in shown.bubbles[0].text
    spoken = preview("goodbye.voice").spoken
    assert spoken
    assert "1, 8 0 0, 7 9 8, 0 6 7 1" in spoken


def test_what_is_only_heard_has_no_bubble() -> None:
    shown = preview("menu.here-now.text.voice")
    assert shown.bubbles == ()
    assert shown.alone is None
    assert shown.spoken
    assert shown.seconds


def test_a_text_that_another_is_spoken_for_is_not_heard() -> None:
    shown = preview("menu.here-now.text")
    assert shown.spoken is None
    assert shown.seconds is None


def test_what_stands_in_no_reply_is_shown_at_its_longest() -> None:
    shown = preview("transfer-closed")
    assert not shown.is_reply
    assert "{" not in shown.bubbles[0].text


def test_english_names_in_another_language_carry_no_marks() -> None:
    spoken = preview("topic.trust-act.first", "es").spoken
    assert spoken
    assert not any("\ue000" <= letter <= "\uf8ff" for letter in spoken)
