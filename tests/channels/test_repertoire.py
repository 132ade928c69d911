"""Everything that is said aloud is known before anybody calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.library import synthesis_of
from hotline.channels.repertoire import all_syntheses, syntheses
from hotline.channels.utterances import Utterance
from hotline.channels.voice import CallRenderer
from hotline.channels.voices import Played, Spoken, Voices
from hotline.channels.wording import SpokenWording
from hotline.dialogue.advance import MOST_TEXTS, advance
from hotline.dialogue.heard import Heard, Keys, Silence, TextAsked, TextEnded, TextOutcome, TransferEnded, Unheard
from hotline.dialogue.session import Session
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import NEARBY_NODE
from tests.conftest import NOW

SCRIPT = load_script()
WORDING = SpokenWording(SCRIPT, Catalogs(SCRIPT, LOCALES))
SPOKEN_BY_ESPEAK = [code for code, language in SCRIPT.languages.items() if not language.twilio]
OFFERED = ("scams", "detained", "schools")
# Together they lead to every phrase that the line has.
INPUTS: tuple[Heard, ...] = (
    *(Keys(NOW, key) for key in "12345679*#"),
    *(Keys(NOW, code) for code in ("06511", "06513", "99999", "10001")),
    Silence(NOW),
    TextAsked(NOW, can_arrive=True),
    TextAsked(NOW, can_arrive=False),
    *(TextEnded(NOW, outcome) for outcome in TextOutcome),
    TransferEnded(NOW, answered=False),
    TransferEnded(NOW, answered=True),
    Unheard(NOW),
)


class Listening(Voices):
    """Keeps what is asked for."""

    def of(self, utterances: object) -> tuple[Spoken | Played, ...]:
        assert isinstance(utterances, list)
        ASKED.extend(utterances)
        return tuple(Spoken(one.words, None, one.slowly) for one in utterances)


ASKED: list[Utterance] = []


def walk(language: str) -> Iterator[Utterance]:
    """What calls ask for at every node, for every input, with and without a county, after misses and texts."""
    renderer = CallRenderer(WORDING, Listening(SCRIPT, None, None), "+12035550100")
    for node in (*sorted(SCRIPT.nodes), "which-town.new-haven.east-haven"):
        for county in (None, "New Haven") if node == NEARBY_NODE else (None,):
            for misses in (0, 1, 2):
                texts = MOST_TEXTS if misses else 0
                session = Session(
                    language=language, node=node, county=county, misses=misses, offered=OFFERED, texts=texts
                )
                for heard in INPUTS:
                    renderer.call(advance(SCRIPT, session, heard, by_phone=True).reply)
    renderer.last_resort(language)
    asked, ASKED[:] = list(dict.fromkeys(ASKED)), []
    for utterance in asked:
        yield replace(utterance, slowly=False)
        yield replace(utterance, slowly=True)


@pytest.mark.parametrize("language", SPOKEN_BY_ESPEAK)
def test_every_sound_that_a_call_asks_for_is_made_ahead(language: str) -> None:
    made = {synthesis.digest for synthesis in all_syntheses(WORDING)}
    asked = [one for one in walk(language) if not SCRIPT.languages[one.language].twilio]
    assert len(asked) > 400
    missing = [one for one in asked if synthesis_of(one, SCRIPT.languages[one.language]).digest not in made]
    assert missing == []


@pytest.mark.parametrize("language", SPOKEN_BY_ESPEAK)
def test_nothing_is_made_twice_and_what_is_said_slowly_comes_last(language: str) -> None:
    made = list(syntheses(WORDING, SCRIPT.languages[language]))
    assert len({one.digest for one in made}) == len(made)
    speeds = [one.words_a_minute for one in made]
    assert speeds == sorted(speeds, reverse=True)
    assert speeds[0] == SCRIPT.languages[language].words_a_minute


def test_only_what_twilio_cannot_say_is_made() -> None:
    assert {one.language for one in all_syntheses(WORDING)} == set(SPOKEN_BY_ESPEAK) == {"ht", "sq", "uk"}
