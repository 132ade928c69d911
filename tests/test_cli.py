from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline import cli
from hotline.checks import check
from hotline.phone.line import Line

SPANISH_DOOR = Path("tests/conversations/es/ice-at-door.txt")


@pytest.fixture
def environment(line: Line) -> dict[str, str]:
    """What makes the terminal phone reach the line of the tests."""
    return {
        "TWILIO_ACCOUNT_SID": line.account_sid,
        "TWILIO_AUTH_TOKEN": line.auth_token,
        "PUBLIC_URL": line.public_url,
        "SECRET_KEY": "x" * 32,
        "PORT": line.address.rpartition(":")[2],
    }


def test_check_finds_nothing_wrong_with_what_is_shipped() -> None:
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 0
    assert "nothing wrong" in result.output


def test_check_lists_what_is_wrong_and_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cli, "check_all", lambda today: check(today, locales=tmp_path))
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 1
    assert "es/glossary.toml: the file is missing" in result.output.splitlines()
    assert re.search(r" messages in en, es.*: \d+ errors", result.output.splitlines()[-1])


def test_check_lists_what_messages_cost() -> None:
    result = CliRunner().invoke(cli.main, ["check", "--segments"])
    first, *_, last = result.output.splitlines()
    assert result.exit_code == 0
    assert first.startswith("  SMS segments (g: GSM-7, u: UCS-2), seconds spoken")
    assert last.startswith("  all  ")


@pytest.mark.parametrize("name", ["call", "check", "demo", "serve", "text"])
def test_the_list_of_commands_cuts_no_sentence(name: str) -> None:
    assert not cli.main.commands[name].get_short_help_str(55).endswith("...")


@pytest.mark.parametrize(("port", "says"), [("80a", "PORT: must be a number"), ("99999", "PORT: must be a number")])
def test_a_demo_with_a_wrong_port_says_so_in_one_line(tmp_path: Path, port: str, says: str) -> None:
    result = CliRunner().invoke(cli.main, ["demo"], env={"PORT": port, "HOTLINE_DATA": str(tmp_path)})
    assert result.exit_code == 1
    error = result.output.splitlines()[-1]
    assert says in error
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("redis")
def test_a_transcript_is_replayed_by_the_terminal_phone(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli.main, ["text", "--script", str(SPANISH_DOOR)], env=environment)
    assert result.exit_code == 0, result.output
    assert "Mantenga la puerta cerrada." in result.output


@pytest.mark.usefixtures("redis")
def test_a_transcript_that_no_longer_holds_is_shown_with_its_difference(
    environment: dict[str, str], tmp_path: Path
) -> None:
    script = tmp_path / "old.txt"
    script.write_text(SPANISH_DOOR.read_text(encoding="utf-8").replace("cerrada", "abierta"), encoding="utf-8")
    result = CliRunner().invoke(cli.main, ["text", "--script", str(script)], env=environment)
    assert result.exit_code == 1
    assert "abierta" in result.output


@pytest.mark.usefixtures("redis")
def test_texts_typed_in_the_terminal_are_answered(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli.main, ["text", "--language", "es"], input="1\n", env=environment)
    assert result.exit_code == 0
    assert "Mantenga la calma." in result.output


@pytest.mark.usefixtures("redis")
def test_a_call_in_the_terminal_begins_in_the_language_asked_for(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli.main, ["call", "--language", "es"], input="1\nh\n", env=environment)
    assert result.exit_code == 0
    assert "Calma. Guarde silencio." in result.output


@pytest.mark.usefixtures("redis")
def test_a_returning_caller_is_heard_in_the_language_asked_for_too(environment: dict[str, str]) -> None:
    CliRunner().invoke(cli.main, ["call", "--language", "es"], input="h\n", env=environment)
    result = CliRunner().invoke(cli.main, ["call", "--language", "en"], input="1\nh\n", env=environment)
    assert "> 91" in result.output
    assert "Stay calm." in result.output


def test_a_language_that_the_line_does_not_speak_is_refused(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli.main, ["call", "--language", "xx"], env=environment)
    assert result.exit_code == 2
    assert "the line speaks en, es" in result.output


def test_without_a_demo_the_phone_says_how_to_start_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["text"], env={"HOTLINE_DATA": str(tmp_path), "TWILIO_AUTH_TOKEN": None})
    assert result.exit_code == 1
    assert "make demo" in result.output


def test_the_command_runs_without_being_installed() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "hotline", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert said.startswith("Usage: hotline ")
    assert "provision" in said
