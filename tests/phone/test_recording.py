from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from hotline.phone.recording import Recording, read_recording
from tests.phone.wav import MU_LAW, PCM, chunk, form, info, riff, wav

WORDS = "Pou Kreyòl, peze 4. Për shqip, shtypni 7. По-русски: 9."
SILENCE = chunk(b"data", b"\xff" * 801)


def test_a_recording_tells_its_words_and_how_long_it_takes() -> None:
    data = wav(WORDS, seconds=1.5)
    assert read_recording(data) == Recording(1.5, WORDS, data)


def test_a_file_of_libsndfile_is_read() -> None:
    file = BytesIO()
    with soundfile.SoundFile(file, "w", 8000, 1, subtype="ULAW", format="WAV") as writer:
        writer.title = WORDS
        writer.write(np.zeros(4001, np.float32))
    recording = read_recording(file.getvalue())
    assert (recording.words, recording.seconds) == (WORDS, 4001 / 8000)


@pytest.mark.parametrize(
    "chunks",
    [
        (form(MU_LAW, 1), info(b"odd"), SILENCE),
        (SILENCE, info(b"odd"), form(MU_LAW, 1)),
        (info(b"odd"), chunk(b"fact", b"abc"), form(MU_LAW, 1), chunk(b"LIST", b"adtlINAM"), SILENCE),
        (info(b""), info(b"odd"), form(MU_LAW, 1), SILENCE, chunk(b"data", b"more")),
    ],
    ids=["usual", "backwards", "between others", "several lists"],
)
def test_the_chunks_come_in_any_order(chunks: tuple[bytes, ...]) -> None:
    recording = read_recording(riff(*chunks))
    assert (recording.words, recording.seconds) == ("odd", 801 / 8000)


def test_pcm_in_stereo_takes_four_bytes_a_sample() -> None:
    data = riff(form(PCM, 4, rate=44100, channels=2), chunk(b"data", b"\0" * 4 * 22050))
    assert read_recording(data) == Recording(0.5, None, data)


@pytest.mark.parametrize("title", [b"", b"  \n ", b"\0\0", b"\xff\xfe", "é".encode("latin-1")])
def test_a_title_that_says_nothing_is_none(title: bytes) -> None:
    assert read_recording(riff(form(MU_LAW, 1), info(title), SILENCE)).words is None


def test_words_are_one_line() -> None:
    assert read_recording(wav(" one\n two ")).words == "one two"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"RIFF",
        b"ID3\x03",
        b"RIFF\0\0\0\0AVI " + form(MU_LAW, 1) + SILENCE,
        riff(),
        riff(info(b"no sound")),
        riff(info(b"no format"), SILENCE),
        riff(form(MU_LAW, 1), info(b"no data")),
        riff(form(6, 1), info(b"A-law"), SILENCE),
        riff(form(0xFFFE, 2), info(b"extensible"), SILENCE),
        riff(form(MU_LAW, 0), info(b"no size"), SILENCE),
        riff(form(MU_LAW, 1, rate=0), info(b"no rate"), SILENCE),
        riff(chunk(b"fmt ", b"\7\0"), info(b"short format"), SILENCE),
    ],
)
def test_what_is_no_such_file_has_no_words_and_takes_no_time(data: bytes) -> None:
    assert read_recording(data) == Recording(0.0, None, data)


def test_a_file_that_breaks_off_counts_as_far_as_it_goes() -> None:
    whole = wav(WORDS, seconds=1.0)
    assert read_recording(whole[:-4000]).seconds == 0.5
    assert read_recording(whole[:-4000]).words == WORDS


def test_a_file_may_break_off_anywhere() -> None:
    whole = wav(WORDS)
    for length in range(len(whole)):
        recording = read_recording(whole[:length])
        assert 0.0 <= recording.seconds <= 0.1


@given(st.binary(max_size=60).map(lambda rest: b"RIFF\0\0\0\0WAVE" + rest) | st.binary(max_size=60))
def test_any_bytes_are_read(data: bytes) -> None:
    assert read_recording(data).data == data
