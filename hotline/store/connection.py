"""One client for every way to reach Redis or Valkey.

No command is sent a second time: a timeout does not say whether the server carried it out, and a turn must not count
twice. The pool looks at each connection before it lends it and replaces a closed one, and TCP keepalive finds one that
was dropped in silence, so neither retries nor health checks are needed. Every network wait is short and bounded.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ParamSpec, TypeAlias, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode
from redis.exceptions import RedisClusterException
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry
from redis.sentinel import Sentinel

from hotline.store.embedded import ANSWER_SECONDS, EmbeddedServer, EmbeddedServerError
from hotline.store.redis_url import Host, Options, RedisAddress, parse_redis_url

RedisClient: TypeAlias = redis.Redis | redis.RedisCluster
Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

DEFAULT_TIMEOUT = 0.4
# Somebody waits for an answer of the line, which asks twice, and before that may have to connect.
PROMPT_SECONDS = 0.15
# For a command, where nobody waits for an answer of the line meanwhile.
PATIENCE_SECONDS = 5.0
# Somebody waits for an answer meanwhile.
RESTART_SECONDS = 1.0
# Well above the threads of one worker; a cluster's limit counts for each node.
MAX_CONNECTIONS = 64


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
    address = parse_redis_url(url)
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
    """A client that starts the embedded server, for all processes, whenever it finds it gone.

    Whoever finds it gone waits for it as long as for a connection; meanwhile, and where it fails, there is an outage.
    """
    return _pooled(_EmbeddedConnection, {**_settings(timeout), "server": server, "starting": threading.Lock()})


@dataclass(frozen=True, slots=True)
class Store:
    """Where the line keeps what it remembers; `server` is None where somebody else looks after it.

    `prompt` waits no longer than a resident should, `client` a little longer.
    """

    client: RedisClient
    prompt: RedisClient
    server: EmbeddedServer | None

    def scrub(self) -> None:
        """Rids the embedded server's files of what was deleted; another server's are not ours to rewrite."""
        if self.server:
            self.server.scrub()


def open_store(url: str | None, folder: Path) -> Store:
    """The store of a URL, or without one that of the embedded server in a folder. Nothing is started or sent yet."""
    if url:
        return Store(connect(url), connect(url, timeout=PROMPT_SECONDS), None)
    server = EmbeddedServer(folder)
    return Store(connect_embedded(server), connect_embedded(server, timeout=PROMPT_SECONDS), server)


def connect_running(url: str | None, folder: Path) -> RedisClient:
    """A patient client for who only makes use of what runs anyway: of a URL, or of the embedded server in a folder."""
    return connect(url or EmbeddedServer(folder).url, timeout=PATIENCE_SECONDS)


@contextmanager
def borrowed(url: str | None, folder: Path) -> Iterator[RedisClient]:
    """A patient client for a command: of the server at `url`, otherwise of the embedded one with its files in `folder`.

    Where that does not run anyway, it runs until the block ends. Raises EmbeddedServerError.
    """
    if url:
        yield connect(url, timeout=PATIENCE_SECONDS)
        return
    server = EmbeddedServer(folder)
    was_running = _is_running(server)
    try:
        yield connect(server.ensure(), timeout=PATIENCE_SECONDS)
    finally:
        if not was_running:
            server.stop()


def _is_running(server: EmbeddedServer) -> bool:
    connected = server.connect(ANSWER_SECONDS)
    if connected:
        connected.close()
    return connected is not None


def _settings(timeout: float) -> Options:
    return {
        "socket_timeout": timeout,
        "socket_connect_timeout": timeout,
        "retry": Retry(NoBackoff(), retries=0),
        "max_connections": MAX_CONNECTIONS,
        # Both would cost round trips at every connect; the first also stretches the timeouts.
        "maint_notifications_config": MaintNotificationsConfig(enabled=False),
        "driver_info": None,
    }


def _pooled(connection_class: Callable[..., object], settings: Options) -> redis.Redis:
    return redis.Redis.from_pool(redis.ConnectionPool(connection_class=connection_class, **settings))


def _sentinel_client(address: RedisAddress, settings: Options) -> redis.Redis:
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
    def __init__(self, *, server: EmbeddedServer, starting: threading.Lock, **settings: Any) -> None:
        super().__init__(path=str(server.socket_path), **settings)  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated
        self._server = server
        self._starting = starting

    def _connect(self) -> socket.socket:
        connected = self._server.connect(self.socket_connect_timeout)
        if connected is None:
            self._start()
            connected = self._server.connect(self.socket_connect_timeout)
        if connected is None:
            raise redis.ConnectionError("The embedded server is not there yet, or ended as soon as it had started.")
        connected.settimeout(self.socket_timeout)
        return connected

    def _start(self) -> None:
        """Has the server started, and waits for it no longer than for a connection."""
        if not self._starting.acquire(blocking=False):
            raise redis.ConnectionError("The embedded server is being started.")
        failures: list[EmbeddedServerError] = []
        starter = threading.Thread(target=self._bring_back, args=[failures], daemon=True)
        starter.start()
        starter.join(self.socket_connect_timeout)
        if failures:
            raise redis.ConnectionError(str(failures[0])) from failures[0]

    def _bring_back(self, failures: list[EmbeddedServerError]) -> None:
        try:
            self._server.ensure(RESTART_SECONDS)
        except EmbeddedServerError as error:
            failures.append(error)
        finally:
            self._starting.release()


class _LazyCluster(redis.RedisCluster):
    """A cluster client that asks for the cluster's layout at its first command, not when it is made.

    An attribute that is missing is one that the base class has not set up yet.
    """

    def __init__(self, hosts: tuple[Host, ...], settings: Options) -> None:
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
