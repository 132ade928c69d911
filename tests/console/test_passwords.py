from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.profiles import RFC_9106_LOW_MEMORY

from hotline.console.passwords import (
    LONGEST,
    NOBODYS,
    BusyError,
    hash_of,
    is_outdated,
    is_right,
    made_password,
    problem_of,
)

GOOD = "four quiet winter words"


def test_a_password_is_right_and_others_are_not() -> None:
    kept = hash_of(GOOD)
    assert GOOD not in kept
    assert is_right(GOOD, kept)
    assert not is_right(f"{GOOD} ", kept)
    assert not is_right(GOOD.upper(), kept)
    assert not is_outdated(kept)


def test_the_hash_is_one_of_argon2_as_its_library_advises() -> None:
    assert extract_parameters(hash_of(GOOD)) == RFC_9106_LOW_MEMORY


def test_who_is_unknown_costs_as_much() -> None:
    assert extract_parameters(NOBODYS) == RFC_9106_LOW_MEMORY
    assert not is_right(GOOD, None)
    assert not is_right("", None)
    assert not is_right("x" * 100_000, None)


@pytest.mark.parametrize("kept", ["", "plain", "$argon2id$v=19$m=65536", "\0"])
def test_what_is_no_hash_is_never_right(kept: str) -> None:
    assert not is_right(GOOD, kept)
    assert not is_right(kept, kept)


def test_the_same_letters_are_the_same_password_however_they_are_typed() -> None:
    assert is_right("cafe\u0301 au lait, s'il", hash_of("caf\u00e9 au lait, s'il"))


@pytest.mark.parametrize("password", ["a" * 200, "\udcff" * 20, "x" * 100_000])
def test_what_can_be_no_password_is_wrong(password: str) -> None:
    assert not is_right(password, hash_of(GOOD))


def test_a_weaker_hash_is_outdated() -> None:
    assert is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(GOOD))


@pytest.mark.parametrize(
    "password", [GOOD, "a" * 12, "a" * LONGEST, "密码密码密码密码密码密码", "with\0nul\u202e inside"]
)
def test_any_long_password_will_do(password: str) -> None:
    assert problem_of(password, "ana") is None
    assert is_right(password, hash_of(password))


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("a" * (LONGEST + 1), "at most 128"),
        ("a" * 100_000, "at most 128"),
        ("Ana.Mendoza.Ortiz", "not be the name"),
        ("\udcff" * 12, "cannot be stored"),
    ],
)
def test_a_bad_password_is_refused_with_the_reason(password: str, said: str) -> None:
    assert said in (problem_of(password, "ana.mendoza.ortiz") or "")


def test_made_passwords_will_do_and_differ() -> None:
    made = {made_password() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"([a-km-z2-9]{5}-){3}[a-km-z2-9]{5}", one) for one in made)
    assert problem_of(made.pop(), "ana") is None


def test_a_flood_of_passwords_waits_a_little_and_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = hash_of(GOOD)
    monkeypatch.setattr("hotline.console.passwords.LONGEST_WAIT_SECONDS", 0.01)

    def guess(_: int) -> str:
        try:
            return str(is_right("a guess of somebody", kept))
        except BusyError:
            return "busy"

    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(guess, range(60)))
    assert {"False", "busy"} >= set(answers)
    assert "busy" in answers
    assert is_right(GOOD, kept)
