"""Why the draft cannot be published: looked at in the background, once for each state of the draft."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import cast

from redis.exceptions import RedisError

from hotline.console.drafts_view import digest_of_changes
from hotline.logs import Log
from hotline.releases.drafting import Drafted
from hotline.releases.publishing import Publishing
from hotline.store.connection import RedisClient

_FOUND = "{content}:checked"
_LOOKING = "{content}:checking"
KEPT_SECONDS = 24 * 3600
# Whoever looks for longer has died; a look takes a few seconds.
LOOKING_SECONDS = 30

log = Log(__name__)


class Checking:
    """What one worker finds serves all. Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient, publishing: Publishing) -> None:
        self._redis = redis
        self._publishing = publishing

    def problems(self, drafted: Drafted) -> tuple[str, ...] | None:
        """A line for each; None while they are being looked for, which begins with the first question."""
        state = _state(drafted)
        known = self._found(state)
        # Another worker, or another state of the draft, does not hold this one up.
        if known is not None or not self._redis.set(f"{_LOOKING}:{state}", b"1", nx=True, ex=LOOKING_SECONDS):
            return known
        # Whoever looked may have come to an end since the first question.
        known = self._found(state)
        if known is None:
            threading.Thread(target=self._look, args=(drafted, state), daemon=True).start()
        else:
            self._redis.delete(f"{_LOOKING}:{state}")
        return known

    def _found(self, state: str) -> tuple[str, ...] | None:
        found = cast("bytes | None", self._redis.get(_FOUND))
        known = json.loads(found) if found else {}
        return tuple(known["problems"]) if known.get("state") == state else None

    def _look(self, drafted: Drafted, state: str) -> None:
        try:
            problems = self._publishing.problems_of(drafted)
            self._redis.set(_FOUND, json.dumps({"state": state, "problems": problems}), ex=KEPT_SECONDS)
        except Exception as error:  # noqa: BLE001 - it is only a look ahead
            log.error("the draft could not be checked", error=error)  # noqa: TRY400 - the log takes the error itself
        finally:
            with suppress(RedisError):
                self._redis.delete(f"{_LOOKING}:{state}")


def _state(drafted: Drafted) -> str:
    """Where Redis was emptied, the versions of the draft begin anew, so that they alone would not do."""
    return f"{drafted.draft.version}:{digest_of_changes(drafted, drafted.keys)}"
