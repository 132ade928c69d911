from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from hotline.phone.mailbox import Mailbox, TextMessage
from hotline.phone.terminal import call_session, columns, replay_file, text_session, wrap
from tests.phone.peer import CALLER, NUMBER, PUBLIC_URL, TOKEN, Answer, Peer
from tests.phone.wav import wav


def typed(session: Callable[[], object], lines: str) -> str:
    """What the terminal shows when `lines` are piped in."""

    @click.command()
    def command() -> None:
        session()

    result = CliRunner().invoke(command, input=lines, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def serve(peer: Peer) -> None:
    peer.twiml("/sms", "<Message>Mantenga cerrada la puerta.\n1 Más</Message><Message>门</Message>")
    peer.twiml(
        "/voice",
        "<Gather numDigits='2' input='dtmf speech' action='/menu'>"
        "<Say language='es-US'>Oprima dos.</Say></Gather><Say>Bye.</Say>",
    )
    peer.twiml("/menu", f"<Dial callerId='{NUMBER}'>1-800-798-0671</Dial><Redirect>/voice</Redirect>")


def test_a_text_shows_its_replies_in_bubbles(peer: Peer) -> None:
    serve(peer)
    shown = typed(lambda: text_session(peer.line(), CALLER, language_word=None), "la migra\n\n")
    assert "> la migra" in shown
    assert "│ Mantenga cerrada la puerta. │" in shown
    assert "│ 1 Más                       │" in shown
    assert "33 characters, 1 segment, UCS-2" in shown
    assert "│ 门 │" in shown
    assert shown.endswith("Goodbye.\n")
    assert len(peer.seen) == 1


def test_the_language_is_asked_for_first(peer: Peer) -> None:
    serve(peer)
    typed(lambda: text_session(peer.line(), CALLER, language_word="español"), "")
    assert [form["Body"] for form in peer.forms("/sms")] == ["español"]


def test_stop_and_no_reply_and_errors_are_told(peer: Peer) -> None:
    serve(peer)
    shown = typed(lambda: text_session(peer.line(), CALLER, language_word=None), "STOP\nhi\n")
    assert "Twilio itself," in shown
    assert "2 not delivered" in shown
    peer.twiml("/sms", "")
    assert "(no reply)" in typed(lambda: text_session(peer.line(), CALLER, language_word=None), "hi\n")
    peer.routes["/sms"] = Answer(status=500)
    assert "(Twilio error 11200)" in typed(lambda: text_session(peer.line(), CALLER, language_word=None), "hi\n")


def test_a_call_is_heard_and_takes_keys_speech_silence_and_outcomes(peer: Peer) -> None:
    serve(peer)
    shown = typed(
        lambda: call_session(peer.line(), CALLER, language_keys=None),
        "1\n2\nbusy\nsay la migra\nno-answer\n\nignored\n",
    )
    assert shown.count("es-US   Oprima dos.") == 3
    assert shown.count("(dials 1-800-798-0671, caller ID +12035550100)") == 2
    assert "(nothing happens)" in shown
    assert "> 1 2" in shown
    assert shown.count("The transfer:") == 2
    assert shown.endswith("Bye.\n          (the call ends)\n")
    assert peer.forms("/menu")[0]["Digits"] == "12"
    assert peer.forms("/menu")[1]["SpeechResult"] == "la migra"


@pytest.mark.parametrize("lines", ["h\n", "", "H\n"])
def test_h_and_the_end_of_input_hang_up(peer: Peer, lines: str) -> None:
    serve(peer)
    assert "(the call ends)" in typed(lambda: call_session(peer.line(), CALLER, language_keys=None), lines)
    assert peer.forms("/voice/status")[0]["CallStatus"] == "completed"


def test_the_keys_of_a_language_are_pressed_at_once(peer: Peer) -> None:
    serve(peer)
    languages = "<Say language='en-US'>English, press 1.</Say><Say language='ru-RU'>Русский, 9.</Say>"
    peer.twiml("/voice", f"<Gather numDigits='1' action='/menu'>{languages}</Gather>")
    peer.twiml("/menu", "<Gather numDigits='1' action='/chosen'><Say language='ru-RU'>Русский, 3.</Say></Gather>")
    peer.twiml("/chosen", "<Gather><Say language='ru-RU'>Это не государство.</Say></Gather>")
    shown = typed(lambda: call_session(peer.line(), CALLER, language_keys="93"), "h\n")
    assert "> 93" in shown
    assert [peer.forms(path)[0]["Digits"] for path in ("/menu", "/chosen")] == ["9", "3"]


def test_where_a_call_begins_in_a_language_the_menu_of_languages_is_opened_first(peer: Peer) -> None:
    serve(peer)
    assert "> 912" in typed(lambda: call_session(peer.line(), CALLER, language_keys="12"), "h\n")
    assert peer.forms("/menu")[0]["Digits"] == "91"


def test_what_makes_no_sense_is_said_and_the_call_goes_on(peer: Peer) -> None:
    serve(peer)
    shown = typed(lambda: call_session(peer.line(), CALLER, language_keys=None), "busy\nabc\n12\n5\nh\n")
    assert "not for a transfer" in shown
    assert "A phone has the keys" in shown
    assert "waits for the outcome of a transfer" in shown


def test_an_error_of_the_hotline_is_shown(peer: Peer) -> None:
    shown = typed(lambda: call_session(peer.line(), CALLER, language_keys="1"), "")
    assert "application error 11200" in shown
    assert "cannot" not in typed(lambda: call_session(peer.line(), "anonymous", language_keys=None), "")
    assert "A caller is a number" in typed(lambda: call_session(peer.line(), "nobody at all", language_keys=None), "")


def test_a_recording_is_heard_in_its_language(peer: Peer) -> None:
    peer.routes["/audio/ht/a.wav"] = Answer(wav("Pou Kreyòl, peze kat."), "audio/wav")
    peer.routes["/audio/sq/b.wav"] = Answer(b"RIFF", "audio/wav")
    peer.twiml("/voice", "<Play>/audio/ht/a.wav</Play><Play>/audio/sq/b.wav</Play>")
    shown = typed(lambda: call_session(peer.line(), CALLER, language_keys=None), "")
    assert "  ht      Pou Kreyòl, peze kat.\n" in shown
    assert "  sq      (plays /audio/sq/b.wav)\n" in shown


def test_a_text_that_arrives_during_a_call_is_shown(peer: Peer, mailbox: Mailbox) -> None:
    serve(peer)
    mailbox.deliver(TextMessage(NUMBER, CALLER, "Llame al\n1-800-798-0671."))
    line = replace(peer.line(), inbox=mailbox)
    shown = typed(lambda: call_session(line, CALLER, language_keys=None), "h\n")
    assert shown.index("Oprima dos.") < shown.index(f"(texts {CALLER}: Llame al 1-800-798-0671.)")


def test_a_transcript_is_replayed_and_printed(peer: Peer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve(peer)
    file = tmp_path / "door.txt"
    file.write_text(f"text from {CALLER}\n> hi\n", encoding="utf-8")
    assert replay_file(peer.line(), file) == 0
    assert capsys.readouterr().out == (f"text from {CALLER}\n> hi\n< Mantenga cerrada la puerta.\n  1 Más\n< 门\n")


def test_a_transcript_that_differs_fails(peer: Peer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    serve(peer)
    file = tmp_path / "door.txt"
    file.write_text(f"text from {CALLER}\n> hi\n< Hello.\n", encoding="utf-8")
    assert replay_file(peer.line(), file) == 1
    assert "-< Hello." in capsys.readouterr().err


def test_an_error_without_expectation_fails(peer: Peer, tmp_path: Path) -> None:
    file = tmp_path / "door.txt"
    file.write_text(f"text from {CALLER}\n> hi\n", encoding="utf-8")
    assert replay_file(peer.line(), file) == 1


@pytest.mark.parametrize("content", [b"hello", b"\xff", None])
def test_a_file_that_cannot_be_read(
    peer: Peer, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    file = tmp_path / "door.txt"
    if content is not None:
        file.write_bytes(content)
    assert replay_file(peer.line(), file) == 2
    assert str(file) in capsys.readouterr().err


def test_lines_piped_into_a_process_need_no_terminal(peer: Peer) -> None:
    serve(peer)
    program = (
        "from hotline.phone.line import Line; from hotline.phone.terminal import text_session;"
        f"line = Line({peer.address!r}, {PUBLIC_URL!r}, {TOKEN!r}, 'AC0', {NUMBER!r});"
        f"text_session(line, {CALLER!r}, language_word=None)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=b"hola\n\xff\xfe\n", capture_output=True, check=False, timeout=20
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert b"Mantenga cerrada" in done.stdout


@given(st.text(max_size=80), st.integers(8, 40))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    lines = list(wrap(text, width))
    assert all(columns(line) <= width for line in lines)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)


def test_chinese_breaks_between_letters() -> None:
    assert list(wrap("请把门关好。您可以保持沉默。", 10)) == ["请把门关", "好。您可以", "保持沉默。"]
