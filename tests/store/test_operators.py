from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis.exceptions import RedisError

from hotline.store.connection import RedisClient, connect
from hotline.store.operators import (
    ACCOUNTS,
    LastAdminError,
    Operator,
    Operators,
    Role,
    TakenError,
    UnknownOperatorError,
)
from tests.console.signing import keys_in

NOW = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


def operator(name: str = "ana", role: Role = Role.ADMIN) -> Operator:
    return Operator(name, role, "$argon2id$kept", NOW, NOW)


@pytest.fixture
def operators(redis: RedisClient) -> Operators:
    return Operators(redis)


def test_each_role_may_do_what_those_before_it_may() -> None:
    may = {(one, other) for one in Role for other in Role if one.includes(other)}
    assert may == {
        (Role.EDITOR, Role.EDITOR),
        (Role.REVIEWER, Role.EDITOR),
        (Role.REVIEWER, Role.REVIEWER),
        (Role.ADMIN, Role.EDITOR),
        (Role.ADMIN, Role.REVIEWER),
        (Role.ADMIN, Role.ADMIN),
    }


def test_an_operator_is_kept_whole(operators: Operators) -> None:
    assert operators.is_empty()
    kept = replace(operator(), code_secret="BASE32", must_change=True)
    operators.add(kept)
    assert operators.find("ana") == kept
    assert operators.all() == (kept,)
    assert not operators.is_empty()


def test_nobody_is_found_by_another_name(operators: Operators) -> None:
    operators.add(operator())
    for name in ("Ana", "", "an", "ana\0", "ana\u202e", "a" * 100_000):
        assert operators.find(name) is None


def test_secrets_are_not_shown_where_an_operator_is_written_out() -> None:
    shown = repr(replace(operator(), code_secret="BASE32"))
    assert "argon2" not in shown
    assert "BASE32" not in shown
    assert operator().stamp not in shown


def test_operators_stand_in_the_order_of_their_names(operators: Operators) -> None:
    for name in ("eva", "ana", "ben"):
        operators.add(operator(name))
    assert [one.name for one in operators.all()] == ["ana", "ben", "eva"]


def test_a_name_is_given_once(operators: Operators) -> None:
    first = operator()
    operators.add(first)
    with pytest.raises(TakenError, match="ana"):
        operators.add(operator(role=Role.EDITOR))
    assert operators.find("ana") == first


def test_of_many_who_add_the_same_name_at_once_one_does(redis: RedisClient) -> None:
    def add(number: int) -> bool:
        try:
            Operators(redis).add(replace(operator(), password=str(number)))
        except TakenError:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(add, range(64))).count(True) == 1


def test_a_change_is_kept_and_given(operators: Operators) -> None:
    operators.add(operator(role=Role.EDITOR))
    changed = operators.change("ana", lambda one: one.with_role(Role.REVIEWER, LATER))
    assert (changed.role, changed.changed, changed.created) == (Role.REVIEWER, LATER, NOW)
    assert operators.find("ana") == changed


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (lambda one: one.with_role(Role.EDITOR, LATER), True),
        (lambda one: one.with_password("$argon2id$other", LATER), True),
        (lambda one: one.signed_out(), True),
        (lambda one: one.with_code_secret("BASE32", LATER), False),
    ],
)
def test_a_new_role_or_password_ends_all_sessions(change: object, ends: bool) -> None:  # noqa: FBT001
    before = operator()
    after = change(before)  # type: ignore[operator]  # a function of an operator
    assert (after.stamp != before.stamp) is ends


def test_many_changes_at_once_are_all_made(redis: RedisClient) -> None:
    Operators(redis).add(replace(operator(), password=""))

    def note(number: int) -> None:
        Operators(redis).change("ana", lambda one: replace(one, password=f"{one.password} {number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(note, range(12)))
    found = Operators(redis).find("ana")
    assert found
    assert sorted(map(int, found.password.split())) == list(range(12))


def test_nobody_cannot_be_changed_or_removed(operators: Operators) -> None:
    with pytest.raises(UnknownOperatorError):
        operators.change("ana", lambda one: one)
    with pytest.raises(UnknownOperatorError):
        operators.remove("ana")


def test_a_change_that_is_refused_changes_nothing(operators: Operators) -> None:
    kept = operator()
    operators.add(kept)

    def refuse(_: Operator) -> Operator:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        operators.change("ana", refuse)
    assert operators.find("ana") == kept


def test_somebody_who_is_removed_is_gone(operators: Operators) -> None:
    operators.add(operator())
    operators.add(operator("ben", Role.EDITOR))
    operators.remove("ben")
    assert operators.find("ben") is None


def test_the_last_admin_can_be_neither_removed_nor_demoted(operators: Operators) -> None:
    kept = operator()
    operators.add(kept)
    operators.add(operator("ben", Role.REVIEWER))
    with pytest.raises(LastAdminError, match="ana"):
        operators.remove("ana")
    with pytest.raises(LastAdminError, match="ana"):
        operators.change("ana", lambda one: one.with_role(Role.REVIEWER, LATER))
    assert operators.find("ana") == kept
    operators.change("ana", lambda one: one.with_password("other", LATER))


def test_one_of_two_admins_can_be_removed(operators: Operators) -> None:
    operators.add(operator())
    operators.add(operator("ben"))
    operators.remove("ana")
    assert [one.name for one in operators.all()] == ["ben"]


@pytest.mark.parametrize("round", range(5))
def test_of_two_admins_who_demote_each_other_at_once_one_stays(redis: RedisClient, round: int) -> None:  # noqa: A002, ARG001
    operators = Operators(redis)
    operators.add(operator("ana"))
    operators.add(operator("ben"))

    def demote(name: str) -> bool:
        try:
            Operators(redis).change(name, lambda one: one.with_role(Role.EDITOR, LATER))
        except LastAdminError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        demoted = list(pool.map(demote, ["ana", "ben"]))
    assert demoted.count(True) == 1
    assert [one.role for one in operators.all()].count(Role.ADMIN) == 1


def test_of_two_admins_who_remove_each_other_at_once_one_stays(redis: RedisClient) -> None:
    for name in ("ana", "ben"):
        Operators(redis).add(operator(name))

    def remove(name: str) -> bool:
        try:
            Operators(redis).remove(name)
        except LastAdminError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        removed = list(pool.map(remove, ["ana", "ben"]))
    assert removed.count(True) == 1
    assert len(Operators(redis).all()) == 1


def test_a_code_is_spent_once_by_each(operators: Operators) -> None:
    assert operators.spend_code("ana", 7)
    assert not operators.spend_code("ana", 7)
    assert operators.spend_code("ana", 8)
    assert operators.spend_code("ben", 7)


def test_of_many_who_spend_a_code_at_once_one_does(redis: RedisClient) -> None:
    with ThreadPoolExecutor(16) as pool:
        spent = list(pool.map(lambda _: Operators(redis).spend_code("ana", 7), range(64)))
    assert spent.count(True) == 1


def test_everything_stands_in_one_slot_of_a_cluster(operators: Operators, redis: RedisClient) -> None:
    operators.add(operator())
    operators.spend_code("ana", 7)
    assert all(key.startswith(b"{operators}:") for key in keys_in(redis))
    assert redis.ttl(ACCOUNTS) == -1


def test_an_outage_is_told() -> None:
    nowhere = Operators(connect("redis://127.0.0.1:9"))
    with pytest.raises(RedisError):
        nowhere.find("ana")
    with pytest.raises(RedisError):
        nowhere.add(operator())
