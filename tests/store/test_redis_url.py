from __future__ import annotations

import subprocess
import sys

import pytest

from hotline.store.connection import connect
from hotline.store.redis_url import ConnectionSettingError, parse_redis_url

PASSWORD = "hunter2"


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "begins with redis://, rediss://"),
        (PASSWORD, "begins with redis://, rediss://"),
        (f"http://:{PASSWORD}@host", "begins with redis://, rediss://"),
        (f"redis//:{PASSWORD}@host", "begins with redis://, rediss://"),
        ("redis://", "needs a host"),
        (f"redis://:{PASSWORD}@", "needs a host"),
        (f"redis://:{PASSWORD}@host:port", "needs a host"),
        (f"redis://:{PASSWORD}@host:0", "port from 1 to 65535"),
        (f"redis://:{PASSWORD}@host:65536", "port from 1 to 65535"),
        (f"redis://host:{PASSWORD}", "needs a host"),
        (f"redis://{PASSWORD}@host", "username but no password"),
        (f"redis://:{PASSWORD}@a..b", "needs a host"),
        (f"redis://:{PASSWORD}@{'a' * 64}", "needs a host"),
        (f"unix://:{PASSWORD}@/a%00b", "three slashes"),
        (f"rediss://:{PASSWORD}@host?ssl_keyfile={__file__}", "ssl_keyfile but no ssl_certfile"),
        (f"redis+sentinel://host/service?sentinel_username={PASSWORD}", "sentinel_username but no sentinel_password"),
        (f"redis://:{PASSWORD}@host/one", "not a number"),
        (f"redis://:{PASSWORD}@host/0/1", "and no more"),
        (f"redis://:{PASSWORD}@one,two", "Several Redis hosts"),
        (f"redis://user:/{PASSWORD}@host", "write @ as %40"),
        (f"redis://user:?{PASSWORD}@host", "write @ as %40"),
        (f"redis://user:#{PASSWORD}@host", "write @ as %40"),
        (f"redis://user:{PASSWORD} x@host", "write @ as %40"),
        (f"redis://:{PASSWORD}@host?{PASSWORD}=1", "unknown option; with this scheme: protocol."),
        (f"redis://:{PASSWORD}@host?decode_responses=true", "unknown option"),
        (f"redis://:{PASSWORD}@host?ssl_cert_reqs=none", "unknown option"),
        (f"redis://:{PASSWORD}@host?protocol={PASSWORD}", "protocol of the Redis URL must be one of: 2, 3"),
        (f"rediss://:{PASSWORD}@host?ssl_cert_reqs=CERT_NONE", "must be one of: none, optional, required"),
        (f"rediss://:{PASSWORD}@host?ssl_ca_certs=/no/{PASSWORD}", "ssl_ca_certs of the Redis URL names a file"),
        (f"unix://:{PASSWORD}@", "three slashes"),
        (f"unix://{PASSWORD}/socket", "three slashes"),
        (f"unix:///socket?db={PASSWORD}", "not a number"),
        (f"redis+sentinel://:{PASSWORD}@host", "needs /service-name"),
        (f"redis+sentinel://:{PASSWORD}@host//0", "needs /service-name"),
        (f"redis+sentinel://:{PASSWORD}@host,/service", "needs a host"),
        (f"redis+sentinel://:{PASSWORD}@host/service/0/1", "needs /service-name"),
        (f"redis+cluster://:{PASSWORD}@host/1", "no database but 0"),
    ],
)
def test_a_wrong_url_is_one_clear_line_without_the_password(url: str, reason: str) -> None:
    with pytest.raises(ConnectionSettingError) as caught:
        parse_redis_url(url)
    message = str(caught.value)
    assert reason in message
    assert PASSWORD not in message
    assert "\n" not in message
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


def test_a_wrong_url_makes_no_client() -> None:
    with pytest.raises(ConnectionSettingError, match="needs a host"):
        connect("redis://")


def test_what_was_parsed_can_be_printed_without_its_password() -> None:
    assert PASSWORD not in repr(parse_redis_url(f"redis+sentinel://user:{PASSWORD}@[::1]:1,host/my-service/2"))


def test_a_url_is_checked_without_the_client_library() -> None:
    code = "import sys, hotline.settings; sys.exit('redis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
