from __future__ import annotations

import pytest

from hotline.console.enrolment import NameProblem, enrol, new_name, plain_name, reset
from hotline.console.passwords import is_right
from hotline.store.connection import RedisClient
from hotline.store.operators import Operators, Role, TakenError, UnknownOperatorError
from tests.conftest import NOW
from tests.console.signing import quick_passwords


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    quick_passwords(monkeypatch)


@pytest.mark.parametrize(
    ("typed", "name"), [("ana", "ana"), (" Ana ", "ana"), ("a.b-c_9", "a.b-c_9"), ("9a", "9a"), ("A" * 40, "a" * 40)]
)
def test_a_name_is_kept_in_small_letters(typed: str, name: str) -> None:
    assert new_name(typed) == name
    assert plain_name(typed) == name


@pytest.mark.parametrize(
    "typed",
    [
        "", "a", "a" * 41, "a" * 100_000, "-a", ".a", "..", "a b", "a/b", "a\0b", "a\nb", "<b>ana</b>", "an\u202ea",
        "\u0430na", "josé", "a'b", 'a"b', "a%2fb", "\udcff\udcff", "{{7*7}}", "ａｎａ",
    ],
)  # fmt: skip
def test_anything_else_is_no_name(typed: str) -> None:
    with pytest.raises(NameProblem, match="letters a to z"):
        new_name(typed)


def test_who_is_enrolled_has_a_password_that_must_be_changed(redis: RedisClient) -> None:
    operators = Operators(redis)
    made = enrol(operators, "ana", Role.ADMIN, NOW)
    kept = operators.find("ana")
    assert kept
    assert kept.must_change
    assert (made.name, kept.role, kept.created) == ("ana", Role.ADMIN, NOW)
    assert is_right(made.password, kept.password)
    with pytest.raises(TakenError):
        enrol(operators, "ana", Role.EDITOR, NOW)
    assert operators.find("ana") == kept


def test_a_reset_makes_another_password_and_ends_sessions(redis: RedisClient) -> None:
    operators = Operators(redis)
    first = enrol(operators, "ana", Role.ADMIN, NOW)
    before = operators.find("ana")
    second = reset(operators, "ana", NOW)
    after = operators.find("ana")
    assert before
    assert after
    assert first.password != second.password
    assert before.stamp != after.stamp
    assert is_right(second.password, after.password)
    assert not is_right(first.password, after.password)
    with pytest.raises(UnknownOperatorError):
        reset(operators, "ben", NOW)
