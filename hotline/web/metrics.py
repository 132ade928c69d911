"""What whoever watches the line may count, in Prometheus's format: numbers alone, of all workers together.

Nothing here is of one resident: the finest labels are channel, outcome, language of the catalogs and Twilio's code.
"""

from __future__ import annotations

import hmac
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, abort, request
from redis.exceptions import RedisError

from hotline.catalogs.freshness import due, progress
from hotline.dialogue.heard import Heard, TextEnded, TransferEnded
from hotline.dialogue.reply import Transfer, Turn
from hotline.releases.live import Live
from hotline.store.connection import RedisClient
from hotline.store.deletions import Deletions
from hotline.store.durability import takes_writes

if TYPE_CHECKING:
    from prometheus_client.core import Metric

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
SCHEME: Final = "Bearer "
_CODE = re.compile(r"[0-9]{5}")


class Metrics:
    """Counts what this process does. Made once in a process before it divides into workers."""

    def __init__(self) -> None:
        # The package looks for the workers' folder when it is imported.
        from prometheus_client import CollectorRegistry, Counter, Histogram  # noqa: PLC0415

        self.registry = CollectorRegistry()
        self._turns = Histogram(
            "hotline_turn_seconds",
            "Time from a signed request to its answer.",
            ["channel"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self._words = Counter(
            "hotline_words", "Texts and speech, by what became of them.", ["channel", "outcome"], registry=self.registry
        )
        self._transfers = Counter(
            "hotline_transfers", "Calls that were connected, and how that ended.", ["outcome"], registry=self.registry
        )
        self._texts = Counter(
            "hotline_texts_in_calls", "Texts that callers asked for.", ["outcome"], registry=self.registry
        )
        self._faults = Counter("hotline_faults", "What went wrong here while somebody waited.", registry=self.registry)
        self._refused = Counter("hotline_refused", "Requests that Twilio did not sign.", registry=self.registry)
        self._twilio = Counter(
            "hotline_twilio_errors", "Errors that Twilio reported, by its codes.", ["code"], registry=self.registry
        )

    def turned(self, channel: str, seconds: float) -> None:
        self._turns.labels(channel).observe(seconds)

    def heard(self, heard: Heard) -> None:
        """What became of a transfer or a text."""
        if isinstance(heard, TransferEnded):
            self._transfers.labels("answered" if heard.answered else "unanswered").inc()
        elif isinstance(heard, TextEnded):
            self._texts.labels(heard.outcome.value).inc()

    def told(self, channel: str, turn: Turn) -> None:
        if turn.outcome:
            self._words.labels(channel, turn.outcome.value).inc()
        if isinstance(turn.reply.effect, Transfer):
            self._transfers.labels("begun").inc()

    def failed(self) -> None:
        self._faults.inc()

    def refused(self) -> None:
        self._refused.inc()

    def reported(self, code: str) -> None:
        """An error code in what Twilio sent; what is none is counted together."""
        self._twilio.labels(code if _CODE.fullmatch(code) else "other").inc()


def shared_folder(folder: Path) -> None:
    """Lets the workers of this process count together, in files of a folder that is emptied first. Raises OSError."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ[FOLDER_VARIABLE] = str(folder)


def forget_worker(pid: int) -> None:
    """A worker has ended: what it counted stays, what it was does not."""
    if FOLDER_VARIABLE in os.environ:
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415

        mark_process_dead(pid)  # type: ignore[no-untyped-call]  # the package has no types there


def metrics_blueprint(metrics: Metrics, present: Present, token: str) -> Blueprint:
    """`/metrics`, for who shows the token."""
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415
    from prometheus_client.exposition import CONTENT_TYPE_LATEST  # noqa: PLC0415
    from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def shown() -> Response:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), f"{SCHEME}{token}".encode()):
            abort(403)
        counted = metrics.registry
        if FOLDER_VARIABLE in os.environ:
            counted = CollectorRegistry()
            MultiProcessCollector(counted)  # type: ignore[no-untyped-call]  # the package has no types there
        now = CollectorRegistry()
        now.register(present)
        return Response(generate_latest(counted) + generate_latest(now), content_type=CONTENT_TYPE_LATEST)

    return blueprint


@dataclass(frozen=True, slots=True)
class Present:
    """What is so at the moment of asking, whichever worker is asked. `deletions` is None where Twilio keeps all."""

    redis: RedisClient
    live: Live
    deletions: Deletions | None
    today: Callable[[], date]

    def collect(self) -> Iterator[Metric]:
        from prometheus_client.core import GaugeMetricFamily as Gauge  # noqa: PLC0415

        content, pointer = self.live.content, self.live.speaking.pointer
        release, behind = pointer.number if pointer else 0, bool(self.live.trouble)
        reads, speaks = content.understanding.reads_meaning, content.voices.audio is not None
        overdue = len(due(content.script, self.today()))
        yield Gauge("hotline_redis_up", "Whether Redis takes writes.", takes_writes(self.redis))
        yield Gauge("hotline_release", "The release that is spoken from; 0 for the package.", release)
        yield Gauge("hotline_release_behind", "Whether this worker does not speak from the live one.", behind)
        yield Gauge("hotline_reads_meaning", "Whether texts are read by their meaning.", reads)
        yield Gauge("hotline_has_espeak", "Whether eSpeak NG can speak.", speaks)
        yield Gauge("hotline_statements_overdue", "Statements that are past their review date.", overdue)
        untranslated = Gauge("hotline_untranslated", "Texts without a current translation.", labels=["language"])
        for one in progress(content.script, content.catalogs):
            untranslated.add_metric([one.language], one.messages - one.translated)
        yield untranslated
        yield from self._of_deletions(Gauge)

    def _of_deletions(self, gauge: type) -> Iterator[Metric]:
        if not self.deletions:
            return
        try:
            state = self.deletions.state()
        except (RedisError, OSError):
            return
        yield gauge("hotline_deletions_waiting", "Twilio's records that are yet to be deleted.", state.waiting)
        yield gauge("hotline_deletions_given_up", "Twilio's records that could not be deleted.", len(state.given_up))
        yield gauge("hotline_deletions_late", "Whether no worker deletes them.", state.is_late)
