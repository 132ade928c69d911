"""Requests as Twilio sends them, prepared as bytes: every usual field, signed, each with a name of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from urllib.parse import urlencode, urlsplit

from twilio.request_validator import RequestValidator

from hotline.phone.forms import call_form, text_form
from hotline.phone.line import Line

KINDS = ("keys", "menu", "free", "mix")
# More than the connections that the load has: nobody's next turn overtakes the one before.
RESIDENTS = 1024
# Turns of a conversation; of a text's, the first of four is in one's own words.
STAGES = 8
_MENU_TEXTS = ("1", "2", "MENU")
_KEYS = "12345"


class Turns:
    """Makes turns for one line; `free_texts` are what residents write. No two turns have the same name."""

    def __init__(self, line: Line, free_texts: Sequence[str]) -> None:
        self._line, self._free_texts = line, free_texts
        self._validator = RequestValidator(line.auth_token)
        self._numbers, self._residents = count(1), count(0, RESIDENTS)

    def prepare(self, kind: str, many: int, *, keep_alive: bool = True) -> list[bytes]:
        """So many requests of residents who were not there before, one turn of each after another."""
        make: Callable[[int, int], tuple[str, dict[str, str]]] = getattr(self, f"_{kind}")
        first = next(self._residents)
        prepared = []
        for number in range(many):
            step, resident = divmod(number, RESIDENTS)
            prepared.append(self._request(*make(first + resident, step), keep_alive=keep_alive))
        return prepared

    def _keys(self, resident: int, step: int) -> tuple[str, dict[str, str]]:
        form = call_form(self._line, f"CA{resident:032x}", _number(resident), "in-progress")
        return "/voice/es/main", form | {"Digits": _KEYS[(resident + step) % len(_KEYS)]}

    def _menu(self, resident: int, step: int) -> tuple[str, dict[str, str]]:
        return self._text(resident, _MENU_TEXTS[step % len(_MENU_TEXTS)])

    def _free(self, resident: int, step: int) -> tuple[str, dict[str, str]]:
        return self._text(resident, self._free_texts[(resident * 7 + step) % len(self._free_texts)])

    def _mix(self, resident: int, step: int) -> tuple[str, dict[str, str]]:
        """A conversation of each: half of them call, choose a language and press keys; half write, then choose.

        They do not all begin at once.
        """
        stage = (step + resident // 2) % STAGES
        if resident % 2 == 0:
            return self._menu(resident, stage) if stage % 4 else self._free(resident, stage)
        form = call_form(self._line, f"CA{resident:032x}", _number(resident), "in-progress")
        if stage == 0:
            return "/voice", form | {"CallStatus": "ringing"}
        return ("/voice/en/language", form | {"Digits": "2"}) if stage == 1 else self._keys(resident, stage)

    def _text(self, resident: int, body: str) -> tuple[str, dict[str, str]]:
        return "/sms", text_form(self._line, f"SM{next(self._numbers):032x}", _number(resident), body)

    def _request(self, path: str, form: dict[str, str], *, keep_alive: bool) -> bytes:
        body = urlencode(form).encode()
        head = (
            f"POST {path} HTTP/1.1",
            f"Host: {urlsplit(self._line.public_url).netloc}",
            "User-Agent: TwilioProxy/1.1",
            "Accept: */*",
            f"Connection: {'keep-alive' if keep_alive else 'close'}",
            "Content-Type: application/x-www-form-urlencoded; charset=UTF-8",
            f"X-Twilio-Signature: {self._validator.compute_signature(self._line.public_url + path, form)}",
            f"I-Twilio-Idempotency-Token: {next(self._numbers):032x}",
            f"Content-Length: {len(body)}",
        )
        return "\r\n".join((*head, "", "")).encode() + body


def _number(resident: int) -> str:
    return f"+1203{2_000_000 + resident % 8_000_000}"
