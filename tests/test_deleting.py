"""The deletion of Twilio's own records, over HTTP, at a server that answers as Twilio does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import pytest
from flask import Flask, Response, jsonify, request

from hotline import deleting
from hotline.deleting import Deleter, wait_seconds
from hotline.settings import Settings
from hotline.store.connection import RedisClient, connect
from hotline.store.deletions import Deletions
from hotline.store.embedded import EmbeddedServer
from tests.conftest import served, settings_for

TEXT, PICTURE, CALL, LEG = f"SM{'a' * 32}", f"MM{'b' * 32}", f"CA{'c' * 32}", f"CA{'d' * 32}"
DAY = 24 * 3600


@dataclass
class Twilio:
    """An account's records: the legs of each call, and what else is answered for a record."""

    settings: Settings
    legs: dict[str, str] = field(default_factory=dict)
    answers: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    retry_after: str = ""
    slowness: float = 0.0
    deleted: Counter[str] = field(default_factory=Counter)
    asked: int = 0

    def app(self) -> Flask:
        app = Flask("twilio")
        account = f"/2010-04-01/Accounts/{self.settings.account_sid}"

        @app.before_request
        def look() -> Response | None:
            self.asked += 1
            sleep(self.slowness)
            given = request.authorization
            if not given or (given.username, given.password) != (self.settings.account_sid, "test token"):
                return self.error(401, 20003)
            return self.error(*self.answers["all"]) if "all" in self.answers else None

        @app.get(f"{account}/Calls.json")
        def calls() -> Response:
            parent = request.args["ParentCallSid"]
            legs = [sid for sid, of in self.legs.items() if of == parent and sid not in self.deleted]
            return jsonify(calls=[{"sid": sid, "parent_call_sid": parent} for sid in legs])

        @app.delete(f"{account}/<kind>/<sid>.json")
        def delete(kind: str, sid: str) -> Response:
            assert kind == ("Calls" if sid.startswith("CA") else "Messages")
            if sid in self.answers:
                return self.error(*self.answers[sid])
            if sid in self.deleted:
                return self.error(404, 20404)
            self.deleted[sid] += 1
            return Response(status=204)

        return app

    def error(self, status: int, code: int | None) -> Response:
        answer = jsonify(code=code, message="No.", status=status) if code else Response("<html>no</html>")
        answer.status_code = status
        if self.retry_after:
            answer.headers["Retry-After"] = self.retry_after
        return answer


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    found = Twilio(settings_for(None))
    with served(found.app()) as address:
        found.settings = settings_for(None, twilio_api=address)
        yield found


@pytest.fixture
def deletions(redis: RedisClient) -> Deletions:
    return Deletions(redis)


def deleter(deletions: Deletions, settings: Settings) -> Deleter:
    return Deleter(deletions, settings, threading.Event())


def delete_some(deletions: Deletions, settings: Settings) -> float:
    with ThreadPoolExecutor(deleting.AT_ONCE) as threads:
        return deleter(deletions, settings).delete_some(threads)


def wait_until(holds: Callable[[], bool], seconds: float = 10) -> None:
    until = monotonic() + seconds
    while not holds():
        assert monotonic() < until
        sleep(0.01)


@contextmanager
def running(deletions: Deletions, settings: Settings) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=Deleter(deletions, settings, stop).run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(20)


def test_texts_and_calls_are_deleted_where_they_are(deletions: Deletions, twilio: Twilio) -> None:
    deletions.add({TEXT: 0, PICTURE: 0, CALL: 0})
    delete_some(deletions, twilio.settings)
    assert set(twilio.deleted) == {TEXT, PICTURE, CALL}
    assert deletions.state().waiting == 0


def test_the_calls_that_a_call_was_connected_with_are_deleted_before_it(deletions: Deletions, twilio: Twilio) -> None:
    twilio.legs[LEG] = CALL
    twilio.answers[LEG] = (400, 20009)
    deletions.add({CALL: 0})
    delete_some(deletions, twilio.settings)
    assert not twilio.deleted
    twilio.answers.clear()
    deletions.add({CALL: 0})
    delete_some(deletions, twilio.settings)
    assert list(twilio.deleted) == [LEG, CALL]


def test_what_is_gone_already_is_as_good_as_deleted(deletions: Deletions, twilio: Twilio) -> None:
    twilio.answers[TEXT] = (404, 20404)
    deletions.add({TEXT: 0})
    delete_some(deletions, twilio.settings)
    assert deletions.state().waiting == 0


@pytest.mark.parametrize("answer", [(400, 20009), (409, None), (404, None), (400, 20001)])
def test_what_twilio_has_not_closed_yet_is_tried_later(
    deletions: Deletions, twilio: Twilio, redis: RedisClient, answer: tuple[int, int | None]
) -> None:
    twilio.answers[TEXT] = answer
    deletions.add({TEXT: 0, PICTURE: 0})
    assert delete_some(deletions, twilio.settings) == 0.0
    assert list(twilio.deleted) == [PICTURE]
    assert redis.hget("{deletions}:tries", TEXT) == b"1"
    assert deletions.claim(10) == ()


def test_a_record_is_tried_for_more_than_the_fortnight_that_twilio_may_take() -> None:
    waits = [wait_seconds(tries) for tries in range(deleting.MOST_TRIES)]
    assert waits[:4] == [60, 120, 240, 480]
    assert sum(waits) > 14 * DAY
    assert sum(waits) < deleting.MOST_TRIES * DAY


def test_what_is_refused_again_and_again_is_given_up_and_shown(
    deletions: Deletions, twilio: Twilio, caplog: pytest.LogCaptureFixture
) -> None:
    twilio.answers[TEXT] = (400, 20009)
    deletions.later(TEXT, 0, deleting.MOST_TRIES - 1)
    delete_some(deletions, twilio.settings)
    state = deletions.state()
    assert (state.waiting, state.given_up) == (0, {TEXT: "20009"})
    assert "could not be deleted" in caplog.text
    assert TEXT not in caplog.text


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [((401, 20003), "20003"), ((403, None), "403"), ((500, None), "500"), ((503, 20503), "20503")],
)
def test_where_twilio_deletes_nothing_all_wait_and_no_try_is_lost(
    deletions: Deletions, twilio: Twilio, answer: tuple[int, int | None], trouble: str
) -> None:
    twilio.answers["all"] = answer
    deletions.add({f"SM{number:032x}": 0 for number in range(100)})
    assert delete_some(deletions, twilio.settings) >= deleting.SHORTEST_REST_SECONDS
    assert twilio.asked <= deleting.AT_ONCE
    assert deletions.state().trouble == trouble
    twilio.answers.clear()
    for claimed in deletions.claim(100):
        assert claimed.tries == 0
        deletions.later(claimed.sid, 0, 0)
    while deletions.state().waiting:
        delete_some(deletions, twilio.settings)
    assert set(twilio.deleted.values()) == {1}
    assert deletions.state().is_good


def test_twilio_says_when_it_wants_to_be_asked_again(deletions: Deletions, twilio: Twilio) -> None:
    twilio.answers["all"], twilio.retry_after = (429, 20429), "17"
    deletions.add({TEXT: 0})
    assert delete_some(deletions, twilio.settings) == 17.0
    twilio.retry_after = "1000000"
    assert delete_some(deletions, twilio.settings) == deleting.LONGEST_REST_SECONDS


def test_rests_grow_while_nobody_answers_and_end_with_the_first_answer(deletions: Deletions, twilio: Twilio) -> None:
    deletions.add({TEXT: 0})
    worker = deleter(deletions, settings_for(None, twilio_api="http://127.0.0.1:9"))
    with ThreadPoolExecutor(1) as threads:
        rests = [worker.delete_some(threads) for _ in range(9)]
    assert rests == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert deletions.state().trouble == deleting.NO_ANSWER
    delete_some(deletions, twilio.settings)
    assert list(twilio.deleted) == [TEXT]


def test_wrong_credentials_are_told(deletions: Deletions, twilio: Twilio) -> None:
    settings = settings_for(None, twilio_api=twilio.settings.twilio_api, auth_tokens=("another",))
    deletions.add({TEXT: 0})
    delete_some(deletions, settings)
    assert deletions.state().trouble == "20003"


@pytest.mark.parametrize("body", ["", "[]", '{"calls": [{}]}', '{"calls": 1}', "<html>"])
def test_nonsense_deletes_nothing_and_is_tried_later(deletions: Deletions, body: str) -> None:
    app = Flask("nonsense")
    app.add_url_rule("/<path:path>", "any", lambda path: body, methods=["GET", "DELETE"])  # noqa: ARG005
    deletions.add({TEXT: 0, CALL: 0})
    with served(app) as address:
        assert delete_some(deletions, settings_for(None, twilio_api=address)) > 0
    assert deletions.state().waiting == 2


def test_it_goes_on_when_redis_is_back(tmp_path: Path, twilio: Twilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deleting, "IDLE_SECONDS", 0.05)
    server = EmbeddedServer(tmp_path)
    redis = connect(f"unix://{server.socket_path}")
    deletions = Deletions(redis)
    with running(deletions, twilio.settings):
        sleep(0.2)
        server.ensure()
        try:
            deletions.add({TEXT: 0})
            wait_until(lambda: bool(twilio.deleted))
        finally:
            redis.close()
    server.stop()


def test_two_workers_delete_thousands_once_each(
    deletions: Deletions, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deleting, "IDLE_SECONDS", 0.05)
    sids = [f"{kind}{number:032x}" for kind in ("SM", "CA") for number in range(500)]
    deletions.add(dict.fromkeys(sids, 0))
    with running(deletions, twilio.settings), running(deletions, twilio.settings):
        wait_until(lambda: deletions.state().waiting == 0, 60)
    assert twilio.deleted == Counter(sids)


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing(redis: RedisClient, redis_url: str, twilio: Twilio) -> None:
    deletions, sids = Deletions(redis), [f"SM{number:032x}" for number in range(60)]
    twilio.slowness = 0.1
    deletions.add(dict.fromkeys(sids, 0))
    environment = {
        "PATH": os.environ["PATH"],
        "TWILIO_ACCOUNT_SID": twilio.settings.account_sid,
        "TWILIO_AUTH_TOKEN": "test token",
        "PUBLIC_URL": "https://hotline.example.org",
        "SECRET_KEY": "a secret that only this test knows, 42 signs",
        "REDIS_URL": redis_url,
        "HOTLINE_TWILIO_API": twilio.settings.twilio_api,
        "HOTLINE_DELETE_AT_TWILIO": "1",
    }
    command = [sys.executable, "-c", "from hotline.cli import main; main()", "worker"]

    def worker() -> subprocess.Popen[bytes]:
        return subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)

    first = worker()
    wait_until(lambda: len(twilio.deleted) >= 5, 30)
    first.kill()
    first.wait()
    # As if the lease of what it had in hand were over.
    deletions.add(dict.fromkeys(sids, 0))
    second = worker()
    try:
        wait_until(lambda: set(twilio.deleted) == set(sids), 60)
        wait_until(lambda: deletions.state().waiting == 0)
    finally:
        second.send_signal(signal.SIGTERM)
    assert second.wait(20) == 0
