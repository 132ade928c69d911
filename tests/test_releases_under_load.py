"""Releases while people write: four workers of the real server, of which one is killed, or their Redis."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from pathlib import Path

import pytest
from redis.exceptions import RedisError

from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.releases.files import manifest_of, packaged_files
from hotline.releases.publishing import KEEPING, MAKING_READY, PublishError
from hotline.releases.things import digest_of_value
from hotline.settings import read_settings
from hotline.store.connection import connect
from hotline.store.embedded import EmbeddedServer
from hotline.store.releases import Release
from tests.console.newsroom import Newsroom, newsroom_at, wait_until, watching
from tests.test_serving import free_port, running, wait_for

WORKERS = 4
PUBLISHES = 20
WRITERS = 6
PAUSE_SECONDS = 0.05
# Well below what the line takes from one sender without a pause.
CONVERSATIONS_OF_A_NUMBER = 50
NUMBERS = count(1000)
# From the moment when a release is live until nobody hears that before it.
TAKEN_UP_SECONDS = 1.0

MENUS = "script/menus.toml"
# One reply has all of these, so it shows when it is made of two releases.
TEXTS = {
    "text:menu.main.text": "What do you need?",
    "text:menu.here-now.title": "Immigration agents are here now",
    "text:menu.rights.title": "Know your rights",
    "text:menu.prepare.title": "Prepare, scams, report",
}


@dataclass(frozen=True)
class Heard:
    """When a text was sent, and the releases that the reply was made of."""

    sent: float
    editions: frozenset[int]


@dataclass
class Crowd:
    """People who write to the line all the time, in conversations of several texts."""

    line: Line
    heard: list[Heard] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[None]:
        over = threading.Event()
        writers = [threading.Thread(target=self._write, args=[over]) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        try:
            yield
        finally:
            over.set()
            for writer in writers:
                writer.join()

    def _write(self, over: threading.Event) -> None:
        for conversation in count():
            if over.is_set():
                return
            if conversation % CONVERSATIONS_OF_A_NUMBER == 0:
                number = f"+1203555{next(NUMBERS)}"
            try:
                self._converse(number)
            except Exception as error:  # noqa: BLE001 - whatever it is, an answer was lost
                self.lost.append(repr(error))

    def _converse(self, number: str) -> None:
        sent = time.monotonic()
        (menu,) = send_text(self.line, number, "menu")
        self.heard.append(Heard(sent, frozenset(map(int, re.findall(r"\(edition (\d+)\)", menu.body)))))
        # The conversation goes on, whichever release is live meanwhile.
        (here,) = send_text(self.line, number, "1")
        if not here.body.startswith("Stay calm."):
            self.lost.append(here.body)
        time.sleep(PAUSE_SECONDS)

    def editions_since(self, moment: float) -> set[int]:
        return {edition for heard in self.heard if heard.sent >= moment for edition in heard.editions}


@dataclass(frozen=True)
class Running:
    """The real server, and the desk of an operator at its Redis."""

    line: Line
    newsroom: Newsroom
    environment: dict[str, str]
    pid: int

    @property
    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        # The sounds are made by another child.
        return [int(pid) for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def edit(self, edition: int) -> None:
        """Changes in the draft all that a menu says."""
        drafted = self.newsroom.desk.drafted()
        values = {key: {"text": f"{text} (edition {edition})", "meaning": "changed"} for key, text in TEXTS.items()}
        seen = {key: digest_of_value(drafted.value(key)) for key in values}
        self.newsroom.desk.save_all(values, seen, by="ana")

    def publish_unchecked(self, edition: int) -> None:
        """What is published here takes moments to make ready, where the checks of a draft would take seconds."""
        desk = self.newsroom.desk
        live, packaged = desk.releases.live(), packaged_files()
        script = reduce(
            lambda text, said: text.replace(f'"{said}"', f'"{said} (edition {edition})"'),
            TEXTS.values(),
            packaged[MENUS].decode(),
        )
        files = {**packaged, MENUS: script.encode()}
        desk.publishing.make_live(files, Release(manifest_of(files).digest, "ana", desk.now(), "An edition."), live)

    def publish(self, told: Callable[[str], None]) -> Release:
        drafted = self.newsroom.desk.drafted()
        return self.newsroom.desk.publishing.publish(
            drafted.keys, version=drafted.draft.version, by="ana", note="An edition.", tell=lambda step, _: told(step)
        )

    def kill_redis(self) -> None:
        server = EmbeddedServer(read_settings(self.environment).redis_data)
        with connect(server.url) as client:
            os.kill(int(client.info("server")["process_id"]), signal.SIGKILL)

    def wait_for_redis(self) -> None:
        def answers() -> bool:
            try:
                return bool(self.newsroom.redis.ping())
            except RedisError:
                return False

        wait_until(answers)


@pytest.fixture(scope="module")
def hotline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("hotline")
    environment = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "token",
        "PUBLIC_URL": "https://hotline.example.org",
        "SECRET_KEY": "a secret that only this test knows, 42 signs",
        "PORT": str(free_port()),
        "WEB_CONCURRENCY": str(WORKERS),
        "HOTLINE_DATA": str(folder / "line"),
    }
    address = f"http://127.0.0.1:{environment['PORT']}"
    line = Line(address, environment["PUBLIC_URL"], "token", environment["TWILIO_ACCOUNT_SID"], "+12035550100")
    with running("serve", **environment) as process:
        wait_for(address)
        server = EmbeddedServer(read_settings(environment).redis_data)
        with connect(server.url) as redis, watching(newsroom_at(redis, folder / "desk")) as newsroom:
            # The desk's own process reports as a worker does.
            wait_until(lambda: len(newsroom.desk.releases.workers(newsroom.desk.now())) == WORKERS + 1)
            yield Running(line, newsroom, environment, process.pid)


EDITIONS = count(1)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_twenty_releases_under_load_are_each_heard_whole_within_a_second_and_nothing_is_lost(hotline: Running) -> None:
    crowd, live = Crowd(hotline.line), {}
    with crowd.writing():
        for _ in range(PUBLISHES):
            edition = next(EDITIONS)
            hotline.publish_unchecked(edition)
            live[edition] = time.monotonic()
        time.sleep(TAKEN_UP_SECONDS + 1)
    assert crowd.lost == []
    assert all(len(heard.editions) <= 1 for heard in crowd.heard)
    for edition, moment in live.items():
        assert min(crowd.editions_since(moment + TAKEN_UP_SECONDS)) >= edition
    assert set().union(*(heard.editions for heard in crowd.heard)) == set(live)


@pytest.mark.slow
@pytest.mark.parametrize("step", [KEEPING, MAKING_READY])
def test_a_worker_killed_in_the_middle_of_a_publish_leaves_the_old_or_the_new_release(
    hotline: Running, step: str
) -> None:
    edition, crowd, ids = next(EDITIONS), Crowd(hotline.line), hotline.workers
    hotline.edit(edition)

    def kill(now: str) -> None:
        if now == step:
            os.kill(hotline.workers[0], signal.SIGKILL)

    hotline.publish(kill)
    moment = time.monotonic()
    wait_until(lambda: len(hotline.workers) == WORKERS and set(hotline.workers) != set(ids))
    time.sleep(TAKEN_UP_SECONDS)
    with crowd.writing():
        time.sleep(3)
    assert crowd.editions_since(moment) == {edition}
    assert all(len(heard.editions) == 1 for heard in crowd.heard)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("step", [KEEPING, MAKING_READY])
def test_redis_killed_in_the_middle_of_a_publish_leaves_the_old_or_the_new_release(hotline: Running, step: str) -> None:
    before, edition, crowd = hotline.newsroom.desk.releases.live(), next(EDITIONS), Crowd(hotline.line)
    hotline.edit(edition)

    def kill(now: str) -> None:
        if now == step:
            hotline.kill_redis()

    try:
        hotline.publish(kill)
    except (RedisError, PublishError):
        hotline.wait_for_redis()
        # Nothing is lost: the change is in the draft still, and is published again.
        assert hotline.newsroom.desk.releases.live() == before
        assert {change.key for change in hotline.newsroom.desk.drafts.read().changes} == set(TEXTS)
        with crowd.writing():
            time.sleep(2)
        assert all(len(heard.editions) <= 1 for heard in crowd.heard)
        assert edition not in crowd.editions_since(0)
        hotline.publish(print)
    time.sleep(TAKEN_UP_SECONDS)
    moment = time.monotonic()
    with crowd.writing():
        time.sleep(2)
    assert crowd.editions_since(moment) == {edition}
    assert all(len(heard.editions) <= 1 for heard in crowd.heard)
