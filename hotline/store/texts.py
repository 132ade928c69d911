"""What became of the text that a call asked for, for the moment until the caller is told."""

from __future__ import annotations

import time
from typing import cast

from redis.exceptions import RedisError

from hotline.dialogue.heard import TextOutcome
from hotline.logs import Log
from hotline.store.breaker import Breaker
from hotline.store.connection import RedisClient
from hotline.store.keys import Conversation, Keys

KEPT_SECONDS = 120
ASK_AGAIN_SECONDS = 0.05

log = Log(__name__)


class TextOutcomes:
    """The outcome of the latest text of each call, under a keyed hash. With Redis out of reach nothing is raised."""

    def __init__(self, redis: RedisClient, secret: str, breaker: Breaker | None = None) -> None:
        self._redis = redis
        self._secret = secret
        self._breaker = breaker or Breaker()

    def begin(self, call: Conversation) -> None:
        """Forgets what became of an earlier one."""
        try:
            with self._breaker.asking():
                self._redis.delete(self._key(call))
        except RedisError as error:
            log.warning("outcome of a text not cleared", error=error)

    def put(self, call: Conversation, outcome: TextOutcome) -> None:
        try:
            with self._breaker.asking():
                self._redis.set(self._key(call), outcome.value, ex=KEPT_SECONDS)
        except RedisError as error:
            log.warning("outcome of a text not kept", error=error)

    def wait(self, call: Conversation, seconds: float) -> TextOutcome | None:
        """The outcome, waited for as long; None where it is still not known."""
        until = time.monotonic() + seconds
        try:
            while not (found := self._found(call)):
                if time.monotonic() > until:
                    return None
                time.sleep(ASK_AGAIN_SECONDS)
            return TextOutcome(found.decode())
        except (RedisError, ValueError) as error:
            log.warning("outcome of a text not known", error=error)
            return None

    def _found(self, call: Conversation) -> bytes | None:
        with self._breaker.asking():
            return cast("bytes | None", self._redis.get(self._key(call)))

    def _key(self, call: Conversation) -> str:
        return Keys.of(call, self._secret).texted
