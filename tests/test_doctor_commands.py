from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hotline.cli import main

ENVIRONMENT = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "0123456789abcdef" * 2,
    "PUBLIC_URL": "http://127.0.0.1:9",
    "SECRET_KEY": "a secret that only the tests know, 42 signs",
    "HOTLINE_TWILIO_API": "http://127.0.0.1:9",
}


def doctor(data: Path, *arguments: str, **environment: str | None) -> Result:
    return CliRunner(env={**ENVIRONMENT, "HOTLINE_DATA": str(data), **environment}).invoke(main, ["doctor", *arguments])


def test_a_setting_that_is_missing_is_named_and_nothing_else_is_looked_at(tmp_path: Path) -> None:
    said = doctor(tmp_path, SECRET_KEY=None)
    assert said.exit_code == 1
    assert "SECRET_KEY is not set" in said.output
    assert "1 looked at: 1 wrong" in said.output


@pytest.mark.slow
def test_everything_that_is_out_of_reach_is_said_with_what_to_do(tmp_path: Path) -> None:
    said = doctor(tmp_path)
    assert said.exit_code == 1
    for what in ("Redis", "Public address", "Twilio account"):
        assert f"wrong   {what}" in said.output, what
    assert said.output.count("->") >= 5
    assert not any(ENVIRONMENT[name] in said.output for name in ("SECRET_KEY", "TWILIO_AUTH_TOKEN"))


@pytest.mark.slow
def test_a_machine_that_is_right_has_nothing_wrong(tmp_path: Path, redis_url: str) -> None:
    said = doctor(tmp_path, "--offline", REDIS_URL=redis_url)
    assert said.exit_code == 0, said.output
    assert ": 0 wrong" in said.output
    assert "Twilio account" not in said.output
