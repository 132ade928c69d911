"""eSpeak NG itself, started as the line starts it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hotline.channels.audio import espeak as module
from hotline.channels.audio.espeak import PROGRAM, Espeak, EspeakError, installed
from hotline.channels.audio.sound import trimmed

IN_PLACE = """
import os, signal, sys

def answer(content):
    sys.stdout.buffer.write(len(content).to_bytes(4, "big") + content)
    sys.stdout.buffer.flush()

"""


@pytest.fixture
def espeak() -> Iterator[Espeak]:
    where = installed()
    assert where, "make test installs it"
    speaking = Espeak(where)
    yield speaking
    speaking.close()


@pytest.fixture
def instead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Has another program started in place of eSpeak NG's, or eSpeak NG's again."""

    def start(code: str) -> None:
        program = tmp_path / "program.py"
        program.write_text(f"{IN_PLACE}{code}\n", encoding="utf-8")
        monkeypatch.setattr(module, "PROGRAM", program if code else PROGRAM)

    return start


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


def test_a_null_does_not_end_what_is_said(espeak: Espeak) -> None:
    assert espeak.say("null\0byte", "ht").seconds == alike(espeak.say("null byte", "ht").seconds)


@pytest.mark.parametrize("words", ["", " \n ", "...", "😀", "\u200b", "\x01"])
def test_what_has_no_words_is_quiet_and_the_next_one_speaks(espeak: Espeak, words: str) -> None:
    assert espeak.say(words, "ht").peak < -60
    assert espeak.say("one", "ht").peak > -20


def test_half_a_character_is_an_error_and_the_next_one_speaks(espeak: Espeak) -> None:
    with pytest.raises(EspeakError, match="ended while it spoke"):
        espeak.say("a\ud800b", "ht")
    assert espeak.say("one", "ht").peak > -20


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


def test_a_program_that_ends_while_it_speaks_is_an_error_and_then_started_again(
    espeak: Espeak, instead: Callable[[str], None]
) -> None:
    instead("answer(b'22050'); sys.stdin.buffer.readline(); sys.stdout.buffer.write(b'\\0\\0\\1\\0half')")
    with pytest.raises(EspeakError, match="ended while it spoke"):
        espeak.say("one", "ht")
    instead("")
    assert espeak.say("one", "ht").peak > -20


def test_a_program_that_listens_no_more_is_an_error_and_then_started_again(
    espeak: Espeak, instead: Callable[[str], None]
) -> None:
    instead("os.close(0); answer(b'22050'); signal.pause()")
    with pytest.raises(EspeakError, match="ended while it spoke"):
        espeak.say("one", "ht")
    instead("")
    assert espeak.say("one", "ht").peak > -20


@pytest.mark.parametrize(
    "code",
    [
        "",
        "answer(b'many')",
        "answer(b'')",
        "sys.stdout.write('no answer')",
        "sys.stdout.buffer.write(b'\\0\\0\\0\\5220')",
        "signal.pause()",
    ],
    ids=["ends", "tells no number", "tells nothing", "says anything", "tells half of it", "hangs"],
)
def test_a_program_that_does_not_start_is_an_error_and_then_started_again(
    espeak: Espeak, instead: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    with monkeypatch.context() as soon:
        soon.setattr(module, "LONGEST_SECONDS", 0.3)
        instead(code or "sys.exit(1)")
        with pytest.raises(EspeakError, match="cannot be started"):
            espeak.say("one", "ht")
    instead("")
    assert espeak.say("one", "ht").peak > -20


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


@pytest.mark.parametrize("missing", ["library", "data"])
def test_what_is_not_there_is_an_error(tmp_path: Path, missing: str) -> None:
    where = installed()
    assert where
    gone = str(tmp_path / "gone" / "espeak-ng-data")
    broken = Espeak(replace(where, library=gone) if missing == "library" else replace(where, data=gone))
    with pytest.raises(EspeakError, match="cannot be started"):
        broken.say("one", "ht")


@pytest.mark.parametrize(
    ("library", "found"), [("None", "None"), ("'libespeak-ng.so.1'", "Installed(library='', data='')")]
)
def test_without_the_package_it_is_the_machines_own_or_not_installed(library: str, found: str) -> None:
    code = (
        "import ctypes.util, importlib.util, sys\n"
        "sys.modules['espeakng_loader'] = None\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name, *rest: None if name == 'espeakng_loader' else find(name, *rest)\n"
        f"ctypes.util.find_library = lambda name: {library} if name == 'espeak-ng' else None\n"
        "from hotline.channels.audio.espeak import espeak_of_this_process, installed\n"
        "print(installed(), espeak_of_this_process() is not None, sep='\\n')"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines() == [found, str(found != "None")]
