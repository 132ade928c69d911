"""Operators' accounts: puts the console behind signing in, and adds the pages with which accounts are looked after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Flask

from hotline.console.account import register_account
from hotline.console.attempts import Attempts
from hotline.console.guard import Accounts, Audit, current_operator, guard, needs, signed_in, takes_up_to
from hotline.console.operators import register_operators
from hotline.console.problems import add_problem_pages
from hotline.console.security import Cookie, secure
from hotline.console.sign_in import register_sign_in
from hotline.settings import Settings
from hotline.store.connection import RedisClient
from hotline.store.operator_sessions import OperatorSessions
from hotline.store.operators import Operators

__all__ = ["add_accounts", "current_operator", "needs", "signed_in", "takes_up_to"]


def add_accounts(
    app: Flask,
    blueprint: Blueprint,
    settings: Settings,
    redis: RedisClient,
    *,
    now: Callable[[], datetime],
    audit: Audit,
) -> None:
    """Guards all views of the blueprint, which is named `console` and has the prefix `/console`.

    `audit` is told by whom what was done to an account, with a note for people. The application needs the secret key
    of the settings; the page to which signing in leads is the blueprint's `overview`. Nothing is sent to Redis yet.
    """
    accounts = Accounts(
        operators=Operators(redis),
        sessions=OperatorSessions(redis),
        attempts=Attempts(redis, settings.secret_key, now),
        cookie=Cookie.named("hotline-console", settings.public_url),
        device=Cookie.named("hotline-browser", settings.public_url),
        public_url=settings.public_url,
        secret=settings.secret_key,
        now=now,
        audit=audit,
    )
    secure(app, blueprint, settings)
    add_problem_pages(app, blueprint)
    guard(app, blueprint, accounts)
    register_sign_in(blueprint, accounts)
    register_account(blueprint, accounts)
    register_operators(blueprint, accounts)
