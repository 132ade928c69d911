from __future__ import annotations

import contextlib
import errno
import fcntl
import functools
import os
import shutil
import signal
import socket
import socketserver
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from redis.exceptions import RedisClusterException

from hotline.dialogue.session import Session
from hotline.store.connection import RedisClient, connect, connect_embedded, open_store
from hotline.store.embedded import LOCK_NAME, EmbeddedServer, server_binary
from hotline.store.keys import Conversation
from hotline.store.sessions import Sessions, Step

PASSWORD = "hunter2"
COUNT = """
redis.call('EXPIRE', KEYS[2], ARGV[1])
return redis.call('INCR', KEYS[1])
"""
INCREMENT_SLOWLY = """
redis.call('INCR', KEYS[1])
for _ = 1, 50000000 do end
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(tmp_path_factory.mktemp("store"))
    server.ensure()
    yield server
    server.stop()


@pytest.fixture
def client(server: EmbeddedServer) -> Iterator[RedisClient]:
    with closing(connect_embedded(server, timeout=5)) as client:
        client.flushall()
        yield client


@contextlib.contextmanager
def closing(client: RedisClient) -> Iterator[RedisClient]:
    try:
        yield client
    finally:
        client.close()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def running(directory: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    directory.mkdir(exist_ok=True)
    command = [str(server_binary()), *options, "--bind", "127.0.0.1", "--save", "", "--dir", str(directory)]
    process = subprocess.Popen(command, cwd=directory, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(holds: Callable[[], object]) -> None:
    for _ in range(1000):
        with contextlib.suppress(redis.RedisError):
            if holds():
                return
        time.sleep(0.01)
    raise AssertionError("waited in vain")


def refuses(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as attempt:
        return attempt.connect_ex(str(path)) == errno.ECONNREFUSED


def ask(port: int, command: str) -> str:
    with redis.Redis(port=port) as client:
        return str(send(client, *command.split()))


def is_joined(port: int) -> bool:
    return "cluster_state:ok" in ask(port, "CLUSTER INFO")


def send(client: RedisClient, *command: str | int) -> object:
    return client.execute_command(*command)  # type: ignore[no-untyped-call]  # redis-py leaves it unannotated


@pytest.fixture(scope="module")
def cluster_ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[int]]:
    base = tmp_path_factory.mktemp("cluster")
    ports, buses = [free_port() for _ in range(3)], [free_port() for _ in range(3)]
    with contextlib.ExitStack() as stack:
        for port, bus in zip(ports, buses, strict=True):
            options = ["--port", str(port), "--cluster-enabled", "yes", "--cluster-port", str(bus)]
            stack.enter_context(running(base / str(port), *options))
        for port, slots in zip(ports, ["0 5460", "5461 10922", "10923 16383"], strict=True):
            wait_until(functools.partial(ask, port, "PING"))
            ask(port, f"CLUSTER ADDSLOTSRANGE {slots}")
        for port, bus in zip(ports[1:], buses[1:], strict=True):
            ask(ports[0], f"CLUSTER MEET 127.0.0.1 {port} {bus}")
        for port in ports:
            wait_until(functools.partial(is_joined, port))
        yield ports


@pytest.fixture(scope="module")
def cluster(cluster_ports: list[int]) -> Iterator[RedisClient]:
    hosts = ",".join(f"127.0.0.1:{port}" for port in [free_port(), *cluster_ports[:2]])
    with closing(connect(f"redis+cluster://{hosts}", timeout=2)) as client:
        yield client


@contextlib.contextmanager
def master_replica_and_sentinel(base: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The master's process, and the URL of a service whose first Sentinel does not run."""
    master_port, replica_port, sentinel_port = free_port(), free_port(), free_port()
    shared = ["--requirepass", PASSWORD, "--masterauth", PASSWORD, "--repl-diskless-sync-delay", "0"]
    configuration = base / "sentinel.conf"
    configuration.write_text(
        f"sentinel monitor hotline 127.0.0.1 {master_port} 1\n"
        f"sentinel auth-pass hotline {PASSWORD}\n"
        "sentinel down-after-milliseconds hotline 300\n"
        "requirepass other\n"
    )
    with contextlib.ExitStack() as stack:
        master = stack.enter_context(running(base / "master", "--port", str(master_port), *shared))
        follow = ["--replicaof", f"127.0.0.1 {master_port}"]
        stack.enter_context(running(base / "replica", "--port", str(replica_port), *shared, *follow))
        with redis.Redis(port=master_port, password=PASSWORD) as direct:
            wait_until(lambda: direct.info("replication").get("slave0", {}).get("state") == "online")
        stack.enter_context(running(base / "sentinel", str(configuration), "--sentinel", "--port", str(sentinel_port)))
        with redis.Redis(port=sentinel_port, password="other") as sentinel:
            wait_until(lambda: sentinel.sentinel_slaves("hotline"))
        hosts = f"127.0.0.1:{free_port()},127.0.0.1:{sentinel_port}"
        yield master, f"redis+sentinel://:{PASSWORD}@{hosts}/hotline/1?sentinel_password=other"


# Every kind of client


def check_scripts_and_pipelines(client: RedisClient) -> None:
    counter, marker = "{tag}:counter", "{tag}:marker"
    client.delete(counter, marker)
    client.set(marker, "1")
    count = client.register_script(COUNT)
    assert count(keys=[counter, marker], args=[60]) == 1
    assert client.ttl(marker) == 60
    assert client.evalsha(count.sha, 2, counter, marker, 60) == 2
    client.script_flush()
    assert count(keys=[counter, marker], args=[60]) == 3
    for transaction in (False, True):
        pipeline = client.pipeline(transaction=transaction)
        pipeline.hset("{tag}:hash", mapping={"a": "1"})
        pipeline.expire("{tag}:hash", 60)
        pipeline.hgetall("{tag}:hash")
        send(pipeline, "EVALSHA", count.sha, 2, counter, marker, 60)
        send(pipeline, "EVAL", COUNT, 2, counter, marker, 60)
        assert pipeline.execute()[1:3] == [True, {b"a": b"1"}]
    assert client.get(counter) == b"7"


def test_scripts_and_pipelines_with_the_embedded_server(client: RedisClient) -> None:
    check_scripts_and_pipelines(client)


@pytest.mark.slow
def test_scripts_and_pipelines_with_a_cluster(cluster: RedisClient) -> None:
    check_scripts_and_pipelines(cluster)


@pytest.mark.slow
def test_a_cluster_refuses_a_script_object_in_a_pipeline(cluster: RedisClient) -> None:
    count = cluster.register_script(COUNT)
    with pytest.raises(RedisClusterException, match="evalsha is blocked"):
        count(keys=["{tag}:counter", "{tag}:marker"], args=[60], client=cluster.pipeline())


@pytest.mark.slow
def test_a_cluster_serves_keys_of_all_its_nodes_to_many_threads_at_once(cluster_ports: list[int]) -> None:
    with closing(connect(f"redis+cluster://127.0.0.1:{cluster_ports[2]}", timeout=5)) as client:
        with ThreadPoolExecutor(16) as pool:
            assert all(pool.map(lambda number: client.set(f"key{number}", number), range(300)))
        assert {client.get(f"key{number}") for number in range(300)} == {b"%d" % number for number in range(300)}


@pytest.mark.slow
def test_a_cluster_that_is_gone_is_an_outage_like_any_other_and_heals(tmp_path: Path) -> None:
    port, bus = free_port(), free_port()
    node = functools.partial(running, tmp_path / "node", "--port", str(port), "--cluster-enabled", "yes")
    with closing(connect(f"redis+cluster://127.0.0.1:{port}", timeout=1)) as client:
        with node("--cluster-port", str(bus)):
            wait_until(functools.partial(ask, port, "PING"))
            ask(port, "CLUSTER ADDSLOTSRANGE 0 16383")
            wait_until(lambda: client.set("key", "1"))
        for command in (client.get, functools.partial(get_in_pipeline, client)):
            with pytest.raises(redis.ConnectionError):
                command("key")
        with node("--cluster-port", str(bus)):
            wait_until(lambda: client.set("key", "2"))
            assert get_in_pipeline(client, "key") == [b"2"]


@pytest.mark.slow
def test_sentinel_finds_the_master_and_follows_a_failover(tmp_path: Path) -> None:
    with master_replica_and_sentinel(tmp_path) as (master, url), closing(connect(url, timeout=2)) as client:
        check_scripts_and_pipelines(client)
        client.set("kept", "1")
        assert send(client, "WAIT", 1, 1000) == 1
        master.send_signal(signal.SIGKILL)
        with pytest.raises(redis.ConnectionError):
            client.set("lost", "1")
        wait_until(lambda: client.set("again", "1"))
        assert client.get("kept") == b"1"


# The embedded server


def test_a_crashed_server_is_brought_back_without_an_error(server: EmbeddedServer, client: RedisClient) -> None:
    count = client.register_script(COUNT)
    count(keys=["counter", "marker"], args=[60])
    wait_until(lambda: client.info("persistence")["aof_buffer_length"] == 0)
    os.kill(int((server.directory / "server.pid").read_text()), signal.SIGKILL)
    wait_until(lambda: refuses(server.socket_path))
    assert count(keys=["counter", "marker"], args=[60]) == 2


def test_many_threads_that_find_the_server_gone_bring_back_one(server: EmbeddedServer, client: RedisClient) -> None:
    server.stop()

    def count(_: int) -> int:
        with contextlib.suppress(redis.ConnectionError):
            return int(str(client.incr("counter")))
        return 0

    with ThreadPoolExecutor(16) as pool:
        counted = sorted(filter(None, pool.map(count, range(64))))
    assert counted
    assert counted == list(range(1, len(counted) + 1))
    assert client.incr("counter") == len(counted) + 1


@pytest.mark.timed
def test_a_server_that_does_not_come_back_holds_nobody_for_long(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    tmp_path.chmod(0o700)
    with (tmp_path / LOCK_NAME).open("w") as lock, closing(connect_embedded(server)) as asking:

        def seconds_until_refused(_: int) -> float:
            began = time.monotonic()
            with pytest.raises(redis.ConnectionError):
                asking.ping()
            return time.monotonic() - began

        fcntl.flock(lock, fcntl.LOCK_EX)
        with ThreadPoolExecutor(8) as pool:
            *others, longest = sorted(pool.map(seconds_until_refused, range(8)))
        assert longest < 0.6
        assert max(others) < 0.3
        fcntl.flock(lock, fcntl.LOCK_UN)

        def answers() -> bool:
            with contextlib.suppress(redis.ConnectionError):
                return bool(asking.ping())
            return False

        try:
            wait_until(answers)
        finally:
            server.stop()


def test_the_first_command_starts_the_server(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "store")
    with closing(connect_embedded(server)) as client:
        assert not server.directory.exists()
        try:
            assert client.ping()
        finally:
            server.stop()


def test_a_server_that_cannot_start_is_an_outage_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    server = EmbeddedServer(tmp_path / "file" / "store")
    with closing(connect_embedded(server)) as client, pytest.raises(redis.ConnectionError, match="Choose a directory"):
        client.ping()


def files_holding(folder: Path, *what: bytes) -> list[Path]:
    found = []
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if file.is_file() and any(one in file.read_bytes() for one in what):
                found.append(file)
    return found


@pytest.mark.timed
@pytest.mark.parametrize("rewritten_before", [False, True])
def test_after_forget_no_file_of_the_embedded_server_holds_the_session(
    tmp_path: Path,
    rewritten_before: bool,  # noqa: FBT001 - a case of the test
) -> None:
    store = open_store(None, tmp_path / "store")
    sessions = Sessions(store.client, ("a secret of the test",), after_forgetting=store.scrub)
    texter = Conversation("sms", "+12035550123")
    try:
        session = Session(turns=1, language="es", node="ice-at-door", county="new-haven")
        sessions.save(texter, sessions.load(texter, Step("SM1", named=True)), session, learned="es")
        (key,) = store.client.scan_iter("session:*")
        digest = key.removeprefix(b"session:{").removesuffix(b"}")
        if rewritten_before:
            store.scrub()
        # The server may keep what it writes in memory for a second.
        wait_until(lambda: files_holding(tmp_path, digest))
        sessions.save(texter, sessions.load(texter, Step("SM2", named=True)), None)
        began = time.monotonic()
        wait_until(lambda: not files_holding(tmp_path, digest, b"new-haven"))
        assert time.monotonic() - began < 2
        assert store.client.config_get("appendonly") == {"appendonly": "yes"}
    finally:
        EmbeddedServer(tmp_path / "store").stop()
        store.client.close()


def test_every_one_of_many_who_forget_at_once_is_gone_from_the_files(tmp_path: Path) -> None:
    """A rewrite that is under way when somebody forgets is followed by another."""
    store = open_store(None, tmp_path / "store")
    sessions = Sessions(store.client, ("a secret of the test",), after_forgetting=store.scrub)
    texters = [Conversation("sms", f"+120355501{number:02}") for number in range(24)]

    def forget(texter: Conversation) -> None:
        sessions.save(texter, sessions.load(texter, Step("SM2", named=True)), None)

    try:
        # A rewrite takes a while, and the server sees no cause for one of its own.
        store.client.set("ballast", os.urandom(3_000_000))
        store.scrub()
        for texter in texters:
            session = Session(turns=1, language="es", node="main", county="new-haven")
            sessions.save(texter, sessions.load(texter, Step("SM1", named=True)), session)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(forget, texters))
        began = time.monotonic()
        wait_until(lambda: not files_holding(tmp_path, b"session:{", b"new-haven"))
        assert time.monotonic() - began < 2
    finally:
        EmbeddedServer(tmp_path / "store").stop()
        store.client.close()


def test_another_servers_files_are_left_alone(redis_url: str) -> None:
    store = open_store(redis_url, Path("unused"))
    with closing(store.client):
        before = store.client.info("commandstats")
        store.scrub()
        assert "cmdstat_bgrewriteaof" not in store.client.info("commandstats").keys() - before.keys()
    assert not Path("unused").exists()


# What a client promises


def test_a_command_that_times_out_is_not_sent_again(server: EmbeddedServer, client: RedisClient) -> None:
    with closing(connect_embedded(server, timeout=0.1)) as hurried, pytest.raises(redis.TimeoutError):
        hurried.eval(INCREMENT_SLOWLY, 1, "counter")
    assert client.get("counter") == b"1"


def test_a_connection_that_the_server_closed_is_replaced(server: EmbeddedServer, client: RedisClient) -> None:
    client.set("kept", "1")
    with closing(connect_embedded(server)) as other:
        send(other, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert client.get("kept") == b"1"


def test_there_are_connections_enough_for_the_threads_of_a_worker(client: RedisClient) -> None:
    together = threading.Barrier(48, timeout=10)

    def wait_together(_: int) -> None:
        together.wait()
        send(client, "BLPOP", "nothing", "0.1")

    with ThreadPoolExecutor(48) as pool:
        list(pool.map(wait_together, range(48)))


ANY_FORM = pytest.mark.parametrize(
    "form",
    [
        "redis://{}",
        "rediss://{}",
        "redis+sentinel://{}/hotline",
        "rediss+sentinel://{}/hotline",
        "redis+cluster://{}",
        "rediss+cluster://{}",
    ],
)


@ANY_FORM
def test_nothing_is_sent_before_the_first_command(form: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.02)
        with closing(connect(form.format(f"127.0.0.1:{listener.getsockname()[1]}"))) as client:
            client.register_script(COUNT)
            with pytest.raises(TimeoutError):
                listener.accept()


def get_in_pipeline(client: RedisClient, key: str) -> list[object]:
    pipeline = client.pipeline()
    pipeline.get(key)
    return pipeline.execute()


@pytest.mark.timed
@ANY_FORM
def test_a_server_that_is_gone_is_a_connection_error_at_once(form: str) -> None:
    with closing(connect(form.format(f"127.0.0.1:{free_port()}"))) as client:
        for command in (client.get, functools.partial(get_in_pipeline, client)):
            began = time.monotonic()
            with pytest.raises(redis.ConnectionError):
                command("key")
            assert time.monotonic() - began < 1


@ANY_FORM
def test_a_server_that_does_not_answer_costs_little_more_than_the_timeout(form: str) -> None:
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        url = form.format(f"127.0.0.1:{listener.getsockname()[1]}")
        client = stack.enter_context(closing(connect(url, timeout=0.1)))
        began = time.monotonic()
        with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
            client.get("key")
        assert 0.1 <= time.monotonic() - began < 1


# URLs


def test_a_tcp_url_reaches_its_database_with_its_password(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path / "store", "--port", str(port), "--requirepass", "a/b:c@d?e#f%"):
        url = f"redis://:a%2Fb%3Ac%40d%3Fe%23f%25@localhost:{port}/3?protocol=2"
        with closing(connect(f" {url}\n")) as client:
            wait_until(client.ping)
            assert client.client_info()["db"] == 3
        with closing(connect(f"redis://:wrong@localhost:{port}")) as client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_a_unix_url_reaches_its_database(server: EmbeddedServer) -> None:
    with closing(connect(f"{server.ensure()}?db=2")) as client:
        assert client.client_info()["db"] == 2


class TlsInFront(socketserver.BaseRequestHandler):
    """Speaks TLS to the client and passes everything on to a server without it."""

    server: TlsServer

    def handle(self) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as behind:
            behind.connect(self.server.behind)
            with self.server.tls.wrap_socket(self.request, server_side=True) as before:
                back = threading.Thread(target=pass_on, args=(behind, before), daemon=True)
                back.start()
                pass_on(before, behind)
                behind.shutdown(socket.SHUT_RDWR)
                back.join()


class TlsServer(socketserver.ThreadingTCPServer):
    tls: ssl.SSLContext
    behind: str


def pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)


@pytest.fixture
def tls_port_and_certificate(server: EmbeddedServer, tmp_path: Path) -> Iterator[tuple[int, Path]]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl makes the certificate: apt-get install openssl")
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    make = [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", *subject]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    with TlsServer(("127.0.0.1", 0), TlsInFront) as front:
        front.behind = str(server.socket_path)
        front.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        front.tls.load_cert_chain(certificate, key)
        serving = threading.Thread(target=front.serve_forever, kwargs={"poll_interval": 0.01})
        serving.start()
        yield front.server_address[1], certificate
        front.shutdown()
        serving.join()


def test_tls_accepts_a_self_signed_certificate_only_when_told_to(
    client: RedisClient, tls_port_and_certificate: tuple[int, Path]
) -> None:
    client.set("kept", "1")
    port, certificate = tls_port_and_certificate
    for options in ("ssl_cert_reqs=none", f"ssl_ca_certs={certificate}"):
        with closing(connect(f"rediss://localhost:{port}?{options}", timeout=2)) as secure:
            assert secure.get("kept") == b"1"
    refusal = pytest.raises(redis.ConnectionError, match="CERTIFICATE_VERIFY_FAILED")
    with closing(connect(f"rediss://localhost:{port}", timeout=2)) as secure, refusal:
        secure.get("kept")


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:hunter2@[::1]",
        "REDISS://:hunter2@host/0?ssl_check_hostname=no&ssl_cert_reqs=None",
        "unix://user@/socket%20name?password=hunter2&db=1",
        "redis+sentinel://user:hunter2@[::1]:1,host/my-service/2?sentinel_username=u&sentinel_password=hunter2",
        "rediss+cluster://user:hunter2@one:1,two/0?ssl_cert_reqs=none",
    ],
)
def test_a_client_can_be_printed_without_its_password(url: str) -> None:
    with closing(connect(url)) as client:
        assert PASSWORD not in repr(client)
