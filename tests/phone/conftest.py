from collections.abc import Iterator

import pytest

from tests.phone.peer import Answer, Peer, running_peer


@pytest.fixture(scope="session")
def _server() -> Iterator[Peer]:
    with running_peer() as peer:
        yield peer


@pytest.fixture
def peer(_server: Peer) -> Peer:
    """A hotline that answers status callbacks and knows nothing else yet."""
    _server.routes.clear()
    _server.seen.clear()
    _server.routes["/voice/status"] = Answer(b"", None, 204)
    return _server
