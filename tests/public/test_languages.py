from __future__ import annotations

import pytest
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from hotline.public.languages import wanted_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("es", "es"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("zh-Hant-TW,en;q=0.5", "zh"),
        ("ZH_cn", "zh"),
        ("nb,de;q=0.9,ht;q=0.1", "ht"),
        ("en;q=0.2,pt-BR;q=0.9", "pt"),
        ("nb", "en"),
        ("*", "en"),
        ("", "en"),
        ("es;q=0,fr;q=0.1", "fr"),
        ("\x00;q=1,,;;q=x", "en"),
    ],
)
def test_a_page_is_in_the_language_that_the_browser_asks_for(header: str, expected: str) -> None:
    accepted = parse_accept_header(header, LanguageAccept)

    assert wanted_of(accepted, {"en", "es", "fr", "ht", "pt", "zh"}, "en") == expected
