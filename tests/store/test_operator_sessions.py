from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from redis.exceptions import RedisError

from hotline.store.connection import RedisClient, connect
from hotline.store.operator_sessions import IDLE, LONGEST, OperatorSessions
from hotline.store.operators import Operator, Role
from tests.console.signing import keys_in

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
ANA = Operator("ana", Role.EDITOR, "", NOW, NOW)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sessions(redis: RedisClient) -> OperatorSessions:
    return OperatorSessions(redis)


def test_a_session_is_found_by_its_token(sessions: OperatorSessions) -> None:
    token = sessions.begin(ANA, NOW)
    found = sessions.find(token, NOW)
    assert found
    assert (found.name, found.stamp, found.began) == ("ana", ANA.stamp, NOW)


@pytest.mark.parametrize("token", ["", "guessed", "é\0\u202e", "\udcff", "a" * 100_000])
def test_another_token_finds_nothing(sessions: OperatorSessions, token: str) -> None:
    sessions.begin(ANA, NOW)
    assert sessions.find(token, NOW) is None
    sessions.end(token)


def test_redis_does_not_hold_the_token(sessions: OperatorSessions, redis: RedisClient) -> None:
    token = sessions.begin(ANA, NOW).encode()
    for key in keys_in(redis):
        assert token not in key
        assert token not in cast("bytes", redis.get(key))
        assert 0 < redis.ttl(key) <= IDLE.total_seconds()


def test_tokens_differ(sessions: OperatorSessions) -> None:
    assert len({sessions.begin(ANA, NOW) for _ in range(50)}) == 50


def test_a_session_ends_when_nobody_is_there(sessions: OperatorSessions) -> None:
    token = sessions.begin(ANA, NOW)
    assert sessions.find(token, NOW + IDLE - MINUTE)
    assert sessions.find(token, NOW + IDLE) is None


def test_a_session_goes_on_while_somebody_is_there_but_not_for_ever(sessions: OperatorSessions) -> None:
    token, now = sessions.begin(ANA, NOW), NOW
    while session := sessions.find(token, now):
        sessions.note(token, session, now)
        now += 20 * MINUTE
    assert now == NOW + LONGEST


def test_a_session_that_was_ended_does_not_come_back(sessions: OperatorSessions) -> None:
    token = sessions.begin(ANA, NOW)
    session = sessions.find(token, NOW)
    assert session
    sessions.end(token)
    sessions.note(token, session, NOW + 5 * MINUTE)
    assert sessions.find(token, NOW + 5 * MINUTE) is None


def test_an_outage_is_told() -> None:
    with pytest.raises(RedisError):
        OperatorSessions(connect("redis://127.0.0.1:9")).find("token", NOW)
