"""How the line is, for the overview. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.releases.content import Content
from hotline.store.releases import Pointer, Worker


@dataclass(frozen=True, slots=True)
class WorkerShown:
    """A worker by the number of the release that it speaks from, None for the package; `trouble` may be empty."""

    number: int | None
    trouble: str


@dataclass(frozen=True, slots=True)
class Health:
    """`not_durable` says why Redis could lose releases; `trouble` why this worker does not speak from the live one."""

    workers: tuple[WorkerShown, ...]
    trouble: str
    not_durable: str
    reads_meaning: bool
    has_espeak: bool

    @property
    def is_good(self) -> bool:
        is_troubled = self.trouble or self.not_durable or any(worker.trouble for worker in self.workers)
        return self.reads_meaning and self.has_espeak and not is_troubled


def health_of(content: Content, workers: Iterable[Worker], trouble: str, not_durable: str | None) -> Health:
    """`trouble` is this worker's own."""
    shown = (WorkerShown(_number(worker.live), worker.trouble) for worker in workers)
    return Health(
        workers=tuple(sorted(shown, key=lambda worker: (worker.number or 0, worker.trouble))),
        trouble=trouble,
        not_durable=not_durable or "",
        reads_meaning=content.understanding.reads_meaning,
        has_espeak=content.voices.audio is not None,
    )


def _number(live: str) -> int | None:
    pointer = Pointer.of(live)
    return pointer.number if pointer else None
