from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile

from hotline.channels.audio.recordings import Recordings
from hotline.channels.audio.sound import SPOKEN_LEVEL, SoundError, decoded


def take(pitch: float, *, rate: int = 44100) -> bytes:
    """Two seconds as a microphone gives them: stereo, with quiet around."""
    times = np.arange(2 * rate) / rate
    wave = 0.1 * np.sin(2 * np.pi * pitch * times) * ((times > 0.5) & (times < 1.5))
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


def test_other_words_or_languages_have_no_recording(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    recordings.keep("ht", "Rete kalm.", take(440))
    assert recordings.digest("ht", "Rete kalm, tanpri.") is None
    assert recordings.digest("sq", "Rete kalm.") is None
    assert recordings.find("ht", "0" * 32) is None


def test_another_take_has_another_digest_at_once(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.keep("ht", "Rete kalm.", take(440))
    before = recordings.digest("ht", "Rete kalm.")
    recordings.keep("ht", "Rete kalm.", take(220))
    os.utime(path, (1, 1))
    assert recordings.digest("ht", "Rete kalm.") != before


def test_what_is_no_sound_replaces_nothing(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path)
    path = recordings.keep("ht", "Rete kalm.", take(440))
    before = path.read_bytes()
    with pytest.raises(SoundError):
        recordings.keep("ht", "Rete kalm.", b"no sound")
    assert path.read_bytes() == before
