from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.store.connection import RedisClient, connect_embedded
from hotline.store.durability import why_not_durable
from hotline.store.embedded import EmbeddedServer


@pytest.fixture
def own(tmp_path: Path) -> Iterator[RedisClient]:
    """A server of its own, whose settings the tests may change."""
    server = EmbeddedServer(tmp_path)
    server.ensure()
    yield connect_embedded(server)
    server.stop()


def test_the_embedded_server_keeps_what_it_is_given(own: RedisClient) -> None:
    assert why_not_durable(own) is None


@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "volatile-ttl", "allkeys-random"])
def test_a_server_that_evicts_is_refused_with_the_remedy(own: RedisClient, policy: str) -> None:
    own.config_set("maxmemory-policy", policy)
    problem = why_not_durable(own)
    assert problem is not None
    assert policy in problem
    assert "CONFIG SET maxmemory-policy noeviction" in problem


def test_a_server_that_writes_nothing_to_disk_is_refused_with_the_remedy(own: RedisClient) -> None:
    own.config_set("appendonly", "no")
    problem = why_not_durable(own)
    assert problem is not None
    assert "CONFIG SET appendonly yes" in problem


def test_snapshots_are_enough(own: RedisClient) -> None:
    own.config_set("appendonly", "no")
    own.config_set("save", "60 1")
    assert why_not_durable(own) is None
