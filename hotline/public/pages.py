"""The public pages, in every language of the line. They set no cookie and load nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import segno
from flask import Blueprint, Flask, Response, abort, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.routing import BaseConverter

from hotline.channels.wording import number_as_read
from hotline.public.languages import wanted_of
from hotline.public.wording import PageWording
from hotline.releases.content import Content
from hotline.script.model import MAIN_MENU, Script
from hotline.settings import Settings

FRONT, CARD, FLYER, PRIVACY, TERMS = "front", "card", "flyer", "privacy", "terms"
ALL = (FRONT, CARD, FLYER, PRIVACY, TERMS)
# They name whose line it is, so they are there only where the settings do.
NEED_IDENTITY = frozenset({FRONT, FLYER, PRIVACY, TERMS})

# What the card says, in the order in which it is needed.
STATEMENTS = ("silent", "no-entry", "warrant", "no-search", "sign", "lawyer")
STRIPS = 8

KEPT_SECONDS = 300
YEAR_SECONDS = 365 * 24 * 3600
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "worker-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": f"public, max-age={KEPT_SECONDS}",
}


class LanguageCode(BaseConverter):
    """Two or three small letters that are no path of Twilio's."""

    regex = "(?!sms)[a-z]{2,3}"


@dataclass(frozen=True, slots=True)
class Pages:
    """Each page is of the release that `live` gives at the beginning of the request."""

    settings: Settings
    live: Callable[[], Content]
    now: Callable[[], datetime]

    def blueprint(self) -> Blueprint:
        pages = Blueprint(
            "public", __name__, template_folder="templates", static_folder="static", static_url_path="/pages"
        )
        pages.after_request(self.with_headers)
        for page in ALL:
            pages.add_url_rule(path_of(page), page, self.in_wanted_language, defaults={"page": page})
            pages.add_url_rule(path_of(page, "<language_code:code>"), f"{page}_in", self.shown, defaults={"page": page})
        # Its path is the scope of what it may keep: the cards.
        pages.add_url_rule("/card/worker.js", "card_worker", lambda: pages.send_static_file("worker.js"))
        return pages

    def with_headers(self, response: Response) -> Response:
        if response.status_code < 400:  # noqa: PLR2004
            response.headers.update(HEADERS)
        if self.settings.public_url.startswith("https://"):
            response.headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
        return response

    def in_wanted_language(self, page: str) -> Response:
        """To the page in the language that the browser asks for."""
        script = self.live().script
        code = wanted_of(request.accept_languages, script.languages, script.source_language)
        answer = make_response(redirect(path_of(page, code)))
        answer.vary.add("Accept-Language")
        return answer

    def shown(self, page: str, code: str) -> Response:
        content = self.live()
        if code not in content.script.languages or not _has_pages(content.script):
            abort(404)
        if self.settings.identity is None and page in NEED_IDENTITY:
            abort(404)
        language = content.script.languages[code]
        words = PageWording(content, language, self.settings.identity, self.now().date())
        return make_response(
            render_template(
                f"public/{page}.html",
                page=page,
                words=words,
                language=language,
                script=content.script,
                settings=self.settings,
                path_of=path_of,
                pages=[one for one in ALL if self.settings.identity or one == CARD],
                urgent=tuple(_urgent(content.script)),
                statements=STATEMENTS,
                strips=STRIPS,
                number_as_read=number_as_read,
                code_for=code_for,
            )
        )


def add_public_pages(app: Flask, pages: Pages) -> None:
    app.url_map.converters["language_code"] = LanguageCode
    app.register_blueprint(pages.blueprint())


def path_of(page: str, language: str | None = None) -> str:
    """Where a page is: "/es" and "/card/es", or "/" and "/card" for the language that the browser asks for."""
    steps = ([] if page == FRONT else [page]) + ([language] if language else [])
    return "/" + "/".join(steps)


def code_for(address: str) -> Markup:
    """A QR code as a drawing that stands in a page; `address` is what a camera opens."""
    return Markup(segno.make(address, error="m").svg_inline(border=2, scale=1, omitsize=True, light="#fff"))  # noqa: S704


def _urgent(script: Script) -> Iterator[tuple[str, str]]:
    """What is most urgent, as the first choice of the main menu has it: titles, and first parts, by their messages."""
    for node in script.onward(script.menus[MAIN_MENU].choices[0]):
        if node in script.topics:
            yield script.topics[node].title, script.topics[node].parts[0].message


def _has_pages(script: Script) -> bool:
    """A release from before there were pages has none."""
    return any(message.is_on_page for message in script.messages.values())
