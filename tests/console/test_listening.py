"""What a caller hears of a message, with the eSpeak NG of this machine."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
import soundfile

from hotline.channels.audio.espeak import EspeakError
from hotline.channels.audio.recordings import digest_of
from hotline.channels.audio.sound import TELEPHONE_RATE, decoded
from hotline.channels.utterances import Utterance
from hotline.console import listening
from hotline.console.listening import heard, said, spoken
from hotline.releases.changes import recording_path
from hotline.script.model import Phrase
from tests.console.drafting import base, drafted

LANGUAGES = tuple(base().content.script.languages)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", ["welcome.voice", "welcome", "topic.ice-at-door.first"])
def test_a_message_is_heard_in_every_language_as_the_telephone_takes_it(language: str, message: str) -> None:
    sound = heard(drafted(), language, message)
    with soundfile.SoundFile(BytesIO(sound)) as opened:
        assert (opened.samplerate, opened.channels, opened.subtype) == (TELEPHONE_RATE, 1, "ULAW")
    assert decoded(sound).seconds > 2


@pytest.mark.parametrize("message", [*base().content.script.messages])
def test_every_message_can_be_listened_to(message: str) -> None:
    """With an example of what is filled in."""
    words = " ".join(one.words for one in said(base().content, "ht", message))
    assert any(character.isalnum() for character in words)
    assert "{" not in words


def test_a_choice_is_heard_with_one_of_the_first_menu() -> None:
    assert [one.words for one in said(base().content, "en", Phrase.CHOICE)] == [
        "Immigration agents are here now, press 1."
    ]


def test_what_a_person_recorded_is_heard_instead() -> None:
    words = " ".join(one.words for one in said(base().content, "ht", "welcome.voice"))
    files = {**base().files, recording_path("ht", digest_of(words)): b"a person"}
    assert heard(replace(drafted(), files=files), "ht", "welcome.voice") == b"a person"
    assert heard(replace(drafted(), files=files), "sq", "welcome.voice") != b"a person"


def test_a_text_that_is_not_ready_is_heard_as_callers_hear_it() -> None:
    changed = drafted({"text:menu.prepare.text": {"text": "What else do you want to do?", "meaning": "changed"}})
    assert said(changed.content, "sq", "menu.prepare.text") == said(changed.content, "sq", Phrase.UPDATING)


def test_what_was_heard_before_is_not_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    before = heard(drafted(), "uk", "welcome.voice")
    monkeypatch.setattr(listening, "espeak_of_this_process", lambda: None)
    assert heard(drafted(), "uk", "welcome.voice") == before


def test_without_espeak_nothing_is_heard_but_recordings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "espeak_of_this_process", lambda: None)
    with pytest.raises(EspeakError, match="not installed"):
        spoken(base().content.script, [Utterance("uk", "Цього ще ніхто не чув.")])
    assert not listening.can_speak()
