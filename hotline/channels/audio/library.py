"""What eSpeak NG says, as files by the digest of all that decides how they sound: made once, kept for good."""

from __future__ import annotations

import hashlib
import math
import re
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hotline.channels.audio.espeak import Espeak, EspeakError
from hotline.channels.audio.files import write_whole
from hotline.channels.audio.sound import encoded, for_telephone
from hotline.channels.utterances import Utterance
from hotline.script.model import Language

# Another number, other files: for when the same words are to sound otherwise.
_FORMAT = "1"
# Of the usual speed, for what is said once more.
SLOWLY = 0.75
# After a sound could not be made or kept, whoever is in a hurry does not try again for so long.
REST_SECONDS = 10.0
_DIGEST = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Synthesis:
    """Words of a language as one of eSpeak's voices says them; `english` are those that its English voice says."""

    language: str
    words: str
    voice: str
    words_a_minute: int
    english: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """32 hexadecimal digits."""
        said = (_FORMAT, self.language, self.voice, str(self.words_a_minute), self.words, *self.english)
        return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]


def synthesis_of(utterance: Utterance, language: Language) -> Synthesis:
    """How eSpeak NG says it."""
    words_a_minute = round(language.words_a_minute * (SLOWLY if utterance.slowly else 1))
    return Synthesis(language.code, utterance.words, language.espeak, words_a_minute, utterance.english)


class AudioLibrary:
    """The files of one folder, `<language>/<digest>.wav`; several processes may share it.

    `known` names everything that the line may say, so that a file which is lost can be made anew from its digest.
    """

    def __init__(self, folder: Path, espeak: Espeak, known: Callable[[], Iterable[Synthesis]]) -> None:
        self._folder = folder
        self._espeak = espeak
        self._known = known
        self._making: dict[Path, Future[None]] = {}
        self._asking = threading.Lock()
        self._rests_until = 0.0

    def file(self, synthesis: Synthesis, seconds: float = math.inf) -> Path:
        """Its file, made now where it is missing. Raises EspeakError, or OSError where it cannot be kept.

        Where somebody waits no longer than some seconds, TimeoutError; the sound is made all the same.
        """
        path = self._path(synthesis.language, synthesis.digest)
        if path.is_file():
            return path
        if seconds == math.inf:
            self._make(synthesis, path)
        elif time.monotonic() < self._rests_until:
            raise TimeoutError
        else:
            self._made_beside(synthesis, path).result(seconds)
        return path

    def has(self, synthesis: Synthesis) -> bool:
        return self._path(synthesis.language, synthesis.digest).is_file()

    def find(self, language: str, digest: str) -> Path | None:
        """The file with a digest; None where the line says nothing that has it. Raises as `file`."""
        if not _DIGEST.fullmatch(digest):
            return None
        path = self._path(language, digest)
        if path.is_file():
            return path
        synthesis = self._by_digest.get(digest)
        return self.file(synthesis) if synthesis and synthesis.language == language else None

    def prune(self, keep: Iterable[Synthesis]) -> int:
        """Deletes the files of what is not said any more; how many."""
        kept = {self._path(one.language, one.digest) for one in keep}
        old = [path for path in self._folder.glob("*/*.wav") if path not in kept]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    @cached_property
    def _by_digest(self) -> dict[str, Synthesis]:
        return {synthesis.digest: synthesis for synthesis in self._known()}

    def _path(self, language: str, digest: str) -> Path:
        return self._folder / language / f"{digest}.wav"

    def _made_beside(self, synthesis: Synthesis, path: Path) -> Future[None]:
        with self._asking:
            making = self._making.get(path)
            if making is None:
                making = self._making[path] = self._maker.submit(self._make_missing, synthesis, path)
        making.add_done_callback(lambda _: self._making.pop(path, None))
        return making

    @cached_property
    def _maker(self) -> ThreadPoolExecutor:
        """Made when it is first needed: threads do not outlive the fork of a worker."""
        return ThreadPoolExecutor(1, thread_name_prefix="sounds")

    def _make_missing(self, synthesis: Synthesis, path: Path) -> None:
        # Who asked for it may have looked a moment before it was there.
        if not path.is_file():
            self._make(synthesis, path)

    def _make(self, synthesis: Synthesis, path: Path) -> None:
        try:
            self._synthesise(synthesis, path)
        except (EspeakError, OSError):
            self._rests_until = time.monotonic() + REST_SECONDS
            raise

    def _synthesise(self, synthesis: Synthesis, path: Path) -> None:
        sound = self._espeak.say(synthesis.words, synthesis.voice, synthesis.words_a_minute, synthesis.english)
        write_whole(path, encoded(for_telephone(sound), synthesis.words))
