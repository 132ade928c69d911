"""Twilio's own records of texts and calls, as they come to our notice: each is to be deleted once it is over."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping

from redis.exceptions import RedisError

from hotline.logs import Log
from hotline.store.deletions import Deletions
from hotline.store.soon import Soon
from hotline.web.requests import is_over

# Nobody waits for it; a worker that is killed loses those of so many seconds.
QUEUED_AFTER_SECONDS = 0.2
QUEUED_AGAIN_SECONDS = 5.0
# So many are kept for a Redis that is gone.
MOST_KEPT = 10_000

# Twilio refuses to delete a record that it has not closed itself (error 20009).
OVER_SECONDS = 60
# For a text of which no report says that it has arrived: not every carrier tells.
LONGEST_DELIVERY_SECONDS = 24 * 3600
# Twilio ends every call after four hours.
LONGEST_CALL_SECONDS = 4.5 * 3600

TEXT_IS_OVER = frozenset({"delivered", "undelivered", "failed", "canceled", "read"})

_SID = re.compile(r"(SM|MM|CA)[0-9a-f]{32}")

log = Log(__name__)


class Records:
    """Queues them for deletion. Nothing is raised, and no request waits for Redis."""

    def __init__(self, deletions: Deletions, reports_on_texts: str) -> None:
        """`reports_on_texts` is the address at which Twilio reports what became of a text."""
        self.reports_on_texts = reports_on_texts
        self._deletions = deletions
        self._soon = Soon(self._queue, QUEUED_AFTER_SECONDS)
        self._again = Soon(self._queue, QUEUED_AGAIN_SECONDS)
        self._lock = threading.Lock()
        self._seconds: dict[str, float] = {}

    def text_came(self, form: Mapping[str, str]) -> None:
        """A text to the line, answered or not."""
        self._add(form.get("MessageSid", ""), OVER_SECONDS)

    def text_went(self, sid: str | None) -> None:
        """A text that the line sent of itself."""
        self._add(sid or "", LONGEST_DELIVERY_SECONDS)

    def text_reported(self, form: Mapping[str, str]) -> None:
        """Twilio's report on a text of the line."""
        is_text_over = form.get("MessageStatus") in TEXT_IS_OVER
        self._add(form.get("MessageSid", ""), OVER_SECONDS if is_text_over else LONGEST_DELIVERY_SECONDS)

    def call_reported(self, form: Mapping[str, str]) -> None:
        """A call that began or is over."""
        self._add(form.get("CallSid", ""), OVER_SECONDS if is_over(form) else LONGEST_CALL_SECONDS)

    def finish(self) -> None:
        """Queues what is in hand: the process ends."""
        self._soon.finish()
        self._again.finish()

    def _add(self, sid: str, seconds: float) -> None:
        if not _SID.fullmatch(sid):
            return
        with self._lock:
            if len(self._seconds) >= MOST_KEPT and sid not in self._seconds:
                log.error("a record at Twilio will not be deleted: too many wait for Redis")
                return
            self._seconds[sid] = min(seconds, self._seconds.get(sid, seconds))
        try:
            self._soon.ask()
        except RuntimeError as error:
            log.warning("no thread could be started", error=error)

    def _queue(self) -> None:
        with self._lock:
            seconds, self._seconds = self._seconds, {}
        try:
            self._deletions.add(seconds)
        except (RedisError, OSError) as error:
            log.warning("records at Twilio not queued for deletion yet", error=error)
            with self._lock:
                self._seconds = seconds | self._seconds
            self._again.ask()
