"""The console: one desk, its pages, and the frame around them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Flask

from hotline.console import (
    drafts,
    examples,
    formats,
    help_page,
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
from hotline.console.accounts import add_accounts, signed_in
from hotline.console.desk import Desk
from hotline.releases.drafting import Drafting
from hotline.releases.learning import Learning
from hotline.releases.live import Live
from hotline.releases.publishing import Publishing
from hotline.settings import Settings
from hotline.store.connection import RedisClient
from hotline.store.counts import Counts
from hotline.store.drafts import Drafts
from hotline.store.history import Entry, History
from hotline.store.releases import Releases

_AREAS = (
    *(overview, messages, translations, notice, organisations, towns, recordings, listening, examples),
    *(drafts, releases_pages, tryout, log, formats, help_page),
)
# What stands in the navigation, by endpoint.
_NAVIGATION = (
    ("console.overview", "Overview"),
    ("console.messages", "Messages"),
    ("console.notice", "Notice"),
    ("console.organisations", "Organisations"),
    ("console.towns", "Towns"),
    ("console.recordings", "Recordings"),
    ("console.examples", "Examples"),
    ("console.draft", "Draft & releases"),
    ("console.help", "Help"),
)


def add_console(app: Flask, desk: Desk) -> None:
    """Puts the console at /console/. Nothing is sent to Redis yet."""
    settings, redis, live, now = desk.settings, desk.publishing.redis, desk.live, desk.now
    blueprint = Blueprint(
        "console", __name__, url_prefix="/console", template_folder="templates", static_folder="static"
    )

    def audit(by: str, what: str, note: str) -> None:
        desk.history.add(Entry(now(), by, what, note=note))

    @blueprint.context_processor
    def frame() -> dict[str, object]:
        """Pages of problems are drawn without: they must not ask what has just failed."""
        if not signed_in():
            return {}
        pointer = live.speaking.pointer
        return {
            "navigation": _NAVIGATION,
            "now": now(),
            "live": desk.releases.release(pointer.number) if pointer else None,
            "draft_count": desk.drafts.count(),
        }

    add_accounts(app, blueprint, settings, redis, now=now, audit=audit)
    for area in _AREAS:
        area.register(blueprint, desk)
    app.register_blueprint(blueprint)


def desk_of(settings: Settings, redis: RedisClient, live: Live, now: Callable[[], datetime]) -> Desk:
    """What the pages work with."""
    releases, drafts = Releases(redis), Drafts(redis)
    drafting = Drafting(live, releases, drafts, settings.drafts, settings.audio)
    learn = Learning(settings.learning).learn
    publishing = Publishing(redis, releases, live, drafting, settings.publishing, now, learn)
    return Desk(settings, live, releases, drafts, drafting, publishing, History(redis), Counts(redis), now)
