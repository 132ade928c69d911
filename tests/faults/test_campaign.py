"""A small form of the campaign; the long one is `python -m tests.faults.campaign`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.campaign import People, go_through, world_in
from tests.faults.faults import FAULTS, Fault, World

pytestmark = [pytest.mark.slow, pytest.mark.timed]

CONVERSATIONS = 6


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world_in(tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(scope="module")
def people(world: World) -> People:
    return People.of(world.direct.line(), world.proxied.line())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name.replace(" ", "-"))
def test_everybody_is_answered_and_state_is_taken_up_again(world: World, people: People, fault: Fault) -> None:
    outcome = go_through(world, people, fault, CONVERSATIONS, seed=1)
    assert outcome.wrong == ()
    assert outcome.lost == 0
    assert outcome.seconds
