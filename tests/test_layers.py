"""Imports go one way: from the web to the dialogue to the script."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path("hotline")

# Each room and the rooms that it may know.
MAY_IMPORT = {
    "script": set(),
    "understanding": {"script"},
    "dialogue": {"script", "understanding"},
    "catalogs": {"script"},
    "channels": {"catalogs", "dialogue", "script"},
    "store": {"dialogue"},
    "releases": {"catalogs", "channels", "checks", "script", "store", "understanding"},
    "journeys": {"catalogs", "channels", "demo", "dialogue", "phone", "script", "settings", "understanding"},
    "phone": {"channels"},
    "console": {
        *("catalogs", "channels", "checks", "counts_report", "deletion_report", "dialogue", "journeys", "phone"),
        *("releases", "script", "settings", "store", "understanding", "web"),
    },
    "provisioning": {"channels", "web"},
    "doctor": {"channels", "checks", "provisioning", "settings", "store", "understanding"},
    "public": {"channels", "dialogue", "releases", "script", "settings"},
    "web": {"catalogs", "channels", "dialogue", "releases", "script", "settings", "store", "understanding"},
}
PURE = ("script", "dialogue", "understanding", "catalogs", "channels")
OUTSIDE = {"flask", "werkzeug", "redis", "gunicorn", "requests", "socket", "subprocess"}
ROOMLESS = {"locales", "logs", "shared"}
# eSpeak NG has another licence, so it is a program of its own.
AT_ARMS_LENGTH = {PACKAGE / "channels/audio/espeak.py"}


def imports_of(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room they come from"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_knows_only_the_rooms_below_it(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        for name in imports_of(path):
            if name.startswith("hotline.") and (other := name.split(".")[1]) not in ROOMLESS | {room}:
                assert other in MAY_IMPORT[room], f"{path} imports {name}"


@pytest.mark.parametrize("room", PURE)
def test_what_is_said_and_how_knows_no_server_and_no_store(room: str) -> None:
    """Twilio's library is known to the channels alone, which write its TwiML."""
    forbidden = OUTSIDE | ({"twilio"} if room != "channels" else set())
    for path in (PACKAGE / room).rglob("*.py"):
        known = {name.split(".")[0] for name in imports_of(path)}
        assert not known & forbidden or path in AT_ARMS_LENGTH, path


@pytest.mark.parametrize("room", ["script", "dialogue"])
def test_the_dialogue_reads_no_clock(room: str) -> None:
    for path in (PACKAGE / room).rglob("*.py"):
        assert not {"time", "random", "secrets", "os"} & {name.split(".")[0] for name in imports_of(path)}, path
        source = path.read_text(encoding="utf-8")
        assert ".now(" not in source, path
        assert ".today(" not in source, path


def test_the_dialogue_runs_without_the_web_the_store_and_twilio() -> None:
    code = (
        "import sys, hotline.dialogue.advance, hotline.script.loader\n"
        "print(*sorted({'flask', 'werkzeug', 'redis', 'twilio', 'requests'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_every_room_is_in_the_picture() -> None:
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert rooms == set(MAY_IMPORT)


# Values without a life of their own, and modules that are tested through the one that they serve.
TESTED_ELSEWHERE = {
    "__main__", "app", "locales", "serving",
    "catalogs/findings",
    "console/help_page",
    "doctor/finding",
    "dialogue/heard", "dialogue/reply", "dialogue/scene", "dialogue/session",
    "script/model", "script/placeholders", "script/tables", "script/validation",
    "understanding/topics", "understanding/understood",
    # They need PyTorch, which is no part of the installation.
    "understanding/tuning/__main__", "understanding/tuning/student",
    "web/health", "web/requests",
}  # fmt: skip


def test_tests_mirror_the_package() -> None:
    for path in PACKAGE.rglob("*.py"):
        module = path.relative_to(PACKAGE).with_suffix("")
        if path.name != "__init__.py" and str(module) not in TESTED_ELSEWHERE and module.parts[0] != "phone":
            mirror = Path("tests") / module.parent / f"test_{module.name}.py"
            assert mirror.exists(), f"{mirror} is missing"
