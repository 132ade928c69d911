from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests
import yaml
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from hotline.app import create_app
from hotline.phone.calling import press, start_call
from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.store.connection import RedisClient
from tests.conftest import NOW, line_at, served, settings_for
from tests.test_serving import free_port, running, wait_for

WATCHING = Path("hotline/web/watching")
TOKEN = "a token that only who watches knows, 40 signs"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
SENDER = "+12035550123"


def values(text: str) -> dict[str, float]:
    """Each sample by its name and labels."""
    return {
        f"{sample.name}{''.join(f'[{label}]' for _, label in sorted(sample.labels.items()))}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.endswith(("_created", "_bucket"))
    }


@pytest.fixture
def watched(redis: RedisClient, redis_url: str) -> Iterator[tuple[Line, str]]:  # noqa: ARG001 - an empty one
    settings = settings_for(redis_url, metrics_token=TOKEN, deletes_at_twilio=True)
    with served(create_app(settings, now=lambda: NOW)) as address:
        yield line_at(address, settings), address


def read(address: str) -> dict[str, float]:
    answer = requests.get(f"{address}/metrics", headers=HEADERS, timeout=10)
    assert answer.status_code == 200
    return values(answer.text)


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Basic x"}]
)
def test_who_shows_no_token_reads_nothing(watched: tuple[Line, str], headers: dict[str, str]) -> None:
    answer = requests.get(f"{watched[1]}/metrics", headers=headers, timeout=10)
    assert answer.status_code == 403
    assert "hotline_" not in answer.text


def test_without_a_token_there_is_no_such_page(redis_url: str) -> None:
    client: FlaskClient = create_app(settings_for(redis_url), now=lambda: NOW).test_client()
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_texts_and_calls_are_counted_by_what_became_of_them(watched: tuple[Line, str]) -> None:
    line, address = watched
    send_text(line, SENDER, "la migra esta tocando la puerta")
    send_text(line, SENDER, "xq zv")
    call = start_call(line, SENDER)
    press(line, press(line, call, "1"), "0")
    found = read(address)
    assert found["hotline_turn_seconds_count[sms]"] == 2
    assert found["hotline_turn_seconds_count[voice]"] == 3
    assert found["hotline_words_total[sms][understood]"] == 1
    assert found["hotline_words_total[sms][missed]"] == 1
    assert found["hotline_transfers_total[begun]"] == 1
    assert found["hotline_faults_total"] == 0


def test_what_nobody_signed_is_counted(watched: tuple[Line, str]) -> None:
    _, address = watched
    requests.post(f"{address}/sms", data={"Body": "1"}, timeout=10)
    found = read(address)
    assert found["hotline_refused_total"] == 1
    assert "hotline_turn_seconds_count[sms]" not in found


def test_errors_that_twilio_reports_are_counted_by_its_codes_alone(watched: tuple[Line, str]) -> None:
    line, address = watched
    for code in ("11200", "+12035550123", "not a code"):
        with suppress(PhoneError):
            line.post(
                "/voice", {"CallSid": "CA" + "0" * 32, "From": SENDER, "CallStatus": "in-progress", "ErrorCode": code}
            )
    found = read(address)
    assert found["hotline_twilio_errors_total[11200]"] == 1
    assert found["hotline_twilio_errors_total[other]"] == 2


def test_how_things_are_is_said_at_the_moment_of_asking(watched: tuple[Line, str], redis: RedisClient) -> None:
    found = read(watched[1])
    assert found["hotline_redis_up"] == 1
    assert found["hotline_release"] == 0
    assert found["hotline_statements_overdue"] == 0
    assert found["hotline_untranslated[es]"] == 0
    assert found["hotline_deletions_given_up"] == 0
    redis.config_set("min-replicas-to-write", "1")
    try:
        assert read(watched[1])["hotline_redis_up"] == 0
    finally:
        redis.config_set("min-replicas-to-write", "0")


def test_no_metric_tells_of_anybody(watched: tuple[Line, str]) -> None:
    line, address = watched
    send_text(line, SENDER, "my name is Ana and I live in Hamden 06514")
    shown = requests.get(f"{address}/metrics", headers=HEADERS, timeout=10).text
    assert not re.search(r"2035550123|Ana|Hamden|06514", shown)


@pytest.mark.slow
def test_workers_count_together_and_what_one_counted_outlives_it(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "test token",
        "PUBLIC_URL": "https://hotline.example.org",
        "SECRET_KEY": "a secret that only the tests know, 42 signs",
        "HOTLINE_METRICS_TOKEN": TOKEN,
        "PORT": str(port),
        "HOTLINE_DATA": str(tmp_path),
        "WEB_CONCURRENCY": "2",
    }
    address = f"http://127.0.0.1:{port}"
    with running("serve", **environment) as process:
        wait_for(address)
        line = line_at(address)
        for number in range(20):
            send_text(line, f"+12035550{number:03d}", "menu")
        assert read(address)["hotline_turn_seconds_count[sms]"] == 20
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        workers = [pid for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()]
        os.kill(int(workers[0]), signal.SIGKILL)
        time.sleep(1)
        wait_for(address)
        send_text(line, SENDER, "menu")
        assert read(address)["hotline_turn_seconds_count[sms]"] == 21


def named_in(expression: str) -> set[str]:
    return set(re.findall(r"\bhotline_[a-z_]+", expression))


def test_rules_and_panels_name_what_there_is(watched: tuple[Line, str]) -> None:
    text = requests.get(f"{watched[1]}/metrics", headers=HEADERS, timeout=10).text
    known = set(re.findall(r"^# TYPE (hotline_\w+)", text, re.MULTILINE))
    known |= {f"{name}_{part}" for name in known for part in ("bucket", "count", "sum")}
    rules = [
        rule for group in yaml.safe_load((WATCHING / "alerts.yml").read_text())["groups"] for rule in group["rules"]
    ]
    panels = json.loads((WATCHING / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    expressions = [rule["expr"] for rule in rules] + [target["expr"] for panel in panels for target in panel["targets"]]
    assert all(rule["annotations"]["remedy"] for rule in rules)
    assert {name for expression in expressions for name in named_in(expression)} <= known
    own = {name for name in known if not name.endswith(("_bucket", "_count", "_sum", "_created"))}
    watched_names = {re.sub("_(bucket|count|sum)$", "", name) for one in expressions for name in named_in(one)}
    # Without them the line still answers, and the console says so.
    assert own - watched_names == {"hotline_reads_meaning", "hotline_has_espeak"}
