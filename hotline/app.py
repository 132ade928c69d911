"""The application factory: settings in, blueprints registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask

from hotline.catalogs.catalog import Catalogs
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.demo import line_of, phone_languages
from hotline.locales import LOCALES
from hotline.phone.web import phone_blueprint
from hotline.script.loader import DATA, load_script
from hotline.settings import Settings
from hotline.store.connection import RedisClient, connect, connect_embedded
from hotline.store.embedded import EmbeddedServer
from hotline.store.sessions import Sessions
from hotline.understanding.lessons import read_lessons
from hotline.understanding.understanding import Understanding
from hotline.web.health import health_blueprint
from hotline.web.webhooks import Webhooks

CONNECTICUT = ZoneInfo("America/New_York")

# Twilio's own forms are a few kilobytes; a text has at most 1,600 characters.
MOST_REQUEST_BYTES = 128 * 1024


def today_in_connecticut() -> date:
    return datetime.now(CONNECTICUT).date()


def create_app(
    settings: Settings,
    *,
    data: Path = DATA,
    locales: Path = LOCALES,
    today: Callable[[], date] = today_in_connecticut,
) -> Flask:
    """The hotline. Raises ScriptError, CatalogError or UnderstandingError where what it says cannot be served."""
    script = load_script(data)
    catalogs = Catalogs(script, locales)
    redis = redis_of(settings)
    app = Flask("hotline", static_folder=None)
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = MOST_REQUEST_BYTES
    app.before_request(catalogs.refresh)
    app.register_blueprint(health_blueprint(redis))
    app.register_blueprint(
        Webhooks(
            settings=settings,
            script=script,
            sessions=Sessions(redis, settings.secret_key),
            understanding=Understanding(script, locales),
            written=WrittenWording(script, catalogs),
            spoken=SpokenWording(script, catalogs),
            today=today,
        ).blueprint()
    )
    if settings.demo:
        languages = phone_languages(script, read_lessons(script, locales))
        app.register_blueprint(phone_blueprint(lambda: line_of(settings), languages))
    return app


def redis_of(settings: Settings) -> RedisClient:
    """The Redis server of the settings; the embedded one where they name none."""
    if settings.redis_url:
        return connect(settings.redis_url)
    return connect_embedded(EmbeddedServer(settings.redis_data))
