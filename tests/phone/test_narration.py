from __future__ import annotations

import pytest

from hotline.phone.call import Call, Event, Waiting
from hotline.phone.errors import PhoneError
from hotline.phone.line import Line
from hotline.phone.narration import error_mark, heard_line, is_error, is_language_menu
from tests.phone.peer import PUBLIC_URL

LINE = Line("http://127.0.0.1:1", PUBLIC_URL, "t", "AC0", "+12035550100")


@pytest.mark.parametrize(
    ("event", "heard"),
    [
        (Event("said", text="Press 1."), "Press 1."),
        (Event("said", text="Press 1.", times=2), "Press 1. (said 2 times)"),
        (Event("played", url=f"{PUBLIC_URL}/audio/ht/a.wav?x=1"), "(plays /audio/ht/a.wav?x=1)"),
        (
            Event("played", url="https://elsewhere.example/a.wav", times=3),
            "(plays https://elsewhere.example/a.wav, 3 times)",
        ),
        (Event("played", url=f"{PUBLIC_URL}/audio/ht/a.wav", language="ht", text="Peze 1."), "Peze 1."),
        (Event("played", url="https://elsewhere.example/a.wav", text="Hi.", times=3), "Hi. (said 3 times)"),
        (Event("played", text="1w#"), "(plays the tones 1w#)"),
        (Event("paused", seconds=4), "(pause 4 s)"),
        (Event("dialled", number="1-800", caller_id="+1"), "(dials 1-800, caller ID +1)"),
        (Event("sent", number="+1", text="one\n two"), "(texts +1: one two)"),
        (Event("redirected", url="/x"), None),
        (Event("redirected", url="/x", reason="error 11200", text="Gone."), "(error 11200: Gone.)"),
        (Event("ended", reason="hang-up"), "(the call ends)"),
        (Event("ended", reason="busy"), "(the call ends: busy)"),
        (Event("ended", reason="application error 1", text="No."), "(the call ends: application error 1: No.)"),
    ],
)
def test_every_event_has_its_line(event: Event, heard: str | None) -> None:
    assert heard_line(LINE, event) == heard


@pytest.mark.parametrize("line", ["(error 11200: x)", "(error: x)", "(the call ends: status callback error 1: x)"])
def test_errors_are_told_from_what_is_said(line: str) -> None:
    assert is_error(line)
    assert not is_error(f"Press 1. {line}")


def test_an_error_is_one_line() -> None:
    assert error_mark(PhoneError("No\nway.", 11200)) == "(error 11200: No way.)"
    assert error_mark(PhoneError("No.")) == "(error: No.)"


@pytest.mark.parametrize(
    ("languages", "is_menu"),
    [
        (["en-US", "es-US"], True),
        (["en-US", None], True),
        (["en-US", "en-US"], False),
        ([], False),
        (["en-US", "ht"], True),
        (["ht", "sq"], True),
        (["es-US", "es"], False),
        (["cmn-CN", "zh"], False),
        (["ht", "ht"], False),
    ],
)
def test_only_the_menu_of_languages_speaks_in_several(languages: list[str | None], *, is_menu: bool) -> None:
    events = tuple(
        Event("said" if "-" in (language or "") else "played", text="x", language=language) for language in languages
    )
    call = Call(
        "CA1", "+1", Waiting("keys"), (*events, Event("paused", seconds=1)), "", "", 1, answered=True, began=0.0
    )
    assert is_language_menu(call) is is_menu
