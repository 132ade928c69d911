"""What a person has recorded, found by the words that are said: where these change, the recording is not used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from hotline.channels.audio.files import write_whole
from hotline.channels.audio.sound import TELEPHONE_RATE, UNREADABLE, Sound, SoundError, encoded, for_telephone

FOLDER = "recordings"
# In decibels below full scale: whoever speaks, however softly, is louder than the hiss of a microphone.
LOWEST_PEAK = -60.0
MOST_BYTES = 5 * 1024 * 1024
LONGEST_SECONDS = 180
# With the quiet that is left around it.
SHORTEST_SECONDS = 0.3
HIGHEST_RATE = 96_000
MOST_CHANNELS = 2
# A small file can hold hours of sound: it is read piece by piece, and no further than it may last.
_FRAMES_AT_ONCE = 1 << 16
# How files begin that libsndfile reads and that people have; its readers of rarer kinds see no file of a stranger.
_BEGINNINGS = (b"RIFF", b"fLaC", b"OggS", b"ID3")
_MP3_FRAME = 0xFFE0
# What programs write as the size of a WAV file whose end they did not know yet.
_UNKNOWN_SIZE = 0x7FFF_0000
# RIFF, the size of all, and WAVE come before the parts of a WAV file.
_FIRST_PART = 12


def digest_of(words: str) -> str:
    """The name of a recording of these words, 32 hexadecimal digits."""
    return hashlib.sha256(" ".join(words.split()).encode()).hexdigest()[:32]


class Recordings:
    """`locales/<language>/recordings/<digest of the words>.wav`. Their addresses have the digest of the sound."""

    def __init__(self, locales: Path) -> None:
        self._locales = locales
        self._sounds: dict[tuple[Path, float], str] = {}

    def digest(self, language: str, words: str) -> str | None:
        """The digest of the sound of these words; None where nobody has recorded them."""
        path = self._folder(language) / f"{digest_of(words)}.wav"
        try:
            version = (path, path.stat().st_mtime)
            if version not in self._sounds:
                self._sounds[version] = hashlib.sha256(path.read_bytes()).hexdigest()[:32]
        except OSError:
            return None
        return self._sounds[version]

    def find(self, language: str, digest: str) -> Path | None:
        """The recording whose sound has a digest."""
        for path in self._folder(language).glob("*.wav"):
            if hashlib.sha256(path.read_bytes()).hexdigest()[:32] == digest:
                return path
        return None

    def keep(self, language: str, words: str, file: bytes) -> Path:
        """Keeps a recording of these words as the telephone takes it. Raises SoundError, or OSError."""
        path = self._folder(language) / f"{digest_of(words)}.wav"
        write_whole(path, recording_of(file, words))
        return path

    def _folder(self, language: str) -> Path:
        return self._locales / language / FOLDER


def recording_of(file: bytes, words: str) -> bytes:
    """A sound file of a person who says these words, as the telephone takes it. Takes any bytes. Raises SoundError."""
    if len(file) > MOST_BYTES:
        raise SoundError(
            f"This file is larger than {MOST_BYTES // 2**20} MB. Make it shorter, or save it as MP3 or FLAC."
        )
    if not _begins_as_sound(file):
        raise SoundError(UNREADABLE)
    if _is_cut_off(file):
        raise SoundError("The end of this file is missing. Save it again, and upload it again.")
    sound = _read(file)
    if sound.peak < LOWEST_PEAK:
        raise SoundError("Nothing is heard in this recording; was the microphone off?")
    spoken = for_telephone(sound)
    if spoken.seconds < SHORTEST_SECONDS:
        raise SoundError("This recording ends before anything is said. Record it again.")
    return encoded(spoken, words)


def _begins_as_sound(file: bytes) -> bool:
    is_mp3 = int.from_bytes(file[:2], "big") & _MP3_FRAME == _MP3_FRAME
    return file.startswith(_BEGINNINGS) or is_mp3


def _is_cut_off(file: bytes) -> bool:
    """Whether a WAV file, or the sound in it, is shorter than it says; libsndfile would read what there is of it."""
    # Some programs count a last byte that they do not write.
    return file.startswith(b"RIFF") and any(
        len(file) + 1 < begin + 8 + size < _UNKNOWN_SIZE for begin, size in ((0, _size_at(file, 4)), _data_in(file))
    )


def _data_in(file: bytes) -> tuple[int, int]:
    """Where the part of a WAV file that holds the sound begins, and its size as it says; zeros where there is none."""
    begin = _FIRST_PART
    while begin < len(file):
        size = _size_at(file, begin + 4)
        if file[begin : begin + 4] == b"data":
            return begin, size
        begin += 8 + size + size % 2
    return 0, 0


def _size_at(file: bytes, place: int) -> int:
    return int.from_bytes(file[place : place + 4], "little")


def _read(file: bytes) -> Sound:
    try:
        with soundfile.SoundFile(BytesIO(file)) as opened:
            if not TELEPHONE_RATE <= opened.samplerate <= HIGHEST_RATE:
                raise SoundError(
                    f"This recording has {opened.samplerate:,} samples a second. "
                    f"Save it with {TELEPHONE_RATE:,} to {HIGHEST_RATE:,}; 44,100 is usual."
                )
            if opened.channels > MOST_CHANNELS:
                raise SoundError(f"This recording has {opened.channels} channels. Save it as mono or stereo.")
            sound = Sound(np.concatenate([np.zeros(0, np.float32), *_pieces(opened)]), opened.samplerate)
            is_whole = opened.format != "FLAC" or len(sound.samples) == opened.frames
    except soundfile.SoundFileError as error:
        raise SoundError(UNREADABLE) from error
    if not is_whole:
        raise SoundError("The end of this file is missing. Save it again, and upload it again.")
    if not np.isfinite(sound.samples).all():
        raise SoundError(UNREADABLE)
    return sound


def _pieces(opened: soundfile.SoundFile) -> Iterator[NDArray[np.float32]]:
    """The sound as one channel, piece by piece. Raises SoundError where it lasts too long."""
    left = LONGEST_SECONDS * opened.samplerate
    while len(piece := opened.read(_FRAMES_AT_ONCE, dtype="float32", always_2d=True)):
        left -= len(piece)
        if left < 0:
            raise SoundError(f"This recording is longer than {LONGEST_SECONDS // 60} minutes. Make it shorter.")
        # What is no number, or an infinite one, is refused when all is read.
        with np.errstate(all="ignore"):
            yield piece.mean(axis=1, dtype=np.float32)
