"""The demo: made-up secrets, the embedded Redis server, and where the terminal phone finds it."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

from flask import Flask

from hotline.console.enrolment import enrol
from hotline.console.passwords import hash_of, made_password
from hotline.dialogue.scene import keys_of_language
from hotline.ending import at_the_end
from hotline.locales import LOCALES
from hotline.phone.calling import VOICE_PATH
from hotline.phone.line import Line
from hotline.phone.mailbox import HttpInbox, Mailbox
from hotline.phone.rest import rest_blueprint
from hotline.phone.web import PhoneLanguage, phone_blueprint
from hotline.ports import first_free_port
from hotline.script.loader import load_script
from hotline.script.model import MAIN_MENU, Script
from hotline.script.organisations import CONNECTICUT
from hotline.settings import Identity, Settings
from hotline.store.connection import RedisClient
from hotline.store.operators import Operators, Role
from hotline.understanding.lessons import Example, read_examples

HOST = "127.0.0.1"
# Who signs in to the console of the demo.
OPERATOR = "demo"
# 555-01xx is kept for fiction in the North American numbering plan.
NUMBER = "+12035550100"
IDENTITY = Identity(NUMBER, "This demonstration", "https://hotline.example")
FIRST_PORT = 8000
# What a phone in another terminal is told of the line.
NOTED = ("address", "public_url", "auth_token", "account_sid", "number", "fallback_url")
# Where the phone plays Twilio's REST side, and what of the data is the phone's.
TWILIO_PATH = "/phone/twilio"
PHONE_FOLDER = "phone"

SUGGESTIONS = 3


class NoDemoError(Exception):
    """No demo runs in this folder."""


def demo_settings(data: Path, *, port: int | None, workers: int) -> Settings:
    """Settings that nobody had to make, and that end with the process; without a port, the first that is free.

    Raises PortError.
    """
    port = port or first_free_port(HOST, FIRST_PORT)
    public_url = f"http://{HOST}:{port}"
    return Settings(
        account_sid="AC" + secrets.token_hex(16),
        auth_tokens=(secrets.token_hex(16),),
        public_url=public_url,
        secret_key=secrets.token_hex(),
        redis_url=None,
        port=port,
        workers=workers,
        host=HOST,
        data=data,
        twilio_api=f"{public_url}{TWILIO_PATH}",
        identity=IDENTITY,
    )


def line_of(settings: Settings) -> Line:
    """The line as a phone in another process reaches it."""
    address = f"http://{HOST}:{settings.port}"
    return Line(
        address=address,
        public_url=settings.public_url,
        auth_token=settings.auth_tokens[0],
        account_sid=settings.account_sid,
        number=NUMBER,
        fallback_url=f"{settings.public_url}{VOICE_PATH}",
        inbox=HttpInbox(address),
    )


def add_phone(app: Flask, settings: Settings) -> None:
    """Puts the browser phone and Twilio's REST side into the hotline. Raises ScriptError, or OSError."""
    script = load_script()
    line = line_of(settings)
    # Read when the page is first opened: the line itself starts without the examples.
    languages = cache(lambda: phone_languages(script, read_examples(script, LOCALES)))
    mailbox = Mailbox(settings.data / PHONE_FOLDER)
    mailbox.empty()
    app.register_blueprint(phone_blueprint(lambda: line, languages, mailbox))
    api = rest_blueprint(mailbox, settings.account_sid, settings.auth_tokens[0], NUMBER)
    app.register_blueprint(api, url_prefix=TWILIO_PATH)


def phone_languages(script: Script, examples: Iterable[Example]) -> tuple[PhoneLanguage, ...]:
    """What the browser phone offers: each language, with what people text about the first choices of the main menu."""
    topics = [_first_topic(script, choice) for choice in script.menus[MAIN_MENU].choices[:SUGGESTIONS]]
    first: dict[tuple[str, str], str] = {}
    for example in examples:
        first.setdefault((example.language, example.topic), example.text)
    return tuple(
        PhoneLanguage(
            code=language.code,
            name=language.name,
            direction=language.direction,
            keys=keys_of_language(script, language.code),
            suggestions=tuple(first[language.code, topic] for topic in topics if (language.code, topic) in first),
        )
        for language in script.languages.values()
    )


def _first_topic(script: Script, node: str) -> str:
    return node if node in script.topics else _first_topic(script, script.menus[node].choices[0])


def console_lines(settings: Settings, redis: RedisClient) -> str:
    """How to sign in to the console of the demo: each start makes a new password. Raises RedisError."""
    operators, now = Operators(redis), datetime.now(CONNECTICUT)
    if operators.find(OPERATOR) is None:
        enrol(operators, OPERATOR, Role.ADMIN, now)
    made = made_password()
    kept = hash_of(made)
    operators.change(OPERATOR, lambda operator: operator.with_password(kept, now).with_code_secret(None, now))
    return f"The console: {settings.public_url}/console/ (sign in as {OPERATOR}, password {made})"


@contextmanager
def announced(settings: Settings) -> Iterator[None]:
    """Leaves a note, readable by this user alone, where the terminal phone looks for a running demo."""
    note = _note(settings.data)
    note.parent.mkdir(parents=True, exist_ok=True)
    line = line_of(settings)
    content = {name: getattr(line, name) for name in NOTED}
    note.unlink(missing_ok=True)
    with os.fdopen(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    with at_the_end(lambda: note.unlink(missing_ok=True)):
        yield


def announced_line(data: Path) -> Line:
    """The line of the demo that runs in this folder. Raises NoDemoError where none does."""
    try:
        note = json.loads(_note(data).read_text(encoding="utf-8"))
        return Line(**note, inbox=HttpInbox(note["address"]))
    except (OSError, ValueError, TypeError, KeyError):
        raise NoDemoError("No demo runs here. Start one in another terminal: make demo") from None


def _note(data: Path) -> Path:
    return data / "demo.json"
