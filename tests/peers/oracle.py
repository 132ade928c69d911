"""Independent implementations from npm that tests compare the hotline with, as the pytest fixture `peers`.

A test module asks for it with `pytest_plugins = ("tests.peers.oracle",)`, and imports this module for type checking
only: pytest refuses a plugin that was imported before it could rewrite its assertions.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, cast

import pytest

from hotline.channels.segments import Encoding, Segments

_FOLDER = Path(__file__).parent
_LOCK = _FOLDER / "package-lock.json"
_STAMP = _FOLDER / "node_modules" / ".installed"
_OLDEST_NODE = 20
_INSTALL_SECONDS = 300
_HOW_TO_GET_NODE = "needs Node.js 20 or newer and npm: apt-get install nodejs npm"

# One value, or several of a name that stands in the form more than once.
Params: TypeAlias = Mapping[str, str | Sequence[str]]


class UnavailableError(Exception):
    """The peers cannot run here; the message is one line that says what to do."""


class Peers:
    """A Node process that answers through its standard streams. An error of a peer is a ValueError in its words."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def segments(self, texts: Sequence[str]) -> list[Segments]:
        """`sms-segments-calculator` on each text: mode 'auto', no smart encoding."""
        return [
            Segments(*answer) for answer in cast("list[tuple[Encoding, int, int, int]]", self._ask("segments", texts))
        ]

    def graphemes(self, texts: Sequence[str]) -> list[list[str]]:
        """The pieces of each text that `sms-segments-calculator` does not split."""
        return cast("list[list[str]]", self._ask("graphemes", texts))

    def expected_signature(self, token: str, url: str, params: Params) -> str:
        """`X-Twilio-Signature` of a form request, by npm `twilio`: base64 of HMAC-SHA1."""
        return cast("str", self._ask("signature", token, url, params))

    def accepts_signature(self, token: str, signature: str, url: str, params: Params) -> bool:
        """Whether npm `twilio` takes a form request for genuine (it tries the URL with and without its port)."""
        return cast("bool", self._ask("accepts", token, signature, url, params))

    def _ask(self, *request: object) -> object:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        requests.write(json.dumps(request) + "\n")
        requests.flush()
        line = answers.readline()
        if not line:
            raise RuntimeError(f"tests/peers/oracle.js ended with exit code {self._process.wait()}")
        answer = json.loads(line)
        if "error" in answer:
            raise ValueError(answer["error"])
        return cast("object", answer["result"])


@pytest.fixture(scope="session")
def peers(pytestconfig: pytest.Config) -> Iterator[Peers]:
    """Skips, or fails where the environment says CI=true, if the peers cannot be had."""
    try:
        node, npm = _find_node_and_npm()
        _install(npm, pytestconfig)
    except UnavailableError as unavailable:
        if os.environ.get("CI") == "true":
            pytest.fail(str(unavailable), pytrace=False)
        pytest.skip(str(unavailable))
    with subprocess.Popen(
        [node, "oracle.js"], cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        yield Peers(process)


def _find_node_and_npm() -> tuple[str, str]:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise UnavailableError(_HOW_TO_GET_NODE)
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    major = version.removeprefix("v").partition(".")[0]
    if not major.isdigit() or int(major) < _OLDEST_NODE:
        raise UnavailableError(f"{_HOW_TO_GET_NODE} (found Node.js {version or 'without a version'})")
    return node, npm


def _install(npm: str, config: pytest.Config) -> None:
    """`npm ci` unless the installed packages are those of the lock; of several test runs at once, one installs."""
    with _LOCK.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = hashlib.sha256(lock.read()).hexdigest()
        if _STAMP.exists() and _STAMP.read_text(encoding="ascii") == wanted:
            return
        _say("Installing the npm packages that some tests compare with (tests/peers)...", config)
        _run_npm_ci(npm)
        _STAMP.write_text(wanted, encoding="ascii")


def _run_npm_ci(npm: str) -> None:
    command = [npm, "ci", "--no-progress", "--loglevel=error"]
    try:
        subprocess.run(command, cwd=_FOLDER, capture_output=True, text=True, check=True, timeout=_INSTALL_SECONDS)
    except subprocess.CalledProcessError as error:
        complaints = [line for line in str(error.stderr).splitlines() if line.strip()]
        why = complaints[0] if complaints else f"exit code {error.returncode}"
        raise UnavailableError(f"npm could not install tests/peers ({why}); try: cd tests/peers && npm ci") from None
    except subprocess.TimeoutExpired:
        raise UnavailableError("npm took too long to install tests/peers; try: cd tests/peers && npm ci") from None


def _say(line: str, config: pytest.Config) -> None:
    """Shows `line` at once, although pytest holds back what tests print."""
    capture = config.pluginmanager.getplugin("capturemanager")
    if capture is None:
        sys.stderr.write(f"\n{line}\n")
        return
    with capture.global_and_fixture_disabled():
        sys.stderr.write(f"\n{line}\n")
        sys.stderr.flush()
