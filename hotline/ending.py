"""What must happen when a process ends."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)


@contextmanager
def at_the_end(do: Callable[[], object]) -> Iterator[None]:
    """Does something when the block ends, in the process that began it: a forked worker that ends comes by too."""
    owner = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == owner:
            do()


def end_in_order() -> None:
    """Lets a signal that ends the process run what is to be done at the end; one that is ignored stays ignored."""
    for ending in ENDING_SIGNALS:
        if signal.getsignal(ending) is not signal.SIG_IGN:
            signal.signal(ending, _end)


def _end(number: int, _: FrameType | None) -> None:
    # Impatience must not cut short what is done at the end.
    for ending in ENDING_SIGNALS:
        signal.signal(ending, signal.SIG_IGN)
    sys.exit(128 + number)
