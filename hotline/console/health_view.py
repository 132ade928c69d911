"""How the line is, for the overview. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.deletion_report import troubles
from hotline.releases.content import Content
from hotline.store.deletions import DeletionsState
from hotline.store.releases import Pointer, Worker


@dataclass(frozen=True, slots=True)
class WorkerShown:
    """A worker by the number of the release that it speaks from, None for the package; `trouble` may be empty."""

    number: int | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Health:
    """`not_durable` says why Redis could lose releases; `trouble` why this worker does not speak from the live one.

    `deletions` are None where Twilio keeps its records, otherwise what is wrong with their deletion.
    """

    workers: tuple[WorkerShown, ...]
    trouble: str
    takes_writes: bool
    not_durable: str
    deletions: tuple[str, ...] | None
    reads_meaning: bool
    has_espeak: bool

    @property
    def is_good(self) -> bool:
        wrong = (self.trouble, self.not_durable, self.deletions, *(worker.trouble for worker in self.workers))
        return self.takes_writes and self.reads_meaning and self.has_espeak and not any(wrong)


@dataclass(frozen=True, slots=True)
class StoreHealth:
    """What is known of Redis; `not_durable` is None where releases are safe, `deletions` where nothing is deleted."""

    takes_writes: bool
    not_durable: str | None
    deletions: DeletionsState | None


def health_of(content: Content, workers: Iterable[Worker], trouble: str, store: StoreHealth) -> Health:
    """`trouble` is this worker's own."""
    shown = (WorkerShown(_number(worker.live), worker.trouble) for worker in workers)
    return Health(
        workers=tuple(sorted(shown, key=lambda worker: (worker.number or 0, worker.trouble))),
        trouble=trouble,
        takes_writes=store.takes_writes,
        not_durable=store.not_durable or "",
        deletions=None if store.deletions is None else tuple(troubles(store.deletions)),
        reads_meaning=content.understanding.reads_meaning,
        has_espeak=content.voices.audio is not None,
    )


def _number(live: str) -> int | None:
    pointer = Pointer.of(live)
    return pointer.number if pointer else None
