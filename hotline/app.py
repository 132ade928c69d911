"""The application factory: settings in, blueprints registered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from jinja2 import FileSystemBytecodeCache

from hotline.console.console import add_console, desk_of
from hotline.logs import Log
from hotline.public.pages import Pages, add_public_pages
from hotline.releases.content import Content, packaged_content
from hotline.releases.live import Live
from hotline.script.model import Script
from hotline.script.organisations import CONNECTICUT
from hotline.settings import Settings, SettingsError
from hotline.store.breaker import Breaker
from hotline.store.connection import Store, open_store
from hotline.store.counts import Counts
from hotline.store.deletions import Deletions
from hotline.store.releases import Releases
from hotline.store.sessions import Sessions
from hotline.store.texts import TextOutcomes
from hotline.web.answering import Tools
from hotline.web.audio import audio_blueprint
from hotline.web.health import health_blueprint
from hotline.web.limits import Traffic
from hotline.web.metrics import Metrics, Present, metrics_blueprint
from hotline.web.outgoing import Outgoing
from hotline.web.records import Records
from hotline.web.webhooks import Twiml, Webhooks

# Twilio's own forms are a few kilobytes; a text has at most 1,600 characters.
MOST_REQUEST_BYTES = 128 * 1024
LIVE, TOOLS = "hotline.live", "hotline.tools"

# The browser is asked to remember something for these alone.
PAGES = ("/console", "/phone")

log = Log(__name__)


class SessionsOfPages(SecureCookieSessionInterface):
    """Twilio's requests have no session of a browser, and are not held up by making one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return super().open_session(app, request) if request.path.startswith(PAGES) else None


class Application(Flask):
    """None of its functions is a coroutine, so that nobody needs to look whether one is, ten times in each request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


def guarded(response: Response) -> Response:
    """No browser takes an answer for what it is not, keeps one of Twilio's, or tells others where it was."""
    if isinstance(response, Twiml):
        return response
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
    return response


def now_in_connecticut() -> datetime:
    return datetime.now(CONNECTICUT)


def create_app(
    settings: Settings,
    *,
    store: Store | None = None,
    now: Callable[[], datetime] = now_in_connecticut,
    packaged: Callable[[Path], Content] = packaged_content,
) -> Flask:
    """The hotline; `store` for who has opened that of the settings already. No server is asked or started yet.

    Until something is published, it speaks from what is `packaged`, which takes the folder of sounds.

    Its extension `LIVE` is the release that it speaks from; whoever runs it watches that, and at the end finishes
    `TOOLS`. Raises ScriptError, CatalogError or UnderstandingError where what it says cannot be served, SettingsError
    where the settings name a language that it does not speak, OSError where the folder for its data cannot be written.
    """
    store = store or open_store(settings.redis_url, settings.redis_data)
    live = Live(Releases(store.client), settings.releases, settings.audio, now, packaged)
    _check_languages(settings, live.content.script)
    app = Application("hotline", static_folder=None)
    app.secret_key = settings.secret_key
    app.session_interface = SessionsOfPages()
    app.config["SECRET_KEY_FALLBACKS"] = settings.earlier_secret_keys
    app.config["MAX_CONTENT_LENGTH"] = MOST_REQUEST_BYTES
    # Compiling a page's templates takes longer than all else of its first view in each worker.
    settings.templates.mkdir(parents=True, exist_ok=True)
    app.jinja_options = {"bytecode_cache": FileSystemBytecodeCache(str(settings.templates))}
    app.extensions[LIVE] = live

    def content() -> Content:
        return live.content

    def refresh() -> None:
        try:
            live.content.catalogs.refresh()
        except Exception as error:  # noqa: BLE001 - what was read before is better than no answer
            log.error("catalogs not read again", error=error)  # noqa: TRY400 - the log takes the error itself

    app.before_request(refresh)
    app.after_request(guarded)
    deletions = Deletions(store.client) if settings.deletes_at_twilio else None
    records = Records(deletions, f"{settings.public_url}/sms/status") if deletions else None
    app.register_blueprint(health_blueprint(store.client, live, deletions))
    app.register_blueprint(audio_blueprint(lambda: live.contents))
    breaker, secrets = Breaker(), (settings.secret_key, *settings.earlier_secret_keys)
    tools = Tools(
        settings=settings,
        sessions=Sessions(store.prompt, secrets, breaker, after_forgetting=store.scrub),
        counts=Counts(store.client),
        records=records,
        outgoing=Outgoing(settings, records=records),
        outcomes=TextOutcomes(store.prompt, settings.secret_key, breaker),
        traffic=Traffic(settings.most_texts_of_a_worker),
        now=now,
        metrics=Metrics() if settings.metrics_token else None,
    )
    app.extensions[TOOLS] = tools
    if tools.metrics:
        present = Present(store.client, live, deletions, lambda: now().date())
        app.register_blueprint(metrics_blueprint(tools.metrics, present, settings.metrics_token))
    app.register_blueprint(Webhooks(tools, content).blueprint())
    add_public_pages(app, Pages(settings, content, now))
    add_console(app, desk_of(settings, store.client, live, now))
    return app


def _check_languages(settings: Settings, script: Script) -> None:
    unknown = sorted(set(settings.languages.values()) - set(script.languages))
    if unknown:
        known = ", ".join(script.languages)
        raise SettingsError(f"HOTLINE_LANGUAGES: the line does not speak {', '.join(unknown)}; it speaks {known}")
