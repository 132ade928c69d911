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


@pytest.mark.parametrize("node", ["main", "ice-at-door.forced", "language-2", "transfer.referral-line.nhlaa"])
def test_where_a_text_is_being_sent_the_path_says_so(node: str) -> None:
    place = VoicePlace("es", node, texted=True)
    assert place.path == f"/voice/es/texted.{node}"
    assert VoicePlace.of("es", place.path.rpartition("/")[2]) == place


@pytest.mark.parametrize("step", ["", "_", "texted.", "texted", "_1", "texted._1", "texted.texted.main", "😀", "a/b"])
def test_an_odd_step_is_a_place_all_the_same(step: str) -> None:
    place = VoicePlace.of("en", step)
    assert place.texted == step.startswith("texted.")
    assert 0 <= place.misses < 10
