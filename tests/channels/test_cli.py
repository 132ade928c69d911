from __future__ import annotations

import pytest
from click.testing import CliRunner

from hotline.channels import cli
from hotline.channels.cli import content
from hotline.script.loader import ScriptError


def test_the_report_is_a_page_on_standard_output() -> None:
    result = CliRunner().invoke(content, ["report"])
    assert result.exit_code == 0
    assert result.stdout.startswith("<!doctype html>")
    assert "topic.ice-at-door.first" in result.stdout


def test_a_script_that_cannot_be_served_is_an_error_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ScriptError(("menus.toml: the file is missing",))

    monkeypatch.setattr(cli, "load_script", broken)
    result = CliRunner().invoke(content, ["report"])
    assert (result.exit_code, result.stderr) == (1, "Error: menus.toml: the file is missing\n")
