from __future__ import annotations

import pytest
from redis.exceptions import ResponseError

from hotline.store.connection import RedisClient
from hotline.store.scripts import LuaScript

ADD = LuaScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")


def commands(redis: RedisClient) -> dict[str, int]:
    stats = redis.info("commandstats")
    return {name.removeprefix("cmdstat_"): told["calls"] for name, told in stats.items()}


def test_a_script_is_sent_once_and_then_named(redis: RedisClient) -> None:
    redis.script_flush()
    redis.config_resetstat()
    assert [ADD.run(redis, ["counter"], [2]) for _ in range(3)] == [2, 4, 6]
    sent = commands(redis)
    assert (sent["evalsha"], sent["eval"]) == (3, 1)


def test_a_server_that_has_forgotten_it_is_told_again(redis: RedisClient) -> None:
    ADD.run(redis, ["counter"], [1])
    redis.script_flush()
    assert ADD.run(redis, ["counter"], [1]) == 2


def test_a_fault_of_the_script_is_an_error_and_not_tried_again(redis: RedisClient) -> None:
    redis.set("counter", "many")
    with pytest.raises(ResponseError):
        ADD.run(redis, ["counter"], [1])
