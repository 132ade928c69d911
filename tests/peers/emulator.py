"""Twilio as others play it, as pytest fixtures.

A test module asks for them with `pytest_plugins = ("tests.peers.oracle", "tests.peers.emulator")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.peers.twilio import Emulator, Prism, describing, emulating

if TYPE_CHECKING:
    from tests.peers.oracle import Peers


@pytest.fixture
def emulator(peers: Peers) -> Iterator[Emulator]:  # noqa: ARG001 - it installs what npm brings
    with emulating() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def prism(peers: Peers) -> Iterator[Prism]:  # noqa: ARG001 - it installs what npm brings
    with describing() as prism:
        yield prism
