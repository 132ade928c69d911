"""The sounds of the line over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from hotline.app import create_app
from hotline.catalogs.catalog import Catalogs
from hotline.channels.audio.sound import decoded
from hotline.channels.voices import Played, voices_of
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Say
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Phrase
from tests.conftest import NOW, served, settings_for

A_YEAR = 365 * 24 * 3600


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def url(redis_url: str, data: Path) -> Iterator[str]:
    """The address of what the line says first in Haitian Creole; its sound is not made yet."""
    script = load_script()
    wording = SpokenWording(script, Catalogs(script, LOCALES))
    (said,) = voices_of(wording, LOCALES, data / "elsewhere").of(wording.utterances(Say(Phrase.WELCOME), "ht"))
    assert isinstance(said, Played)
    with served(create_app(settings_for(redis_url, data=data), now=lambda: NOW)) as address:
        yield f"{address}{said.path}"


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers=headers, timeout=30)


def test_a_sound_needs_no_signature_is_made_when_it_is_missing_and_may_be_kept_for_good(url: str) -> None:
    answer = get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/wav")
    assert answer.headers["Cache-Control"] == f"public, max-age={A_YEAR}, immutable"
    assert decoded(answer.content).seconds > 2


def test_a_file_that_was_deleted_is_made_anew(url: str, data: Path) -> None:
    get(url)
    for path in (data / "audio").rglob("*.wav"):
        path.unlink()
    assert get(url).status_code == 200


def test_who_has_it_already_is_told_so(url: str) -> None:
    tag = get(url).headers["ETag"]
    answer = get(url, **{"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(("wanted", "length"), [("bytes=0-99", 100), ("bytes=-50", 50), ("bytes=100-100", 1)])
def test_a_part_may_be_asked_for(url: str, wanted: str, length: int) -> None:
    answer = get(url, Range=wanted)
    assert (answer.status_code, len(answer.content)) == (206, length)
    assert answer.headers["Accept-Ranges"] == "bytes"


def test_a_part_that_is_not_there_is_refused(url: str) -> None:
    assert get(url, Range="bytes=99999999-").status_code == 416


def test_the_head_alone_may_be_asked_for(url: str) -> None:
    answer = requests.head(url, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["Content-Length"]) > 10_000


@pytest.mark.parametrize(
    "path",
    [
        "/audio/ht/00000000000000000000000000000000.wav",
        "/audio/xx/00000000000000000000000000000000.wav",
        "/audio/ht/x.wav",
        "/audio/ht/..%2f..%2fhotline.wav",
        "/audio/..%2f..%2fetc/passwd.wav",
        "/audio/%2e%2e/%2e%2e.wav",
        "/audio/ht/%00.wav",
        "/audio/ht/",
        "/audio/ht/x.mp3",
    ],
)
def test_what_is_not_said_is_not_there(url: str, path: str) -> None:
    origin = url.partition("/audio")[0]
    assert get(f"{origin}{path}").status_code == 404


def test_nothing_can_be_sent_there(url: str) -> None:
    assert requests.post(url, data={"x": "y"}, timeout=30).status_code == 405
