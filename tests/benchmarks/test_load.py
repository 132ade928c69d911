from __future__ import annotations

import time

import pytest
from flask import Flask, Response
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.load import LoadError, check, is_whole, measure, percentile
from tests.conftest import served

TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>'
REQUEST = b"POST /sms HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
LATE_SECONDS = 0.05


def app(document: str = TWIML, *, seconds: float = 0.0) -> Flask:
    made = Flask("measured")

    @made.post("/sms")
    def answer() -> Response:
        time.sleep(seconds)
        return Response(document, content_type="text/xml")

    return made


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


@pytest.mark.parametrize(("share", "expected"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_a_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile(range(1, 101), share) == expected


@given(st.lists(st.floats(0, 1e6), min_size=1), st.sampled_from([0.5, 0.95, 0.99]))
def test_so_many_do_not_exceed_a_percentile(values: list[float], share: float) -> None:
    found = percentile(sorted(values), share)
    assert sum(value <= found for value in values) >= share * len(values)
    assert sum(value < found for value in values) < share * len(values)


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)


def test_an_answer_is_whole_with_its_last_byte() -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
    assert [is_whole(answer[:end]) for end in range(len(answer) + 1)] == [False] * len(answer) + [True]


@pytest.mark.parametrize("answer", [b"HTTP/1.1 500 No\r\n\r\n<Response></Response>", b"HTTP/1.1 200 OK\r\n\r\nhello"])
def test_what_is_not_twiml_is_an_error(answer: bytes) -> None:
    with pytest.raises(LoadError):
        check(answer)


def test_every_request_is_answered_once() -> None:
    with served(app()) as address:
        assert len(measure(port_of(address), [REQUEST] * 60, 8, seconds=10).latencies) == 60


def test_a_wrong_answer_ends_the_measurement() -> None:
    with served(app("hello")) as address, pytest.raises(LoadError, match="Not TwiML"):
        measure(port_of(address), [REQUEST], 1, seconds=10)


@pytest.mark.timed
def test_who_had_to_wait_for_a_connection_waited_from_the_moment_that_was_due() -> None:
    with served(app(seconds=LATE_SECONDS)) as address:
        measured = measure(port_of(address), [REQUEST] * 10, 1, seconds=0.1, rate=100)
    assert len(measured.latencies) == 10
    # Ten at once, one after another: the last one waited for all before it, less the 90 ms until it was due.
    assert measured.latencies[-1] > 10 * LATE_SECONDS - 0.1
