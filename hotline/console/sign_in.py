"""Signing in and out."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict

from hotline.console.codes import step_of
from hotline.console.enrolment import plain_name
from hotline.console.guard import (
    SIGN_IN,
    Accounts,
    begin_session,
    current_operator,
    end_session,
    sign_in_page,
    signed_in,
)
from hotline.console.passwords import hash_of, is_outdated, is_right
from hotline.console.problems import Unsent, too_many_attempts
from hotline.console.security import DEVICE_SECONDS, PREFIX, is_encrypted
from hotline.store.operators import Operator, Operators, UnknownOperatorError

OVERVIEW = "console.overview"
REFUSED = "The name, the password or the code is not right. Look at all three, then try again."
# What was written before the session ended stands in the form of signing in under such names.
UNSENT_PATH, UNSENT_FIELD = "unsent-path", "unsent."

_LOCAL = re.compile(rf"{PREFIX}/[!-\[\]-~]{{0,2000}}")
_ON_THIS_MACHINE = re.compile(r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?")


@dataclass(frozen=True, slots=True)
class SignInForm:
    """`goes_to` is the page that was asked for, `unsent` what somebody wrote whose session had ended."""

    name: str
    password: str = field(repr=False)
    code: str = field(repr=False)
    goes_to: str | None = None
    unsent: Unsent | None = None

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> SignInForm:
        return cls(
            name=plain_name(form.get("name", "")),
            password=form.get("password", ""),
            code=form.get("code", ""),
            goes_to=local_path(form.get("next", "")),
            unsent=_unsent_in(form),
        )


def register_sign_in(blueprint: Blueprint, accounts: Accounts) -> None:
    @blueprint.route("/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        if request.method == "POST":
            return _try(accounts, SignInForm.of(request.form))
        goes_to = local_path(request.args.get("next", ""))
        if signed_in():
            return redirect(goes_to or url_for(OVERVIEW), 303)
        return _page(accounts, next=goes_to)

    @blueprint.post("/sign-out")
    def sign_out() -> ResponseReturnValue:
        name = current_operator().name
        end_session(accounts)
        accounts.audit(name, "signed out", "")
        response = Response(status=303, headers={"Location": url_for(SIGN_IN)})
        accounts.cookie.delete(response)
        return response


def _try(accounts: Accounts, form: SignInForm) -> ResponseReturnValue:
    wait = accounts.attempts.at_sign_in(form.name, request.remote_addr or "", _known_browser(accounts, form.name))
    if wait:
        return too_many_attempts(wait, accounts.now())
    operator = recognised(accounts.operators, form, accounts.now())
    if operator is None:
        return _page(accounts, 401, problem=REFUSED, next=form.goes_to, unsent=form.unsent)
    with_cookie = begin_session(accounts, operator)
    accounts.audit(operator.name, "signed in", "")
    return with_cookie(_remembered(accounts, operator.name, _next_page(form)))


def recognised(operators: Operators, form: SignInForm, now: datetime) -> Operator | None:
    """The operator who signs in so. It takes as long to find out that there is none. Raises BusyError, RedisError."""
    operator = operators.find(form.name)
    if not is_right(form.password, operator.password if operator else None) or operator is None:
        return None
    if operator.code_secret:
        step = step_of(operator.code_secret, form.code, now)
        if step is None or not operators.spend_code(operator.name, step):
            return None
    return _rehashed(operators, operator, form.password) if is_outdated(operator.password) else operator


def local_path(text: str) -> str | None:
    """A path of the console with its query, and nothing else."""
    return text if _LOCAL.fullmatch(text) and "/.." not in text else None


def _rehashed(operators: Operators, operator: Operator, password: str) -> Operator | None:
    kept = hash_of(password)

    def with_stronger_hash(now: Operator) -> Operator:
        return replace(now, password=kept) if now.password == operator.password else now

    try:
        operators.change(operator.name, with_stronger_hash)
    except UnknownOperatorError:
        return None
    return operator


def _page(accounts: Accounts, status: int = 200, **values: object) -> Response:
    in_the_clear = not is_encrypted(accounts.public_url) and not _ON_THIS_MACHINE.fullmatch(accounts.public_url)
    return sign_in_page(status, is_empty=accounts.operators.is_empty(), in_the_clear=in_the_clear, **values)


def _next_page(form: SignInForm) -> Response:
    if form.unsent:
        return Response(render_template("console/unsent.html", unsent=form.unsent))
    return Response(status=303, headers={"Location": form.goes_to or url_for(OVERVIEW)})


def _unsent_in(form: MultiDict[str, str]) -> Unsent | None:
    path = local_path(form.get(UNSENT_PATH, ""))
    fields = [
        (name.removeprefix(UNSENT_FIELD), value)
        for name, value in form.items(multi=True)
        if name.startswith(UNSENT_FIELD)
    ]
    return Unsent(path, fields) if path else None


def _known_browser(accounts: Accounts, name: str) -> str | None:
    """Tells a browser in which this operator has signed in before from others."""
    kept = accounts.device.read()
    try:
        whose, browser = _devices(accounts).loads(kept or "", max_age=DEVICE_SECONDS)
    except (BadSignature, ValueError, TypeError):
        return None
    return browser if whose == name else None


def _remembered(accounts: Accounts, name: str, response: Response) -> Response:
    known = _known_browser(accounts, name) or secrets.token_hex(16)
    accounts.device.write(response, _devices(accounts).dumps([name, known]), DEVICE_SECONDS)
    return response


def _devices(accounts: Accounts) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(accounts.secret, salt="hotline.console.device")
