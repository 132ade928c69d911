"""What a person has recorded, found by the words that are said: where these change, the recording is not used."""

from __future__ import annotations

import hashlib
from pathlib import Path

from hotline.channels.audio.files import write_whole
from hotline.channels.audio.sound import SoundError, decoded, encoded, for_telephone

FOLDER = "recordings"
# In decibels below full scale: whoever speaks, however softly, is louder than the hiss of a microphone.
LOWEST_PEAK = -60.0


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
        sound = decoded(file)
        if sound.peak < LOWEST_PEAK:
            raise SoundError("Nothing is heard in this recording; was the microphone off?")
        write_whole(path, encoded(for_telephone(sound), words))
        return path

    def _folder(self, language: str) -> Path:
        return self._locales / language / FOLDER
