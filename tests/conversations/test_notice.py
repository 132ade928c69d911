"""Conversations while there is an urgent notice, replayed as all others are; they stand in the folder `notice`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from hotline.app import create_app
from hotline.locales import LOCALES
from hotline.phone.line import Line
from hotline.phone.transcript import differences, parse, replay, write
from hotline.releases.content import content_of
from hotline.script.loader import load_script
from hotline.script.notice import Notice
from hotline.understanding.understanding import load_understanding
from tests.conftest import NOW, line_at, served, settings_for, twilio_api

TEXTS = {
    "es": "Hoy ICE está en la corte de Hartford. Si tiene cita, llame antes al {phone.referral_line}.",
    "ht": "Jodi a ICE nan tribinal Hartford la. Si ou gen randevou, rele {phone.referral_line} avan.",
    "ar": "ICE موجودة اليوم في محكمة هارتفورد. إذا كان لديك موعد فاتصل أولا على {phone.referral_line}.",
}
TRANSCRIPTS = sorted(Path(__file__).with_name("notice").glob("*/*.txt"))


@pytest.fixture(scope="module")
def noticing(redis_url: str) -> Iterator[Line]:
    """The line while it has a notice in some of its languages."""
    script = replace(load_script(), notice=Notice(NOW + timedelta(hours=5), TEXTS))
    packaged = partial(content_of, script, load_understanding(script), LOCALES)
    with twilio_api() as (api, mailbox):
        settings = settings_for(redis_url, twilio_api=api)
        with served(create_app(settings, now=lambda: NOW, packaged=packaged)) as address:
            yield replace(line_at(address, settings), inbox=mailbox)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: f"{path.parent.name}/{path.stem}")
@pytest.mark.usefixtures("redis")
def test_the_line_answers_as_written_down(noticing: Line, path: Path, pytestconfig: pytest.Config) -> None:
    expected = parse(path.read_text(encoding="utf-8"))
    actual = replay(noticing, expected)
    if pytestconfig.getoption("--rewrite-transcripts"):
        path.write_text(write(actual), encoding="utf-8")
        return
    assert not (difference := differences(expected, actual)), difference
