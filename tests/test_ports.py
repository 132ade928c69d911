from __future__ import annotations

import socket

import pytest

from hotline.ports import PortError, first_free_port, require_free_port

HOST = "127.0.0.1"


def test_the_first_free_port_is_one_that_nobody_listens_on() -> None:
    port = first_free_port(HOST, 8000)
    with socket.create_server((HOST, port)):
        assert first_free_port(HOST, port) > port


@pytest.mark.parametrize("host", [HOST, "0.0.0.0"])  # noqa: S104 - it takes in the other
def test_a_port_that_is_taken_is_refused_in_one_line_with_what_to_do(host: str) -> None:
    with socket.create_server((HOST, 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortError, match=f"port {port} of {host}: Address already in use. Set PORT") as caught:
            require_free_port(host, port)
    assert "\n" not in str(caught.value)


def test_a_port_from_which_clients_have_just_gone_is_free() -> None:
    with socket.create_server((HOST, 0)) as server:
        address = server.getsockname()
        with socket.create_connection(address):
            accepted, _ = server.accept()
            accepted.close()
    require_free_port(*address)


@pytest.mark.parametrize("host", ["no.such.host.invalid", "a" * 70, "192.0.2.1", "fe80::zz"])
def test_a_host_that_is_not_this_machine_is_refused(host: str) -> None:
    with pytest.raises(PortError, match="Nothing can listen"):
        require_free_port(host, 8000)
