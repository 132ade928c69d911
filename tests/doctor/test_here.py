from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from hotline.catalogs.freshness import Due
from hotline.checks import Report
from hotline.doctor import here
from hotline.doctor.finding import Finding, State
from hotline.settings import Identity
from hotline.store.connection import RedisClient, connect
from hotline.store.deletions import Deletions
from hotline.understanding.encoder import EncoderError
from tests.conftest import served, settings_for

SETTINGS = settings_for(None)


def states(findings: Iterable[Finding]) -> dict[str, list[State]]:
    found: dict[str, list[State]] = {}
    for finding in findings:
        found.setdefault(finding.subject, []).append(finding.state)
        assert bool(finding.remedy) == (finding.state in {State.WARNING, State.WRONG}), finding
    return found


def test_a_secret_of_few_signs_is_wrong() -> None:
    assert states(here.secrets(replace(SETTINGS, secret_key="ab" * 32)))["SECRET_KEY"] == [State.WRONG]
    assert states(here.secrets(replace(SETTINGS, secret_key="0f3a9c41d8e7b265" * 2)))["SECRET_KEY"] == [State.GOOD]


def test_secrets_of_a_change_that_is_over_are_to_be_removed() -> None:
    found = states(here.secrets(replace(SETTINGS, earlier_secret_keys=("x" * 40,), auth_tokens=("a" * 32, "b" * 32))))
    assert found["HOTLINE_EARLIER_SECRET_KEY"] == [State.WARNING]
    assert found["TWILIO_AUTH_TOKEN"] == [State.WARNING]


def test_no_finding_repeats_a_secret() -> None:
    settings = replace(SETTINGS, secret_key="k" * 40, auth_tokens=("t" * 31,), earlier_secret_keys=("e" * 40,))
    said = " ".join(f"{one.says} {one.remedy}" for one in here.secrets(settings))
    assert not any(secret in said for secret in settings.secrets if secret)


def test_public_pages_need_the_name_of_who_answers_for_the_line() -> None:
    named = replace(SETTINGS, identity=Identity("+12035550100", "Example Legal Aid", "a@b.example"))
    assert states(here.secrets(named))["Public pages"] == [State.GOOD]
    assert states(here.secrets(SETTINGS))["Public pages"] == [State.WARNING]


def test_a_server_that_keeps_what_is_written_is_good(redis: RedisClient) -> None:
    assert set(states(here.redis(redis))["Redis"]) == {State.GOOD}


@contextmanager
def configured(redis: RedisClient, **values: str) -> Iterator[RedisClient]:
    before = {name.replace("_", "-"): redis.config_get(name.replace("_", "-")) for name in values}
    for name, value in values.items():
        redis.config_set(name.replace("_", "-"), value)
    yield redis
    for name, found in before.items():
        redis.config_set(name, str(next(iter(found.values()))))


def test_a_server_that_evicts_is_wrong_and_says_what_mends_it(redis: RedisClient) -> None:
    with configured(redis, maxmemory_policy="allkeys-lru"):
        found = [finding for finding in here.redis(redis) if finding.state is State.WRONG]
    assert len(found) == 1
    assert "CONFIG SET maxmemory-policy noeviction" in found[0].remedy


def test_a_server_that_takes_no_writes_is_wrong(redis: RedisClient) -> None:
    with configured(redis, min_replicas_to_write="1"):
        assert State.WRONG in states(here.redis(redis))["Redis"]


def test_a_server_that_is_not_there_is_wrong() -> None:
    assert states(here.redis(connect("redis://127.0.0.1:9")))["Redis"] == [State.WRONG]


def test_a_server_that_answers_nonsense_is_wrong() -> None:
    with served(Flask("no Redis")) as address:
        assert states(here.redis(connect(address.replace("http", "redis"))))["Redis"] == [State.WRONG]


def test_errors_in_the_texts_lead_to_the_check() -> None:
    broken = Report(None, ("topics/x.toml: the file is missing",))
    overdue = Report(None, (), due=(Due("topic.x", "topics/x.toml", date(2026, 1, 1)),))
    assert states(here.texts(broken)) == {"Texts": [State.WRONG]}
    assert states(here.texts(overdue)) == {"Texts": [State.GOOD, State.WARNING]}


def test_records_that_twilio_keeps_are_to_look_at(redis: RedisClient) -> None:
    assert states(here.deletions(SETTINGS, redis))["Twilio's records"] == [State.WARNING]


def test_records_that_could_not_be_deleted_are_wrong(redis: RedisClient) -> None:
    deleting = replace(SETTINGS, deletes_at_twilio=True)
    assert states(here.deletions(deleting, redis))["Twilio's records"] == [State.GOOD]
    Deletions(redis).give_up("SM" + "0" * 32, "error 20009")
    assert states(here.deletions(deleting, redis))["Twilio's records"] == [State.WRONG]


def test_a_line_without_its_encoder_goes_by_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert set(states(here.machinery())["Understanding"]) == {State.GOOD}

    def missing() -> None:
        raise EncoderError(f"{tmp_path}: the file is missing; take it from the repository")

    monkeypatch.setattr(here, "load_encoder", missing)
    assert states(here.machinery())["Understanding"] == [State.WARNING]
