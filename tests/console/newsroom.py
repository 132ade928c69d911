"""The desk of operators on a real Redis server, and a console with some of its pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from pathlib import Path
from time import monotonic, sleep

from flask import Blueprint, Flask

from hotline.console import (
    drafts,
    examples,
    formats,
    listening,
    log,
    messages,
    notice,
    organisations,
    overview,
    recordings,
    releases_pages,
    towns,
    translations,
    tryout,
)
from hotline.console.accounts import add_accounts
from hotline.console.desk import Desk
from hotline.releases.drafting import Drafted, Drafting
from hotline.releases.live import Live
from hotline.releases.publishing import Publishing, Tell
from hotline.releases.things import digest_of_value
from hotline.script.organisations import CONNECTICUT
from hotline.store.connection import RedisClient
from hotline.store.counts import Counts
from hotline.store.drafts import Drafts, Value
from hotline.store.history import History
from hotline.store.releases import Release, Releases
from hotline.understanding.trained import digest_of_examples, read_trained, write_trained
from tests.conftest import DATA, settings_for
from tests.console.signing import TEMPLATES, Clock, Console

TITLE = "topic.ice-at-door.title"


def now_in_connecticut() -> datetime:
    return datetime.now(CONNECTICUT)


def learn_nothing(folder: Path, tell: Tell) -> bytes:  # noqa: ARG001 - as Learn is
    """What was known before, as if these examples had taught it: learning takes most of a minute."""
    trained, locales, path = read_trained(), folder / "locales", folder.parent / "learned.npz"
    digests = {language: digest_of_examples(locales, language) for language in trained.examples}
    write_trained(replace(trained, examples=digests), path)
    return path.read_bytes()


@dataclass(frozen=True)
class Newsroom:
    """One worker's desk, and what operators do at it."""

    desk: Desk
    redis: RedisClient

    def save(self, key: str, value: Value, by: str = "ana") -> Drafted:
        return self.desk.save(key, value, seen=digest_of_value(self.desk.drafted().value(key)), by=by)

    def publish(self, by: str = "ana", note: str = "A court has decided.") -> Release:
        drafted = self.desk.drafted()
        return self.desk.publishing.publish(drafted.keys, version=drafted.draft.version, by=by, note=note)


def newsroom_at(redis: RedisClient, folder: Path, now: Callable[[], datetime] = now_in_connecticut) -> Newsroom:
    settings = replace(settings_for(None), data=folder)
    releases, drafts = Releases(redis), Drafts(redis)
    live = Live(releases, folder / "releases", DATA / "audio", now)
    drafting = Drafting(live, releases, drafts, folder / "drafts", DATA / "audio")
    publishing = Publishing(redis, releases, live, drafting, folder / "publishing", now, learn_nothing)
    desk = Desk(settings, live, releases, drafts, drafting, publishing, History(redis), Counts(redis), now)
    return Newsroom(desk, redis)


@contextmanager
def watching(newsroom: Newsroom) -> Iterator[Newsroom]:
    """The worker takes up what is published, and has told so of itself."""
    with newsroom.desk.live.watched():
        wait_until(lambda: bool(newsroom.desk.releases.workers(newsroom.desk.now())))
        yield newsroom


def wait_until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    until = monotonic() + seconds
    while not is_so():
        assert monotonic() < until, "it never came to that"
        sleep(0.02)


def words(html: str) -> str:
    """What is read on a page."""
    parted = re.sub(r"</(?:del|ins|dt|th|td)>", " ", html)
    return " ".join(unescape(re.sub(r"<[^>]*>", "", parted)).split())


AREAS = (
    *(overview, drafts, releases_pages, log, tryout, messages, translations, listening),
    *(organisations, towns, notice, recordings, examples, formats),
)
NAVIGATION = (("console.overview", "Overview"), ("console.messages", "Messages"), ("console.draft", "Draft & releases"))


def console_of(newsroom: Newsroom) -> Console:
    """A console that has these areas, behind real accounts."""
    settings, clock = newsroom.desk.settings, Clock()
    app = Flask("console", static_folder=None)
    app.testing = True
    app.jinja_options = {"bytecode_cache": TEMPLATES}
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = 128 * 1024
    console = Console(app, newsroom.redis, clock, settings.public_url)
    blueprint = Blueprint(
        "console",
        "hotline.console",
        url_prefix="/console",
        root_path="hotline/console",
        template_folder="templates",
        static_folder="static",
    )
    add_accounts(app, blueprint, settings, newsroom.redis, now=clock.now, audit=lambda by, what, note: None)  # noqa: ARG005
    for area in AREAS:
        area.register(blueprint, newsroom.desk)

    @blueprint.context_processor
    def frame() -> dict[str, object]:
        return {"navigation": NAVIGATION, "draft_count": len(newsroom.desk.drafts.read().changes)}

    app.register_blueprint(blueprint)
    return console
