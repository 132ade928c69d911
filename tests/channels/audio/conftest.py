"""A meter of its own for what is heard, so that the line is not measured by its own measure."""

from __future__ import annotations

import numpy as np
import pytest

from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.espeak import Espeak, espeak_of_this_process
from hotline.channels.audio.sound import Sound
from hotline.channels.wording import SpokenWording
from hotline.locales import LOCALES
from hotline.script.loader import load_script

BLOCK_SECONDS = 0.4
MOMENT_SECONDS = 0.01
AUDIBLE = 10 ** (-40 / 20)


def loudness(sound: Sound) -> float:
    """In decibels below full scale, as EBU R 128 gates it: blocks more than 10 dB below the mean are left out."""
    size = round(BLOCK_SECONDS * sound.rate)
    samples = sound.samples.astype(np.float64)
    starts = range(0, max(1, len(samples) - size + 1), size // 4)
    power = np.array([np.mean(samples[start : start + size] ** 2) for start in starts])
    heard = power[power > 1e-7]
    return float(10 * np.log10(heard[heard > heard.mean() / 10].mean()))


def quiet_in(sound: Sound) -> tuple[float, float, float]:
    """The seconds in which nothing is heard: before the first word, the longest between two, after the last one."""
    size = round(MOMENT_SECONDS * sound.rate)
    moments = sound.samples[: len(sound.samples) // size * size].reshape(-1, size)
    heard = np.flatnonzero(np.sqrt(np.mean(moments**2, axis=1)) > AUDIBLE)
    quiet = heard[0], np.diff(heard).max() - 1, len(moments) - 1 - heard[-1]
    before, within, after = (float(moments) * MOMENT_SECONDS for moments in quiet)
    return before, within, after


@pytest.fixture(scope="session")
def espeak() -> Espeak:
    """One for all tests that do it no harm."""
    found = espeak_of_this_process()
    assert found, "make test installs it"
    return found


@pytest.fixture(scope="session")
def wording() -> SpokenWording:
    """What the line says, in all of its languages."""
    script = load_script()
    return SpokenWording(script, Catalogs(script, LOCALES))
