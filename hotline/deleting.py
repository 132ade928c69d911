"""Deletes Twilio's own records of texts and calls that are over, one after the other, as long as it takes."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus

from redis.exceptions import RedisError
from requests import RequestException
from twilio.base.exceptions import TwilioException
from twilio.http.response import Response
from twilio.rest import Client

from hotline.logs import Log
from hotline.settings import TWILIO_API, Settings
from hotline.store.deletions import Claimed, Deletions
from hotline.web.twilio_api import twilio_client

API_VERSION = "2010-04-01"
ANSWER_SECONDS = 15.0
# Few enough that Twilio refuses none for being too many at once.
AT_ONCE = 4
CLAIMED_AT_ONCE = 20
IDLE_SECONDS = 5.0

# A record is tried after a minute, two, four..., then twice a day: Twilio may take 14 days to close one (error 20009).
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 60, 12 * 3600
MOST_TRIES = 40
# What goes wrong with all of them is waited out.
SHORTEST_REST_SECONDS, LONGEST_REST_SECONDS = 5.0, 300.0
# The reason where Twilio gives none.
NO_ANSWER = "no-answer"

NO_SUCH_RECORD = 20404
# Wrong credentials, and too many requests.
OF_ALL = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS})

log = Log(__name__)


class Fate(Enum):
    """What became of a record."""

    GONE = "gone"
    # This one is refused, at the moment or for good.
    REFUSED = "refused"
    # Twilio takes none at the moment.
    NONE_TAKEN = "none taken"


@dataclass(frozen=True, slots=True)
class Answer:
    """What Twilio said: a code of its own or of HTTP, None for no answer, and when it wants to be asked again."""

    fate: Fate
    code: int | None = None
    rest_seconds: float | None = None

    @property
    def reason(self) -> str:
        return NO_ANSWER if self.code is None else str(self.code)


class Deleter:
    """Takes what is due from the queue until it is told to stop; several may run at once."""

    def __init__(self, deletions: Deletions, settings: Settings, stop: threading.Event) -> None:
        self._deletions = deletions
        self._settings = settings
        self._stop = stop
        self._clients = threading.local()
        self._rests = 0

    def run(self) -> None:
        """Ends when `stop` is set; what it has in hand is finished before, and Redis may be gone meanwhile."""
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="deleting") as threads:
            while not self._stop.is_set():
                try:
                    seconds = self.delete_some(threads)
                except (RedisError, OSError) as error:
                    log.warning("the queue of deletions is out of reach", error=error)
                    seconds = IDLE_SECONDS
                self._stop.wait(seconds)

    def delete_some(self, threads: ThreadPoolExecutor) -> float:
        """Deletes some of what is due; how many seconds to wait before the next. Raises RedisError."""
        claimed = self._deletions.claim(CLAIMED_AT_ONCE)
        over = threading.Event()
        answers = list(threads.map(lambda one: self._delete(one, over), claimed))
        rests = [answer.rest_seconds or self._rest() for answer in answers if answer.fate is Fate.NONE_TAKEN]
        if rests:
            self._rests += 1
            return min(max(rests), LONGEST_REST_SECONDS)
        self._rests = 0
        return 0.0 if claimed else IDLE_SECONDS

    def _rest(self) -> float:
        return SHORTEST_REST_SECONDS * 2.0 ** min(self._rests, 10)

    def _delete(self, claimed: Claimed, over: threading.Event) -> Answer:
        """Deletes one, or gives it back where `over` says that the others could not be deleted either."""
        if self._stop.is_set() or over.is_set():
            self._deletions.later(claimed.sid, 0, claimed.tries)
            return Answer(Fate.REFUSED)
        answer = delete(self._client, claimed.sid)
        match answer.fate:
            case Fate.GONE:
                self._deletions.done(claimed.sid)
            case Fate.NONE_TAKEN:
                over.set()
                log.warning("Twilio deletes nothing at the moment", code=answer.code)
                self._deletions.troubled(answer.reason)
                self._deletions.later(claimed.sid, 0, claimed.tries)
            case Fate.REFUSED if claimed.tries + 1 >= MOST_TRIES:
                log.error("a record at Twilio could not be deleted", code=answer.code)
                self._deletions.give_up(claimed.sid, answer.reason)
            case Fate.REFUSED:
                self._deletions.later(claimed.sid, wait_seconds(claimed.tries), claimed.tries + 1)
        return answer

    @property
    def _client(self) -> Client:
        """A client of this thread, whose connection to Twilio stays open."""
        if not hasattr(self._clients, "client"):
            self._clients.client = twilio_client(self._settings, seconds=ANSWER_SECONDS, keeps_connections=True)
        client: Client = self._clients.client
        return client


def wait_seconds(tries: int) -> float:
    """How long to wait after a record was refused, having been tried so often before."""
    return float(min(FIRST_WAIT_SECONDS * 2**tries, LONGEST_WAIT_SECONDS))


def delete(client: Client, sid: str) -> Answer:
    """Deletes a text with its pictures, or a call after those that it was connected with, which hold its numbers too.

    One that is gone already is as good as deleted.
    """
    try:
        if not sid.startswith("CA"):
            return _deleted(client, "Messages", sid)
        legs, answer = _legs(client, sid)
        for leg in legs:
            answer = _deleted(client, "Calls", leg)
            if answer.fate is not Fate.GONE:
                return answer
        return answer if answer.fate is not Fate.GONE else _deleted(client, "Calls", sid)
    except (RequestException, TwilioException):
        return Answer(Fate.NONE_TAKEN)


def _legs(client: Client, sid: str) -> tuple[list[str], Answer]:
    """The calls that began from a call."""
    response = client.request("GET", _address(client, "Calls"), params={"ParentCallSid": sid, "PageSize": 50})
    if response.status_code != HTTPStatus.OK:
        return [], _refusal(response)
    try:
        return [str(call["sid"]) for call in json.loads(response.text)["calls"]], Answer(Fate.GONE)
    except (ValueError, LookupError, TypeError):
        return [], Answer(Fate.NONE_TAKEN)


def _deleted(client: Client, kind: str, sid: str) -> Answer:
    response = client.request("DELETE", _address(client, kind, f"/{sid}"))
    return Answer(Fate.GONE) if response.status_code == HTTPStatus.NO_CONTENT else _refusal(response)


def _address(client: Client, kind: str, what: str = "") -> str:
    return f"{TWILIO_API}/{API_VERSION}/Accounts/{client.account_sid}/{kind}{what}.json"


def _refusal(response: Response) -> Answer:
    status, code = response.status_code, _code(response.text)
    # Whatever else stands at a wrong address says 404, too.
    if code == NO_SUCH_RECORD:
        return Answer(Fate.GONE)
    if status in OF_ALL or status // 100 != 4:  # noqa: PLR2004 - the family of a client's errors
        return Answer(Fate.NONE_TAKEN, code or status, _retry_after(response))
    return Answer(Fate.REFUSED, code or status)


def _code(text: str) -> int | None:
    """Twilio's code of an error; None where the answer is none of Twilio's."""
    try:
        code = json.loads(text)["code"]
    except (ValueError, LookupError, TypeError):
        return None
    return code if isinstance(code, int) else None


def _retry_after(response: Response) -> float | None:
    after = (response.headers or {}).get("Retry-After", "")
    return float(after) if after.isdecimal() else None
