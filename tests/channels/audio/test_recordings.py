from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
import soxr

from hotline.channels.audio.espeak import Espeak
from hotline.channels.audio.recordings import LONGEST_SECONDS, MOST_BYTES, Recordings, digest_of, recording_of
from hotline.channels.audio.sound import SPOKEN_LEVEL, TELEPHONE_RATE, SoundError, decoded, encoded, for_telephone
from tests.channels.audio.conftest import loudness, quiet_in

DOOR = "Keep the door closed. You can stay silent. Ask them to slide the paper under the door."


def take(pitch: float, *, rate: int = 44100) -> bytes:
    """Two seconds as a microphone gives them: stereo, with quiet around."""
    times = np.arange(2 * rate) / rate
    wave = 0.1 * np.sin(2 * np.pi * pitch * times) * ((times > 0.5) & (times < 1.5))
    return stereo(wave, rate)


def stereo(wave: np.ndarray, rate: int = 44100) -> bytes:
    file = BytesIO()
    soundfile.write(file, np.stack([wave, wave], axis=1), rate, format="WAV")
    return file.getvalue()


def test_a_recording_is_found_by_its_words_trimmed_and_as_loud_as_every_voice(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.keep("ht", "Rete kalm.", take(440))
    digest = recordings.digest("ht", "Rete  kalm.")
    assert digest
    assert recordings.find("ht", digest) == path
    sound = decoded(path.read_bytes())
    assert sound.seconds == pytest.approx(1.25, abs=0.1)
    assert sound.level == pytest.approx(SPOKEN_LEVEL, abs=0.5)
    assert soundfile.SoundFile(path).title == "Rete kalm."


@pytest.mark.parametrize("gain", [0.02, 0.5, 3.0], ids=["far away", "near", "overdriven"])
def test_a_person_is_heard_as_loud_as_the_voices_beside(tmp_path: Path, espeak: Espeak, gain: float) -> None:
    voice = espeak.say(DOOR, "en-us")
    hiss = np.random.default_rng(1).normal(scale=1e-4, size=3 * 44100)
    speech = np.asarray(soxr.resample(voice.samples, voice.rate, 44100)) * gain
    wave = np.clip(np.concatenate([hiss[:44100], speech, hiss[44100:]]), -1, 1)
    sound = decoded(Recordings(tmp_path).keep("en", DOOR, stereo(wave)).read_bytes())
    assert abs(loudness(sound) - loudness(for_telephone(voice))) < 1.5
    assert sound.peak < -0.5
    before, within, after = quiet_in(sound)
    assert before < 0.1
    assert within < 2
    assert 0.15 < after < 0.3


def test_the_name_of_a_recording_is_that_of_its_words() -> None:
    assert digest_of("Rete  kalm.\n") == digest_of("Rete kalm.") != digest_of("Rete kalm")


def test_other_words_or_languages_have_no_recording(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    recordings.keep("ht", "Rete kalm.", take(440))
    assert recordings.digest("ht", "Rete kalm, tanpri.") is None
    assert recordings.digest("sq", "Rete kalm.") is None
    assert recordings.find("ht", "0" * 32) is None
    assert recordings.find("sq", "0" * 32) is None


def test_a_recording_that_was_deleted_is_not_used(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.keep("ht", "Rete kalm.", take(440))
    assert recordings.digest("ht", "Rete kalm.")
    path.unlink()
    assert recordings.digest("ht", "Rete kalm.") is None


def test_another_take_has_another_digest_at_once(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.keep("ht", "Rete kalm.", take(440))
    before = recordings.digest("ht", "Rete kalm.")
    recordings.keep("ht", "Rete kalm.", take(220))
    os.utime(path, (1, 1))
    assert recordings.digest("ht", "Rete kalm.") != before


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"no sound", "no sound that can be read"),
        (b"", "no sound that can be read"),
        (stereo(np.zeros(44100)), "Nothing is heard"),
        (stereo(np.zeros(0)), "Nothing is heard"),
        (stereo(np.random.default_rng(1).normal(scale=1e-4, size=44100)), "Nothing is heard"),
    ],
    ids=["text", "nothing", "silence", "no time", "hiss"],
)
def test_what_is_no_sound_replaces_nothing(tmp_path: Path, file: bytes, reason: str) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.keep("ht", "Rete kalm.", take(440))
    before = path.read_bytes()
    with pytest.raises(SoundError, match=reason):
        recordings.keep("ht", "Rete kalm.", file)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_kept_is_kept_as_the_telephone_takes_it(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    once = recordings.keep("ht", "Rete kalm.", take(440)).read_bytes()
    assert once == encoded(for_telephone(decoded(take(440))), "Rete kalm.")


def written(wave: np.ndarray, rate: int = 44100, form: str = "WAV", subtype: str | None = None) -> bytes:
    file = BytesIO()
    soundfile.write(file, wave, rate, format=form, subtype=subtype)
    return file.getvalue()


def tone(seconds: float, rate: int = 44100) -> np.ndarray:
    return np.asarray(0.1 * np.sin(2 * np.pi * 440 * np.arange(round(seconds * rate)) / rate), np.float32)


def with_size(file: bytes, size: int) -> bytes:
    """A WAV file that says another size of itself."""
    return file[:4] + size.to_bytes(4, "little") + file[8:]


SHORT = written(tone(1))
NOT_A_NUMBER, ENDLESS = tone(1), tone(1)
NOT_A_NUMBER[5000], ENDLESS[5000] = np.nan, np.inf


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"PK\x03\x04" + bytes(5000), "no sound that can be read"),
        (b"\x00\x00\x00\x20ftypM4A " + bytes(5000), "no sound that can be read"),
        (b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(5000), "no sound that can be read"),
        (b"fLaC" + bytes(5000), "no sound that can be read"),
        (b"OggS" + bytes(5000), "no sound that can be read"),
        (b"ID3" + bytes(5000), "no sound that can be read"),
        (SHORT + bytes(MOST_BYTES), "larger than 5 MB"),
        (SHORT[:5000], "The end of this file is missing"),
        (written(tone(2), form="FLAC")[:-2000], "no sound that can be read|The end of this file is missing"),
        (written(tone(1, 192_000), 192_000), "192,000 samples a second"),
        (written(tone(1, 4000), 4000), "4,000 samples a second"),
        (written(np.stack([tone(1)] * 8, axis=1)), "8 channels"),
        (written(tone(LONGEST_SECONDS + 1, 8000), 8000), "longer than 3 minutes"),
        (written(np.zeros(8000 * 3600), 8000, "FLAC"), "longer than 3 minutes"),
        (written(NOT_A_NUMBER, subtype="FLOAT"), "no sound that can be read"),
        (written(ENDLESS, subtype="FLOAT"), "no sound that can be read"),
        (written(tone(1e-4)), "ends before anything is said"),
    ],
    ids=[
        *("archive", "memo", "empty wav", "empty flac", "empty ogg", "empty mp3", "huge", "cut wav", "cut flac"),
        *("fast", "slow", "channels", "long", "hour of silence", "no number", "infinite", "click"),
    ],
)
def test_a_hostile_file_is_refused_with_what_to_do(file: bytes, reason: str) -> None:
    with pytest.raises(SoundError, match=reason):
        recording_of(file, "Rete kalm.")


@pytest.mark.parametrize("form", ["WAV", "FLAC", "OGG", "MP3"])
def test_what_people_record_with_is_taken(form: str) -> None:
    sound = decoded(recording_of(written(tone(1), form=form), "Rete kalm."))
    assert sound.rate == TELEPHONE_RATE
    assert sound.seconds == pytest.approx(1.2, abs=0.1)


@pytest.mark.parametrize("size", [len(SHORT) - 8, len(SHORT) - 7, 0xFFFFFFFF, 0, 5], ids=str)
def test_a_wav_file_may_be_wrong_about_its_size_unless_something_is_missing(size: int) -> None:
    assert decoded(recording_of(with_size(SHORT, size), "Rete kalm.")).seconds == pytest.approx(1.2, abs=0.1)
