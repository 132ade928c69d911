from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import pytest

from hotline.channels.documents import KEPT_SECONDS, MOST_KEPT, Documents, key_of
from hotline.dialogue.reply import Choice, HangUp, Reply, Say
from hotline.script.model import Provenance

SAY = Say("topic.ice-at-door.first")
REPLY = Reply("es", "ice-at-door", 0, (SAY,), (Choice("1", Say("more")),))
OTHER_SAY = {
    "message": "menu.main.text",
    "arguments": {"town": ("Hamden",)},
    "language": "en",
    "rests_on": Provenance((), date(2026, 1, 1), date(2027, 1, 1)),
}
OTHER_CHOICE = {"key": "2", "label": Say("person"), "spoken_only": True}
OTHER_REPLY = {
    "language": "ht",
    "node": "detained",
    "misses": 1,
    "says": (),
    "choices": (),
    "notice": True,
    "introduction": SAY,
    "stamp": SAY,
    "effect": HangUp(),
    "wants_town": True,
    "slowly": True,
    "leads_on_by_itself": True,
}


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_another_value_is_tried_for_every_field() -> None:
    for kind, others in ((Reply, OTHER_REPLY), (Say, OTHER_SAY), (Choice, OTHER_CHOICE)):
        assert {field.name for field in fields(kind)} == set(others)


@pytest.mark.parametrize("name", OTHER_REPLY)
def test_replies_that_differ_anywhere_have_documents_of_their_own(name: str) -> None:
    assert key_of(replace(REPLY, **{name: OTHER_REPLY[name]})) != key_of(REPLY)  # type: ignore[arg-type]  # one of its fields


@pytest.mark.parametrize("name", OTHER_SAY)
def test_what_is_said_otherwise_has_a_document_of_its_own(name: str) -> None:
    other = replace(SAY, **{name: OTHER_SAY[name]})  # type: ignore[arg-type]  # one of its fields
    assert key_of(replace(REPLY, says=(other,))) != key_of(REPLY)
    assert key_of(replace(REPLY, choices=(Choice("1", other),))) != key_of(replace(REPLY, choices=(Choice("1", SAY),)))


@pytest.mark.parametrize("name", OTHER_CHOICE)
def test_another_choice_has_a_document_of_its_own(name: str) -> None:
    other = replace(REPLY.choices[0], **{name: OTHER_CHOICE[name]})  # type: ignore[arg-type]  # one of its fields
    assert key_of(replace(REPLY, choices=(other,))) != key_of(REPLY)


def test_a_document_is_made_once_for_each_way_to_render_it() -> None:
    made: list[str] = []

    def render(reply: Reply) -> str:
        made.append(reply.node)
        return f"{reply.node} {len(made)}"

    documents = Documents()
    assert [documents.of(REPLY, how, render) for how in ("text", "call", "text", "call")] == [
        "ice-at-door 1",
        "ice-at-door 2",
        "ice-at-door 1",
        "ice-at-door 2",
    ]


def test_what_has_changed_on_the_disk_is_rendered_soon() -> None:
    clock = Clock()
    documents = Documents(clock)
    assert documents.of(REPLY, "text", lambda _: "before") == "before"
    assert documents.of(REPLY, "text", lambda _: "after") == "before"
    clock.now += KEPT_SECONDS
    assert documents.of(REPLY, "text", lambda _: "after") == "after"


def test_no_more_are_kept_than_there_is_room_for() -> None:
    documents = Documents()
    for misses in range(MOST_KEPT + 10):
        documents.of(replace(REPLY, misses=misses), "text", lambda reply: str(reply.misses))
    assert documents.of(REPLY, "text", lambda _: "made anew") == "0"
    assert documents.of(replace(REPLY, misses=MOST_KEPT + 5), "text", lambda _: "made anew") == "made anew"


def test_a_fault_in_rendering_is_not_kept() -> None:
    def fail(_: Reply) -> str:
        raise LookupError

    documents = Documents()
    with pytest.raises(LookupError):
        documents.of(REPLY, "text", fail)
    assert documents.of(REPLY, "text", lambda _: "well") == "well"
