"""Everything goes wrong, one after another, while thousands of people text and call, and everybody is answered.

`python -m tests.faults.campaign --conversations 5000 --seed 1` takes some minutes, prints a table and ends with 1 where
anything was wrong. The faults are real ones: of a Valkey server, of the network before it, of workers and of disks.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from tests.faults.faults import FAULTS, Fault, World
from tests.faults.lines import NO_CONTENT, OK, Measured, Served, serving, traces_in
from tests.faults.proxy import proxy_to
from tests.faults.residents import Town, WrongError, some_number, text, town_of
from tests.faults.stores import valkey

MOST_SECONDS = 1.0
MOST_SECONDS_UNTIL_TAKEN_UP = 2.0
WAITED_FOR_SECONDS = 8.0
AT_ONCE = 6
# So many in a row go on where they stood: each worker does.
IN_A_ROW = 8
WARMING = 16


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the conversations of one fault; seconds of answers are sorted."""

    fault: str
    conversations: int
    seconds: tuple[float, ...]
    broken: int
    lost: int
    taken_up_after: float
    wrong: tuple[str, ...]

    def percentile(self, share: float) -> float:
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))] if self.seconds else 0.0


@dataclass(frozen=True, slots=True)
class Known:
    """A sentence, and what is answered to a key after it by a line that remembers it."""

    sentence: str
    then: str

    def goes_on(self, line: Line) -> bool:
        number = some_number()
        text(line, number, self.sentence)
        return text(line, number, "1") == self.then


@dataclass(frozen=True, slots=True)
class People:
    """Those who text and call, and what tells whether they are remembered."""

    town: Town
    known: Known

    @classmethod
    def of(cls, line: Line, *others: Line) -> People:
        """As they are answered while all is well; some of them call each line first, whose sounds are made then."""
        town = town_of(line)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for one in (line, *others):
                list(pool.map(partial(town.person, one), map(random.Random, range(WARMING))))
        return cls(town, known_of(line, town))


@contextmanager
def world_in(folder: Path) -> Iterator[World]:
    with ExitStack() as stack:
        store = stack.enter_context(valkey(folder / "store", "--appendonly", "yes", "--appendfsync", "always"))
        proxy = stack.enter_context(proxy_to(store.port))
        direct = stack.enter_context(serving(folder / "direct", store.url))
        proxied = stack.enter_context(serving(folder / "proxied", proxy.url))
        yield World(store, proxy, direct, proxied)


def known_of(line: Line, town: Town) -> Known:
    sentence, number = town.sentences["es"][0], some_number()
    text(line, number, sentence)
    return Known(sentence, text(line, number, "1"))


def go_through(world: World, people: People, fault: Fault, conversations: int, seed: int) -> Outcome:
    """Conversations while something is wrong, and how the line comes back from it."""
    served, measured, known = fault.served(world), Measured(), people.known
    line, witness, said_before = served.line(measured), some_number(), len(served.log)
    text(served.line(), witness, known.sentence)
    began = time.monotonic()
    with fault.during(world), ThreadPoolExecutor(AT_ONCE) as pool:
        chances = [random.Random(f"{seed} {fault.name} {number}") for number in range(conversations)]
        wrong = [found for found in pool.map(lambda chance: _one(people.town, line, chance), chances) if found]
    seconds_of_fault = time.monotonic() - began
    taken_up_after = _taken_up(served, known)
    if taken_up_after > MOST_SECONDS_UNTIL_TAKEN_UP:
        wrong.append(f"state is taken up after {taken_up_after:.1f} s, {seconds_of_fault:.1f} s of fault")
    if fault.keeps and text(served.line(), witness, "1") != known.then:
        wrong.append("somebody who wrote before is not known any more")
    wrong += _wrong_with(measured, world, fault)
    wrong += traces_in(served.log[said_before:])
    return Outcome(
        fault.name,
        conversations,
        tuple(sorted(answer.seconds for answer in measured.answers)),
        sum(answer.broken for answer in measured.answers),
        measured.lost,
        taken_up_after,
        tuple(wrong),
    )


def _one(town: Town, line: Line, chance: random.Random) -> str | None:
    try:
        town.person(line, chance)
    except WrongError as error:
        return str(error)
    return None


def _wrong_with(measured: Measured, world: World, fault: Fault) -> Iterator[str]:
    for answer in measured.answers:
        if answer.seconds > MOST_SECONDS:
            yield f"{answer.path} took {answer.seconds:.2f} s"
        if answer.status not in {OK, NO_CONTENT}:
            yield f"{answer.path} answered with {answer.status}"
        if answer.broken and "workers" not in fault.name:
            yield f"the connection for {answer.path} broke"
    for served in (world.direct, world.proxied):
        if served.process.poll() is not None:
            yield "the server ended"


def _taken_up(served: Served, known: Known) -> float:
    """The seconds until every worker remembers what it is told again."""
    began = time.monotonic()
    since, in_a_row, line = began, 0, served.line()
    while in_a_row < IN_A_ROW and time.monotonic() < began + WAITED_FOR_SECONDS:
        asked = time.monotonic()
        try:
            good = known.goes_on(line)
        except (PhoneError, WrongError):
            good = False
        since, in_a_row = (since, in_a_row + 1) if good and in_a_row else (asked, int(good))
    return since - began if in_a_row >= IN_A_ROW else WAITED_FOR_SECONDS


def table(outcomes: Sequence[Outcome]) -> str:
    heads = ("people", "webhooks", "p50 ms", "p99 ms", "max ms", "broken", "back s", "wrong")
    rows = [f"{'fault':30}" + "".join(f"{head:>9}" for head in heads)]
    for one in outcomes:
        times = "".join(f"{1000 * one.percentile(share):9.0f}" for share in (0.5, 0.99, 1.0))
        rows.append(
            f"{one.fault:30}{one.conversations:9}{len(one.seconds):9}{times}{one.broken + one.lost:9}"
            f"{one.taken_up_after:9.1f}{len(one.wrong):9}"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="The line, while everything goes wrong.")
    parser.add_argument("--conversations", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="the faults whose names hold this")
    asked = parser.parse_args(arguments)
    faults = [fault for fault in FAULTS if not asked.only or asked.only in fault.name]
    each = max(1, -(-asked.conversations // len(faults)))
    outcomes = []
    with tempfile.TemporaryDirectory() as folder, world_in(Path(folder)) as world:
        people = People.of(world.direct.line(), world.proxied.line())
        for fault in faults:
            outcomes.append(go_through(world, people, fault, each, asked.seed))
            say(table(outcomes[-1:]).splitlines()[-1] if len(outcomes) > 1 else table(outcomes))
            for what, many in Counter(outcomes[-1].wrong).most_common(10):
                say(f"    {many} times: {what}")
    return 1 if any(outcome.wrong for outcome in outcomes) else 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
