"""Twilio's REST API at the address of the settings, asked by Twilio's own client."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from requests import Session
from requests.adapters import BaseAdapter
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from hotline.settings import TWILIO_API, Settings


def twilio_client(
    settings: Settings, *, seconds: float, adapter: BaseAdapter | None = None, keeps_connections: bool = False
) -> Client:
    """A client that waits so many seconds for an answer, for one thread: it remembers what it sent last.

    `adapter` carries the requests where they do not go over HTTP.
    """
    transport = _Transport(settings.twilio_api, seconds, adapter, keeps_connections=keeps_connections)
    return Client(settings.account_sid, settings.auth_tokens[0], http_client=transport)


class _Transport(TwilioHttpClient):  # type: ignore[misc]  # the package has no types
    """It logs nothing, since it would log numbers and texts."""

    def __init__(self, address: str, seconds: float, adapter: BaseAdapter | None, *, keeps_connections: bool) -> None:
        super().__init__(pool_connections=keeps_connections, timeout=seconds)
        self._address = address
        if adapter:
            self.session = Session()
            self.session.mount(address, adapter)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, _at(self._address, url), *args, **kwargs)

    def log_request(self, kwargs: object) -> None:
        pass

    def log_response(self, status_code: int, response: object) -> None:
        pass


def _at(address: str, url: str) -> str:
    """Where one of Twilio's URLs is at another address: each of its hosts but the first has a folder there."""
    if address == TWILIO_API:
        return url
    parts = urlsplit(url)
    host = parts.netloc.partition(".")[0]
    folder = "" if host == "api" else f"/{host}"
    query = f"?{parts.query}" if parts.query else ""
    return f"{address}{folder}{parts.path}{query}"
