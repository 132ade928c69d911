from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from hotline.console.codes import address_of, in_groups, is_secret, new_secret, picture_of, step_of

# The half minute begins on the minute.
NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = pyotp.TOTP(SECRET).at(NOW)


def test_the_code_of_this_half_minute_and_of_those_beside_it_are_right() -> None:
    step = step_of(SECRET, CODE, NOW)
    assert step is not None
    for seconds in (-30, 0, 29, 59):
        assert step_of(SECRET, CODE, NOW + timedelta(seconds=seconds)) == step
    for seconds in (-31, 60):
        assert step_of(SECRET, CODE, NOW + timedelta(seconds=seconds)) is None


def test_the_next_code_is_of_another_step() -> None:
    later = NOW + timedelta(seconds=30)
    assert step_of(SECRET, pyotp.TOTP(SECRET).at(later), later) != step_of(SECRET, CODE, NOW)


@pytest.mark.parametrize("typed", [f" {CODE[:3]} {CODE[3:]} ", "".join(chr(0xFEE0 + ord(digit)) for digit in CODE)])
def test_a_code_is_the_same_however_it_is_typed(typed: str) -> None:
    assert step_of(SECRET, typed, NOW) == step_of(SECRET, CODE, NOW)


@pytest.mark.parametrize("code", ["", "1", f"{CODE}0", "abcdef", "١٢٣٤٥٦", "\0" * 6, "²²²²²²", CODE * 20_000, "\udcff"])
def test_what_is_no_code_is_wrong(code: str) -> None:
    assert step_of(SECRET, code, NOW) is None


def test_a_code_of_another_secret_is_wrong() -> None:
    assert step_of(new_secret(), CODE, NOW) is None


def test_secrets_differ_and_are_told_from_anything_else() -> None:
    assert len({new_secret() for _ in range(50)}) == 50
    assert is_secret(new_secret())
    for text in ("", "A" * 31, "A" * 33, "a" * 32, "A" * 31 + "1", "A" * 32 + "\n", "A" * 100_000):
        assert not is_secret(text)


def test_an_app_reads_the_name_and_the_secret_from_the_address() -> None:
    parsed = pyotp.parse_uri(address_of(SECRET, "ana.m-b_c"))
    assert (parsed.secret, parsed.name, parsed.issuer) == (SECRET, "ana.m-b_c", "Hotline")


def test_the_picture_is_drawn_in_the_page_itself() -> None:
    picture = picture_of(SECRET, "ana")
    assert picture.startswith("data:image/svg+xml")
    assert SECRET not in picture


def test_a_secret_to_be_typed_stands_in_groups() -> None:
    assert in_groups("ABCDEFGHIJ") == "ABCD EFGH IJ"
