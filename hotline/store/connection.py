"""One client for every way to reach Redis or Valkey.

No command is sent a second time: a timeout does not say whether the server carried it out, and a turn must not count
twice. The pool looks at each connection before it lends it and replaces a closed one, and TCP keepalive finds one that
was dropped in silence, so neither retries nor health checks are needed. Every network wait is short and bounded.
"""

import re
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, ParamSpec, TypeAlias, TypeVar
from urllib.parse import parse_qsl, unquote

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel

from hotline.store.embedded import EmbeddedServer, EmbeddedServerError

RedisClient: TypeAlias = redis.Redis | redis.RedisCluster
Kind: TypeAlias = Literal["single", "unix", "sentinel", "cluster"]
Host: TypeAlias = tuple[str, int]
# What redis-py takes as keyword arguments, of many types.
Settings: TypeAlias = Mapping[str, Any]
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

DEFAULT_TIMEOUT = 0.4
# Well above the threads of one worker; a cluster's limit counts for each node.
MAX_CONNECTIONS = 64

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


def connect(url: str, *, timeout: float = DEFAULT_TIMEOUT) -> RedisClient:
    """A client for one of these URLs; nothing is sent before its first command.

    - `redis://[[user]:password@]host[:6379][/db]`; with TLS `rediss://…`
    - `unix://[[user]:password@]/path/to/socket[?db=0][&password=…]`
    - `redis+sentinel://[[user]:password@]host[:26379],host,…/service[/db]`: the master of that service, also after a
      failover. User and password are the server's; the Sentinels' own are `?sentinel_username=…&sentinel_password=…`.
    - `redis+cluster://[[user]:password@]host[:6379],host,…`: any of the nodes. The keys of one command, script or
      transaction must share a `{hash tag}`; a pipeline takes scripts as `execute_command("EVALSHA", …)` only, and sends
      those of its commands again, one by one, that met an outage.
    - `rediss+sentinel://…` (TLS to Sentinels and servers), `rediss+cluster://…`

    Options after `?`: `protocol` (2 or 3; 2 for servers before Redis 6); with TLS `ssl_cert_reqs` (none, optional,
    required), `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile` (files) and `ssl_check_hostname` (true, false).
    A server with a self-signed certificate, as Heroku's, needs `rediss://…?ssl_cert_reqs=none`.

    `timeout` in seconds bounds each connect, read and write. Replies are bytes; an outage is a `redis.RedisError`,
    whose text may hold keys and values and so does not belong into logs. Raises ConnectionSettingError.
    """
    address = _parse(url.strip())
    settings = {**_settings(timeout), **address.options}
    match address.kind:
        case "single":
            host, port = address.hosts[0]
            connection_class = redis.SSLConnection if address.tls else redis.Connection
            return _pooled(connection_class, {**settings, "host": host, "port": port, "db": address.database})
        case "unix":
            settings = {"db": address.database, **settings, "path": address.path}
            return _pooled(redis.UnixDomainSocketConnection, settings)
        case "sentinel":
            return _sentinel_client(address, settings)
        case "cluster":
            return _LazyCluster(address.hosts, {**settings, "ssl": address.tls})


def connect_embedded(server: EmbeddedServer, *, timeout: float = DEFAULT_TIMEOUT) -> RedisClient:
    """A client that starts the embedded server, for all processes, whenever it finds it gone."""
    return _pooled(_EmbeddedConnection, {**_settings(timeout), "server": server})


def _settings(timeout: float) -> Settings:
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": Retry(NoBackoff(), retries=0),
        "max_connections": MAX_CONNECTIONS,
        # Both would cost round trips at every connect; the first also stretches the timeouts.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        "driver_info": None,
    }


def _pooled(connection_class: Callable[..., object], settings: Settings) -> redis.Redis:
    return redis.Redis.from_pool(redis.ConnectionPool(connection_class=connection_class, **settings))


def _sentinel_client(address: "_Address", settings: Settings) -> redis.Redis:
    own = {"sentinel_username": "username", "sentinel_password": "password"}
    shared = {name: value for name, value in settings.items() if name not in {*own, *own.values()}}
    credentials = {own[name]: settings[name] for name in own if name in settings}
    sentinel = Sentinel(address.hosts, sentinel_kwargs={**shared, **credentials, "ssl": address.tls})  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated
    servers = {name: value for name, value in settings.items() if name not in own}
    master: redis.Redis = sentinel.master_for(  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated
        address.service, db=address.database, ssl=address.tls, **servers
    )
    return master


class _EmbeddedConnection(redis.UnixDomainSocketConnection):
    def __init__(self, *, server: EmbeddedServer, **settings: Any) -> None:
        super().__init__(path=str(server.socket_path), **settings)  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated
        self._server = server

    def _connect(self) -> socket.socket:
        try:
            connected = self._server.connect(self.socket_connect_timeout)
        except EmbeddedServerError as error:
            raise redis.ConnectionError(str(error)) from error
        connected.settimeout(self.socket_timeout)
        return connected


class _LazyCluster(redis.RedisCluster):
    """A cluster client that asks for the cluster's layout at its first command, not when it is made.

    An attribute that is missing is one that the base class has not set up yet.
    """

    def __init__(self, hosts: tuple[Host, ...], settings: Settings) -> None:
        self._hosts = hosts
        self._settings = settings
        self._set_up_lock = threading.RLock()
        self._is_setting_up = False
        self._is_set_up = False
        # Scripts are registered before the first command, and need it.
        self.encoder = redis.ConnectionPool().get_encoder()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or self._is_set_up:
            raise AttributeError(name)
        with self._set_up_lock:
            if self._is_setting_up:
                raise AttributeError(name)
            if not self._is_set_up:
                self._set_up()
        return getattr(self, name)

    def close(self) -> None:
        if self._is_set_up:
            super().close()

    def _set_up(self) -> None:
        self._is_setting_up = True
        try:
            nodes = [ClusterNode(*host) for host in self._hosts]  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated
            _with_redis_errors(super().__init__)(startup_nodes=nodes, **self._settings)
            # Every later look at the layout goes through this method.
            self.nodes_manager.initialize = _with_redis_errors(self.nodes_manager.initialize)  # type: ignore[method-assign]
            self._is_set_up = True
        finally:
            self._is_setting_up = False


def _with_redis_errors(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function, with a ConnectionError where no cluster is found: redis-py's own error is not even a RedisError."""

    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except (RedisClusterException, OSError) as error:
            raise redis.ConnectionError(str(error)) from error

    return wrapped


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    kind: Kind
    tls: bool
    hosts: tuple[Host, ...] = ()
    path: str = ""
    service: str = ""
    database: int = 0
    options: Settings


def _parse(url: str) -> _Address:
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
    address = _Address(
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


def _unix_address(address: _Address, authority: str, path: str) -> _Address:
    if authority or not path or "\0" in unquote(path):
        raise ConnectionSettingError(
            "A unix Redis URL names an absolute path after three slashes: unix:///path/to/socket."
        )
    return replace(address, path="/" + unquote(path))


def _credentials(text: str, *, separated: bool) -> Settings:
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


def _options(query: str, kind: Kind, *, tls: bool) -> Settings:
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
