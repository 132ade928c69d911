"""Operators' accounts in Redis: who may use the console, and for what. All keys are in one slot of a cluster."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import cast

from hotline.store.connection import RedisClient

ACCOUNTS = "{operators}:accounts"
# Longer than a code is good for, on a telephone whose clock is off.
SPENT_CODE_SECONDS = 300
# Others change the same account meanwhile, but hardly so often.
MOST_TRIES = 20

# KEYS: accounts. ARGV: name, account expected, account to be ("" removes it). Gives 'changed' where the account is not
# as expected, 'last' where nobody would be an admin any more.
_REPLACE = """
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 'changed' end
local function is_admin(account) return account ~= '' and cjson.decode(account).role == 'admin' end
if is_admin(ARGV[2]) and not is_admin(ARGV[3]) then
    local admins = 0
    for _, account in ipairs(redis.call('HVALS', KEYS[1])) do
        if is_admin(account) then admins = admins + 1 end
    end
    if admins == 1 then return 'last' end
end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1]) else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 'done'
"""


class Role(StrEnum):
    """Each may do what those before it may."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    ADMIN = "admin"

    def includes(self, other: Role) -> bool:
        """Whether this role may do what the other may."""
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(other)


class TakenError(Exception):
    """There is an operator of this name already."""


class UnknownOperatorError(Exception):
    """There is no operator of this name, or not any more."""


class LastAdminError(Exception):
    """Without this admin nobody could look after the accounts."""


class BusyAccountError(Exception):
    """Others change the same account all the time."""


@dataclass(frozen=True, slots=True)
class Operator:
    """`password` is its hash, `code_secret` the base32 secret of an authenticator app, None where none is used.

    `must_change` tells a password that somebody else has made. A session counts while its `stamp` is the operator's:
    with another one all of them are over.
    """

    name: str
    role: Role
    password: str = field(repr=False)
    created: datetime
    changed: datetime
    code_secret: str | None = field(default=None, repr=False)
    must_change: bool = False
    stamp: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def with_role(self, role: Role, now: datetime) -> Operator:
        return replace(self, role=role, changed=now).signed_out()

    def with_password(self, password: str, now: datetime, *, must_change: bool = False) -> Operator:
        """With another password, given by its hash."""
        return replace(self, password=password, must_change=must_change, changed=now).signed_out()

    def with_code_secret(self, code_secret: str | None, now: datetime) -> Operator:
        return replace(self, code_secret=code_secret, changed=now)

    def signed_out(self) -> Operator:
        """With no session that counts."""
        return replace(self, stamp=secrets.token_hex(16))

    def to_json(self) -> str:
        return json.dumps(
            {
                "name": self.name,
                "role": self.role,
                "password": self.password,
                "created": self.created.isoformat(),
                "changed": self.changed.isoformat(),
                "code_secret": self.code_secret,
                "must_change": self.must_change,
                "stamp": self.stamp,
            }
        )

    @classmethod
    def from_json(cls, text: bytes) -> Operator:
        fields = json.loads(text)
        return cls(
            name=fields["name"],
            role=Role(fields["role"]),
            password=fields["password"],
            created=datetime.fromisoformat(fields["created"]),
            changed=datetime.fromisoformat(fields["changed"]),
            code_secret=fields["code_secret"],
            must_change=fields["must_change"],
            stamp=fields["stamp"],
        )


class Operators:
    """Raises RedisError where Redis is out of reach, in every method."""

    def __init__(self, redis: RedisClient) -> None:
        self._redis = redis

    def all(self) -> tuple[Operator, ...]:
        """In the order of their names."""
        found = cast("Mapping[bytes, bytes]", self._redis.hgetall(ACCOUNTS))
        return tuple(sorted(map(Operator.from_json, found.values()), key=lambda operator: operator.name))

    def find(self, name: str) -> Operator | None:
        found = self._read(name)
        return Operator.from_json(found) if found else None

    def is_empty(self) -> bool:
        return not self._redis.exists(ACCOUNTS)

    def add(self, operator: Operator) -> None:
        """Raises TakenError."""
        if not self._redis.hsetnx(ACCOUNTS, operator.name, operator.to_json()):
            raise TakenError(operator.name)

    def change(self, name: str, change: Callable[[Operator], Operator]) -> Operator:
        """Changes an account, in one step, and gives it as it is then. `change` may be asked again, and may raise.

        Raises UnknownOperatorError, LastAdminError or BusyAccountError.
        """
        for _ in range(MOST_TRIES):
            before = self._known(name)
            after = change(Operator.from_json(before))
            if self._replace(name, before, after.to_json()):
                return after
        raise BusyAccountError(name)

    def remove(self, name: str) -> None:
        """Raises UnknownOperatorError, LastAdminError or BusyAccountError."""
        for _ in range(MOST_TRIES):
            if self._replace(name, self._known(name), ""):
                return
        raise BusyAccountError(name)

    def spend_code(self, name: str, step: int) -> bool:
        """Whether the code of an authenticator app, known by its time step, had not been used before."""
        return bool(self._redis.set(f"{{operators}}:spent:{name}:{step}", "", ex=SPENT_CODE_SECONDS, nx=True))

    def _read(self, name: str) -> bytes | None:
        return cast("bytes | None", self._redis.hget(ACCOUNTS, name))

    def _known(self, name: str) -> bytes:
        found = self._read(name)
        if found is None:
            raise UnknownOperatorError(name)
        return found

    def _replace(self, name: str, before: bytes, after: str) -> bool:
        """False where the account was changed meanwhile."""
        answer = cast("bytes", self._redis.eval(_REPLACE, 1, ACCOUNTS, name, before, after))
        if answer == b"last":
            raise LastAdminError(name)
        return answer == b"done"
