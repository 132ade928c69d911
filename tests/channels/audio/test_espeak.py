"""eSpeak NG itself, started as the line starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from hotline.channels.audio import espeak as module
from hotline.channels.audio.espeak import Espeak, EspeakError, Installed, installed
from hotline.channels.audio.sound import trimmed


@pytest.fixture
def espeak() -> Iterator[Espeak]:
    where = installed()
    assert where, "make test installs it"
    speaking = Espeak(where)
    yield speaking
    speaking.close()


def alike(seconds: float) -> object:
    """It trembles a little, as a voice does."""
    return pytest.approx(seconds, rel=0.04)


def program_of(espeak: Espeak) -> subprocess.Popen[bytes]:
    program = espeak._program  # noqa: SLF001 - what the test kills
    assert program
    return program


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        ("ht", "Rete kalm."),
        ("sq", "Ruani qetësinë."),
        ("uk", "Спокійно."),
        ("ar", "ابقوا هادئين."),
        ("cmn", "保持冷静。"),
    ],
)
def test_every_script_is_spoken(espeak: Espeak, voice: str, words: str) -> None:
    assert 0.4 < trimmed(espeak.say(words, voice)).seconds < 4


@pytest.mark.parametrize(
    "words",
    [
        "<&>\"' one",
        "line\nbreaks\r\nand\ttabs",
        "emoji 😀 here",
        "</voice><break time='9s'/>one",
        "one " * 750,
        "null\0byte",
    ],
)
def test_no_words_can_break_it(espeak: Espeak, words: str) -> None:
    assert trimmed(espeak.say(words, "ht")).seconds > 0.2
    assert 0.2 < trimmed(espeak.say("en", "ht")).seconds < 2


def test_it_says_the_same_each_time_and_slower_when_told(espeak: Espeak) -> None:
    one, two = espeak.say("Rete kalm.", "ht"), espeak.say("Rete kalm.", "ht")
    assert one.seconds == alike(two.seconds)
    assert espeak.say("Rete kalm.", "ht", 120).seconds > 1.2 * one.seconds


def test_an_english_word_inside_sounds_otherwise(espeak: Espeak) -> None:
    plain, english = espeak.say("Ajan ICE yo.", "ht"), espeak.say("Ajan ICE yo.", "ht", english=("ICE",))
    shorter = min(len(plain.samples), len(english.samples))
    assert np.abs(plain.samples[:shorter] - english.samples[:shorter]).max() > 0.1
    assert espeak.say("POLICE", "ht", english=("ICE",)).seconds == alike(espeak.say("POLICE", "ht").seconds)


def test_a_voice_that_is_not_there_is_an_error_and_the_next_one_speaks(espeak: Espeak) -> None:
    with pytest.raises(EspeakError, match="does it have the voice xx"):
        espeak.say("x", "xx")
    assert espeak.say("Rete kalm.", "ht").seconds > 0.4


def test_a_program_that_was_killed_is_started_again(espeak: Espeak) -> None:
    espeak.say("one", "ht")
    program_of(espeak).kill()
    program_of(espeak).wait()
    assert espeak.say("one", "ht").seconds > 0.2


def test_a_program_that_hangs_is_an_error_and_then_started_again(
    espeak: Espeak, monkeypatch: pytest.MonkeyPatch
) -> None:
    espeak.say("one", "ht")
    monkeypatch.setattr(module, "LONGEST_SECONDS", 0.2)
    os.kill(program_of(espeak).pid, signal.SIGSTOP)
    with pytest.raises(EspeakError, match="ended while it spoke"):
        espeak.say("one", "ht")
    monkeypatch.undo()
    assert espeak.say("one", "ht").seconds > 0.2


def test_several_threads_are_answered_each_with_its_own(espeak: Espeak) -> None:
    texts = [f"{'yon ' * count}" for count in range(1, 9)] * 4
    alone = {text: espeak.say(text, "ht").seconds for text in set(texts)}
    with ThreadPoolExecutor(8) as threads:
        lengths = list(threads.map(lambda text: espeak.say(text, "ht").seconds, texts))
    assert lengths == [alike(alone[text]) for text in texts]


def test_after_a_fork_each_process_has_a_program_of_its_own(espeak: Espeak) -> None:
    espeak.say("one", "ht")
    child = os.fork()
    if child == 0:
        try:
            speaks = espeak.say("one two", "ht").seconds > 0.2
            espeak.close()
        except BaseException:  # noqa: BLE001 - the child tells by its status alone
            speaks = False
        os._exit(0 if speaks else 1)
    lengths = [espeak.say("one", "ht").seconds for _ in range(5)]
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert lengths == [alike(lengths[0])] * 5


def test_a_library_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    broken = Espeak(Installed(str(tmp_path / "gone.so"), ""))
    with pytest.raises(EspeakError, match="cannot be started"):
        broken.say("one", "ht")


def test_without_package_and_library_it_is_not_installed() -> None:
    code = (
        "import sys, ctypes.util\n"
        "sys.modules['espeakng_loader'] = None\n"
        "import importlib.util\n"
        "found = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'espeakng_loader' else found(name, *rest)\n"
        "ctypes.util.find_library = lambda name: None\n"
        "from hotline.channels.audio.espeak import espeak_of_this_process, installed\n"
        "print(installed(), espeak_of_this_process())"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["None", "None"]
