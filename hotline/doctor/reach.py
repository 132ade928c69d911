"""Whether the world reaches the line at its public address, and Twilio's signatures hold there."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from twilio.request_validator import RequestValidator

from hotline.doctor.finding import Finding, good, unknown, warning, wrong
from hotline.settings import Settings

SUBJECT, CERTIFICATE, SIGNATURE = "Public address", "Certificate", "Signatures"
ANSWER_SECONDS = 8.0
# Twilio waits so long for a connection by default, and residents longer than they like.
SLOW_SECONDS = 2.0
SOON_DAYS = 14
HTTPS = 443
FORBIDDEN, NO_CONTENT = 403, 204


def public_address(settings: Settings, now: datetime) -> Iterator[Finding]:
    """`now` has a time zone."""
    parts = urlsplit(settings.public_url)
    if parts.scheme != "https":
        yield wrong(SUBJECT, "it is not encrypted, and Twilio would send texts in the clear", "use https in PUBLIC_URL")
    elif parts.hostname:
        yield _certificate(parts.hostname, parts.port or HTTPS, now)
    try:
        answer = requests.get(f"{settings.public_url}/healthz", timeout=ANSWER_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        yield wrong(
            SUBJECT,
            f"nothing answers there ({type(error).__name__})",
            "start the line (hotline serve), and look whether PUBLIC_URL and the proxy lead to it",
        )
        return
    if answer.is_redirect:
        yield wrong(
            SUBJECT,
            "it sends Twilio on to another address, under which no signature holds",
            f"set PUBLIC_URL to where {settings.public_url} leads",
        )
        return
    if not answer.ok or b"alive" not in answer.content:
        yield wrong(
            SUBJECT, f"something else answers there, with status {answer.status_code}", "let the proxy lead to the line"
        )
        return
    took = answer.elapsed.total_seconds()
    says = f"the line answers there in {1000 * took:.0f} ms"
    yield warning(SUBJECT, says, "look what is slow on the way") if took > SLOW_SECONDS else good(SUBJECT, says)
    yield _signed(settings)


def _signed(settings: Settings) -> Finding:
    """A request as Twilio would sign it, through the public address; what is not signed must be refused there."""
    url, form = f"{settings.public_url}/sms/status", {"AccountSid": settings.account_sid, "ApiVersion": "2010-04-01"}
    signature = RequestValidator(settings.auth_tokens[0]).compute_signature(url, form)
    try:
        signed = requests.post(
            url, data=form, headers={"X-Twilio-Signature": signature}, timeout=ANSWER_SECONDS, allow_redirects=False
        )
        unsigned = requests.post(url, data=form, timeout=ANSWER_SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        return unknown(SIGNATURE, f"the line stopped answering ({type(error).__name__})")
    if unsigned.status_code != FORBIDDEN:
        return wrong(
            SIGNATURE,
            f"what is not signed gets status {unsigned.status_code} instead of {FORBIDDEN}",
            "let the proxy lead every request to the line, unchanged",
        )
    if signed.status_code != NO_CONTENT:
        return wrong(
            SIGNATURE,
            "the line that answers there refuses what is signed with the settings of this machine",
            "let both have the same TWILIO_AUTH_TOKEN and PUBLIC_URL, and the proxy leave paths and forms as they are",
        )
    return good(SIGNATURE, "what Twilio signs is taken, and what nobody signed is refused")


def _certificate(host: str, port: int, now: datetime) -> Finding:
    try:
        with (
            socket.create_connection((host, port), timeout=ANSWER_SECONDS) as connection,
            ssl.create_default_context().wrap_socket(connection, server_hostname=host) as secured,
        ):
            found = secured.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return wrong(CERTIFICATE, f"Twilio would refuse it: {error.verify_message}", "renew it, or name its own host")
    except OSError as error:
        return wrong(CERTIFICATE, f"no encrypted connection is possible ({type(error).__name__})", "look at the proxy")
    until = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(found["notAfter"])), UTC)
    days = (until - now).days
    if days < SOON_DAYS:
        return warning(CERTIFICATE, f"it ends in {days} days", "renew it; a host that does so by itself is better")
    return good(CERTIFICATE, f"it is good for {days} days")
