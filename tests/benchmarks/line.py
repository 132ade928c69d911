"""The line beside two floors on the same server, in one run: `python -m tests.benchmarks.line [--quick]`.

- `bare`: a Flask route that checks the signature and answers with TwiML of usual size.
- `redis`: the same, with the two Redis round trips that any such line must make.
- `line`: the line.

All three run under gunicorn as `hotline serve` runs it, each with its embedded Redis, and take turns: what disturbs the
machine disturbs all of them. Twilio seldom keeps a connection; the figures with a connection kept are those of a proxy.
"""

from __future__ import annotations

import argparse
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from hotline.script.loader import load_script
from hotline.understanding.development import read_cases
from tests.benchmarks.chart import Bar, Group, draw
from tests.benchmarks.floors import NAMES, READY
from tests.benchmarks.load import HOST, LoadError, Measured, ask, measure, percentile
from tests.benchmarks.turns import KINDS, Turns
from tests.conftest import line_at

PICTURES = Path(".pictures")
TABLE, CHART = PICTURES / "bench.md", PICTURES / "bench.svg"
CONNECTIONS = (1, 32, 256)
# Where requests ran out before the time, the end, at which connections stand idle, would weigh too much.
ROOM = 3.0
WARM_UP_REQUESTS = 250
HALF_LOAD_CONNECTIONS = 64
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Plan:
    """`seconds` for each measurement; `half_load_seconds` for that at half of full load."""

    rounds: int
    seconds: float
    half_load_seconds: float


FULL, QUICK = Plan(9, 1.0, 20.0), Plan(2, 0.2, 4.0)


@dataclass(frozen=True, slots=True)
class Cell:
    kind: str
    connections: int
    keep_alive: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds: requests per second, latencies in ms, the client's share of one core.

    `rates` are those of each round; `latencies` those of the last round, in seconds.
    """

    rates: Sequence[float]
    p50: float
    p95: float
    p99: float
    client: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        return median(self.rates)


Results = Mapping[Cell, Mapping[str, Figures]]


def cells() -> tuple[Cell, ...]:
    kept = [Cell(kind, connections, keep_alive=True) for kind in KINDS for connections in CONNECTIONS]
    return (*kept, *(Cell(kind, 32, keep_alive=False) for kind in KINDS))


def figures(runs: Sequence[Measured]) -> Figures:
    """What several rounds of one measurement come to."""

    def milliseconds(share: float) -> float:
        return median(percentile(run.latencies, share) * 1000 for run in runs)

    return Figures(
        rates=tuple(run.rate for run in runs),
        p50=milliseconds(0.5),
        p95=milliseconds(0.95),
        p99=milliseconds(0.99),
        client=median(run.cpu for run in runs),
        latencies=runs[-1].latencies,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="The line beside two floors.")
    parser.add_argument("--quick", action="store_true", help="about a minute; rough figures")
    run(QUICK if parser.parse_args().quick else FULL)


def run(plan: Plan) -> Results:
    """Measures, writes the page and the picture, and shows the page."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        turns = Turns(line_at(""), [case.text for case in read_cases(load_script())])
        ports: dict[str, int] = {"line": stack.enter_context(server_of("line", folder))[0]}
        document = _menu(ports["line"], turns)
        ports |= {name: stack.enter_context(server_of(name, folder, document))[0] for name in NAMES if name != "line"}
        results = _results(ports, turns, plan)
        half = _half_load(ports["line"], turns, results, plan)
    text = report(results, half, plan)
    PICTURES.mkdir(exist_ok=True)
    TABLE.write_text(text, encoding="utf-8")
    CHART.write_text(chart(results), encoding="utf-8")
    sys.stdout.write(text)
    return results


def report(results: Results, half: Figures, plan: Plan) -> str:
    """The page, as Markdown."""
    rows = [_row(cell, name, by_name) for cell, by_name in results.items() for name, _ in by_name.items()]
    return "\n".join(
        (
            "# How fast the line is",
            f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores ({platform.machine()}), Python "
            f"{platform.python_version()}; client and servers share the cores. Medians of {plan.rounds} rounds of "
            f"{plan.seconds:g} s, taking turns. The sounds that the line lacks were not made meanwhile.",
            "",
            "`share` is the line's rate as a share of that floor's; `client` is the client's part of one core.",
            "",
            "| turns | connections | server | requests/s | share | p50 ms | p95 ms | p99 ms | client |",
            "|---|---|---|--:|--:|--:|--:|--:|--:|",
            *rows,
            "",
            f"Keys at half of full load ({half.rate:.0f} a second, each counted from the moment it was due): "
            f"p50 {half.p50:.1f} ms, p95 {half.p95:.1f} ms, p99 {half.p99:.1f} ms.",
            "",
        )
    )


def chart(results: Results) -> str:
    """The line's rate with 32 connections kept, as a share of each floor's."""
    groups = [
        Group(cell.kind, [Bar(f"of {name}", share_of(by_name, name)) for name in NAMES if name != "line"])
        for cell, by_name in results.items()
        if cell.connections == 32 and cell.keep_alive
    ]
    return draw("Requests per second, as a share of a floor's", groups)


def share_of(by_name: Mapping[str, Figures], floor: str) -> float:
    """The line's rate as a share of a floor's: the median over the rounds, since the machine's own speed changes."""
    return median(ours / its for ours, its in zip(by_name["line"].rates, by_name[floor].rates, strict=True))


def _row(cell: Cell, name: str, by_name: Mapping[str, Figures]) -> str:
    one = by_name[name]
    share = "" if name == "line" else f"{share_of(by_name, name):.2f}"
    kept = f"{cell.connections}" if cell.keep_alive else f"{cell.connections}, new each time"
    return (
        f"| {cell.kind} | {kept} | {name} | {one.rate:.0f} | {share} | {one.p50:.1f} | {one.p95:.1f} | {one.p99:.1f} "
        f"| {one.client:.0%} |"
    )


def _results(ports: Mapping[str, int], turns: Turns, plan: Plan) -> Results:
    runs: dict[Cell, dict[str, list[Measured]]] = {cell: {name: [] for name in NAMES} for cell in cells()}
    warm = {
        (name, kind): measure(port, turns.prepare(kind, WARM_UP_REQUESTS), 32, seconds=5).rate
        for name, port in ports.items()
        for kind in KINDS
    }
    for number, (cell, by_name) in _with_progress(plan.rounds, runs):
        for name in _rotated(NAMES, number):
            requests = turns.prepare(
                cell.kind,
                int(ROOM * warm[name, cell.kind] * plan.seconds) + cell.connections,
                keep_alive=cell.keep_alive,
            )
            one = measure(ports[name], requests, cell.connections, seconds=plan.seconds, keep_alive=cell.keep_alive)
            by_name[name].append(one)
    return {cell: {name: figures(one) for name, one in by_name.items()} for cell, by_name in runs.items()}


def _with_progress(
    rounds: int, runs: Mapping[Cell, dict[str, list[Measured]]]
) -> Iterator[tuple[int, tuple[Cell, dict[str, list[Measured]]]]]:
    for number in range(rounds):
        for cell, by_name in runs.items():
            sys.stderr.write(f"Round {number + 1} of {rounds}: {cell.kind}, {cell.connections} connections\n")
            yield number, (cell, by_name)


def _rotated(names: Sequence[str], by: int) -> Iterable[str]:
    """Nobody is always first."""
    cut = by % len(names)
    return (*names[cut:], *names[:cut])


def _half_load(port: int, turns: Turns, results: Results, plan: Plan) -> Figures:
    rate = max(by_name["line"].rate for cell, by_name in results.items() if cell.kind == "keys") / 2
    requests = turns.prepare("keys", int(rate * plan.half_load_seconds))
    return figures([measure(port, requests, HALF_LOAD_CONNECTIONS, seconds=plan.half_load_seconds, rate=rate)])


def _menu(port: int, turns: Turns) -> str:
    """What the line says to a key: TwiML of usual size, for the floors to answer with."""
    (request,) = turns.prepare("keys", 1)
    document = ask(port, request).partition(b"\r\n\r\n")[2].decode()
    if "<Gather" not in document:
        raise LoadError("The line did not answer a key with choices.")
    return document


@contextmanager
def server_of(name: str, folder: Path, document: str = "") -> Iterator[tuple[int, int]]:
    """A server of the benchmark in a process of its own, until the block ends; its port and process."""
    port, data = _free_port(), folder / name
    data.mkdir()
    command = [sys.executable, "-m", "tests.benchmarks.floors", name, str(port), str(data)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(document)
        process.stdin.close()
        if READY not in process.stdout.readline():
            raise SystemExit(f"The server {name} did not start; what it wrote stands above.")
        _await(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)
        process.stdout.close()


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _await(port: int) -> None:
    """Until the workers listen."""
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"Nothing listens on port {port}.")


if __name__ == "__main__":
    main()
