"""What a turn and a session cost, and whether that grows: `python -m tests.benchmarks.costs [--minutes 10]`.

- Redis: round trips and bytes for each turn, counted at the server; memory for each session.
- Workers: memory of each, before and after minutes of load.
- Growth: what a turn takes with more sessions, languages and topics.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from flask import Flask
from redis import Redis

from hotline.app import create_app
from hotline.dialogue.session import Session
from hotline.locales import LOCALES
from hotline.releases.content import Content, content_of, packaged_content
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.store.codec import encode
from hotline.store.connection import connect
from hotline.store.embedded import EmbeddedServer
from hotline.store.keys import Conversation, Keys
from hotline.store.sessions import LANGUAGE_SECONDS, TEXT_SECONDS, Sessions, Step
from hotline.understanding.development import read_cases
from tests.benchmarks.chart import Bar, Group, draw
from tests.benchmarks.line import PICTURES, server_of
from tests.benchmarks.load import measure
from tests.benchmarks.profile import answer_all, environment
from tests.benchmarks.turns import KINDS, Turns
from tests.conftest import line_at, settings_for

TABLE, CHART = PICTURES / "costs.md", PICTURES / "costs.svg"
SESSIONS = (1_000, 10_000, 100_000, 1_000_000)
LANGUAGES, TOPICS = (2, 6, 12), (5, 10, 18)
COUNTED_TURNS, TIMED_TURNS, ROUNDS = 500, 400, 5
WRITTEN_SESSIONS = 100_000
BATCH = 5_000
LOAD_CONNECTIONS, SAMPLE_SECONDS = 32, 15.0
SECRET = "a secret of this benchmark, with 45 characters"

# As they are after a few turns: in danger, far into a topic, and at the beginning.
TYPICAL = (
    Session(turns=3, language="es", node="ice-at-door", back=("main", "here-now"), greeted=True),
    Session(
        turns=9, language="ht", node="legal-help.2", back=("main", "help", "nearby"), greeted=True, county="fairfield"
    ),
    Session(turns=1, language="pt", node="main", greeted=True),
)


@dataclass(frozen=True, slots=True)
class Traffic:
    """Of one turn at Redis: round trips, bytes to it and from it, and seconds that it works."""

    round_trips: float
    bytes_in: float
    bytes_out: float
    redis_seconds: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Kilobytes that each worker holds of its own, and Redis's bytes, so many seconds after the load began."""

    seconds: float
    worker_kilobytes: float
    redis_bytes: int


@dataclass(frozen=True, slots=True)
class Costs:
    """All that is measured: by kind of turn, by how many sessions, languages or topics; seconds, bytes."""

    traffic: Mapping[str, Traffic]
    fresh_bytes: float
    rested_bytes: float
    sessions: Mapping[int, tuple[float, int]]
    languages: Mapping[int, float]
    topics: Mapping[int, float]
    samples: Sequence[Sample]


def _say(what: str) -> None:
    sys.stderr.write(f"{what}\n")


@contextmanager
def _redis() -> Iterator[Redis]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        server = EmbeddedServer(Path(folder))
        try:
            yield Redis.from_url(server.ensure(), socket_timeout=60)
        finally:
            server.stop()


def _turns() -> Turns:
    return Turns(line_at(""), [case.text for case in read_cases(load_script())])


def _seconds_of_a_turn(app: Flask, turns: Turns, kind: str = "keys") -> float:
    """The median over the rounds."""
    answer_all(app, [environment(one) for one in turns.prepare(kind, TIMED_TURNS)])
    times = []
    for _ in range(ROUNDS):
        prepared = [environment(one) for one in turns.prepare(kind, TIMED_TURNS)]
        began = time.perf_counter()
        answer_all(app, prepared)
        times.append((time.perf_counter() - began) / TIMED_TURNS)
    return median(times)


def redis_traffic() -> Mapping[str, Traffic]:
    """For each kind of turn. What is counted for the operators goes to Redis together every few seconds."""
    found = {}
    with _redis() as redis:
        app, turns = create_app(settings_for(_url_of(redis))), _turns()
        for kind in KINDS:
            _say(f"Redis's traffic: {kind}")
            answer_all(app, [environment(one) for one in turns.prepare(kind, 100)])
            prepared = [environment(one) for one in turns.prepare(kind, COUNTED_TURNS)]
            commands: list[str] = []
            redis.config_resetstat()
            before = redis.info("stats")
            answer_all(app, prepared)
            after, scripts = redis.info("stats"), redis.info("commandstats")["cmdstat_evalsha"]
            with _watched(redis, commands):
                answer_all(app, [environment(one) for one in turns.prepare(kind, COUNTED_TURNS)])
            found[kind] = Traffic(
                round_trips=sum(command.upper().startswith("EVAL") for command in commands) / COUNTED_TURNS,
                bytes_in=(after["total_net_input_bytes"] - before["total_net_input_bytes"]) / COUNTED_TURNS,
                bytes_out=(after["total_net_output_bytes"] - before["total_net_output_bytes"]) / COUNTED_TURNS,
                redis_seconds=scripts["usec"] / 1e6 / COUNTED_TURNS,
            )
    return found


@contextmanager
def _watched(redis: Redis, commands: list[str]) -> Iterator[None]:
    """Adds every command that clients send meanwhile; those within scripts are none."""
    end = "the end of what is watched"

    def watch() -> None:
        with redis.monitor() as monitor:  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated
            ready.set()
            for command in monitor.listen():
                if end in command["command"]:
                    return
                if command["client_type"] != "lua":
                    commands.append(command["command"])

    ready = threading.Event()
    thread = threading.Thread(target=watch)
    thread.start()
    ready.wait(10)
    try:
        yield
    finally:
        redis.echo(end)
        thread.join(30)


def _url_of(redis: Redis) -> str:
    return f"unix://{redis.get_connection_kwargs()['path']}"


def session_bytes() -> tuple[float, float]:
    """Of a session with its language, in Redis's memory: just after a turn, and once its steps are forgotten."""
    with _redis() as redis:
        sessions, before = Sessions(redis, (SECRET,)), int(redis.info("memory")["used_memory"])
        for number in range(WRITTEN_SESSIONS):
            if number % 20_000 == 0:
                _say(f"Sessions written: {number} of {WRITTEN_SESSIONS}")
            session, conversation = TYPICAL[number % len(TYPICAL)], Conversation("sms", f"+1203{number:07d}")
            loaded = sessions.load(conversation, Step(f"SM{number:032x}", named=True))
            sessions.save(conversation, loaded, session, learned=session.language)
        after = int(redis.info("memory")["used_memory"])
        for keys in _batches(list(redis.scan_iter("steps:*", count=10_000))):
            redis.delete(*keys)
        without = int(redis.info("memory")["used_memory"])
    return (after - before) / WRITTEN_SESSIONS, (without - before) / WRITTEN_SESSIONS


def _batches(keys: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def with_sessions() -> Mapping[int, tuple[float, int]]:
    """Seconds of a turn, and Redis's memory, with so many sessions of others."""
    found = {}
    with _redis() as redis:
        app, turns, before = (
            create_app(settings_for(_url_of(redis))),
            _turns(),
            int(redis.info("memory")["used_memory"]),
        )
        there = 0
        for many in SESSIONS:
            _say(f"A turn among {many} sessions")
            for start in range(there, many, BATCH):
                _write(redis, range(start, min(start + BATCH, many)))
            there = many
            used = int(redis.info("memory")["used_memory"]) - before
            found[many] = (_seconds_of_a_turn(app, turns), used)
    return found


def _write(redis: Redis, numbers: range) -> None:
    """Sessions as Sessions.save leaves them, many in one round trip."""
    with redis.pipeline(transaction=False) as pipeline:
        for number in numbers:
            session, keys = TYPICAL[number % 3], Keys.of(Conversation("sms", f"+1860{number:07d}"), SECRET)
            pipeline.set(keys.session, encode(session), ex=TEXT_SECONDS)
            pipeline.set(keys.language, session.language or "", ex=LANGUAGE_SECONDS)
        pipeline.execute()


def with_less(make: Callable[[Script, int], Script], sizes: Sequence[int]) -> Mapping[int, float]:
    """Seconds of a turn with a script of some size."""
    found = {}
    with _redis() as redis, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        whole = packaged_content(Path(folder) / "audio")
        for size in sizes:
            _say(f"A turn with {size} {make.__name__.removeprefix('of_')}")
            smaller = content_of(make(whole.script, size), whole.understanding, LOCALES, Path(folder) / "audio")

            def packaged(_audio: Path, content: Content = smaller) -> Content:
                return content

            app = create_app(settings_for(_url_of(redis), data=Path(folder) / str(size)), packaged=packaged)
            found[size] = _seconds_of_a_turn(app, _turns())
    return found


def of_languages(script: Script, many: int) -> Script:
    """The first of its languages."""
    return replace(script, languages=dict(list(script.languages.items())[:many]))


def of_topics(script: Script, many: int) -> Script:
    """The first of its topics, and menus that lead to no other."""
    topics = dict(list(script.topics.items())[:many])
    lost = set(script.topics) - set(topics)
    menus = {
        slug: replace(menu, choices=tuple(choice for choice in menu.choices if choice not in lost))
        for slug, menu in script.menus.items()
    }
    return replace(script, topics=topics, menus=menus)


def under_load(minutes: float) -> Sequence[Sample]:
    """Memory while every worker answers as fast as it can."""
    samples: list[Sample] = []
    with tempfile.TemporaryDirectory(prefix="bench-") as folder, server_of("line", Path(folder)) as (port, pid):
        redis, turns = connect(EmbeddedServer(Path(folder) / "line" / "redis").url, timeout=30), _turns()
        measure(port, turns.prepare("mix", 2_000), LOAD_CONNECTIONS, seconds=10)
        began = time.monotonic()
        while (gone := time.monotonic() - began) < 60 * minutes or not samples:
            _say(f"Load: {gone / 60:.1f} of {minutes:g} minutes")
            samples.append(Sample(gone, _worker_kilobytes(pid), int(redis.info("memory")["used_memory"])))
            measure(port, turns.prepare("mix", 20_000), LOAD_CONNECTIONS, seconds=SAMPLE_SECONDS)
        gone = time.monotonic() - began
        samples.append(Sample(gone, _worker_kilobytes(pid), int(redis.info("memory")["used_memory"])))
    return samples


def _worker_kilobytes(pid: int) -> float:
    """The mean of the workers' proportional set sizes: what they share with others is divided among all."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    sizes = [_pss(child) for child in children if b"floors" in Path(f"/proc/{child}/cmdline").read_bytes()]
    return sum(sizes) / len(sizes)


def _pss(pid: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))


def main() -> None:
    # Catalogs of languages that a smaller script lacks are left out, as they should be.
    logging.disable()
    parser = argparse.ArgumentParser(description="What a turn and a session cost, and whether that grows.")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long the workers are under load")
    run(parser.parse_args().minutes)


def run(minutes: float) -> Costs:
    """Measures, writes the page and the picture, and shows the page."""
    fresh, rested = session_bytes()
    costs = Costs(
        traffic=redis_traffic(),
        fresh_bytes=fresh,
        rested_bytes=rested,
        sessions=with_sessions(),
        languages=with_less(of_languages, LANGUAGES),
        topics=with_less(of_topics, TOPICS),
        samples=under_load(minutes),
    )
    PICTURES.mkdir(exist_ok=True)
    CHART.write_text(chart(costs), encoding="utf-8")
    text = report(costs)
    TABLE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)
    return costs


def chart(costs: Costs) -> str:
    """What a key press takes, beside the most of each row."""
    rows = {
        "sessions": [seconds for seconds, _ in costs.sessions.values()][-3:],
        "languages": list(costs.languages.values()),
        "topics": list(costs.topics.values()),
    }
    names = ("fewest", "more", "most")
    groups = [
        Group(label, [Bar(name, one / max(times)) for name, one in zip(names, times, strict=True)])
        for label, times in rows.items()
    ]
    return draw("What a key press takes, as a share of the longest", groups)


def report(costs: Costs) -> str:
    """The page, as Markdown."""
    first, last, rested = costs.samples[0], costs.samples[-1], costs.rested_bytes
    return "\n".join(
        (
            "# What the line costs",
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), Python "
            f"{platform.python_version()}. Made by `make bench`.",
            "",
            "| turn | round trips to Redis | bytes to it | bytes from it |",
            "|---|--:|--:|--:|",
            *(
                f"| {kind} | {one.round_trips:.2f} | {one.bytes_in:.0f} | {one.bytes_out:.0f} |"
                for kind, one in costs.traffic.items()
            ),
            "",
            f"A session with its language takes {rested:.0f} bytes of Redis's memory, {rested:.0f} MB for a million; "
            f"for a minute after a turn, {costs.fresh_bytes:.0f} bytes. "
            f"({WRITTEN_SESSIONS:,} sessions, written turn by turn.)",
            "",
            "| others' sessions in Redis | a key press takes, ms | Redis's memory, MB |",
            "|--:|--:|--:|",
            *(
                f"| {many:,} | {seconds * 1000:.2f} | {used / 1e6:.1f} |"
                for many, (seconds, used) in costs.sessions.items()
            ),
            "",
            "| languages | a key press takes, ms |",
            "|--:|--:|",
            *(f"| {many} | {seconds * 1000:.2f} |" for many, seconds in costs.languages.items()),
            "",
            "| topics | a key press takes, ms |",
            "|--:|--:|",
            *(f"| {many} | {seconds * 1000:.2f} |" for many, seconds in costs.topics.items()),
            "",
            "| minutes of full load | memory of a worker (PSS), MB | Redis's memory, MB |",
            "|--:|--:|--:|",
            *(
                f"| {one.seconds / 60:.1f} | {one.worker_kilobytes / 1024:.1f} | {one.redis_bytes / 1e6:.2f} |"
                for one in costs.samples[:: max(1, len(costs.samples) // 10)]
            ),
            f"| {last.seconds / 60:.1f} | {last.worker_kilobytes / 1024:.1f} | {last.redis_bytes / 1e6:.2f} |",
            "",
            f"From the first to the last: {(last.worker_kilobytes - first.worker_kilobytes) / 1024:+.1f} MB a worker.",
            "",
        )
    )


if __name__ == "__main__":
    main()
