"""A lean client that sends what was prepared and measures: one process, one thread, no work but bytes.

With a rate the loop is open: each request has its moment, and its latency counts from then, also where it had to wait
for a free connection. Without one it is closed: each connection sends the next request once it has its answer.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
STALL_SECONDS = 10.0
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


class LoadError(Exception):
    """The server did not answer as it should."""


@dataclass(frozen=True, slots=True)
class Measured:
    """`latencies` are sorted seconds, `wall` seconds in all, `cpu` the client's own share of one core."""

    latencies: Sequence[float]
    wall: float
    cpu: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.wall


@dataclass(slots=True)
class _Connection:
    since: float = 0.0
    got: bytearray = field(default_factory=bytearray)


def percentile(ordered: Sequence[float], share: float) -> float:
    """The least value that `share` (0 to 1) of the sorted values do not exceed: the nearest rank."""
    if not ordered:
        raise ValueError("There is no percentile of nothing.")
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def is_whole(answer: bytes | bytearray) -> bool:
    """Whether the head and as many bytes as it announces have come."""
    end = answer.find(_HEAD_END)
    return end >= 0 and len(answer) >= end + len(_HEAD_END) + _announced(bytes(answer[:end]))


def check(answer: bytes) -> None:
    """Raises LoadError where an answer is not 200 with TwiML."""
    if not answer.startswith(b"HTTP/1.1 200 ") or b"<Response" not in answer or not answer.endswith(b"</Response>"):
        raise LoadError(f"Not TwiML: {answer.partition(_HEAD_END)[0][:200].decode(errors='replace')}")


def ask(port: int, request: bytes) -> bytes:
    """The whole answer to one request. Raises LoadError."""
    answer = bytearray()
    with socket.create_connection((HOST, port), STALL_SECONDS) as sock:
        sock.sendall(request)
        while not is_whole(answer):
            data = sock.recv(65536)
            if not data:
                raise LoadError("The server closed a connection before it answered.")
            answer += data
    check(bytes(answer))
    return bytes(answer)


def measure(
    port: int,
    requests: Sequence[bytes],
    connections: int,
    *,
    seconds: float,
    keep_alive: bool = True,
    rate: float | None = None,
) -> Measured:
    """Sends requests until the time is over or none is left, and awaits every answer.

    `rate` is requests per second for an open loop. Raises LoadError.
    """
    client = _Client(port, keep_alive=keep_alive)
    started, cpu = time.perf_counter(), time.process_time()
    try:
        if rate is None:
            client.closed_loop(requests, connections, started + seconds)
        else:
            client.open_loop(requests[: int(rate * seconds)], connections, started, rate)
    finally:
        client.close()
    wall = time.perf_counter() - started
    return Measured(sorted(client.latencies), wall, (time.process_time() - cpu) / wall)


class _Client:
    def __init__(self, port: int, *, keep_alive: bool) -> None:
        self._port, self._keep_alive = port, keep_alive
        self._selector = selectors.DefaultSelector()
        self._idle: deque[socket.socket] = deque()
        self._busy = 0
        self.latencies: list[float] = []

    def closed_loop(self, requests: Sequence[bytes], connections: int, until: float) -> None:
        waiting = iter(requests)
        while True:
            while self._busy < connections and (now := time.perf_counter()) < until:
                request = next(waiting, None)
                if request is None:
                    until = now
                    break
                self._send(request, now)
            if not self._busy:
                return
            self._receive(STALL_SECONDS)

    def open_loop(self, requests: Sequence[bytes], connections: int, started: float, rate: float) -> None:
        sent = 0
        while sent < len(requests) or self._busy:
            now = time.perf_counter()
            due = started + sent / rate
            if sent < len(requests) and due <= now and self._busy < connections:
                self._send(requests[sent], due)
                sent += 1
                continue
            is_waiting = sent < len(requests) and self._busy < connections
            if self._busy:
                self._receive(max(0.0, due - now) if is_waiting else STALL_SECONDS, may_be_silent=is_waiting)
            else:
                time.sleep(max(0.0, due - now))

    def close(self) -> None:
        for key in list(self._selector.get_map().values()):
            self._drop(key.fileobj)  # type: ignore[arg-type]  # only sockets are registered
        self._selector.close()

    def _send(self, request: bytes, since: float) -> None:
        sock = self._idle.popleft() if self._idle else self._connected()
        connection: _Connection = self._selector.get_key(sock).data
        connection.since = since
        connection.got.clear()
        self._busy += 1
        sock.sendall(request)

    def _connected(self) -> socket.socket:
        sock = socket.create_connection((HOST, self._port), STALL_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.register(sock, selectors.EVENT_READ, _Connection())
        return sock

    def _receive(self, timeout: float, *, may_be_silent: bool = False) -> None:
        ready = self._selector.select(timeout)
        if not ready and not may_be_silent:
            raise LoadError(f"No answer within {timeout:.0f} seconds.")
        for key, _ in ready:
            sock, connection = key.fileobj, key.data
            assert isinstance(sock, socket.socket)
            data = sock.recv(65536)
            if not data:
                if sock not in self._idle:
                    raise LoadError("The server closed a connection before it answered.")
                # It had been idle, and a server may tire of that.
                self._idle.remove(sock)
                self._drop(sock)
                continue
            connection.got += data
            if is_whole(connection.got):
                self._done(sock, connection)

    def _done(self, sock: socket.socket, connection: _Connection) -> None:
        self.latencies.append(time.perf_counter() - connection.since)
        self._busy -= 1
        answer = bytes(connection.got)
        check(answer)
        if self._keep_alive and b"connection: close" not in answer.partition(_HEAD_END)[0].lower():
            self._idle.append(sock)
        else:
            self._drop(sock)

    def _drop(self, sock: socket.socket) -> None:
        self._selector.unregister(sock)
        sock.close()


def _announced(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return int(line.removeprefix(_LENGTH))
    raise LoadError("An answer without a length.")
