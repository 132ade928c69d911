"""The page on which an admin looks after the accounts of all operators."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest

from hotline.console.enrolment import NameProblem, enrol, new_name, reset
from hotline.console.guard import Accounts, current_operator, needs
from hotline.console.problems import problem_page
from hotline.store.operators import BusyAccountError, LastAdminError, Role, TakenError, UnknownOperatorError

OPERATORS = "console.operators"
ROLES = (
    (Role.EDITOR.value, "Editor: edits the draft and tries it"),
    (Role.REVIEWER.value, "Reviewer: also marks texts as reviewed, publishes, and brings releases back"),
    (Role.ADMIN.value, "Admin: also looks after these accounts"),
)


def register_operators(blueprint: Blueprint, accounts: Accounts) -> None:
    @blueprint.get("/operators")
    @needs(Role.ADMIN)
    def operators() -> ResponseReturnValue:
        return _page(accounts)

    @blueprint.post("/operators")
    @needs(Role.ADMIN)
    def add_operator() -> ResponseReturnValue:
        typed = request.form.get("name", "")
        try:
            role = _role()
            made = enrol(accounts.operators, new_name(typed), role, accounts.now())
        except NameProblem as error:
            return _page(accounts, 400, name_problem=str(error), typed=typed)
        except TakenError as error:
            return _page(accounts, 400, name_problem=f"There is an operator named {error} already.", typed=typed)
        _audit("operator added", f"{made.name}, {role}")
        return _page(accounts, made=made)

    @blueprint.post("/operators/<name>/role")
    @needs(Role.ADMIN)
    def change_role(name: str) -> ResponseReturnValue:
        role, now = _role(), accounts.now()
        operator = accounts.operators.change(name, lambda operator: operator.with_role(role, now))
        _audit("role changed", f"{operator.name}, {role}")
        flash(f"{operator.name} has the role of {role} now, and has to sign in again.", "done")
        return redirect(url_for(OPERATORS), 303)

    @blueprint.post("/operators/<name>/password")
    @needs(Role.ADMIN)
    def reset_password(name: str) -> ResponseReturnValue:
        _refuse_oneself(name)
        made = reset(accounts.operators, name, accounts.now())
        _audit("password reset", made.name)
        return _page(accounts, made=made)

    @blueprint.post("/operators/<name>/code-off")
    @needs(Role.ADMIN)
    def remove_code(name: str) -> ResponseReturnValue:
        _refuse_oneself(name)
        now = accounts.now()
        operator = accounts.operators.change(name, lambda operator: operator.with_code_secret(None, now))
        _audit("code removed", operator.name)
        flash(f"{operator.name} signs in with the password alone now.", "done")
        return redirect(url_for(OPERATORS), 303)

    @blueprint.post("/operators/<name>/remove")
    @needs(Role.ADMIN)
    def remove_operator(name: str) -> ResponseReturnValue:
        accounts.operators.remove(name)
        _audit("operator removed", name)
        flash(f"{name} is removed and signed out. What {name} did stays in the log.", "done")
        return redirect(url_for(OPERATORS), 303)

    def _audit(what: str, note: str) -> None:
        accounts.audit(current_operator().name, what, note)

    @blueprint.errorhandler(LastAdminError)
    def last_admin(error: LastAdminError) -> ResponseReturnValue:
        problem = f"{error} is the only admin. Make somebody else an admin first."
        return _page(accounts, 409, problem=problem)

    @blueprint.errorhandler(BusyAccountError)
    def busy(error: BusyAccountError) -> ResponseReturnValue:
        return problem_page(409, "Not changed", f"Others are changing the account of {error}. Go back and try again.")

    @blueprint.errorhandler(UnknownOperatorError)
    def unknown(_: UnknownOperatorError) -> ResponseReturnValue:
        return problem_page(404, "No such operator", "There is no operator of this name, or not any more.")


def _page(accounts: Accounts, status: int = 200, **values: object) -> Response:
    page = render_template("console/operators.html", operators=accounts.operators.all(), roles=ROLES, **values)
    return Response(page, status)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError:
        raise BadRequest("Choose one of the roles, then try again.") from None


def _refuse_oneself(name: str) -> None:
    """Otherwise somebody at another's unlocked computer need not know the password."""
    if name == current_operator().name:
        raise BadRequest("For your own password and codes use the page of your own account.")
