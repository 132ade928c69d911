"""The pages of recordings, on a real Redis server, behind real accounts."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile
from werkzeug.test import TestResponse

from hotline.channels.audio.recordings import MOST_BYTES, digest_of
from hotline.channels.audio.sound import decoded
from hotline.console import recordings
from hotline.console.recordings_view import words_of
from hotline.releases.changes import recording_path
from hotline.store.connection import RedisClient
from tests.console import newsroom
from tests.console.newsroom import Newsroom, console_of, newsroom_at
from tests.console.signing import Browser, Console

SEEN = re.compile(r'name="seen" value="([0-9a-f]+)"')
DIGEST = re.compile(r"/console/recordings/ht/([0-9a-f]{32})")


@pytest.fixture
def room(redis: RedisClient, tmp_path: Path) -> Newsroom:
    return newsroom_at(redis, tmp_path)


@pytest.fixture
def console(room: Newsroom, monkeypatch: pytest.MonkeyPatch) -> Console:
    monkeypatch.setattr(newsroom, "AREAS", tuple({*newsroom.AREAS, recordings}))
    return console_of(room)


@pytest.fixture
def ana(console: Console) -> Browser:
    return console.signed_in("ana")


def sound(seconds: float = 1.0, pitch: float = 440.0, rate: int = 16_000) -> bytes:
    file = BytesIO()
    times = np.arange(round(seconds * rate)) / rate
    soundfile.write(file, 0.1 * np.sin(2 * np.pi * pitch * times), rate, format="WAV")
    return file.getvalue()


def pieces(browser: Browser) -> list[str]:
    """The digests of what is to be recorded in Haitian Creole, in order."""
    return list(dict.fromkeys(DIGEST.findall(browser.get("/console/recordings/ht").text)))


def page_of(digest: str) -> str:
    return f"/console/recordings/ht/{digest}"


def seen_on(browser: Browser, page: str) -> str:
    found = SEEN.search(browser.get(page).text)
    assert found
    return found[1]


def upload(browser: Browser, digest: str, file: bytes | None, seen: str | None = None, **fields: str) -> TestResponse:
    """As the form of a piece sends it."""
    page = page_of(digest)
    seen = seen_on(browser, page) if seen is None else seen
    return send(browser, page, {"csrf_token": browser.form_token(page), "seen": seen, **fields}, file)


def send(browser: Browser, page: str, fields: Mapping[str, str], file: bytes | None) -> TestResponse:
    """The bytes of a form with a file; the test client would leave a large one open."""
    parts = [f'form-data; name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    if file is not None:
        parts.append(b'form-data; name="sound"; filename="take.wav"\r\n\r\n' + file)
    body = b"".join(b"--parted\r\nContent-Disposition: " + part + b"\r\n" for part in parts) + b"--parted--\r\n"
    return browser.client.post(
        page,
        base_url=browser.console.public_url,
        data=body,
        content_type="multipart/form-data; boundary=parted",
        headers={"Origin": browser.console.public_url},
    )


def test_every_language_is_listed_those_without_a_voice_first(ana: Browser) -> None:
    text = ana.get("/console/recordings").text
    names = ["Kreyòl Ayisyen", "Shqip", "Українська", "English", "Español"]
    assert [text.index(name) for name in names] == sorted(text.index(name) for name in names)
    assert 'lang="ar" dir="rtl"' in text


def test_what_is_recorded_is_kept_in_the_draft_and_the_next_one_comes(ana: Browser, room: Newsroom) -> None:
    first, second, *others = pieces(ana)
    answer = upload(ana, first, sound(), then="next")
    assert (answer.status_code, answer.location) == (303, page_of(second))
    kept = room.desk.drafted().files[recording_path("ht", first)]
    assert decoded(kept).rate == 8000
    assert digest_of(words_of(kept)) == first
    assert f"1 of {2 + len(others)} are recorded" in ana.get(page_of(second)).text
    assert room.desk.drafts.read().changes[0].by == "ana"


def test_callers_hear_it_when_it_is_published(ana: Browser, room: Newsroom) -> None:
    welcome = pieces(ana)[1]
    upload(ana, welcome, sound())
    words = words_of(room.desk.drafted().files[recording_path("ht", welcome)])
    recorded = room.desk.drafted().content.voices.recordings
    assert recorded
    assert recorded.digest("ht", words)
    assert room.desk.live.content.voices.recordings
    assert room.desk.live.content.voices.recordings.digest("ht", words) is None


def test_a_recording_is_listened_to_as_a_caller_hears_it(ana: Browser) -> None:
    first = pieces(ana)[0]
    assert ana.get(f"{page_of(first)}.wav").status_code == 404
    upload(ana, first, sound())
    answer = ana.get(f"{page_of(first)}.wav")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    with soundfile.SoundFile(BytesIO(answer.data)) as opened:
        assert (opened.subtype, opened.samplerate) == ("ULAW", 8000)
    assert ana.get(f"{page_of(first)}.wav", headers={"Range": "bytes=0-99"}).status_code == 206


def test_what_a_machine_says_can_be_heard_before(ana: Browser) -> None:
    answer = ana.get(f"{page_of(pieces(ana)[0])}/espeak.wav")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")


def test_a_message_is_listened_to_wherever_it_is_edited(ana: Browser) -> None:
    assert ana.get("/console/listen/ar/topic.ice-at-door.first.wav").mimetype == "audio/wav"
    for path in ("xx/topic.ice-at-door.first", "ar/nothing", "ar/..%2f..%2fetc"):
        assert ana.get(f"/console/listen/{path}.wav").status_code == 404


def test_the_list_says_who_recorded_what(ana: Browser) -> None:
    first = pieces(ana)[0]
    upload(ana, first, sound())
    listed = ana.get("/console/recordings/ht?show=recorded").text
    assert "by ana" in listed
    assert "In the draft" in listed
    assert DIGEST.findall(listed)[0] == first


def test_a_recording_can_be_taken_anew_and_removed(ana: Browser, room: Newsroom) -> None:
    first, path = pieces(ana)[0], recording_path("ht", pieces(ana)[0])
    upload(ana, first, sound())
    before = room.desk.drafted().files[path]
    upload(ana, first, sound(pitch=220))
    assert room.desk.drafted().files[path] != before
    answer = ana.post(f"{page_of(first)}/remove", {"seen": seen_on(ana, page_of(first))}, form=page_of(first))
    assert answer.location == "/console/recordings/ht"
    assert path not in room.desk.drafted().files
    assert room.desk.drafts.read().changes == ()


def test_a_live_recording_that_is_removed_stays_live_until_it_is_published(ana: Browser, room: Newsroom) -> None:
    first, path = pieces(ana)[0], recording_path("ht", pieces(ana)[0])
    upload(ana, first, sound())
    drafted = room.desk.drafted()
    with newsroom.watching(room):
        room.publish()
        newsroom.wait_until(lambda: room.desk.live.speaking.pointer is not None)
    ana.post(f"{page_of(first)}/remove", {"seen": seen_on(ana, page_of(first))}, form=page_of(first))
    assert drafted.files[path] == room.desk.drafted().base.files[path]
    assert path not in room.desk.drafted().files
    assert "Removed in the draft" in ana.get("/console/recordings/ht").text


def test_two_who_record_the_same_hear_both_and_neither_is_lost(ana: Browser, console: Console, room: Newsroom) -> None:
    bea, first = console.signed_in("bea"), pieces(ana)[0]
    seen = seen_on(bea, page_of(first))
    upload(ana, first, sound())
    hers = room.desk.drafted().files[recording_path("ht", first)]
    answer = upload(bea, first, sound(pitch=220), seen=seen)
    assert answer.status_code == 409
    assert room.desk.drafted().files[recording_path("ht", first)] == hers
    mine = re.search(r"/console/recordings/sounds/([0-9a-f]{64})\.wav", answer.text)
    now = SEEN.search(answer.text)
    assert mine
    assert now
    assert bea.get(mine[0]).mimetype == "audio/wav"
    kept = upload(bea, first, None, seen=now[1], uploaded=mine[1], then="next")
    assert kept.status_code == 303
    assert room.desk.drafted().files[recording_path("ht", first)] == bea.get(mine[0]).data


def test_what_was_removed_meanwhile_is_not_removed_twice(ana: Browser) -> None:
    first = pieces(ana)[0]
    upload(ana, first, sound())
    seen = seen_on(ana, page_of(first))
    upload(ana, first, sound(pitch=220))
    answer = ana.post(f"{page_of(first)}/remove", {"seen": seen}, form=page_of(first))
    assert "nothing was removed" in ana.get(answer.location).text
    for _ in range(2):
        answer = ana.post(f"{page_of(first)}/remove", {"seen": seen_on(ana, page_of(first))}, form=page_of(first))
    assert "removed already" in ana.get(answer.location).text


def test_a_recording_of_changed_words_turns_stale_and_is_not_played(ana: Browser, room: Newsroom) -> None:
    welcome = pieces(ana)[1]
    upload(ana, welcome, sound())
    text = room.desk.drafted().content.catalogs.text("ht", "welcome.voice") or ""
    room.save("translation:ht:welcome.voice", {"text": f"{text} Wi."})
    listed = ana.get("/console/recordings/ht?show=stale").text
    (now,) = set(DIGEST.findall(listed))
    assert now != welcome
    assert "The words have changed since they were recorded" in ana.get(page_of(now)).text
    recorded = room.desk.drafted().content.voices.recordings
    assert recorded
    assert recorded.digest("ht", f"{text} Wi.") is None
    assert ana.get(page_of(welcome)).status_code == 404


def test_reading_begins_with_the_first_that_is_missing_and_ends_with_the_last(ana: Browser) -> None:
    first, second = pieces(ana)[:2]
    assert ana.get("/console/recordings/ht/next").location == page_of(first)
    upload(ana, first, sound())
    assert ana.get("/console/recordings/ht/next").location == page_of(second)
    last = pieces(ana)[-1]
    assert ana.get(f"/console/recordings/ht/next?after={last}").location == page_of(second)


HUGE = b"RIFF" + bytes(MOST_BYTES + 1)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (None, "There is no recording yet"),
        (b"", "There is no recording yet"),
        (b"PK\x03\x04" + bytes(9999), "no sound that can be read"),
        (HUGE, "larger than 5 MB"),
        (sound()[:4000], "The end of this file is missing"),
        (b"<script>alert(1)</script>", "no sound that can be read"),
    ],
    ids=["no file", "empty", "archive", "huge", "cut off", "markup"],
)
def test_what_is_no_recording_is_refused_in_plain_words(
    ana: Browser, room: Newsroom, file: bytes | None, why: str
) -> None:
    answer = upload(ana, pieces(ana)[0], file)
    assert answer.status_code == 422
    assert why in answer.text
    assert room.desk.drafts.read().changes == ()


@pytest.mark.timed
def test_fifty_megabytes_are_refused_without_reading_them(ana: Browser) -> None:
    first = pieces(ana)[0]
    fields, began = {"csrf_token": ana.form_token(page_of(first)), "seen": ""}, time.perf_counter()
    answer = send(ana, page_of(first), fields, bytes(50_000_000))
    assert answer.status_code == 413
    assert "too large" in answer.text
    assert time.perf_counter() - began < 5


@pytest.mark.parametrize(
    "path",
    [
        "/console/recordings/xx",
        "/console/recordings/xx/next",
        "/console/recordings/ht/nothing",
        f"/console/recordings/ht/{'0' * 32}",
        f"/console/recordings/ht/{'0' * 32}.wav",
        f"/console/recordings/ht/{'0' * 32}/espeak.wav",
        f"/console/recordings/xx/{'0' * 32}.wav",
        f"/console/recordings/sounds/{'0' * 64}.wav",
        "/console/recordings/sounds/..wav",
        "/console/recordings/%2e%2e/%2e%2e.wav",
        "/console/recordings/ht/%00",
    ],
)
def test_what_is_not_there_is_not_found(ana: Browser, path: str) -> None:
    assert ana.get(path).status_code == 404


def test_only_sounds_are_played(ana: Browser, room: Newsroom) -> None:
    """Other files of the draft stand in the same place."""
    blob = room.desk.drafting.blob(b"something else")
    assert ana.get(f"/console/recordings/sounds/{blob}.wav").status_code == 404
    first = pieces(ana)[0]
    assert upload(ana, first, None, uploaded=blob).status_code == 422


@pytest.mark.parametrize("path", ["recordings", "recordings/ht", f"recordings/ht/{'0' * 32}", "listen/ht/welcome.wav"])
def test_nobody_else_sees_or_hears_anything(console: Console, path: str) -> None:
    answer = console.browser().get(f"/console/{path}")
    assert answer.status_code == 303
    assert "/console/sign-in" in answer.location


def test_an_unknown_filter_shows_all(ana: Browser) -> None:
    shown = DIGEST.findall(ana.get("/console/recordings/ht?show=%3Cb%3E").text)
    assert list(dict.fromkeys(shown)) == pieces(ana)


@pytest.mark.timed
def test_the_pages_are_fast(ana: Browser) -> None:
    paths = ["/console/recordings", "/console/recordings/ht", page_of(pieces(ana)[20])]
    for path in paths:
        ana.get(path)
        began = time.thread_time()
        assert ana.get(path).status_code == 200
        assert time.thread_time() - began < 0.2
