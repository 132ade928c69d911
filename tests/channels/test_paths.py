from __future__ import annotations

import pytest

from hotline.channels.paths import VoicePlace
from hotline.script.model import Script


@pytest.mark.parametrize("misses", [0, 1, 2])
def test_every_node_has_a_plain_path_that_leads_back_to_it(script: Script, misses: int) -> None:
    for node in script.nodes:
        path = VoicePlace("es", node, misses).path
        _, voice, language, step = path.split("/")
        assert (voice, VoicePlace.of(language, step)) == ("voice", VoicePlace("es", node, misses))
        assert path.isascii()
        assert not set(path) & set("?#% ~")


@pytest.mark.parametrize("step", ["main_", "main_x", "main_-1", "main_99", "main_١", "main_1_2"])
def test_a_path_that_was_tampered_with_is_read_as_no_misses(step: str) -> None:
    assert VoicePlace.of("en", step) == VoicePlace("en", "main", 0)
