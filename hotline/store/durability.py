"""Whether a Redis server keeps what is written to it: releases must not be lost, nor evicted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from redis import RedisCluster
from redis.exceptions import RedisError, ResponseError

from hotline.store.connection import RedisClient

NO_EVICTION = "noeviction"
PROBE, PROBE_SECONDS = "readyz", 60


def takes_writes(redis: RedisClient) -> bool:
    """Whether it answers, and not only questions, as one does that is full or read-only."""
    try:
        return bool(redis.set(PROBE, 1, ex=PROBE_SECONDS))
    except (RedisError, OSError):
        return False


def why_not_durable(redis: RedisClient) -> str | None:
    """What is wrong and how to mend it; None where releases are safe. Raises RedisError."""
    for info in _infos(redis):
        policy = str(info.get("maxmemory_policy", NO_EVICTION))
        if policy != NO_EVICTION:
            return (
                f"Redis throws keys away when its memory is full (maxmemory-policy {policy}): releases could be lost. "
                "Set maxmemory-policy noeviction in redis.conf, or run: CONFIG SET maxmemory-policy noeviction"
            )
        if not int(str(info.get("aof_enabled", 0))) and not _saves(redis):
            return (
                "Redis does not write to disk: releases would be lost with a restart. "
                "Set appendonly yes in redis.conf, or run: CONFIG SET appendonly yes"
            )
    return None


def _infos(redis: RedisClient) -> list[Mapping[str, object]]:
    """What each server says of its memory and its persistence; of a cluster, each master."""
    if isinstance(redis, RedisCluster):
        sections = [redis.info(section, target_nodes=RedisCluster.PRIMARIES) for section in ("memory", "persistence")]
        return [{**sections[0][node], **sections[1][node]} for node in sections[0]]
    return [{**redis.info("memory"), **redis.info("persistence")}]


def _saves(redis: RedisClient) -> bool:
    """Whether snapshots are written. A server that keeps its settings to itself is asked for appendonly instead."""
    try:
        found = cast("Mapping[str, str]", redis.config_get("save"))
    except ResponseError:
        return False
    return bool(found.get("save", "").strip())
