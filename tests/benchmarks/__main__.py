"""All benchmarks of the line in one run: `make bench`. Some 40 minutes; with `--quick` about five, and rough."""

from __future__ import annotations

import argparse
import logging
import sys

from tests.benchmarks import costs, line, scale
from tests.benchmarks.line import PICTURES, Cell


def main() -> None:
    # Catalogs of languages that a smaller script lacks are left out, as they should be.
    logging.disable()
    parser = argparse.ArgumentParser(description="How fast the line is, what it costs, and what a country would take.")
    parser.add_argument("--quick", action="store_true", help="rough figures")
    is_quick = parser.parse_args().quick
    PICTURES.mkdir(exist_ok=True)
    speed = line.run(line.QUICK if is_quick else line.FULL)
    found = costs.run(minutes=0.5 if is_quick else 10.0)
    alone = speed[Cell("mix", 1, keep_alive=True)]["line"]
    measured = scale.Measured(
        turn_seconds=alone.latencies,
        redis_seconds=found.traffic["mix"].redis_seconds,
        worker_bytes=found.samples[-1].worker_kilobytes * 1024,
        session_bytes=found.fresh_bytes,
        round_trips=found.traffic["mix"].round_trips,
    )
    text = scale.report(measured, scale.Habits())
    (PICTURES / "scale.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
