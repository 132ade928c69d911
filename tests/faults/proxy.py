"""Stands between the line and its store, and does to what passes what networks and wrong servers do."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

CHUNK = 65536

# What is done with a piece of an answer; None drops it, EOFError cuts the connection.
Treatment = Callable[[bytes], bytes | None]


def as_it_is(piece: bytes) -> bytes:
    return piece


def later(seconds: float) -> Treatment:
    def wait(piece: bytes) -> bytes:
        time.sleep(seconds)
        return piece

    return wait


def dropped(_: bytes) -> None:
    return None


def cut(piece: bytes) -> bytes:
    """Half of it arrives, or nothing."""
    raise EOFError(piece[: random.choice((0, len(piece) // 2))])


def garbled(piece: bytes) -> bytes:
    return bytes(random.choice((byte, random.randrange(256))) for byte in piece)


def nonsense(_: bytes) -> bytes:
    """Well-formed answers to other questions, and of servers of another kind."""
    answers = (
        *(
            b"+OK\r\n",
            b":7\r\n",
            b"$-1\r\n",
            b"*0\r\n",
            b"*-1\r\n",
            b"$3\r\nabc\r\n",
            b"-ERR no\r\n",
            b"-NOSCRIPT x\r\n",
        ),
        *(b"*4\r\n$3\r\na|b\r\n$2\r\n\xff\xfe\r\n$1\r\nx\r\n$1\r\ny\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        *(
            b"*4\r\n:1\r\n:2\r\n:3\r\n:4\r\n",
            b"*1\r\n*1\r\n*1\r\n$-1\r\n",
            b"$99999999999\r\n",
            b"-MOVED 1 127.0.0.1:1\r\n",
        ),
    )
    return random.choice(answers)


def at_times(treatment: Treatment, share: float = 0.4) -> Treatment:
    return lambda piece: treatment(piece) if random.random() < share else piece


class Proxy:
    """Listens on `port` and passes on to `target`, a port of this machine, what `treatment` leaves of its answers."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.treatment: Treatment = as_it_is
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target), timeout=5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                for one in (client, server):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, client, True), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, treated: bool) -> None:  # noqa: FBT001 - a thread's argument
        with suppress(OSError):
            try:
                while piece := source.recv(CHUNK):
                    passed = self.treatment(piece) if treated else piece
                    if passed is not None:
                        sink.sendall(passed)
            except EOFError as error:
                sink.sendall(error.args[0])
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    proxy = Proxy(port)
    try:
        yield proxy
    finally:
        proxy.close()
