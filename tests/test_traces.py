from __future__ import annotations

from pathlib import Path

import flask
import gunicorn
import pytest
import redis
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from hotline.traces import LEFT_OUT, forms_of, without_traces


@pytest.mark.parametrize(
    "trace",
    [
        "203-555-0123", "203.555.0123", "203 555 01 23", "2 0 3 5 5 5 0 1 2 3", "555-0123", "٢٠٣٥٥٥٠١٢٣",
        "２０３５５５０１２３",
        "%2B12035550123", "New Haven 06511", "06511-1234", "maria@example.org", "SM" + "0a" * 16, "CA" + "0A" * 16,
    ],
)  # fmt: skip
def test_what_looks_like_anybodys_is_left_out(trace: str) -> None:
    assert without_traces(f"no session of {trace} today") == LEFT_OUT


@given(st.from_regex(r"[2-9]\d{2}[ .-]?[2-9]\d{2}[ .-]?\d{4}", fullmatch=True), st.text(), st.text())
def test_a_number_in_any_text_is_found(number: str, before: str, after: str) -> None:
    assert without_traces(before + number + after) == LEFT_OUT


@pytest.mark.parametrize("secret", ["", "demo", "12345"])
def test_a_word_that_may_stand_anywhere_is_no_secret(secret: str) -> None:
    assert forms_of(secret) == set()


def test_places_in_the_code_stay() -> None:
    packages = [Path(str(module.__file__)).parent for module in (redis, gunicorn, flask, urllib3)]
    for path in (path for package in (Path("hotline"), *packages) for path in package.rglob("*.py")):
        assert without_traces(f"{'/'.join(path.parts[-2:])}:1234") != LEFT_OUT
