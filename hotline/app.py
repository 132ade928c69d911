"""The application factory: settings in, blueprints registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from flask import Flask

from hotline.catalogs.catalog import Catalogs
from hotline.channels.voices import voices_of
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT
from hotline.settings import Settings, SettingsError
from hotline.store.connection import Store, open_store
from hotline.store.counts import Counts
from hotline.store.sessions import Sessions
from hotline.store.texts import TextOutcomes
from hotline.understanding.understanding import Understanding, load_understanding
from hotline.web.audio import audio_blueprint
from hotline.web.health import health_blueprint
from hotline.web.outgoing import Outgoing
from hotline.web.webhooks import Webhooks

# Twilio's own forms are a few kilobytes; a text has at most 1,600 characters.
MOST_REQUEST_BYTES = 128 * 1024


def now_in_connecticut() -> datetime:
    return datetime.now(CONNECTICUT)


def create_app(
    settings: Settings, *, store: Store | None = None, now: Callable[[], datetime] = now_in_connecticut
) -> Flask:
    """The hotline; `store` for who has opened that of the settings already. No server is asked or started yet.

    Raises ScriptError, CatalogError or UnderstandingError where what it says cannot be served, SettingsError where the
    settings name a language that it does not speak.
    """
    script, understanding = _learned()
    _check_languages(settings, script)
    catalogs = Catalogs(script, LOCALES)
    spoken = SpokenWording(script, catalogs, understanding.hints)
    voices = voices_of(spoken, LOCALES, settings.audio)
    store = store or open_store(settings.redis_url, settings.redis_data)
    app = Flask("hotline", static_folder=None)
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = MOST_REQUEST_BYTES
    app.before_request(catalogs.refresh)
    app.register_blueprint(health_blueprint(store.client, understanding, voices))
    app.register_blueprint(audio_blueprint(voices))
    app.register_blueprint(
        Webhooks(
            settings=settings,
            script=script,
            sessions=Sessions(store.client, settings.secret_key, after_forgetting=store.scrub),
            counts=Counts(store.client),
            understanding=understanding,
            written=WrittenWording(script, catalogs),
            spoken=spoken,
            voices=voices,
            outgoing=Outgoing(settings),
            outcomes=TextOutcomes(store.client, settings.secret_key),
            now=now,
        ).blueprint()
    )
    return app


def _check_languages(settings: Settings, script: Script) -> None:
    unknown = sorted(set(settings.languages.values()) - set(script.languages))
    if unknown:
        known = ", ".join(script.languages)
        raise SettingsError(f"HOTLINE_LANGUAGES: the line does not speak {', '.join(unknown)}; it speaks {known}")


@cache
def _learned() -> tuple[Script, Understanding]:
    """The script and what was learned for it, read once for all hotlines of a process."""
    script = load_script()
    return script, load_understanding(script)
