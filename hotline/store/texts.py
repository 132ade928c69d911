"""What became of the text that a call asked for, for the moment until the caller is told."""

from __future__ import annotations

import logging
import time
from typing import cast

from redis.exceptions import RedisError

from hotline.dialogue.heard import TextOutcome
from hotline.store.connection import RedisClient
from hotline.store.sessions import Conversation, key_of

KEPT_SECONDS = 120
ASK_AGAIN_SECONDS = 0.05

log = logging.getLogger(__name__)


class TextOutcomes:
    """The outcome of the latest text of each call, under a keyed hash. With Redis out of reach nothing is raised."""

    def __init__(self, redis: RedisClient, secret: str) -> None:
        self._redis = redis
        self._secret = secret

    def begin(self, call: Conversation) -> None:
        """Forgets what became of an earlier one."""
        try:
            self._redis.delete(self._key(call))
        except RedisError as error:
            log.warning("outcome of a text not cleared: %s", type(error).__name__)

    def put(self, call: Conversation, outcome: TextOutcome) -> None:
        try:
            self._redis.set(self._key(call), outcome.value, ex=KEPT_SECONDS)
        except RedisError as error:
            log.warning("outcome of a text not kept: %s", type(error).__name__)

    def wait(self, call: Conversation, seconds: float) -> TextOutcome | None:
        """The outcome, waited for as long; None where it is still not known."""
        until = time.monotonic() + seconds
        try:
            while not (found := cast("bytes | None", self._redis.get(self._key(call)))):
                if time.monotonic() > until:
                    return None
                time.sleep(ASK_AGAIN_SECONDS)
            return TextOutcome(found.decode())
        except (RedisError, ValueError) as error:
            log.warning("outcome of a text not known: %s", type(error).__name__)
            return None

    def _key(self, call: Conversation) -> str:
        return key_of("texted", call, self._secret)
