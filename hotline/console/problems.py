"""Pages that say in plain words what went wrong, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from urllib.parse import quote

from flask import Blueprint, Flask, Response, current_app, g, request
from redis.exceptions import RedisError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from hotline.console.passwords import BusyError
from hotline.console.security import is_in_console

BUSY_SECONDS = 5
OUTAGE_SECONDS = 10
# No form of the console has nearly as many.
MOST_UNSENT_FIELDS = 1000
NOON = 12

_WORDS = {
    400: ("This could not be read", "The form was incomplete or damaged. Go back, load the page again, and try again."),
    403: ("You may not do this", ""),
    404: ("There is no such page", "It may have been removed, or its address mistyped."),
    405: ("This address takes forms only", "Go back to the page that you came from."),
    411: ("This could not be read", "It did not say how much it is. Send it from a page of this console."),
    413: ("This is too large", "Go back and send less at once."),
    500: ("Something went wrong", "It is not your fault, and the line itself goes on. Go back and try again."),
}


@dataclass(frozen=True, slots=True)
class Unsent:
    """What somebody wrote and the console did not take: it can be sent again to the same path."""

    path: str
    fields: Sequence[tuple[str, str]]


def problem_page(status: int, title: str, text: str, *, unsent: Unsent | None = None, retry: int = 0) -> Response:
    """`retry` is after how many seconds another try makes sense.

    It is drawn without what other pages are given, some of which Redis would be asked for.
    """
    template = current_app.jinja_env.get_template("console/problem.html")
    response = Response(template.render(title=title, text=text, unsent=unsent, operator=g.get("operator")), status)
    if retry:
        response.headers["Retry-After"] = str(retry)
    return response


def too_many_attempts(wait: timedelta, now: datetime) -> Response:
    minutes = ceil(wait.total_seconds() / 60)
    until = (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)
    text = (
        "So that nobody gets in by guessing, nobody can try for a while now. Try again in "
        f"{'a minute' if minutes == 1 else f'{minutes} minutes'}, at {until.hour % 12 or 12}:{until:%M} "
        f"{'am' if until.hour < NOON else 'pm'}."
    )
    return problem_page(429, "Too many attempts", text, retry=int(wait.total_seconds()))


def unsent_form() -> Unsent | None:
    """What the request carries, if it can be sent again: fields, no files."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return None
    fields = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return Unsent(asked_for(), fields) if 0 < len(fields) <= MOST_UNSENT_FIELDS else None


def asked_for() -> str:
    """The path of the request, with its query where that is text."""
    query = request.query_string.decode("ascii", "ignore")
    return f"{quote(request.path)}?{query}" if query else quote(request.path)


def add_problem_pages(app: Flask, blueprint: Blueprint) -> None:
    """Also for paths of the console that do not exist; whatever else goes wrong in the application is left alone."""
    blueprint.register_error_handler(RedisError, _outage)
    blueprint.register_error_handler(BusyError, _busy)
    app.register_error_handler(HTTPException, _answer)


def _outage(_: Exception) -> Response:
    text = (
        "The store (Redis) does not answer, so nothing can be shown or saved at the moment. The line itself goes on. "
        "Wait a moment, go back, and try again; what you wrote is still there."
    )
    return problem_page(503, "The store cannot be reached", text, retry=OUTAGE_SECONDS)


def _busy(_: Exception) -> Response:
    text = "Many people are signing in at once. Wait a few seconds, go back, and try again."
    return problem_page(503, "Just a moment", text, retry=BUSY_SECONDS)


def _answer(error: HTTPException) -> HTTPException | AnyResponse:
    if not is_in_console(request) or error.response is not None or error.code is None or error.code < 400:  # noqa: PLR2004
        return error
    title, text = _WORDS.get(error.code, (error.name, ""))
    # What was said where it was raised says more than werkzeug's own words.
    said = error.description if error.description != type(error).description else None
    response = problem_page(error.code, title, said or text or error.description or "")
    for name, value in error.get_headers():
        if name == "Allow":
            response.headers[name] = value
    return response
