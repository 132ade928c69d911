"""Is a request signed by Twilio? Fail-closed, and there is no switch that turns this off.

Source: Twilio, "Webhooks security": base64(HMAC-SHA1(token, URL + every form name and value, sorted by name)).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from urllib.parse import urlsplit

from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

from hotline.web.overrides import OVERRIDES

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_signed(
    signature: str, *, public_url: str, raw_path: str, form: MultiDict[str, str], tokens: Iterable[str]
) -> bool:
    """Whether one of the tokens signed the public origin, the path and query as they came, and the form."""
    given = signature.encode("utf-8", "surrogateescape")
    return any(
        hmac.compare_digest(given, RequestValidator(token).compute_signature(url, form).encode())
        for token in tokens
        for url in _signed_urls(public_url, raw_path)
    )


def _signed_urls(public_url: str, raw_path: str) -> tuple[str, ...]:
    """Twilio signs some requests with the port and some without: both forms of one address, and of its overrides."""
    origin = urlsplit(public_url)
    port = origin.port or _DEFAULT_PORTS[origin.scheme]
    forms = (
        f"{origin.scheme}://{origin.hostname}{raw_path}",
        f"{origin.scheme}://{origin.hostname}:{port}{raw_path}",
    )
    overrides = OVERRIDES.get(raw_path)
    return (*forms, *(f"{form}{overrides}" for form in forms)) if overrides else forms
