"""Texts that the line sends of itself, through Twilio's REST API, while the call goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property

from requests.adapters import BaseAdapter
from twilio.base.exceptions import TwilioRestException

from hotline.dialogue.heard import TextOutcome
from hotline.logs import Log
from hotline.settings import Settings
from hotline.web.records import Records
from hotline.web.twilio_api import twilio_client

# Twilio answers in a fraction of a second; the caller hears a sentence meanwhile.
ANSWER_SECONDS = 4.0
MOST_AT_ONCE = 4

STOPPED_CODE = 21610
# No such number, a country that is not served, no way to it, a landline, a short code.
CANNOT_ARRIVE_CODES = frozenset({21211, 21265, 21408, 21612, 21614})

log = Log(__name__)


class Outgoing:
    """Sends texts in the background. Neither a number nor a word of a text is logged."""

    def __init__(self, settings: Settings, adapter: BaseAdapter | None = None, records: Records | None = None) -> None:
        """`adapter` carries the requests where they do not go over HTTP; `records` learn of what was sent."""
        self._settings = settings
        self._adapter = adapter
        self._records = records

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
        client = twilio_client(self._settings, seconds=ANSWER_SECONDS, adapter=self._adapter)
        reports = {"status_callback": self._records.reports_on_texts} if self._records else {}
        try:
            for body in bodies:
                message = client.messages.create(to=to, from_=sender, body=body, **reports)
                if self._records:
                    self._records.text_went(message.sid)
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
