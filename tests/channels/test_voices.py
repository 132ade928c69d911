"""Which voice says what, with real sounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.espeak import Espeak, Installed, espeak_of_this_process
from hotline.channels.audio.library import AudioLibrary, synthesis_of
from hotline.channels.audio.recordings import Recordings
from hotline.channels.audio.sound import Sound, decoded, encoded
from hotline.channels.utterances import Utterance
from hotline.channels.voices import Played, Spoken, Voices, address, voices_of
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Say
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Phrase

SCRIPT = load_script()
CREOLE = Utterance("ht", "Rete kalm.")


@pytest.fixture
def voices(tmp_path: Path) -> Voices:
    espeak = espeak_of_this_process()
    assert espeak
    return Voices(SCRIPT, Recordings(tmp_path / "locales"), AudioLibrary(tmp_path / "audio", espeak, lambda: ()))


@pytest.fixture
def broken(tmp_path: Path) -> Iterator[Espeak]:
    espeak = Espeak(Installed(str(tmp_path / "gone.so"), ""))
    yield espeak
    espeak.close()


def speech() -> Sound:
    espeak = espeak_of_this_process()
    assert espeak
    return espeak.say("Stay calm.", "en-us")


def test_a_voice_of_twilio_says_what_it_can(voices: Voices) -> None:
    (said,) = voices.of((Utterance("es", "Calma.", slowly=True),))
    assert said == Spoken("Calma.", SCRIPT.languages["es"].twilio, slowly=True)


def test_espeak_says_what_no_voice_of_twilio_speaks(voices: Voices) -> None:
    (said,) = voices.of((CREOLE,))
    synthesis = synthesis_of(CREOLE, SCRIPT.languages["ht"])
    assert said == Played(address("ht", synthesis.digest))
    assert voices.audio
    found = voices.audio.find("ht", synthesis.digest)
    assert found
    assert decoded(found.read_bytes()).seconds > 0.5


def test_an_english_piece_is_said_by_the_english_voice(voices: Voices) -> None:
    said = voices.of((CREOLE, Utterance("en", "New Haven"), CREOLE))
    assert [type(one) for one in said] == [Played, Spoken, Played]
    assert isinstance(said[1], Spoken)
    assert said[1].voice == SCRIPT.languages["en"].twilio


def test_a_recording_comes_first_and_holds_the_whole_message_with_its_names(voices: Voices) -> None:
    assert voices.recordings
    message = (Utterance("es", "Llame a"), Utterance("en", "CT Safe Connect"))
    kept = voices.recordings.keep("es", "Llame a CT Safe Connect", encoded(speech(), "x"))
    (said,) = voices.of(message)
    assert isinstance(said, Played)
    digest = said.path.rpartition("/")[2].removesuffix(".wav")
    assert voices.recordings.find("es", digest) == kept
    changed = (replace(message[0], words="Llame ahora a"), message[1])
    assert not any(isinstance(one, Played) for one in voices.of(changed))


def test_a_recording_is_played_as_it_is_when_it_is_to_be_slow_and_no_more_when_it_is_deleted(voices: Voices) -> None:
    assert voices.recordings
    path = voices.recordings.keep("ht", CREOLE.words, encoded(speech(), "x"))
    made = voices.of((CREOLE,))
    assert voices.of((replace(CREOLE, slowly=True),)) == made
    path.unlink()
    assert voices.of((CREOLE,)) != made


def test_a_recording_is_one_of_the_language_around_a_name_that_comes_first(voices: Voices) -> None:
    assert voices.recordings
    voices.recordings.keep("es", "New Haven, sin regla.", encoded(speech(), "x"))
    (said,) = voices.of((Utterance("en", "New Haven,"), Utterance("es", "sin regla.")))
    assert isinstance(said, Played)
    assert said.path.startswith("/audio/es/")


def test_english_is_recorded_too(voices: Voices) -> None:
    assert voices.recordings
    voices.recordings.keep("en", "Stay calm.", encoded(speech(), "x"))
    (said,) = voices.of((Utterance("en", "Stay calm."),))
    assert isinstance(said, Played)
    assert said.path.startswith("/audio/en/")


def test_nothing_is_said_where_there_is_nothing_to_say(voices: Voices) -> None:
    assert voices.of(()) == ()


def test_a_recording_that_is_taken_anew_has_another_address(voices: Voices) -> None:
    assert voices.recordings
    voices.recordings.keep("ht", CREOLE.words, encoded(speech(), "x"))
    before = voices.of((CREOLE,))
    path = voices.recordings.keep("ht", CREOLE.words, encoded(Sound(speech().samples[::-1], 22050), "x"))
    path.touch()
    assert voices.of((CREOLE,)) != before


def test_where_nothing_else_can_speak_a_voice_stands_in(
    voices: Voices, broken: Espeak, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stand_in = (Spoken("Rete kalm.", SCRIPT.languages["ht"].stand_in, slowly=False),)
    assert voices.without_audio().of((CREOLE,)) == stand_in
    failing = replace(voices, audio=AudioLibrary(tmp_path / "other", broken, lambda: ()))
    assert failing.of((CREOLE,)) == stand_in
    assert "EspeakError" in caplog.text
    assert CREOLE.words not in caplog.text


def test_a_disk_that_takes_no_sound_costs_the_caller_nothing(voices: Voices, tmp_path: Path) -> None:
    espeak = espeak_of_this_process()
    assert espeak
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    full = replace(voices, audio=AudioLibrary(tmp_path / "file", espeak, lambda: ()))
    assert isinstance(full.of((CREOLE,))[0], Spoken)


def test_without_a_stand_in_twilio_takes_its_own_voice(voices: Voices) -> None:
    mute = replace(SCRIPT.languages["ht"], stand_in=None)
    script = replace(SCRIPT, languages={**SCRIPT.languages, "ht": mute})
    (said,) = replace(voices, script=script).without_audio().of((CREOLE,))
    assert said == Spoken("Rete kalm.", None, slowly=False)


def test_the_voices_of_the_line_make_anew_whatever_was_asked_for_by_its_digest(tmp_path: Path) -> None:
    wording = SpokenWording(SCRIPT, Catalogs(SCRIPT, LOCALES))
    voices = voices_of(wording, tmp_path / "locales", tmp_path / "audio")
    (hello,) = wording.utterances(Say(Phrase.TRY_AGAIN), "uk", slowly=True)
    (played,) = voices.of((hello,))
    assert isinstance(played, Played)
    digest = Path(played.path).stem
    (tmp_path / "audio" / "uk" / f"{digest}.wav").unlink()
    assert voices.audio
    found = voices.audio.find("uk", digest)
    assert found
    assert decoded(found.read_bytes()).seconds > 0.5


def test_without_espeak_the_line_has_no_audio_and_speaks_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hotline.channels.voices.espeak_of_this_process", lambda: None)
    wording = SpokenWording(SCRIPT, Catalogs(SCRIPT, LOCALES))
    voices = voices_of(wording, tmp_path / "locales", tmp_path / "audio")
    assert voices.audio is None
    assert voices.of((CREOLE,)) == (Spoken("Rete kalm.", SCRIPT.languages["ht"].stand_in, slowly=False),)
    assert not (tmp_path / "audio").exists()
