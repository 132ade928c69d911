"""Who may see which page of the console: everybody must be signed in, and each page may need a role."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeAlias, TypeVar

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect  # type: ignore[import-untyped]  # it has no type hints

from hotline.console.attempts import Attempts
from hotline.console.problems import asked_for, problem_page, unsent_form
from hotline.console.security import STATIC, Cookie, is_from
from hotline.store.operator_sessions import OperatorSessions
from hotline.store.operators import Operator, Operators, Role

SIGN_IN, SIGN_OUT, NEW_PASSWORD = "console.sign_in", "console.sign_out", "console.new_password"
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
# A script of a page that asks for something by itself says so: nobody need be there.
BACKGROUND_HEADER = "Hotline-Background"
# The name that Flask-WTF gives to the token of a form.
FORM_FIELD = "csrf_token"

Arguments = ParamSpec("Arguments")
View: TypeAlias = Callable[Arguments, ResponseReturnValue]
AnyView = TypeVar("AnyView", bound=Callable[..., object])
# By whom, what was done, and a sentence for people.
Audit: TypeAlias = Callable[[str, str, str], None]


@dataclass(frozen=True, slots=True)
class Accounts:
    """What signing in and the pages of accounts work with. `device` is the cookie of a browser that is known."""

    operators: Operators
    sessions: OperatorSessions
    attempts: Attempts
    cookie: Cookie
    device: Cookie
    public_url: str
    secret: str
    now: Callable[[], datetime]
    audit: Audit


def current_operator() -> Operator:
    """Who is signed in; there is somebody in every view but that of signing in."""
    operator = signed_in()
    if operator is None:
        raise RuntimeError("A page that needs an operator was asked for by nobody.")
    return operator


def signed_in() -> Operator | None:
    operator: Operator | None = g.get("operator")
    return operator


def needs(role: Role) -> Callable[[View[Arguments]], View[Arguments]]:
    """A view that only operators of this role may use, and of those above it."""

    def restricted(view: View[Arguments]) -> View[Arguments]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
            operator = current_operator()
            if not operator.role.includes(role):
                abort(403, f"This needs the role of {role}; yours is {operator.role}. Ask an admin of the hotline.")
            return view(*args, **kwargs)

        return guarded

    return restricted


def takes_up_to(megabytes: float) -> Callable[[AnyView], AnyView]:
    """A view that takes larger requests than the application does, such as files."""

    def larger(view: AnyView) -> AnyView:
        view.most_bytes = int(megabytes * 1024 * 1024)  # type: ignore[attr-defined]  # _accept_size() reads it
        return view

    return larger


def guard(app: Flask, blueprint: Blueprint, accounts: Accounts) -> None:
    """Puts the guard before every view of the blueprint."""
    protection = CSRFProtect(app)

    @blueprint.before_request
    def check() -> ResponseReturnValue | None:
        if request.endpoint == STATIC:
            return None
        _take_whole_bodies_only()
        if request.method not in SAFE_METHODS and not is_from(request, accounts.public_url):
            return _from_elsewhere(accounts.public_url)
        operator = g.operator = _recognised(accounts)
        if operator is None and request.endpoint != SIGN_IN:
            return _ask_to_sign_in()
        if operator is not None:
            _accept_size()
        try:
            protection.protect()
        except CSRFError:
            return _of_another_session()
        if operator and operator.must_change and request.endpoint not in {NEW_PASSWORD, SIGN_OUT}:
            return redirect(url_for(NEW_PASSWORD), 303)
        return None

    @blueprint.context_processor
    def who() -> dict[str, Operator | None]:
        return {"operator": signed_in()}


def begin_session(accounts: Accounts, operator: Operator) -> Callable[[Response], Response]:
    """Signs an operator in, anew where somebody is; the function gives an answer the cookie of it."""
    end_session(accounts)
    token = accounts.sessions.begin(operator, accounts.now())
    g.operator = operator
    _bind_forms(accounts, token)

    def with_cookie(response: Response) -> Response:
        accounts.cookie.write(response, token)
        return response

    return with_cookie


def end_session(accounts: Accounts) -> None:
    """Signs out whoever is signed in from this browser."""
    token = accounts.cookie.read()
    if token:
        accounts.sessions.end(token)
    g.operator = None
    session.clear()
    g.pop(FORM_FIELD, None)


def sign_in_page(status: int = 200, **values: object) -> Response:
    return Response(render_template("console/sign-in.html", **values), status)


def _recognised(accounts: Accounts) -> Operator | None:
    """The operator whose session the cookie names, if it still counts."""
    token = accounts.cookie.read()
    found = accounts.sessions.find(token, accounts.now()) if token else None
    if token is None or found is None:
        return None
    operator = accounts.operators.find(found.name)
    if operator is None or not hmac.compare_digest(operator.stamp, found.stamp):
        return None
    if BACKGROUND_HEADER not in request.headers:
        accounts.sessions.note(token, found, accounts.now())
    _bind_forms(accounts, token)
    return operator


def _bind_forms(accounts: Accounts, token: str) -> None:
    """The tokens of forms belong to the session of who is signed in, whatever Flask's own cookie says."""
    value = hmac.digest(accounts.secret.encode(), f"forms\0{token}".encode("utf-8", "surrogatepass"), "sha256").hex()
    if session.get(FORM_FIELD) != value:
        session[FORM_FIELD] = value


def _take_whole_bodies_only() -> None:
    """A form whose sender is gone before its end is no form: half of a text would be saved as if it were all.

    The server says that bodies end where it says so; then nobody would compare what came with what was announced.
    """
    if "Transfer-Encoding" in request.headers:
        abort(411)
    request.environ.pop("wsgi.input_terminated", None)


def _accept_size() -> None:
    most = getattr(current_app.view_functions.get(request.endpoint or ""), "most_bytes", None)
    if most:
        request.max_content_length = most


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate":
        return problem_page(401, "You are not signed in", "Your session has ended. Load the page again to sign in.")
    if request.method in SAFE_METHODS:
        return redirect(url_for(SIGN_IN, next=asked_for()), 303)
    most = request.max_content_length
    is_small = most is None or (request.content_length or 0) <= most
    return sign_in_page(401, unsent=unsent_form() if is_small else None, ended=True)


def _from_elsewhere(public_url: str) -> Response:
    text = (
        "The form did not come from a page of this console, or your browser does not say where it came from. "
        f"Open the console at {public_url}/console/ and try again."
    )
    return problem_page(403, "Only the console's own pages may send this", text)


def _of_another_session() -> Response:
    text = "The page was open while you signed in anew, so nothing was saved. Load the page again."
    unsent = unsent_form()
    if unsent:
        text = "The page was open while you signed in anew, so nothing was saved yet. You can send what you wrote now."
    return problem_page(400, "This form is of an earlier sign-in", text, unsent=unsent)
