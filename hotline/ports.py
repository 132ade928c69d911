"""Which ports of this machine can be listened on."""

from __future__ import annotations

import socket

PORTS_TRIED = 50


class PortError(Exception):
    """A port cannot be listened on. Says why, and what to do."""


def require_free_port(host: str, port: int) -> None:
    """Raises PortError unless a server could listen there now."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except (OSError, UnicodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "no such host"
            raise PortError(
                f"Nothing can listen on port {port} of {host}: {reason}. "
                "Set PORT to a free one, or end the program that listens there."
            ) from None


def first_free_port(host: str, first: int) -> int:
    """The first port from this one on that nobody listens on. Raises PortError."""
    for port in range(first, first + PORTS_TRIED):
        try:
            require_free_port(host, port)
        except PortError:
            continue
        return port
    raise PortError(f"No port of {host} from {first} on is free: set PORT to one that is.")
