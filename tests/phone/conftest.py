from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hotline.phone.mailbox import Mailbox
from tests.phone.peer import Answer, Peer, running_peer


@pytest.fixture(scope="session")
def running() -> Iterator[Peer]:
    with running_peer() as peer:
        yield peer


@pytest.fixture
def mailbox(tmp_path: Path) -> Mailbox:
    return Mailbox(tmp_path / "phone")


@pytest.fixture
def peer(running: Peer) -> Peer:
    """A hotline that answers status callbacks and knows nothing else yet."""
    running.routes.clear()
    running.seen.clear()
    running.routes["/voice/status"] = Answer(b"", None, 204)
    return running
