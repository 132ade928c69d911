"""What goes wrong in the campaign, each while people text and call."""

from __future__ import annotations

import random
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis

from tests.faults import proxy as network
from tests.faults.lines import Served
from tests.faults.proxy import Proxy, Treatment
from tests.faults.stores import Valkey, children_of, kill, wait_until

EVERY_SECONDS = 0.25
PASSWORD = "another-word"


@dataclass(frozen=True, slots=True)
class World:
    """A store, and two lines that use it: one directly, one through a network that can be treated."""

    store: Valkey
    proxy: Proxy
    direct: Served
    proxied: Served


@dataclass(frozen=True, slots=True)
class Fault:
    """`keeps` where what the store knew before is there again afterwards."""

    name: str
    during: Callable[[World], AbstractContextManager[None]]
    keeps: bool = True
    proxied: bool = False

    def served(self, world: World) -> Served:
        return world.proxied if self.proxied else world.direct


@contextmanager
def again_and_again(do: Callable[[], object], seconds: float = EVERY_SECONDS) -> Iterator[None]:
    over = threading.Event()

    def go_on() -> None:
        while True:
            with suppress(redis.RedisError, OSError):
                do()
            if over.wait(seconds):
                return

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def nothing(_: World) -> Iterator[None]:
    yield


def ended_by(number: signal.Signals) -> Callable[[World], AbstractContextManager[None]]:
    @contextmanager
    def during(world: World) -> Iterator[None]:
        world.store.end(number)
        try:
            yield
        finally:
            world.store.start()

    return during


@contextmanager
def killed_again_and_again(world: World) -> Iterator[None]:
    def once_more() -> None:
        world.store.end()
        world.store.start()

    with again_and_again(once_more, 0.5):
        yield


@contextmanager
def stopped(world: World) -> Iterator[None]:
    world.store.send(signal.SIGSTOP)
    try:
        yield
    finally:
        world.store.send(signal.SIGCONT)


@contextmanager
def stuttering(world: World) -> Iterator[None]:
    going = [True]

    def turn() -> None:
        going[0] = not going[0]
        world.store.send(signal.SIGCONT if going[0] else signal.SIGSTOP)

    try:
        with again_and_again(turn, 0.3):
            yield
    finally:
        world.store.send(signal.SIGCONT)


@contextmanager
def paused_for_clients(world: World) -> Iterator[None]:
    """While it pauses it does not hear that it shall go on, so that it pauses shortly, again and again."""
    with again_and_again(lambda: world.store.do("CLIENT", "PAUSE", 700, "ALL"), 0.05):
        yield
    world.store.do("PING")


@contextmanager
def read_only(world: World) -> Iterator[None]:
    world.store.do("CONFIG", "SET", "replica-serve-stale-data", "yes")
    world.store.do("REPLICAOF", "127.0.0.1", 1)
    try:
        yield
    finally:
        world.store.do("REPLICAOF", "NO", "ONE")


def repeated(*command: str) -> Callable[[World], AbstractContextManager[None]]:
    return lambda world: again_and_again(lambda: world.store.do(*command))


@contextmanager
def full(world: World) -> Iterator[None]:
    world.store.do("CONFIG", "SET", "maxmemory-policy", "noeviction")
    world.store.do("CONFIG", "SET", "maxmemory", "1")
    try:
        yield
    finally:
        world.store.do("CONFIG", "SET", "maxmemory", "0")


@contextmanager
def cannot_be_written_down(world: World) -> Iterator[None]:
    """Its snapshot cannot be written, so it takes no writes: MISCONF."""
    blocked = world.store.folder / "dump.rdb"
    blocked.unlink(missing_ok=True)
    blocked.mkdir()
    world.store.do("CONFIG", "SET", "save", "3600 1")
    world.store.do("SET", "a change", "1", "EX", 60)
    world.store.do("BGSAVE")
    try:
        with world.store.client() as client:
            wait_until(lambda: client.info("persistence")["rdb_last_bgsave_status"] == "err")
        yield
    finally:
        world.store.do("CONFIG", "SET", "save", "")
        blocked.rmdir()


@contextmanager
def password_changed(world: World) -> Iterator[None]:
    world.store.do("CONFIG", "SET", "requirepass", PASSWORD)
    with world.store.client(password=PASSWORD) as client:
        client.client_kill_filter(_type="normal", skipme=True)
        try:
            yield
        finally:
            client.config_set("requirepass", "")


@contextmanager
def loading(world: World) -> Iterator[None]:
    """It comes back, and reads its data for a while: LOADING."""
    with world.store.client() as client:
        client.execute_command("DEBUG", "POPULATE", 3000, "ballast", 10)
        client.bgrewriteaof()
        wait_until(lambda: not client.info("persistence")["aof_rewrite_in_progress"])
    world.store.end()
    world.store.launch("--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024")
    try:
        yield
    finally:
        world.store.wait_until_it_answers()
        world.store.do("EVAL", "for _, key in ipairs(redis.call('KEYS', 'ballast:*')) do redis.call('DEL', key) end", 0)


def treated(treatment: Treatment) -> Callable[[World], AbstractContextManager[None]]:
    @contextmanager
    def during(world: World) -> Iterator[None]:
        world.proxy.treatment = treatment
        try:
            yield
        finally:
            world.proxy.treatment = network.as_it_is

    return during


@contextmanager
def workers_killed(world: World) -> Iterator[None]:
    def kill_one() -> None:
        if workers := world.direct.workers():
            kill(random.choice(workers))

    with again_and_again(kill_one, 0.4):
        yield


@contextmanager
def workers_and_store_killed(world: World) -> Iterator[None]:
    with workers_killed(world), killed_again_and_again(world):
        yield


@contextmanager
def disk_full(world: World) -> Iterator[None]:
    """No file of the line can grow any more; what it says goes into a pipe."""
    master = world.direct.process.pid
    before = {one: resource.prlimit(one, resource.RLIMIT_FSIZE) for one in (master, *children_of(master))}
    for one in before:
        _limit(one, (0, resource.RLIM_INFINITY))
    try:
        yield
    finally:
        for one, limits in before.items():
            _limit(one, limits)


@contextmanager
def no_data_folder(world: World) -> Iterator[None]:
    """What the line keeps beside its store is a file now, and no folder."""
    folder = data_of(world)
    aside = folder.with_name("aside")
    folder.rename(aside)
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


def data_of(world: World) -> Path:
    return world.store.folder.parent / "direct"


def _limit(process: int, limits: tuple[int, int]) -> None:
    with suppress(ProcessLookupError):
        resource.prlimit(process, resource.RLIMIT_FSIZE, limits)


FAULTS = (
    Fault("none", nothing),
    Fault("store stopped", ended_by(signal.SIGTERM)),
    Fault("store killed", ended_by(signal.SIGKILL)),
    Fault("store killed again and again", killed_again_and_again),
    Fault("store frozen", stopped),
    Fault("store freezes and thaws", stuttering),
    Fault("store pauses clients", paused_for_clients),
    Fault("store read-only", read_only),
    Fault("store flushed", repeated("FLUSHALL"), keeps=False),
    Fault("scripts flushed", repeated("SCRIPT", "FLUSH")),
    Fault("connections killed", repeated("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")),
    Fault("store full", full),
    Fault("snapshot fails", cannot_be_written_down),
    Fault("password changed", password_changed),
    Fault("store loading", loading),
    Fault("network slow, 100 ms", treated(network.later(0.1)), proxied=True),
    Fault("network slow, 1 s", treated(network.later(1.0)), proxied=True),
    Fault("answers dropped", treated(network.dropped), proxied=True),
    Fault("some answers dropped", treated(network.at_times(network.dropped)), proxied=True),
    Fault("answers cut off", treated(network.at_times(network.cut)), proxied=True),
    Fault("answers garbled", treated(network.at_times(network.garbled)), keeps=False, proxied=True),
    Fault("answers make no sense", treated(network.nonsense), keeps=False, proxied=True),
    Fault("workers killed", workers_killed),
    Fault("workers and store killed", workers_and_store_killed),
    Fault("disk full", disk_full),
    Fault("no folder for data", no_data_folder),
)
