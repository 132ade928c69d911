from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.phone.call import Call, Event, Waiting
from hotline.phone.calling import press
from hotline.phone.errors import PhoneError
from tests.phone.peer import CALLER, Peer

CALL = Call(
    call_sid="CA1",
    caller="anonymous",
    waiting=Waiting("keys", accepts_keys=True, num_digits=1, finish_on_key="#", timeout=5, pressed="1"),
    events=(Event("said", text="Mantenga la calma — 保持冷静", language="es-US"), Event("paused", seconds=1)),
    url="https://hotline.example/voice",
    document="<Response><Gather/></Response>",
    position=1,
    answered=True,
    began=1.5,
)


def test_a_call_survives_json() -> None:
    assert Call.from_json(CALL.to_json()) == CALL


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (Event("said", text="One."), "One."),
        (Event("said"), ""),
        (Event("played", url="/a", text="One."), "One."),
        (Event("played", url="/a"), None),
        (Event("played", text="1w2"), None),
        (Event("sent", text="One."), None),
    ],
)
def test_the_words_of_an_event_are_those_that_are_heard(event: Event, words: str | None) -> None:
    assert event.words == words


@pytest.mark.parametrize(
    "change",
    [
        {"call_sid": 1},
        {"answered": "yes"},
        {"answered": 1},
        {"position": True},
        {"position": 1.0},
        {"began": float("nan")},
        {"began": float("inf")},
        {"waiting": None},
        {"waiting": {"kind": "keys"}},
        {"events": 5},
        {"events": [{"kind": "shouted"}]},
        {"more": 1},
    ],
)
def test_a_call_that_was_tampered_with_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PhoneError, match="not a call"):
        Call.from_json(json.dumps(json.loads(CALL.to_json()) | change))


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "1", '"x"', "{", "[" * 100000])
def test_what_is_no_call_is_refused(text: str) -> None:
    with pytest.raises(PhoneError):
        Call.from_json(text)


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from([*vars(Call)["__slots__"]]), inside),
    max_leaves=8,
)


@settings(max_examples=50)
@given(ANY_JSON)
def test_any_json_is_a_call_or_refused(data: object) -> None:
    with pytest.raises(PhoneError):
        Call.from_json(json.dumps(data))


@pytest.mark.parametrize("change", [{"position": 0}, {"position": 7}, {"position": -1}, {"document": "<Response/>"}])
def test_a_call_that_does_not_fit_its_document_goes_nowhere(peer: Peer, change: dict[str, Any]) -> None:
    call = Call.from_json(json.dumps(json.loads(CALL.to_json()) | {"caller": CALLER} | change))
    with pytest.raises(PhoneError, match="does not fit"):
        press(peer.line(), call, "1")
    assert not peer.seen
