"""The URLs under which Redis or Valkey is reached, parsed and checked without a client."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl, unquote

Kind: TypeAlias = Literal["single", "unix", "sentinel", "cluster"]
Host: TypeAlias = tuple[str, int]
# What redis-py takes as keyword arguments, of many types.
Options: TypeAlias = Mapping[str, Any]

DEFAULT_PORTS: Mapping[Kind, int] = {"single": 6379, "sentinel": 26379, "cluster": 6379}
SCHEMES: Mapping[str, tuple[Kind, bool]] = {
    "redis": ("single", False),
    "rediss": ("single", True),
    "unix": ("unix", False),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
}
LAST_PORT = 65535
LABEL = r"\w[\w-]{0,62}"
HOST = re.compile(
    rf"(?:\[(?P<ipv6>[0-9a-f:.]+)\]|(?P<name>{LABEL}(?:\.{LABEL})*\.?))(?::(?P<port>[0-9]{{1,5}}))?",
    re.ASCII | re.IGNORECASE,
)
DATABASE = re.compile(r"[0-9]{1,5}")
BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}

NEEDS = (("username", "password"), ("sentinel_username", "sentinel_password"), ("ssl_keyfile", "ssl_certfile"))

# Takes an option's name and value.
Reader: TypeAlias = Callable[[str, str], object]


class ConnectionSettingError(ValueError):
    """A Redis URL that cannot be used. The message is one line and repeats nothing of the URL: it may be a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RedisAddress:
    """What a URL says. `options` are redis-py's keyword arguments, the user and the password among them."""

    kind: Kind
    tls: bool
    hosts: tuple[Host, ...] = ()
    path: str = ""
    service: str = ""
    database: int = 0
    options: Options = field(repr=False)


def parse_redis_url(url: str) -> RedisAddress:
    """The parts of a URL in one of the forms that `connect()` lists. Raises ConnectionSettingError."""
    url = url.strip()
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        raise ConnectionSettingError(f"A Redis URL begins with {', '.join(f'{name}://' for name in SCHEMES)}.")
    kind, tls = SCHEMES[scheme.lower()]
    rest, _, query = rest.partition("?")
    authority, _, path = rest.partition("/")
    credentials, at, hosts = authority.rpartition("@")
    if "#" in url or any(map(str.isspace, url)) or (kind != "unix" and "@" in path + query):
        raise ConnectionSettingError(
            "The Redis URL holds a character that splits it in the wrong place: in a user name, password or file name "
            "write @ as %40, / as %2F, ? as %3F, # as %23, % as %25 and a blank as %20."
        )
    address = RedisAddress(
        kind=kind, tls=tls, options={**_credentials(credentials, separated=bool(at)), **_options(query, kind, tls=tls)}
    )
    for name, partner in NEEDS:
        if name in address.options and partner not in address.options:
            raise ConnectionSettingError(
                f"The Redis URL has a {name} but no {partner}. A password alone has a colon before it: :password@host."
            )
    if kind == "unix":
        return _unix_address(address, hosts, path)
    address = replace(address, hosts=_hosts(hosts, kind))
    match kind, path.split("/"):
        case "single", [database]:
            return replace(address, database=_database(database))
        case "sentinel", [service] if service:
            return replace(address, service=unquote(service))
        case "sentinel", [service, database] if service:
            return replace(address, service=unquote(service), database=_database(database))
        case "cluster", ["" | "0"]:
            return address
        case "cluster", _:
            raise ConnectionSettingError("A Redis cluster has no database but 0: nothing may follow its hosts.")
        case "sentinel", _:
            raise ConnectionSettingError(
                "After the Sentinels' hosts the Redis URL needs /service-name or /service-name/db."
            )
        case _:
            raise ConnectionSettingError(
                "After its host the Redis URL may have /db, the number of a database, and no more."
            )


def _unix_address(address: RedisAddress, authority: str, path: str) -> RedisAddress:
    if authority or not path or "\0" in unquote(path):
        raise ConnectionSettingError(
            "A unix Redis URL names an absolute path after three slashes: unix:///path/to/socket."
        )
    return replace(address, path="/" + unquote(path))


def _credentials(text: str, *, separated: bool) -> Options:
    if not separated:
        return {}
    username, colon, password = text.partition(":")
    return {
        **({"username": unquote(username)} if username else {}),
        **({"password": unquote(password)} if colon else {}),
    }


def _hosts(text: str, kind: Kind) -> tuple[Host, ...]:
    found = [HOST.fullmatch(part) for part in text.split(",")]
    ports = [int(match["port"] or DEFAULT_PORTS[kind]) for match in found if match]
    if len(ports) < len(found) or not all(1 <= port <= LAST_PORT for port in ports):
        raise ConnectionSettingError(
            "The Redis URL needs a host, or host:port with a port from 1 to 65535, after :// or @."
        )
    if kind == "single" and len(found) > 1:
        raise ConnectionSettingError("Several Redis hosts need redis+sentinel:// or redis+cluster://.")
    return tuple((match["ipv6"] or match["name"], port) for match, port in zip(filter(None, found), ports, strict=True))


def _database(text: str) -> int:
    if text and not DATABASE.fullmatch(text):
        raise ConnectionSettingError("The database in the Redis URL is not a number.")
    return int(text or 0)


def _options(query: str, kind: Kind, *, tls: bool) -> Options:
    readers = _readers(kind, tls=tls)
    options: dict[str, object] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        # The name is not repeated: it may be a piece of a password that holds a question mark.
        if name not in readers:
            raise ConnectionSettingError(
                f"The Redis URL has an unknown option; with this scheme: {', '.join(readers)}."
            )
        options[name] = readers[name](name, value)
    return options


def _readers(kind: Kind, *, tls: bool) -> Mapping[str, Reader]:
    readers: dict[str, Reader] = {"protocol": _one_of({"2": 2, "3": 3})}
    if tls:
        readers |= {
            "ssl_cert_reqs": _one_of({"none": "none", "optional": "optional", "required": "required"}),
            "ssl_check_hostname": _one_of(BOOLEANS),
            "ssl_ca_certs": _file,
            "ssl_certfile": _file,
            "ssl_keyfile": _file,
        }
    if kind == "unix":
        readers |= {"db": lambda _, value: _database(value), "username": _text, "password": _text}
    if kind == "sentinel":
        readers |= {"sentinel_username": _text, "sentinel_password": _text}
    return readers


def _one_of(values: Mapping[str, object]) -> Reader:
    def read(name: str, value: str) -> object:
        if value.lower() not in values:
            raise ConnectionSettingError(f"The option {name} of the Redis URL must be one of: {', '.join(values)}.")
        return values[value.lower()]

    return read


def _file(name: str, value: str) -> object:
    if not Path(value).is_file():
        raise ConnectionSettingError(f"The option {name} of the Redis URL names a file that is not there.")
    return value


def _text(_: str, value: str) -> object:
    return value
