from __future__ import annotations

from pathlib import Path
from threading import Timer
from time import monotonic

import pytest

from hotline.dialogue.heard import TextOutcome
from hotline.dialogue.session import Session
from hotline.store.connection import RedisClient, connect
from hotline.store.keys import Conversation
from hotline.store.sessions import Sessions, Step
from hotline.store.texts import TextOutcomes

CALL = Conversation("voice", "+12035550123", "CA1")
SECRET = "a secret that only the tests know"


@pytest.mark.parametrize("outcome", list(TextOutcome))
def test_an_outcome_is_told_to_its_call_alone_and_as_often_as_it_asks(redis: RedisClient, outcome: TextOutcome) -> None:
    outcomes = TextOutcomes(redis, SECRET)
    outcomes.put(CALL, outcome)
    assert outcomes.wait(CALL, 0) == outcomes.wait(CALL, 0) == outcome
    assert outcomes.wait(Conversation("voice", "+12035550123", "CA2"), 0) is None


def test_an_outcome_that_comes_later_is_waited_for(redis: RedisClient) -> None:
    outcomes = TextOutcomes(redis, SECRET)
    Timer(0.2, outcomes.put, (CALL, TextOutcome.SENT)).start()
    assert outcomes.wait(CALL, 5) is TextOutcome.SENT


def test_another_text_begins_without_the_outcome_of_the_one_before(redis: RedisClient) -> None:
    outcomes = TextOutcomes(redis, SECRET)
    outcomes.put(CALL, TextOutcome.SENT)
    outcomes.begin(CALL)
    assert outcomes.wait(CALL, 0) is None


def test_nothing_tells_who_called_and_nothing_stays(redis: RedisClient) -> None:
    TextOutcomes(redis, SECRET).put(CALL, TextOutcome.STOPPED)
    (key,) = redis.scan_iter()
    assert b"2035550123" not in key
    assert 0 < int(redis.ttl(key)) <= 120
    assert redis.get(key) == b"stopped"


def test_what_is_not_an_outcome_is_not_known(redis: RedisClient) -> None:
    outcomes = TextOutcomes(redis, SECRET)
    outcomes.put(CALL, TextOutcome.SENT)
    (key,) = redis.scan_iter()
    redis.set(key, b"nonsense")
    assert outcomes.wait(CALL, 0) is None


def test_without_redis_nothing_is_raised(tmp_path: Path) -> None:
    outcomes = TextOutcomes(connect(f"unix://{tmp_path}/gone.sock"), SECRET)
    outcomes.begin(CALL)
    outcomes.put(CALL, TextOutcome.SENT)
    assert outcomes.wait(CALL, 5) is None


def test_an_outcome_is_asked_for_once_at_least_and_no_longer_than_allowed(redis: RedisClient) -> None:
    outcomes = TextOutcomes(redis, SECRET)
    began = monotonic()
    assert outcomes.wait(CALL, -1) is None
    assert outcomes.wait(CALL, 0.1) is None
    assert 0.1 < monotonic() - began < 5


def test_the_caller_is_not_told_of_the_text_of_another_line(redis: RedisClient) -> None:
    TextOutcomes(redis, SECRET).put(CALL, TextOutcome.SENT)
    assert TextOutcomes(redis, SECRET[::-1]).wait(CALL, 0) is None


def test_a_later_outcome_takes_the_place_of_the_one_before(redis: RedisClient) -> None:
    outcomes = TextOutcomes(redis, SECRET)
    outcomes.put(CALL, TextOutcome.FAILED)
    outcomes.put(CALL, TextOutcome.SENT)
    assert outcomes.wait(CALL, 0) is TextOutcome.SENT
    assert redis.dbsize() == 1


def test_what_is_kept_is_in_the_slot_of_the_session_of_its_call(redis: RedisClient) -> None:
    TextOutcomes(redis, SECRET).put(CALL, TextOutcome.SENT)
    sessions = Sessions(redis, (SECRET,))
    sessions.save(CALL, sessions.load(CALL, Step("1", named=True)), Session(turns=1, language="es"), learned="es")
    assert len({key.split(b"{")[1].split(b"}")[0] for key in redis.scan_iter()}) == 1
    assert redis.dbsize() == 5
