"""The page of an operator's own account: password, codes of an app, sessions."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hotline.console.codes import in_groups, is_secret, new_secret, picture_of, step_of
from hotline.console.guard import Accounts, begin_session, current_operator
from hotline.console.passwords import hash_of, is_right, problem_of
from hotline.console.problems import too_many_attempts
from hotline.console.sign_in import OVERVIEW
from hotline.store.operators import Operator

ACCOUNT = "console.account"
WRONG_PASSWORD = "This is not your password."  # noqa: S105 - what is said of one
WRONG_CODE = (
    "This is not the code that the app should show now. Look whether your telephone's clock is right, then type the "
    "next code."
)


@dataclass(frozen=True, slots=True)
class NewPassword:
    """A password as it was typed, twice; `current` where it must be known."""

    current: str = field(repr=False)
    new: str = field(repr=False)
    again: str = field(repr=False)

    @classmethod
    def of(cls, form: MultiDict[str, str]) -> NewPassword:
        return cls(form.get("current", ""), form.get("new", ""), form.get("again", ""))

    def problem(self, name: str) -> str | None:
        if self.new != self.again:
            return "The two passwords are not the same. Type the new one again, twice."
        return problem_of(self.new, name)


def register_account(blueprint: Blueprint, accounts: Accounts) -> None:
    @blueprint.get("/account")
    def account() -> ResponseReturnValue:
        return _page()

    @blueprint.post("/account/password")
    def change_password() -> ResponseReturnValue:
        typed = NewPassword.of(request.form)
        refused = _unproved(accounts, typed.current, "current_problem")
        if refused:
            return refused
        problem = typed.problem(current_operator().name)
        if problem:
            return _page(400, new_problem=problem)
        return _with_password(accounts, typed.new, ACCOUNT)

    @blueprint.route("/account/new-password", methods=["GET", "POST"])
    def new_password() -> ResponseReturnValue:
        operator = current_operator()
        if not operator.must_change:
            return redirect(url_for(ACCOUNT), 303)
        if request.method != "POST":
            return render_template("console/new-password.html")
        typed = NewPassword.of(request.form)
        problem = typed.problem(operator.name)
        if problem is None and is_right(typed.new, operator.password):
            problem = "This is the password that was made for you. Choose another one."
        if problem:
            return render_template("console/new-password.html", problem=problem), 400
        return _with_password(accounts, typed.new, OVERVIEW)

    @blueprint.route("/account/code", methods=["GET", "POST"])
    def set_up_code() -> ResponseReturnValue:
        if request.method != "POST" or current_operator().code_secret:
            return redirect(url_for(ACCOUNT), 303) if current_operator().code_secret else _code_page(new_secret())
        secret = request.form.get("secret", "")
        if not is_secret(secret):
            return _code_page(new_secret(), 400, problem="Begin again: scan this picture, then type the code.")
        return _code_switched_on(accounts, secret)

    @blueprint.post("/account/code/off")
    def switch_code_off() -> ResponseReturnValue:
        refused = _unproved(accounts, request.form.get("current", ""), "code_problem")
        if refused:
            return refused
        name, now = current_operator().name, accounts.now()
        accounts.operators.change(name, lambda operator: operator.with_code_secret(None, now))
        accounts.audit(name, "code switched off", "")
        flash("Signing in asks for your password alone now.", "done")
        return redirect(url_for(ACCOUNT), 303)

    @blueprint.post("/account/sign-out-everywhere")
    def sign_out_everywhere() -> ResponseReturnValue:
        operator = accounts.operators.change(current_operator().name, Operator.signed_out)
        accounts.audit(operator.name, "signed out everywhere", "")
        with_cookie = begin_session(accounts, operator)
        flash("You are signed out everywhere but here.", "done")
        return with_cookie(_to(ACCOUNT))


def _with_password(accounts: Accounts, password: str, endpoint: str) -> Response:
    kept, now = hash_of(password), accounts.now()
    operator = accounts.operators.change(current_operator().name, lambda operator: operator.with_password(kept, now))
    accounts.audit(operator.name, "password changed", "")
    with_cookie = begin_session(accounts, operator)
    flash("Your password is changed. You are signed out everywhere but here.", "done")
    return with_cookie(_to(endpoint))


def _code_switched_on(accounts: Accounts, secret: str) -> ResponseReturnValue:
    name, now = current_operator().name, accounts.now()
    wait = accounts.attempts.at_account(name)
    if wait:
        return too_many_attempts(wait, now)
    if not is_right(request.form.get("current", ""), current_operator().password):
        return _code_page(secret, 400, current_problem=WRONG_PASSWORD)
    step = step_of(secret, request.form.get("code", ""), now)
    if step is None or not accounts.operators.spend_code(name, step):
        return _code_page(secret, 400, code_problem=WRONG_CODE)
    accounts.operators.change(name, lambda operator: operator.with_code_secret(secret, now))
    accounts.audit(name, "code switched on", "")
    flash("From now on, signing in asks for a code of your app too.", "done")
    return redirect(url_for(ACCOUNT), 303)


def _unproved(accounts: Accounts, password: str, field_of_problem: str) -> Response | None:
    """The answer to somebody who does not know the password of who is signed in."""
    operator = current_operator()
    wait = accounts.attempts.at_account(operator.name)
    if wait:
        return too_many_attempts(wait, accounts.now())
    if not is_right(password, operator.password):
        return _page(400, **{field_of_problem: WRONG_PASSWORD})
    return None


def _page(status: int = 200, **values: object) -> Response:
    return Response(render_template("console/account.html", **values), status)


def _code_page(secret: str, status: int = 200, **values: object) -> Response:
    name = current_operator().name
    page = render_template(
        "console/account-code.html",
        secret=secret,
        secret_in_groups=in_groups(secret),
        picture=picture_of(secret, name),
        **values,
    )
    return Response(page, status)


def _to(endpoint: str) -> Response:
    return Response(status=303, headers={"Location": url_for(endpoint)})
