from __future__ import annotations

from pathlib import Path
from threading import Timer

import pytest

from hotline.dialogue.heard import TextOutcome
from hotline.store.connection import RedisClient, connect
from hotline.store.sessions import Conversation
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
