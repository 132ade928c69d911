from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hotline.script.loader import DATA, ScriptError, script_of
from hotline.script.notice import MOST_NOTICE_CHARACTERS, Notice
from hotline.script.organisations import CONNECTICUT

FOUR = datetime(2026, 11, 23, 16, 0, tzinfo=CONNECTICUT)


def documents(notice: str) -> dict[str, bytes]:
    paths = (*DATA.glob("*.toml"), *DATA.glob("topics/*.toml"))
    return {
        **{path.relative_to(DATA).as_posix(): path.read_bytes() for path in paths},
        "notice.toml": notice.encode(),
    }


def problems(notice: str) -> str:
    with pytest.raises(ScriptError) as raised:
        script_of(documents(notice))
    return str(raised.value)


def test_a_notice_is_said_until_its_time_in_its_languages() -> None:
    notice = Notice(FOUR, {"es": "Aviso."})
    assert notice.is_said("es", FOUR - timedelta(seconds=1))
    assert not notice.is_said("es", FOUR)
    assert not notice.is_said("en", FOUR - timedelta(seconds=1))


def test_a_notice_is_read_with_its_time_and_languages() -> None:
    script = script_of(
        documents('until = 2026-11-23T16:00:00-05:00\n[texts]\nes = "Llame al {phone.referral_line}."\nen = "Call."\n')
    )
    assert script.notice == Notice(FOUR, {"es": "Llame al {phone.referral_line}.", "en": "Call."})


def test_without_its_file_there_is_no_notice() -> None:
    assert script_of(documents("") | {"notice.toml": b"until = 2026-11-23T16:00:00Z\n[texts]\n"}).notice == Notice(
        datetime.fromisoformat("2026-11-23T16:00:00+00:00"), {}
    )
    without = documents("")
    del without["notice.toml"]
    assert script_of(without).notice is None


@pytest.mark.parametrize(
    ("notice", "problem"),
    [
        ("until = 2026-11-23T16:00:00\n[texts]\n", "'until' must be a time such as"),
        ("until = 2026-11-23\n[texts]\n", "'until' must be a time such as"),
        ('until = 2026-11-23T16:00:00Z\n[texts]\nxx = "a"\n', "xx: there is no such language"),
        ('until = 2026-11-23T16:00:00Z\n[texts]\nes = ""\n', "'es' must be a text in quotes"),
        ('until = 2026-11-23T16:00:00Z\n[texts]\nes = "{phone.nobody}"\n', "there is no organisation 'nobody'"),
        ('until = 2026-11-23T16:00:00Z\n[texts]\nes = "{date.x}"\n', "must begin with one of"),
        ('until = 2026-11-23T16:00:00Z\n[texts]\nes = "{"\n', "notice.toml: es:"),
        (f'until = 2026-11-23T16:00:00Z\n[texts]\nes = "{"x" * (MOST_NOTICE_CHARACTERS + 1)}"\n', "200 at most"),
        ("until = 2026-11-23T16:00:00Z\n", "'texts' is missing"),
        ("nonsense", "notice.toml: cannot be read"),
    ],
)
def test_what_is_wrong_with_a_notice_is_told(notice: str, problem: str) -> None:
    assert problem in problems(notice)
