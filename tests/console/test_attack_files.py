"""Files that mean harm, at every place that takes files: each is refused in plain words, in little time and memory."""

from __future__ import annotations

import bz2
import gzip
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from time import thread_time

import numpy as np
import pytest
import soundfile
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from hotline.console.formats_view import LONGEST_UNKNOWN, MOST_UNKNOWN
from hotline.store.operators import Role
from tests.console.attacking import SCRIPT, attacked, kept, send, ways
from tests.console.newsroom import words
from tests.console.signing import Browser, Console

OVERRIDE = "\u202e"
CATALOGS = "/console/formats/upload"
MOST_SECONDS, MOST_MEGABYTES = 5.0, 200
HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: es\\n"\n'
COLUMNS = "id,english,translation\n"
# What such a form does takes nothing from it.
IGNORES_ITS_BODY = {"sign_out_everywhere"}


@pytest.fixture(scope="module")
def console(redis_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with attacked(redis_url, tmp_path_factory.mktemp("attacked")) as console:
        yield console


@pytest.fixture(scope="module")
def ana(console: Console) -> Browser:
    return console.signed_in("ana", Role.EDITOR)


@pytest.fixture(scope="module")
def po(ana: Browser) -> str:
    return ana.get("/console/formats/es.po").text


@pytest.fixture(scope="module")
def table(ana: Browser) -> str:
    file: bytes = ana.get("/console/formats/es.csv").data
    return file.decode("utf-8-sig")


@pytest.fixture(scope="module")
def recording(ana: Browser) -> str:
    """The page of a piece that nobody has recorded."""
    path: str = ana.get("/console/recordings/ht/next").location
    return path


@contextmanager
def within_bounds() -> Iterator[None]:
    """Neither much time nor much memory is taken."""
    status, began = Path("/proc/self/status"), thread_time()
    if status.exists():
        Path("/proc/self/clear_refs").write_text("5")
    before = _megabytes(status, "VmRSS")
    yield
    assert thread_time() - began < MOST_SECONDS
    assert _megabytes(status, "VmHWM") - before < MOST_MEGABYTES


def _megabytes(status: Path, what: str) -> float:
    """The memory of this process, where the system tells it, and its peak."""
    found = re.search(rf"{what}:\s*(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else 0.0


def upload(browser: Browser, path: str, content: bytes, name: str = "es.po", **fields: str) -> TestResponse:
    """As a form with one file sends it, to wherever it is sent."""
    token = browser.form_token("/console/account")
    file = FileStorage(io.BytesIO(content), name)
    boundary, body = encode_multipart({"csrf_token": token, "language": "es", "file": file, **fields})
    if path != CATALOGS:
        body = body.replace(b'name="file"', b'name="sound"', 1)
    with within_bounds():
        return browser.client.post(
            path,
            base_url=browser.console.public_url,
            data=body,
            content_type=f'multipart/form-data; boundary="{boundary}"',
            headers={"Origin": browser.console.public_url},
        )


def refused(answer: TestResponse) -> str:
    """What is said of a file that cannot be used."""
    assert answer.status_code in {413, 422}
    assert "<script>alert" not in answer.text
    assert OVERRIDE not in answer.text
    said = re.search(r'<div class="note" data-kind="error".*?<ul>(.*?)</ul>', answer.text, re.DOTALL)
    return words(said[1] if said else answer.text)


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("es.po", content)
    return file.getvalue()


def sound(seconds: float = 1.0, rate: int = 8000, format: str = "WAV") -> bytes:  # noqa: A002 - as soundfile has it
    file, times = io.BytesIO(), np.arange(round(seconds * rate)) / rate
    soundfile.write(file, 0.1 * np.sin(2 * np.pi * 440 * times), rate, format=format)
    return file.getvalue()


def riff(size: int, sound_size: int, *, rate: int = 16_000, channels: int = 1, bits: int = 16, kind: int = 1) -> bytes:
    """A WAV file with 40,000 bytes of sound that says of itself whatever it is told to."""
    frame = channels * bits // 8 & 0xFFFF
    form = struct.pack("<IHHIIHH", 16, kind, channels, rate, rate * frame & 0xFFFF_FFFF, frame, bits)
    data = b"data" + struct.pack("<I", sound_size) + b"\1\x20" * 20_000
    return b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + form + data


BOMB = b"0" * 20_000_000
WHOLE = 40_036


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (zipped(BOMB), "es.po", "This is an archive or a spreadsheet"),
        (gzip.compress(BOMB), "es.po", "This is an archive or a spreadsheet"),
        (bz2.compress(BOMB), "es.csv", "no text at all"),
        (b"%PDF-1.4 \xe2\xe3", "es.csv", "this is not UTF-8"),
        (sound(), "es.po", "no text at all"),
        (bytes(50_000_000), "es.po", "This is too large"),
        (b"x" * 7_990_000, "es.po", "too many or too long"),
        (b"x\n" * 3_990_000, "es.po", "too many or too long"),
        (b"#" * 79_000 + b"\n", "es.po", "no PO file"),
        (f'{HEADER}\nmsgid "{chr(92) * 99_000}\n'.encode(), "es.po", "neither a comment nor a keyword"),
        (f"{HEADER}# \udcff\n".encode(errors="surrogateescape"), "es.po", "this is not UTF-8"),
        (f'{HEADER}\nmsgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n'.encode(), "es.po", "no use for msgid_plural"),
        (HEADER.replace("es\\n", f"{SCRIPT}{'z' * 90_000}\\n").encode(), "es.po", "of another language (<script>"),
        (HEADER.replace("es\\n", f"{OVERRIDE}se\\n").encode(), "es.po", "invisible character (U+202E)"),
        (HEADER.replace("UTF-8", "ISO-8859-1").encode(), "es.po", "its header must say"),
        (b"", "es.po", "The file is empty"),
        (b"\xef\xbb\xbf", "es.po", "no PO file"),
        (b"x", f"{SCRIPT}.po", "no PO file"),
        (b"x", "../../etc/passwd", "the columns are named"),
        (COLUMNS.encode() + b'"' + b'""' * 3_900_000, "es.csv", "too many or too long"),
        (COLUMNS.encode() + b'"' + b"a\n" * 99_000 + b'",b,c', "es.csv", "field larger than field limit"),
        (b";" * 99_000 + b"\nx", "es.csv", "the columns are named"),
        (f"{COLUMNS}{OVERRIDE},b,c\n{OVERRIDE},b,c\n".encode(), "es.csv", r"'\u202e' stands in two rows"),
        (f"{COLUMNS.strip()},state\na,b,c,{'x' * 90_000}\n".encode(), "es.csv", "is no state"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_file_that_is_no_catalog_is_refused(
    console: Console, ana: Browser, content: bytes, name: str, said: str
) -> None:
    before = kept(console.redis)
    sentence = unescape(refused(upload(ana, CATALOGS, content, name)))
    assert said in sentence
    assert len(sentence) < 400
    assert kept(console.redis) == before


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_a_catalog_in_another_encoding_is_refused(ana: Browser, po: str, table: str, encoding: str) -> None:
    for content, name in ((po, "es.po"), (table, "es.csv")):
        assert "the encoding UTF-8" in refused(upload(ana, CATALOGS, content.encode(encoding, "replace"), name))


def test_a_catalog_as_other_programs_write_it_is_taken(ana: Browser, po: str) -> None:
    line = 'msgctxt "menu.main.text"\n#~ msgid "old"\n#~ msgstr "viejo"\n'
    for content in (
        po.replace("\n", "\r\n"),
        po.replace("\n", "\r"),
        f"\ufeff{po}",
        f"\ufeff{po}".replace("\n", "\r\n"),
        f"{po}\n#~ {line}",
    ):
        answer = upload(ana, CATALOGS, content.encode())
        assert answer.status_code == 200
        assert "This file changes nothing" in answer.text


def test_a_catalog_of_another_language_or_project_changes_nothing(console: Console, ana: Browser, po: str) -> None:
    french, table = ana.get("/console/formats/fr.po").data, ana.get("/console/formats/fr.csv").data
    before = kept(console.redis)
    assert "another language (fr_FR)" in refused(upload(ana, CATALOGS, french))
    for name in ("hotline-fr.csv", "hotline-fr (1).csv", "HOTLINE-FR.CSV"):
        assert "another language (Français)" in refused(upload(ana, CATALOGS, table, name))
    for entry in ('msgid "Open"\nmsgstr "Abrir"\n', f'msgctxt "{SCRIPT}"\nmsgid "Open"\nmsgstr "Abrir"\n'):
        answer = upload(ana, CATALOGS, f"{HEADER}\n{entry}".encode())
        assert answer.status_code == 200
        assert "This file changes nothing" in answer.text
        assert SCRIPT not in answer.text
    first = po.split("\n\n")[1]
    assert "stands on line" in refused(upload(ana, CATALOGS, f"{po}\n{first}\n".encode()))
    assert kept(console.redis) == before


def test_the_texts_of_a_file_are_only_texts(ana: Browser, po: str, table: str) -> None:
    for content, name in ((po, "es.po"), (table, "es.csv")):
        markup = upload(ana, CATALOGS, content.replace("¿", SCRIPT, 5).encode(), name)
        assert markup.status_code == 200
        assert "&lt;script&gt;" in markup.text
        assert SCRIPT not in markup.text
        attributes = upload(ana, CATALOGS, content.replace("¿", "{x.__class__}¿", 5).encode(), name)
        assert "its placeholders are not those of the English" in attributes.text
        override = upload(ana, CATALOGS, content.replace("¿", OVERRIDE, 5).encode(), name)
        assert "invisible character (U+202E)" in override.text
        assert OVERRIDE not in override.text


def test_of_very_many_unknown_messages_a_few_are_named(ana: Browser) -> None:
    ids = "".join(f"{OVERRIDE}{number}{'x' * 99},y,z\n" for number in range(50_000))
    answer = upload(ana, CATALOGS, f"{COLUMNS}{ids}".encode(), "es.csv")
    assert answer.status_code == 200
    assert len(answer.data) < MOST_UNKNOWN * LONGEST_UNKNOWN + 20_000
    assert "50000 that are no messages of the line" in answer.text
    assert f"and {50_000 - MOST_UNKNOWN} more" in answer.text
    assert "[U+202E]0xxx" in answer.text


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        f"{HEADER}\n" + "".join(f'msgctxt "a{one}"\nmsgid "b"\nmsgstr "c{one}"\n\n' for one in range(24_000)),
        f'{HEADER}\nmsgctxt "menu.main.text"\nmsgid ""\n' + f'"{"y" * 70}"\n' * 95_000 + 'msgstr "c"\n',
        HEADER + f"# {'n' * 70}\n" * 99_000 + 'msgid "a"\nmsgstr "b"\n',
        HEADER + f"#, {'fuzzy, ' * 1000}\n" * 900 + 'msgid "a"\nmsgstr "b"\n',
    ],
    ids=["many entries", "a long text", "a long note", "many flags"],
)
def test_a_catalog_that_is_as_large_as_it_may_be_takes_little(ana: Browser, content: str) -> None:
    assert upload(ana, CATALOGS, content.encode()).status_code == 200


@pytest.mark.parametrize("text", ["a\\u0000", "\\u202ea", "a\\ud800", "x" * 6000, "{x.__class__}", "{", ""])
def test_a_made_up_choice_of_a_file_is_not_kept(console: Console, ana: Browser, text: str) -> None:
    english, before = "What do you need?", kept(console.redis)
    for token in (f'["menu.main.text", "{text}", "{english}", "x"]', f'["menu.main.text", "x", "{text}", "x"]'):
        answer = ana.post("/console/formats/es/save", {"change": token}, form="/console/account")
        assert 400 <= answer.status_code < 500
    assert kept(console.redis) == before


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(BOMB), "no sound that can be read"),
        (SCRIPT.encode(), "no sound that can be read"),
        (bytes(50_000_000), "This is too large"),
        (b"RIFF" + bytes(5_300_000), "larger than 5 MB"),
        (b"\xff\xfb" * 400_000, "no sound that can be read"),
        (b"ID3\x04\0\0\x7f\x7f\x7f\x7f" + bytes(5_000_000), "no sound that can be read"),
        (b"OggS" + bytes(5_000_000), "no sound that can be read"),
        (b"fLaC" + b"\xff" * 5_000_000, "no sound that can be read"),
        (b"RIFF" + struct.pack("<I", 4_800_004) + b"WAVE" + b"JUNK\0\0\0\0" * 600_000, "no sound that can be read"),
        (sound(format="AIFF"), "no sound that can be read"),
        (riff(WHOLE, 999_999), "The end of this file is missing"),
        (riff(999_999, 40_000), "The end of this file is missing"),
        (riff(10, 999_999), "The end of this file is missing"),
        (riff(WHOLE, 0), "Nothing is heard"),
        (riff(0, 0), "Nothing is heard"),
        (riff(WHOLE, 40_000, rate=0), "no sound that can be read"),
        (riff(WHOLE, 40_000, rate=0xFFFF_FFFF), "no sound that can be read"),
        (riff(WHOLE, 40_000, rate=1), "1 samples a second"),
        (riff(WHOLE, 40_000, channels=0), "no sound that can be read"),
        (riff(WHOLE, 40_000, channels=0xFFFF), "no sound that can be read"),
        (riff(WHOLE, 40_000, channels=8), "8 channels"),
        (riff(WHOLE, 40_000, bits=0), "no sound that can be read"),
        (riff(WHOLE, 40_000, kind=9999), "no sound that can be read"),
        (sound(400, format="FLAC"), "longer than 3 minutes"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_file_that_is_no_recording_is_refused(
    console: Console, ana: Browser, recording: str, content: bytes, said: str
) -> None:
    before = kept(console.redis)
    assert said in refused(upload(ana, recording, content, "take.wav"))
    assert kept(console.redis) == before


@pytest.mark.parametrize("content_type", ["application/json", "multipart/form-data"])
def test_a_body_of_another_kind_or_too_large_a_one_is_refused(
    console: Console, ana: Browser, content_type: str
) -> None:
    token, before = ana.form_token("/console/account"), kept(console.redis)
    body = b"<!DOCTYPE x [<!ENTITY a 'a'>]>" * 400_000
    for way in ways(console.app):
        if not way.is_safe and way.endpoint != "sign_out":
            with within_bounds():
                answer = ana.client.post(
                    way.path,
                    base_url=console.public_url,
                    data=body,
                    content_type=content_type,
                    headers={"Origin": console.public_url, "X-CSRFToken": token},
                )
            assert 400 <= answer.status_code < 500 or way.endpoint in IGNORES_ITS_BODY, way
    assert kept(console.redis) == before
    assert send(ana, ways(console.app)[0]).status_code < 400
