"""A console that has nothing but its accounts, with a clock that a test moves."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any, cast

import pytest
from argon2 import PasswordHasher
from flask import Blueprint, Flask, Response, abort, render_template_string, request
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from werkzeug.test import TestResponse

from hotline.console.accounts import add_accounts, current_operator, needs, takes_up_to
from hotline.console.attempts import Attempts
from hotline.console.passwords import hash_of
from hotline.settings import Settings
from hotline.store.connection import RedisClient
from hotline.store.operator_sessions import OperatorSessions
from hotline.store.operators import Operator, Operators, Role
from tests.conftest import DATA, NOW, settings_for

PASSWORD = "four quiet winter words"
LOCAL = "http://127.0.0.1:8000"
FORM = re.compile(r'name="csrf_token" value="([^"]+)"')
MESSAGE = """{% extends "console/base.html" %}
{% block title %}{{ message }}{% endblock %}
{% block content %}
<h1>{{ message }}</h1>
<form method="post">
  <input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
  <p><label for="text">Text</label> <textarea id="text" name="text"></textarea></p>
  <button type="submit">Save</button>
</form>
{% endblock %}
"""
COOKIE = {"https://hotline.example.org": "__Host-hotline-console", LOCAL: "hotline-console"}


QUICK = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)
# A console is made for each test, but its templates need to be read once.
TEMPLATES = FileSystemBytecodeCache(str(DATA))


def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes hashes that cost little, for tests of something else."""
    monkeypatch.setattr("hotline.console.passwords._hasher", QUICK)
    monkeypatch.setattr("hotline.console.passwords.NOBODYS", QUICK.hash("nobody's"))


def keys_in(redis: RedisClient) -> list[bytes]:
    return cast("list[bytes]", redis.keys())


@dataclass
class Clock:
    time: datetime = NOW

    def now(self) -> datetime:
        return self.time

    def wait(self, **time: float) -> None:
        self.time += timedelta(**time)


@dataclass
class Console:
    app: Flask
    redis: RedisClient
    clock: Clock
    public_url: str
    log: list[tuple[str, str, str]] = field(default_factory=list)

    @property
    def operators(self) -> Operators:
        return Operators(self.redis)

    def add(self, name: str, role: Role = Role.EDITOR, **fields: object) -> Operator:
        now = self.clock.now()
        operator = Operator(name, role, hash_of(PASSWORD), now, now, **fields)  # type: ignore[arg-type]  # the tests name fields
        self.operators.add(operator)
        return operator

    def browser(self) -> Browser:
        return Browser(self, self.app.test_client())

    def signed_in(self, name: str, role: Role = Role.EDITOR) -> Browser:
        """A browser in which an operator, who is added, has signed in."""
        operator = self.add(name, role)
        browser = self.browser()
        browser.keep_token(OperatorSessions(self.redis).begin(operator, self.clock.now()))
        return browser


@dataclass
class Browser:
    """Sends forms as a browser does: with their hidden token, and with the page's origin."""

    console: Console
    client: FlaskClient

    @property
    def token(self) -> str | None:
        name = COOKIE[self.console.public_url]
        cookie = self.client.get_cookie(name, domain=self.host, path="/")
        return cookie.value if cookie else None

    @property
    def host(self) -> str:
        return self.console.public_url.split("//")[1]

    def keep_token(self, token: str) -> None:
        self.client.set_cookie(COOKIE[self.console.public_url], token, domain=self.host, path="/")

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=self.console.public_url, **options)

    def post(
        self, path: str, data: Mapping[str, str | list[str]] | None = None, *, form: str | None = None, **options: Any
    ) -> TestResponse:
        """`form` is the page on which the form stands; None for one without a token."""
        hidden = {"csrf_token": self.form_token(form)} if form else {}
        headers = {"Origin": self.console.public_url, **options.pop("headers", {})}
        return self.client.post(
            path,
            base_url=self.console.public_url,
            data={**hidden, **(data or {})},
            headers={name: value for name, value in headers.items() if value},
            **options,
        )

    def form_token(self, page: str) -> str:
        found = FORM.search(self.get(page).text)
        assert found, page
        return unescape(found[1])

    def sign_in(self, name: str, password: str = PASSWORD, code: str = "", **more: str) -> TestResponse:
        fields = {"name": name, "password": password, "code": code, **more}
        form = "/console/account" if self.is_signed_in() else "/console/sign-in"
        return self.post("/console/sign-in", fields, form=form)

    def use_up_attempts(self, name: str) -> None:
        """As if somebody had guessed at the password."""
        attempts = Attempts(self.console.redis, str(self.console.app.secret_key), self.console.clock.now)
        while attempts.at_sign_in(name, "127.0.0.1", None) is None:
            pass

    def is_signed_in(self) -> bool:
        return self.get("/console/").status_code == 200


def console_with(redis: RedisClient, public_url: str = "https://hotline.example.org", **changes: object) -> Console:
    settings: Settings = settings_for(None, public_url=public_url, **changes)
    app = Flask("console", static_folder=None)
    app.testing = True
    app.jinja_options = {"bytecode_cache": TEMPLATES}
    app.secret_key = settings.secret_key
    app.config["MAX_CONTENT_LENGTH"] = 128 * 1024
    console = Console(app, redis, Clock(), public_url)
    blueprint = Blueprint(
        "console",
        "hotline.console",
        url_prefix="/console",
        root_path="hotline/console",
        template_folder="templates",
        static_folder="static",
    )
    add_accounts(
        app,
        blueprint,
        settings,
        redis,
        now=console.clock.now,
        audit=lambda by, what, note: console.log.append((by, what, note)),
    )
    _add_pages(blueprint)
    app.register_blueprint(blueprint)
    app.add_url_rule("/sms", "sms", lambda: request.form.get("Body", ""), methods=["POST"])
    return console


def _add_pages(blueprint: Blueprint) -> None:
    @blueprint.get("/")
    def overview() -> str:
        return f"live, for {current_operator().name}"

    @blueprint.post("/messages/<message>")
    def save(message: str) -> Response:
        saved = f"{current_operator().name} saved {message}: {request.form['text']}"
        return Response(saved, mimetype="text/plain")

    @blueprint.get("/messages/<message>")
    def message(message: str) -> str:
        return render_template_string(MESSAGE, message=message)

    @blueprint.post("/publish")
    @needs(Role.REVIEWER)
    def publish() -> str:
        return "published"

    @blueprint.post("/upload")
    @takes_up_to(1)
    def upload() -> str:
        with request.files["file"].stream as file:
            return str(len(file.read()))

    @blueprint.get("/fails")
    def fails() -> str:
        abort(404, "There is no <such> message.")
