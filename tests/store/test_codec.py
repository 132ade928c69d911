from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.dialogue.session import MOST_STEPS_BACK, Session
from hotline.script.model import Script
from hotline.store.codec import MOST_BYTES, RecordError, decode, encode

NAMES = st.from_regex(r"[a-z][a-z-]{0,24}(\.[a-z-]{1,16})?", fullmatch=True)
SESSIONS = st.builds(
    Session,
    turns=st.integers(0, 10**6),
    language=st.none() | st.sampled_from(["en", "es", "ht"]),
    node=st.none() | NAMES,
    back=st.lists(NAMES, max_size=MOST_STEPS_BACK).map(tuple),
    misses=st.integers(0, 2),
    greeted=st.booleans(),
    county=st.none() | st.sampled_from(["New Haven", "New London"]),
    texts=st.integers(0, 3),
    offered=st.lists(NAMES, max_size=3).map(tuple),
)


@given(SESSIONS)
def test_a_record_is_compact_and_loses_at_most_the_oldest_steps_back(session: Session) -> None:
    record = encode(session)
    back = decode(record)
    assert len(record) <= MOST_BYTES
    assert session.back[len(session.back) - len(back.back) :] == back.back
    if len(back.back) == len(session.back) and len(back.offered) == len(session.offered):
        assert back == session


def test_the_longest_way_through_the_script_still_fits(script: Script) -> None:
    longest = sorted(script.nodes, key=len)[-MOST_STEPS_BACK:]
    session = Session(10**6, "es", longest[-1], tuple(longest), 2, county="New London", offered=tuple(longest[:3]))
    assert len(encode(session)) <= MOST_BYTES
    assert decode(encode(session)).node == longest[-1]


def test_a_node_that_cannot_fit_is_an_error_that_says_so() -> None:
    with pytest.raises(RecordError, match="shorter name"):
        encode(Session(node="x" * MOST_BYTES))


@pytest.mark.parametrize("name", ["", "a,b", "a|b", "a\nb", " a"])
def test_a_name_that_would_not_be_read_again_is_an_error_that_says_so(name: str) -> None:
    with pytest.raises(RecordError, match="letters, digits"):
        encode(Session(node=name))


@given(st.binary(max_size=300))
def test_nonsense_is_no_record(record: bytes) -> None:
    try:
        session = decode(record)
    except RecordError:
        return
    assert isinstance(session, Session)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"null",
        b"-1|en",
        b"1|en|main||||||||",
        b"1|en|main|x",
        b"1|en|main|||||main,,rights",
        b"1|en| main",
        b"1234567890",
        b"1|\xff",
    ],
)
def test_a_damaged_record_is_refused(record: bytes) -> None:
    with pytest.raises(RecordError):
        decode(record)
