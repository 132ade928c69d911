from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from hotline import content_commands as cli
from hotline.content_commands import content
from hotline.releases.files import packaged_files
from hotline.script.loader import ScriptError
from hotline.store.connection import RedisClient
from hotline.store.drafts import Drafts
from hotline.store.releases import Releases
from tests.releases.conftest import DOOR, Publisher, with_title

FILE = Path("hotline/script/data/topics/ice-at-door.toml")


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


@dataclass(frozen=True)
class Checkout:
    """An engineer's copy of the project, in git."""

    folder: Path
    redis_url: str

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environment = {
            **os.environ,
            "PYTHONPATH": str(self.folder),
            "REDIS_URL": self.redis_url,
            "HOTLINE_DATA": str(self.folder / ".data"),
        }
        command = [sys.executable, "-c", "from hotline.cli import main; main()", "content", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=60
        )

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=Ana", "-c", "user.email=ana@example.org")
        return subprocess.run(
            ["git", *who, *arguments], cwd=self.folder, capture_output=True, text=True, check=True
        ).stdout

    @property
    def title(self) -> str:
        return (self.folder / FILE).read_text().partition("\n")[0]

    def retitle(self, title: str) -> None:
        lines = (self.folder / FILE).read_text().splitlines()
        (self.folder / FILE).write_text("\n".join([f'title = "{title}"', *lines[1:]]) + "\n")
        self.git("commit", "-qam", title)


@pytest.fixture
def checkout(redis: RedisClient, tmp_path: Path) -> Checkout:
    folder = tmp_path / "project"
    for name in ("hotline", "locales"):
        shutil.copytree(name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "tuning"))
    shutil.copy(".gitignore", folder)
    socket = redis.get_connection_kwargs()["path"]
    one = Checkout(folder, f"unix://{socket}?db={redis.get_connection_kwargs()['db']}")
    one.git("init", "-q")
    one.git("add", ".")
    one.git("commit", "-qm", "The reviewed base")
    return one


def test_what_is_live_is_pulled_and_what_is_committed_is_pushed(checkout: Checkout, redis: RedisClient) -> None:
    publisher, drafts = Publisher(Releases(redis), Drafts(redis)), Drafts(redis)
    nothing = checkout.run("pull")
    assert (nothing.returncode, nothing.stdout.startswith("Nothing was published yet")) == (0, True), nothing.stderr

    publisher.publish(with_title(packaged_files(), "One"))
    pulled = checkout.run("pull")
    assert (pulled.returncode, pulled.stdout) == (0, f"Written as they are in release 1:\n  {FILE}\n"), pulled.stderr
    assert checkout.title == 'title = "One"'
    assert checkout.git("status", "--short") == f" M {FILE}\n"
    assert checkout.run("pull").stdout == "There is nothing new.\n"
    assert checkout.run("push").stdout == "There is nothing new.\n"

    # Nobody has started the line with these files yet, and the console goes on.
    checkout.git("commit", "-qam", "As it is live")
    publisher.publish(with_title(packaged_files(), "Two"))
    assert checkout.run("pull").returncode == 0
    assert checkout.title == 'title = "Two"'
    checkout.git("commit", "-qam", "As it is live")

    checkout.retitle("Three")
    pushed = checkout.run("push")
    assert pushed.stdout == f"In the draft now, to be published in the console:\n  {FILE}\n", pushed.stderr
    (change,) = drafts.read().changes
    assert (change.key, change.by) == (f"file:{DOOR}", "command line")
    assert change.value
    assert b'title = "Three"' in Releases(redis).blob(str(change.value["blob"]))


def test_a_file_that_was_changed_on_both_sides_is_left_alone(checkout: Checkout, redis: RedisClient) -> None:
    Publisher(Releases(redis), Drafts(redis)).publish(with_title(packaged_files(), "Theirs"))
    checkout.retitle("Ours")
    for command in ("pull", "push"):
        result = checkout.run(command)
        assert result.returncode == 1
        assert "changed here and in the console" in result.stderr
        assert f"  {FILE}\n" in result.stderr
    assert (checkout.title, Drafts(redis).count()) == ('title = "Ours"', 0)
    assert checkout.run("push", "--overwrite").returncode == 0
    assert Drafts(redis).count() == 1
    assert checkout.run("pull", "--overwrite").returncode == 0
    assert checkout.title == 'title = "Theirs"'


def test_what_the_line_could_not_speak_from_does_not_enter_the_draft(checkout: Checkout, redis: RedisClient) -> None:
    Publisher(Releases(redis), Drafts(redis)).publish(with_title(packaged_files(), "One"))
    menus = checkout.folder / "hotline/script/data/menus.toml"
    menus.write_text(menus.read_text().replace('"legal-help"', '"no-such-topic"'))
    result = checkout.run("push")
    assert result.returncode == 1
    assert "no-such-topic" in result.stderr
    assert "Traceback" not in result.stderr
    assert Drafts(redis).count() == 0


def test_a_redis_that_does_not_answer_is_an_error_in_one_line(tmp_path: Path) -> None:
    environment = {"REDIS_URL": f"unix://{tmp_path}/nobody.sock", "HOTLINE_DATA": str(tmp_path)}
    for command in ("pull", "push"):
        result = CliRunner().invoke(content, [command], env=environment)
        assert (result.exit_code, result.stderr) == (
            1,
            "Error: Redis does not answer (ConnectionError); see REDIS_URL.\n",
        )
