"""A real Valkey server, and what can go wrong with it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import cast

import redis

from hotline.store.embedded import server_binary
from tests.test_serving import free_port

START_SECONDS = 20.0


class Valkey:
    """One server on a port of its own, whose data outlive it as a file of changes."""

    def __init__(self, folder: Path, *options: str, port: int | None = None) -> None:
        self.folder = folder
        self.port = port or free_port()
        self._options = options
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def client(self, password: str | None = None) -> redis.Redis:
        return redis.Redis(port=self.port, socket_timeout=5, password=password)

    def launch(self, *options: str) -> None:
        """Begins to start it, and does not wait until it answers."""
        command = [
            *(str(server_binary()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)),
            *("--save", "", "--loglevel", "warning", "--enable-debug-command", "yes", *self._options, *options),
        ]
        self._process = subprocess.Popen(command, cwd=self.folder, stdout=subprocess.DEVNULL)

    def start(self, *options: str) -> None:
        self.launch(*options)
        self.wait_until_it_answers()

    def wait_until_it_answers(self) -> None:
        with self.client() as client:
            wait_until(client.ping)

    def send(self, number: signal.Signals) -> None:
        if self._process:
            self._process.send_signal(number)

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        if self._process:
            self._process.send_signal(number)
            self._process.wait()

    def do(self, *command: str | int) -> object:
        with self.client() as client:
            return client.execute_command(*command)


@contextmanager
def valkey(folder: Path, *options: str) -> Iterator[Valkey]:
    server = Valkey(folder, *options)
    server.start()
    try:
        yield server
    finally:
        server.end()


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Three masters with all slots among them; their URL."""
    with ExitStack() as stack:
        nodes: list[Valkey] = []
        buses = [free_port() for _ in range(3)]
        for number, bus in enumerate(buses):
            options = ("--cluster-enabled", "yes", "--cluster-port", str(bus))
            nodes.append(stack.enter_context(valkey(folder / str(number), *options)))
        for node, slots in zip(nodes, ("0 5460", "5461 10922", "10923 16383"), strict=True):
            node.do("CLUSTER", "ADDSLOTSRANGE", *slots.split())
        for node, bus in zip(nodes[1:], buses[1:], strict=True):
            nodes[0].do("CLUSTER", "MEET", "127.0.0.1", node.port, bus)
        for node in nodes:
            wait_until(partial(is_joined, node))
        yield "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)


@contextmanager
def watched_pair(folder: Path) -> Iterator[tuple[Valkey, Valkey, str]]:
    """A master, its replica, and the URL of the three Sentinels that watch them."""
    with ExitStack() as stack:
        quick = ("--repl-diskless-sync-delay", "0")
        master = stack.enter_context(valkey(folder / "master", *quick))
        replica = stack.enter_context(valkey(folder / "replica", *quick, "--replicaof", f"127.0.0.1 {master.port}"))
        with master.client() as client:
            wait_until(lambda: client.info("replication").get("slave0", {}).get("state") == "online")
        sentinels = []
        for number in range(3):
            home = folder / f"sentinel{number}"
            home.mkdir()
            configuration = home / "sentinel.conf"
            configuration.write_text(
                f"sentinel monitor hotline 127.0.0.1 {master.port} 2\n"
                "sentinel down-after-milliseconds hotline 500\n"
                "sentinel failover-timeout hotline 3000\n"
            )
            port = free_port()
            sentinels.append(port)
            command = [str(server_binary()), str(configuration), "--sentinel", "--port", str(port)]
            process = subprocess.Popen([*command, "--bind", "127.0.0.1"], cwd=home, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.kill)
        for port in sentinels:
            with redis.Redis(port=port) as sentinel:
                wait_until(partial(knows_all, sentinel))
        hosts = ",".join(f"127.0.0.1:{port}" for port in sentinels)
        yield master, replica, f"redis+sentinel://{hosts}/hotline"


def knows_all(sentinel: redis.Redis) -> bool:
    """Whether a Sentinel has found the replica and both of the others."""
    found = (sentinel.sentinel_slaves("hotline"), sentinel.sentinel_sentinels("hotline"))
    return [len(cast("list[object]", one)) for one in found] == [1, 2]


def is_joined(node: Valkey) -> bool:
    return "cluster_state:ok" in str(node.do("CLUSTER", "INFO"))


def wait_until(holds: Callable[[], object], seconds: float = START_SECONDS) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with suppress(redis.RedisError):
            if holds():
                return
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def children_of(process: int) -> list[int]:
    """The processes that a process started, on Linux."""
    listed = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in listed.read_text().split()] if listed.exists() else []


def kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
