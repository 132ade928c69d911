"""The line is replaced by another one, and its workers by others, while hundreds of requests a second come in."""

from __future__ import annotations

import signal
import socket
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.faults.lines import Served, serving, traces_in
from tests.faults.load import Load, under_load
from tests.faults.stores import Valkey, valkey, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timed]

MANY = 150


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Valkey]:
    """A server that outlives the lines: an embedded one ends with the line that leaves, and has to be started anew."""
    with valkey(tmp_path / "store") as server:
        yield server


def has_new_workers(served: Served, earlier: frozenset[int] = frozenset()) -> bool:
    """Whether two workers serve, and none of the earlier ones."""
    now = frozenset(served.workers())
    return len(now) == 2 and not now & earlier


def many_more(load: Load) -> None:
    """Waits until many more are answered."""
    before = len(load.seconds)
    wait_until(lambda: len(load.seconds) > before + MANY)


def test_a_line_takes_over_the_socket_of_another_and_no_request_fails(tmp_path: Path, store: Valkey) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        begin = partial(serving, redis_url=store.url, descriptor=listener.fileno(), port=listener.getsockname()[1])
        with begin(tmp_path / "first") as first, under_load(first.port) as load:
            many_more(load)
            with begin(tmp_path / "second") as second:
                wait_until(lambda: has_new_workers(second))
                many_more(load)
                first.process.send_signal(signal.SIGTERM)
                assert first.process.wait(timeout=30) == 0
                many_more(load)
                with begin(tmp_path / "third") as third:
                    wait_until(lambda: has_new_workers(third))
                    many_more(load)
                    second.process.send_signal(signal.SIGTERM)
                    assert second.process.wait(timeout=30) == 0
                    many_more(load)
                    begin_to_stop = len(load.seconds)
                    load.stop()
    assert load.errors == []
    assert begin_to_stop > 5 * MANY
    assert not traces_in([*first.log, *second.log, *third.log])


def test_workers_are_replaced_on_hup_and_no_request_fails(tmp_path: Path, store: Valkey) -> None:
    with serving(tmp_path / "line", store.url) as served:
        earlier = frozenset(served.workers())
        with under_load(served.port) as load:
            many_more(load)
            served.process.send_signal(signal.SIGHUP)
            wait_until(lambda: has_new_workers(served, earlier))
            many_more(load)
        assert served.process.poll() is None
    assert load.errors == []
    assert not traces_in(served.log)


def test_a_socket_that_is_handed_over_is_listened_on_though_its_port_is_taken(tmp_path: Path, store: Valkey) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with (
            serving(tmp_path / "line", store.url, descriptor=listener.fileno(), port=port) as served,
            under_load(port, 1) as load,
        ):
            wait_until(lambda: len(load.seconds) > 1)
            assert served.process.poll() is None
    assert load.errors == []
