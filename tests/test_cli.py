from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline import cli
from hotline.catalogs.catalog import CatalogError
from hotline.phone.line import Line
from hotline.script.loader import ScriptError
from hotline.understanding.lessons import UnderstandingError

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


def test_check_lists_what_is_wrong_and_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ScriptError(("menus.toml: one thing", "towns.toml: another"))

    monkeypatch.setattr(cli, "load_script", broken)
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 1
    assert result.output.splitlines() == ["menus.toml: one thing", "towns.toml: another"]


def test_check_lists_what_is_wrong_with_catalogs_and_lessons_together(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_catalogs(*_: object) -> None:
        raise CatalogError(("es/hotline.po: broken",))

    def no_lessons(*_: object) -> None:
        raise UnderstandingError("es/commands.toml: 'ayuda' stands under 'menu' and 'back'; keep one")

    monkeypatch.setattr(cli, "Catalogs", no_catalogs)
    monkeypatch.setattr(cli, "read_lessons", no_lessons)
    result = CliRunner().invoke(cli.main, ["check"])
    assert result.exit_code == 1
    assert result.output.splitlines()[:-1] == [
        "es/hotline.po: broken",
        "es/commands.toml: 'ayuda' stands under 'menu' and 'back'; keep one",
    ]
    assert result.output.endswith(": 2 wrong.\n")


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
    assert "Mantenga la calma." in result.output


def test_a_language_that_the_line_does_not_speak_is_refused(environment: dict[str, str]) -> None:
    result = CliRunner().invoke(cli.main, ["call", "--language", "xx"], env=environment)
    assert result.exit_code == 2
    assert "the line speaks en, es" in result.output


def test_without_a_demo_the_phone_says_how_to_start_one(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["text"], env={"HOTLINE_DATA": str(tmp_path), "TWILIO_AUTH_TOKEN": None})
    assert result.exit_code == 1
    assert "make demo" in result.output
