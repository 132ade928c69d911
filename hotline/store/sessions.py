"""Sessions in Redis under keyed hashes: one round trip to load and to know repeats, one to save."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import cast

from redis.exceptions import RedisError

from hotline.dialogue.session import Session
from hotline.logs import Log
from hotline.store.breaker import Breaker
from hotline.store.codec import RecordError, decode, encode
from hotline.store.connection import RedisClient
from hotline.store.keys import Conversation, Keys, short_digest
from hotline.store.scripts import LuaScript, Value

TEXT_SECONDS = 24 * 3600
CALL_SECONDS = 2 * 3600
LANGUAGE_SECONDS = 30 * 24 * 3600

# Twilio repeats a webhook within 15 seconds at the most. Who pauses as long begins to be counted anew.
STEP_SECONDS = 60
# Of the latest steps, each with the session before it: at least four, and of short sessions a dozen.
MOST_STEP_BYTES = 1000

# What a server answers that is none, or no server of this kind; redis-py and what reads its answers raise these.
STORE_ERRORS = (RedisError, OSError, ValueError, TypeError, AttributeError)

log = Log(__name__)

# A step is kept with the session before it, so that a repeat is answered from where the first one started. A step that
# Twilio did not name is a repeat only while it is the latest one: the same key may be pressed again later.
#
# A server that is full, or takes no writes for another reason, still tells the language. The session is not told then:
# it could not move on, and the next key would be taken for one of a question that was answered long ago.
LOAD = LuaScript("""
local found = redis.call('MGET', KEYS[1], KEYS[2], KEYS[3])
local session, language = found[1] or '', found[2] or ''
local count, steps = string.match(found[3] or '', '^(%d+)(\\n.*)$')
local arrivals = tonumber(count or 0)
steps = steps or '\\n'
local name = '\\n' .. ARGV[1] .. ' '
local at = string.find(steps, name, 1, true)
if at then
    local before_language, before = string.match(steps, '^(%S*) ([^\\n]*)', at + #name)
    local turn, turn_before = string.match(session, '^%d+') or 0, string.match(before, '^%d+') or 0
    if ARGV[2] == 'named' or tonumber(turn) <= turn_before + 1 then
        return {before, before_language, arrivals, 'repeated'}
    end
    steps = string.sub(steps, 1, at - 1) .. string.match(steps, '^[^\\n]*(.*)$', at + 1)
end
if KEYS[4] then arrivals = tonumber(redis.call('GET', KEYS[4]) or 0) end
if ARGV[5] == 'arrives' then arrivals = arrivals + 1 end
steps = name .. language .. ' ' .. session .. steps
if #steps > tonumber(ARGV[3]) then steps = string.match(string.sub(steps, 1, ARGV[3]), '^(.*)\\n') .. '\\n' end
local set = redis.pcall('SET', KEYS[3], arrivals .. steps, 'EX', ARGV[4])
if set.err then return {'', language, 0, 'unkept'} end
if KEYS[4] then redis.call('SET', KEYS[4], arrivals, 'EX', ARGV[4]) end
return {session, language, arrivals, 'first'}
""")

# Another step that came between is not undone: its turn is counted and the later answer stands. A repeat changes
# nothing unless the first try was lost before it was saved. Whoever was forgotten since the load stays forgotten: the
# session that was loaded is gone, or the step that the load left.
SAVE = LuaScript("""
local session = redis.call('GET', KEYS[1]) or ''
local new = ARGV[2]
if session == '' and (ARGV[1] ~= '' or redis.call('EXISTS', KEYS[3]) == 0) then return end
if session ~= ARGV[1] and session ~= new then
    if ARGV[6] == 'repeated' then return end
    new = tonumber(string.match(session, '^%d+') or 0) + 1 .. string.match(new, '^%d+(.*)$')
end
redis.call('SET', KEYS[1], new, 'EX', ARGV[3])
if ARGV[4] ~= '' then redis.call('SET', KEYS[2], ARGV[4], 'EX', ARGV[5]) end
""")


@dataclass(frozen=True, slots=True)
class Step:
    """One webhook. `named` if Twilio gave it a name of its own: its content then does not matter.

    `arrives` where somebody writes or calls, and does not only press a key.
    """

    id: str
    named: bool
    arrives: bool = True


@dataclass(frozen=True, slots=True)
class Loaded:
    """`record` is what stands in Redis for the session; None where Redis could not be asked, or keeps nothing.

    `arrivals` is how often this number wrote or called, this time included, since it paused for STEP_SECONDS.
    `moved_from` is the secret under which the session was found, where that is an earlier one. `keys` are those under
    which it is kept, not to be computed once more.
    """

    session: Session
    record: bytes | None
    repeated: bool = False
    arrivals: int = 0
    moved_from: str | None = None
    keys: Keys | None = None


class Sessions:
    """The sessions of one line. With Redis out of reach a session is new and is not kept; nothing is raised.

    `secrets` are the one under which sessions are kept, then earlier ones under which they may still be found.
    `after_forgetting` is called once a session is gone from Redis, for what keeps more than its keys.
    """

    def __init__(
        self,
        redis: RedisClient,
        secrets: tuple[str, ...],
        breaker: Breaker | None = None,
        *,
        after_forgetting: Callable[[], None] = lambda: None,
    ) -> None:
        self._redis = redis
        self._secret, *self._earlier = secrets
        self._breaker = breaker or Breaker()
        self._after_forgetting = after_forgetting

    def load(self, conversation: Conversation, step: Step) -> Loaded:
        """The session before this step, also where the step is a repeat."""
        arguments: list[Value] = [
            short_digest(self._secret, "step", step.id),
            "named" if step.named else "unnamed",
            MOST_STEP_BYTES,
            STEP_SECONDS,
            "arrives" if step.arrives else "goes on",
        ]
        keys = Keys.of(conversation, self._secret)
        asked = [keys.session, keys.language, keys.steps]
        if conversation.call and step.arrives:
            # Each call has steps of its own.
            asked.append(keys.arrivals)
        try:
            with self._breaker.asking():
                answer = LOAD.run(self._redis, asked, arguments)
            loaded = replace(_loaded(*cast("tuple[bytes, bytes, int, bytes]", answer)), keys=keys)
            return self._found_earlier(conversation, loaded) or loaded
        except STORE_ERRORS as error:
            log.warning("session not loaded", error=error)
            return Loaded(Session(kept=False), None)

    def save(
        self, conversation: Conversation, loaded: Loaded, session: Session | None, *, learned: str | None = None
    ) -> bool:
        """Keeps the session, and for the next one the language if it was learned in this turn.

        Forgets the session, the language and the steps where the session is None. False where it could not.
        """
        if loaded.record is None:
            return False
        try:
            with self._breaker.asking():
                if session is None:
                    self._forget(conversation)
                    return True
                arguments: list[Value] = [
                    loaded.record,
                    encode(session),
                    CALL_SECONDS if conversation.call else TEXT_SECONDS,
                    learned or (session.language if loaded.moved_from else None) or "",
                    LANGUAGE_SECONDS,
                    "repeated" if loaded.repeated else "first",
                ]
                keys = loaded.keys or Keys.of(conversation, self._secret)
                SAVE.run(self._redis, [keys.session, keys.language, keys.steps], arguments)
                if loaded.moved_from:
                    self._leave_to_repeats(Keys.of(conversation, loaded.moved_from))
        except STORE_ERRORS as error:
            log.warning("session not saved", error=error)
            return False
        return True

    def begin(self, conversation: Conversation, session: Session) -> None:
        """Begins a conversation of which the line speaks first; it goes on in the language that is spoken."""
        keys = Keys.of(conversation, self._secret)
        try:
            with self._breaker.asking(), self._redis.pipeline(transaction=False) as pipeline:
                pipeline.set(keys.session, encode(session), ex=TEXT_SECONDS)
                if session.language:
                    pipeline.set(keys.language, session.language, ex=LANGUAGE_SECONDS)
                pipeline.execute()
        except STORE_ERRORS as error:
            log.warning("conversation not begun", error=error)

    def _found_earlier(self, conversation: Conversation, loaded: Loaded) -> Loaded | None:
        """What is kept under an earlier secret, where nothing is under the present one."""
        if loaded.record != b"" or loaded.session.language:
            return None
        for secret in self._earlier:
            keys = Keys.of(conversation, secret)
            with self._breaker.asking(), self._redis.pipeline(transaction=False) as pipeline:
                pipeline.get(keys.session)
                pipeline.get(keys.language)
                record, language = cast("list[bytes | None]", pipeline.execute())
            if record or language:
                session = _session(record or b"", (language or b"").decode("ascii", "replace"))
                return replace(loaded, session=session, moved_from=secret)
        return None

    def _leave_to_repeats(self, keys: Keys) -> None:
        with self._redis.pipeline(transaction=False) as pipeline:
            for key in (keys.session, keys.language):
                pipeline.expire(key, STEP_SECONDS)
            pipeline.execute()

    def _forget(self, conversation: Conversation) -> None:
        self._delete(conversation, [self._secret, *self._earlier])
        self._after_forgetting()

    def _delete(self, conversation: Conversation, secrets: Iterable[str]) -> None:
        """Keys under several secrets may be in several slots of a cluster."""
        with self._redis.pipeline(transaction=False) as pipeline:
            for keys in (Keys.of(conversation, secret) for secret in secrets):
                for key in (keys.session, keys.language, keys.steps, keys.arrivals):
                    pipeline.delete(key)
            pipeline.execute()


def _loaded(record: bytes, language: bytes, arrivals: int, how: bytes) -> Loaded:
    spoken = language.decode("ascii", "replace")
    if how == b"unkept":
        return Loaded(Session(language=spoken or None, kept=False), None)
    return Loaded(_session(record, spoken), record, how == b"repeated", int(arrivals))


def _session(record: bytes, language: str) -> Session:
    try:
        return decode(record) if record else Session(language=language or None)
    except RecordError:
        log.warning("session not readable; it begins anew")
        return Session(language=language or None)
