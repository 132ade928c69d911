from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.app import create_app
from hotline.demo import (
    NUMBER,
    NoDemoError,
    add_phone,
    announced,
    announced_line,
    demo_settings,
    line_of,
    phone_languages,
)
from hotline.locales import LOCALES
from hotline.phone.mailbox import HttpInbox, Mailbox, TextMessage
from hotline.script.loader import load_script
from hotline.settings import Settings
from hotline.understanding.lessons import read_examples
from tests.conftest import served
from tests.many_languages import with_languages

CALLER = "+12035550123"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return demo_settings(tmp_path, port=8765, workers=1)


def test_only_the_demo_has_a_phone(settings: Settings) -> None:
    app = create_app(settings)
    assert app.test_client().get("/phone/").status_code == 404
    app = create_app(settings)
    add_phone(app, settings)
    page = app.test_client().get("/phone/", base_url=settings.public_url)
    assert page.status_code == 200
    assert "Español" in page.text


def test_the_demo_plays_twilios_rest_side_for_its_own_line_alone(settings: Settings) -> None:
    app = create_app(settings)
    add_phone(app, settings)
    client = app.test_client()
    messages = f"{settings.twilio_api}/2010-04-01/Accounts/{settings.account_sid}/Messages.json"
    form = {"To": CALLER, "From": NUMBER, "Body": "hello"}
    assert client.post(messages, data=form).status_code == 401
    sent = client.post(messages, data=form, auth=(settings.account_sid, settings.auth_tokens[0]))
    assert (sent.status_code, sent.get_json()["status"]) == (201, "queued")
    inbox = client.get("/phone/inbox", query_string={"number": CALLER}, base_url=settings.public_url)
    assert [text["body"] for text in inbox.get_json()["texts"]] == ["hello"]


def test_a_demo_starts_with_an_empty_mailbox(settings: Settings) -> None:
    mailbox = Mailbox(settings.data / "phone")
    mailbox.deliver(TextMessage(NUMBER, CALLER, "of yesterday"))
    mailbox.opt_out(CALLER)
    add_phone(create_app(settings), settings)
    assert mailbox.collect(CALLER) == ()
    assert not mailbox.has_opted_out(CALLER)


def test_a_phone_in_another_process_collects_its_texts_from_the_running_demo(settings: Settings) -> None:
    app = create_app(settings)
    add_phone(app, settings)
    Mailbox(settings.data / "phone").deliver(TextMessage(NUMBER, CALLER, "hello"))
    with served(app) as address:
        elsewhere = replace(settings, port=int(address.rpartition(":")[2]))
        with announced(elsewhere):
            inbox = announced_line(settings.data).inbox
        assert inbox == HttpInbox(address)
        assert inbox.collect(CALLER) == (TextMessage(NUMBER, CALLER, "hello"),)


def test_every_demo_has_secrets_of_its_own(tmp_path: Path, settings: Settings) -> None:
    other = demo_settings(tmp_path, port=8765, workers=1)
    assert {settings.secret_key, *settings.auth_tokens}.isdisjoint({other.secret_key, *other.auth_tokens})


def test_a_running_demo_is_found_and_one_that_ended_is_not(settings: Settings) -> None:
    with announced(settings):
        assert announced_line(settings.data) == line_of(settings)
    with pytest.raises(NoDemoError, match="make demo"):
        announced_line(settings.data)


def test_a_worker_that_ends_does_not_take_the_note_away(settings: Settings) -> None:
    note = announced(settings)
    note.__enter__()
    worker = os.fork()
    if not worker:
        try:
            note.__exit__(None, None, None)
        finally:
            os._exit(0)
    os.waitpid(worker, 0)
    assert announced_line(settings.data) == line_of(settings)
    note.__exit__(None, None, None)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"inbox": 1, "address": "x"}', '{"address": 1}', "null"])
def test_a_note_that_cannot_be_read_is_no_demo(tmp_path: Path, content: str) -> None:
    (tmp_path / "demo.json").write_text(content, encoding="utf-8")
    with pytest.raises(NoDemoError):
        announced_line(tmp_path)


def test_the_phone_knows_the_keys_of_every_language_on_every_page() -> None:
    script = with_languages(load_script(), 12)
    keys = {language.code: language.keys for language in phone_languages(script, read_examples(load_script(), LOCALES))}
    assert list(keys) == list(script.languages)
    assert (keys["en"], keys["l8"], keys["l9"], keys["l12"]) == ("1", "8", "91", "94")
