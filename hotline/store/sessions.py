"""Sessions in Redis under keyed hashes: one round trip to load and to know repeats, one to save."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import cast

from redis.exceptions import RedisError

from hotline.dialogue.session import Session
from hotline.store.codec import RecordError, decode, encode
from hotline.store.connection import RedisClient

TEXT_SECONDS = 24 * 3600
CALL_SECONDS = 2 * 3600
LANGUAGE_SECONDS = 30 * 24 * 3600

# Twilio repeats a webhook within 15 seconds at the most.
STEP_SECONDS = 120
STEPS_KEPT = 8

log = logging.getLogger(__name__)

# A step is kept with the session before it, so that a repeat is answered from where the first one started. A step that
# Twilio did not name is a repeat only while it is the latest one: the same key may be pressed again later.
_LOAD = """
local function turns(record) return tonumber(string.match(record, '^%[(%d+)')) or 0 end
local session = redis.call('GET', KEYS[1]) or ''
local language = redis.call('GET', KEYS[2]) or ''
for _, step in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do
    local id, before_language, before = string.match(step, '^(%x+) (%S*) (.*)$')
    if id == ARGV[1] then
        if ARGV[2] == 'named' or turns(session) <= turns(before) + 1 then return {before, before_language, 1} end
        redis.call('LREM', KEYS[3], 1, step)
    end
end
redis.call('LPUSH', KEYS[3], ARGV[1] .. ' ' .. language .. ' ' .. session)
redis.call('LTRIM', KEYS[3], 0, ARGV[3] - 1)
redis.call('EXPIRE', KEYS[3], ARGV[4])
return {session, language, 0}
"""

# Another step that came between is not undone: its turn is counted and the later answer stands. A repeat changes
# nothing unless the first try was lost before it was saved. Whoever was forgotten since the load stays forgotten: the
# session that was loaded is gone, or the step that the load left.
_SAVE = """
local session = redis.call('GET', KEYS[1]) or ''
local new = ARGV[2]
if session == '' and (ARGV[1] ~= '' or redis.call('EXISTS', KEYS[3]) == 0) then return end
if session ~= ARGV[1] and session ~= new then
    if ARGV[6] == 'repeated' then return end
    new = '[' .. tonumber(string.match(session, '^%[(%d+)') or 0) + 1 .. string.match(new, '^%[%d+(.*)$')
end
redis.call('SET', KEYS[1], new, 'EX', ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5]) end
"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who talks with the line, for the time of one request only: nothing of this is stored as it is.

    `call` is None for texts; a caller who hides the number is known by the call alone.
    """

    channel: str
    number: str
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One webhook. `named` if Twilio gave it a name of its own: its content then does not matter."""

    id: str
    named: bool


@dataclass(frozen=True, slots=True)
class Loaded:
    """`record` is what stands in Redis for the session; None where Redis could not be asked."""

    session: Session
    record: bytes | None
    repeated: bool = False


class Sessions:
    """The sessions of one line. With Redis out of reach a session is new and is not kept; nothing is raised.

    `after_forgetting` is called once a session is gone from Redis, for what keeps more than its keys.
    """

    def __init__(self, redis: RedisClient, secret: str, *, after_forgetting: Callable[[], None] = lambda: None) -> None:
        self._redis = redis
        self._secret = secret
        self._after_forgetting = after_forgetting
        self._load = redis.register_script(_LOAD)
        self._save = redis.register_script(_SAVE)

    def load(self, conversation: Conversation, step: Step) -> Loaded:
        """The session before this step, also where the step is a repeat."""
        arguments = [
            _digest(self._secret, "step", step.id),
            "named" if step.named else "unnamed",
            STEPS_KEPT,
            STEP_SECONDS,
        ]
        try:
            answer = self._load(keys=self._keys(conversation), args=arguments)
        except RedisError as error:
            log.warning("session not loaded: %s", type(error).__name__)
            return Loaded(Session(kept=False), None)
        record, language, repeated = cast("tuple[bytes, bytes, int]", answer)
        return Loaded(_session(record, language.decode("ascii", "replace")), record, bool(repeated))

    def save(
        self, conversation: Conversation, loaded: Loaded, session: Session | None, *, learned: str | None = None
    ) -> None:
        """Keeps the session, and for the next one the language if it was learned in this turn.

        Forgets the session, the language and the steps where the session is None.
        """
        if loaded.record is None:
            return
        keys = self._keys(conversation)
        try:
            if session is None:
                self._redis.delete(*keys)
                self._after_forgetting()
                return
            arguments: list[bytes | str | int] = [
                loaded.record,
                encode(session),
                CALL_SECONDS if conversation.call else TEXT_SECONDS,
                learned or "",
                LANGUAGE_SECONDS,
                "repeated" if loaded.repeated else "first",
            ]
            self._save(keys=keys, args=arguments)
        except RedisError as error:
            log.warning("session not saved: %s", type(error).__name__)

    def begin(self, conversation: Conversation, session: Session) -> None:
        """Begins a conversation of which the line speaks first; it goes on in the language that is spoken."""
        session_key, language_key, _ = self._keys(conversation)
        try:
            with self._redis.pipeline(transaction=False) as pipeline:
                pipeline.set(session_key, encode(session), ex=TEXT_SECONDS)
                if session.language:
                    pipeline.set(language_key, session.language, ex=LANGUAGE_SECONDS)
                pipeline.execute()
        except RedisError as error:
            log.warning("conversation not begun: %s", type(error).__name__)

    def _keys(self, conversation: Conversation) -> list[str]:
        """The session, the language remembered and the steps: in one slot of a cluster, by the hash tag."""
        of_all_calls = replace(conversation, call=None)
        return [
            key_of("session", conversation, self._secret),
            key_of("language", of_all_calls, self._secret),
            key_of("steps", conversation, self._secret),
        ]


def key_of(kind: str, conversation: Conversation, secret: str) -> str:
    """A key of a conversation in Redis; all of one number share a hash tag, and so a slot of a cluster."""
    call = f":{_digest(secret, 'call', conversation.call)}" if conversation.call else ""
    return f"{kind}:{{{_digest(secret, conversation.channel, conversation.number)}}}{call}"


def _digest(secret: str, *what: str) -> str:
    message = "\0".join(what).encode("utf-8", "surrogatepass")
    return hmac.digest(secret.encode(), message, "sha256")[:16].hex()


def _session(record: bytes, language: str) -> Session:
    try:
        return decode(record) if record else Session(language=language or None)
    except RecordError:
        log.warning("session not readable; it begins anew")
        return Session(language=language or None)
