"""Who is signed in to the console, in Redis: each session under the hash of a token that only the browser holds."""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

from hotline.store.connection import RedisClient
from hotline.store.operators import Operator

IDLE = timedelta(minutes=30)
LONGEST = timedelta(hours=12)
# How exactly it is known when somebody was last here.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class OperatorSession:
    """It counts while its stamp is that of the operator."""

    name: str
    stamp: str
    began: datetime
    seen: datetime

    def is_over(self, now: datetime) -> bool:
        return now - self.seen >= IDLE or now - self.began >= LONGEST

    def to_json(self) -> str:
        return json.dumps([self.name, self.stamp, self.began.isoformat(), self.seen.isoformat()])

    @classmethod
    def from_json(cls, text: bytes) -> OperatorSession:
        name, stamp, began, seen = json.loads(text)
        return cls(name, stamp, datetime.fromisoformat(began), datetime.fromisoformat(seen))


class OperatorSessions:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def begin(self, operator: Operator, now: datetime) -> str:
        """A new session; its token."""
        token = secrets.token_urlsafe(32)
        self._redis.set(_key(token), OperatorSession(operator.name, operator.stamp, now, now).to_json(), ex=IDLE)
        return token

    def find(self, token: str, now: datetime) -> OperatorSession | None:
        """The session of a token, if it is not over."""
        found = cast("bytes | None", self._redis.get(_key(token)))
        session = OperatorSession.from_json(found) if found else None
        return session if session and not session.is_over(now) else None

    def note(self, token: str, session: OperatorSession, now: datetime) -> None:
        """Its operator is here. A session that was ended meanwhile stays so."""
        if now - session.seen >= NOTED_EVERY:
            self._redis.set(_key(token), replace(session, seen=now).to_json(), ex=IDLE, xx=True)

    def end(self, token: str) -> None:
        self._redis.delete(_key(token))


def _key(token: str) -> str:
    return f"{{operators}}:session:{hashlib.sha256(token.encode('utf-8', 'surrogatepass')).hexdigest()}"
