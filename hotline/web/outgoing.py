"""Texts that the line sends of itself, through Twilio's REST API, while the call goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from requests import Session
from requests.adapters import BaseAdapter
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from hotline.dialogue.heard import TextOutcome
from hotline.logs import Log
from hotline.settings import Settings

# Twilio answers in a fraction of a second; the caller hears a sentence meanwhile.
ANSWER_SECONDS = 4.0
MOST_AT_ONCE = 4

STOPPED_CODE = 21610
# No such number, a country that is not served, no way to it, a landline, a short code.
CANNOT_ARRIVE_CODES = frozenset({21211, 21265, 21408, 21612, 21614})

log = Log(__name__)


class Outgoing:
    """Sends texts in the background. Neither a number nor a word of a text is logged."""

    def __init__(self, settings: Settings, adapter: BaseAdapter | None = None) -> None:
        """`adapter` carries the requests where they do not go over HTTP."""
        self._settings = settings
        self._adapter = adapter

    def send(self, sender: str, to: str, bodies: Sequence[str], then: Callable[[TextOutcome], None]) -> None:
        """Sends the bodies one after the other, and tells what became of them."""
        self._threads.submit(self._run, sender, to, tuple(bodies), then)

    def _run(self, sender: str, to: str, bodies: tuple[str, ...], then: Callable[[TextOutcome], None]) -> None:
        try:
            outcome = self._sent(sender, to, bodies)
        except Exception as error:  # noqa: BLE001 - the caller waits to be told, whatever went wrong
            log.error("a text was not sent", error=error)  # noqa: TRY400 - the log takes the error itself
            outcome = TextOutcome.FAILED
        then(outcome)

    def _sent(self, sender: str, to: str, bodies: tuple[str, ...]) -> TextOutcome:
        # A client for each text: it remembers the last one that it sent.
        client = Client(
            self._settings.account_sid,
            self._settings.auth_tokens[0],
            http_client=_Api(self._settings.twilio_api, self._adapter),
        )
        try:
            for body in bodies:
                client.messages.create(to=to, from_=sender, body=body)
        except TwilioRestException as error:
            if error.code == STOPPED_CODE:
                return TextOutcome.STOPPED
            if error.code in CANNOT_ARRIVE_CODES:
                return TextOutcome.CANNOT_ARRIVE
            log.warning("a text was refused", code=error.code)
            return TextOutcome.FAILED
        return TextOutcome.SENT

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        """Made when the first text is sent: threads do not outlive the fork of a worker."""
        return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="outgoing")


class _Api(TwilioHttpClient):  # type: ignore[misc]  # the package has no types
    """Twilio's own client at the address of the settings; it logs nothing, since it would log numbers and texts."""

    def __init__(self, address: str, adapter: BaseAdapter | None) -> None:
        super().__init__(pool_connections=False, timeout=ANSWER_SECONDS)
        self._address = address
        if adapter:
            self.session = Session()
            self.session.mount(address, adapter)

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        parts = urlsplit(url)
        query = f"?{parts.query}" if parts.query else ""
        return super().request(method, f"{self._address}{parts.path}{query}", *args, **kwargs)

    def log_request(self, kwargs: object) -> None:
        pass

    def log_response(self, status_code: int, response: object) -> None:
        pass
