"""The line to a running hotline: requests signed and answers checked as Twilio does it. It keeps no cookies."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from twilio.request_validator import RequestValidator

from hotline.phone.errors import PhoneError
from hotline.phone.mailbox import Inbox
from hotline.phone.recording import Recording, read_recording
from hotline.phone.vocabulary import refuse_url, vocabulary

Method = Literal["GET", "POST"]

# Twilio's limits; the answer's seconds are for all of it.
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
MOST_REDIRECTS = 10
MOST_TWIML_BYTES = 64 * 1024
MOST_AUDIO_BYTES = 40 * 1024 * 1024
TWIML_TYPES = frozenset({"text/xml", "application/xml"})
REDIRECTS = frozenset({301, 302, 303, 307, 308})
SAME_METHOD_REDIRECTS = frozenset({307, 308})


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """An answer that passed Twilio's checks. `url` is the public URL that gave it, after redirects."""

    url: str
    body: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back over HTTP, nothing judged yet but its size."""

    url: str
    status: int
    content_type: str
    location: str
    body: bytes

    @property
    def media_type(self) -> str:
        return self.content_type.partition(";")[0].strip().lower()

    @property
    def path(self) -> str:
        return urlsplit(self.url).path


@dataclass(frozen=True, slots=True)
class Line:
    """Where the hotline is reached.

    `address` gets the requests; `public_url` is the origin that is signed and that links are resolved against.
    `fallback_url` is asked once more when a call's document fails, `text_fallback_url` when a text's does, both by
    `fallback_method`. `inbox` is where texts arrive that the hotline sends of itself during a call. `adapter` makes
    what carries a request: over HTTP, or to an application in this process.
    """

    address: str
    public_url: str
    auth_token: str
    account_sid: str
    number: str
    fallback_url: str | None = None
    text_fallback_url: str | None = None
    fallback_method: Method = "POST"
    inbox: Inbox | None = None
    adapter: Callable[[], BaseAdapter] = HTTPAdapter

    def post(self, path_or_url: str, form: Mapping[str, str]) -> WebhookAnswer:
        """The TwiML that answers a signed webhook. Raises PhoneError with Twilio's code."""
        return self.fetch("POST", path_or_url, form)

    def fetch(self, method: Method, path_or_url: str, form: Mapping[str, str]) -> WebhookAnswer:
        """As `post`; with GET the form goes into the query."""
        answer = self._follow(method, path_or_url, form, MOST_TWIML_BYTES)
        _check_status(answer)
        if not answer.content_type:
            raise PhoneError(f"The answer of {answer.path} has no Content-Type.", 12300)
        if answer.media_type not in TWIML_TYPES:
            raise PhoneError(f"The answer of {answer.path} is {answer.media_type}, not text/xml.", 12300)
        return WebhookAnswer(answer.url, _decode(answer))

    def notify(self, path_or_url: str, form: Mapping[str, str]) -> None:
        """Posts a status callback, whose answer must be empty or XML. Raises PhoneError."""
        answer = self._follow("POST", path_or_url, form, MOST_TWIML_BYTES)
        _check_status(answer)
        if answer.body and answer.media_type not in TWIML_TYPES:
            raise PhoneError(f"The answer of {answer.path} is neither empty nor text/xml.", 12300)

    def listen(self, url: str) -> Recording:
        """Fetches a recording, which must be there and of a type that Twilio plays. Raises PhoneError."""
        answer = self._follow("GET", url, None, MOST_AUDIO_BYTES)
        _check_status(answer)
        if answer.media_type not in vocabulary().audio_types:
            kind = answer.media_type or "without a Content-Type"
            raise PhoneError(f"The recording {answer.path} is {kind}, which Twilio does not play.", 12300)
        if not answer.body:
            raise PhoneError(f"The recording {answer.path} is empty.", 11200)
        return read_recording(answer.body)

    def resolve(self, reference: str, base: str | None = None) -> str:
        """The public URL of a link in the document at `base`. Raises PhoneError."""
        try:
            url = urljoin(base or f"{_origin(self.public_url)}/", reference)
        except ValueError as error:
            raise PhoneError(f"{reference} is not an address.", 11200) from error
        refusal = refuse_url(url)
        if refusal:
            raise PhoneError(f"The address {url} {refusal}.", 11200)
        return url

    def _follow(
        self,
        method: Method,
        path_or_url: str,
        form: Mapping[str, str] | None,
        most_bytes: int,
    ) -> _Answer:
        _check_characters(form or {})
        # A redirect is the same webhook and keeps its token.
        headers = {} if form is None else {"I-Twilio-Idempotency-Token": str(uuid.uuid4())}
        url = self.resolve(path_or_url)
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._request(method, url, form, headers, most_bytes)
            if answer.status not in REDIRECTS:
                return answer
            if not answer.location:
                raise PhoneError(f"{answer.path} redirects to nowhere.", 11200)
            url = self.resolve(answer.location, answer.url)
            if answer.status not in SAME_METHOD_REDIRECTS and method == "POST":
                method, form = "GET", {}
        raise PhoneError(f"{urlsplit(url).path} redirects more than {MOST_REDIRECTS} times.", 11215)

    def _request(
        self, method: Method, url: str, form: Mapping[str, str] | None, headers: Mapping[str, str], most_bytes: int
    ) -> _Answer:
        """One request. Without a form nothing is signed: recordings are fetched so."""
        path = urlsplit(url).path
        try:
            origin = self._signed_origin(url)
            prepared = _prepare(method, self._target(url), form)
            prepared.headers.update(headers)
            if form is not None:
                signed = dict(form) if method == "POST" else {}
                validator = RequestValidator(self.auth_token)
                signature = validator.compute_signature(f"{origin}{prepared.path_url}", signed)
                prepared.headers["X-Twilio-Signature"] = signature
            # An adapter, not a session: no cookies, no redirects of its own, nothing from the environment.
            with closing(self.adapter()) as adapter:
                timeout = (CONNECT_SECONDS, ANSWER_SECONDS)
                with adapter.send(prepared, stream=True, timeout=timeout) as response:
                    return _Answer(
                        url=f"{origin}{_prepare(method, self._target(url), None).path_url}",
                        status=response.status_code,
                        content_type=response.headers.get("Content-Type", ""),
                        location=response.headers.get("Location", ""),
                        body=_read(response, path, most_bytes),
                    )
        except requests.exceptions.SSLError as error:
            raise PhoneError(f"No safe connection to {_origin(url)}.", 11220) from error
        except requests.exceptions.ReadTimeout as error:
            raise PhoneError(f"{path} did not answer within {ANSWER_SECONDS:.0f} seconds.", 11205) from error
        except requests.exceptions.ConnectionError as error:
            raise PhoneError(f"Nothing answers at {_origin(self._target(url))}.", 11205) from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, ValueError) as error:
            raise PhoneError(f"{path} could not be fetched.", 11200) from error

    def _signed_origin(self, url: str) -> str:
        is_ours = _same_origin(url, self.public_url) or _same_origin(url, self.address)
        return _origin(self.public_url if is_ours else url)

    def _target(self, url: str) -> str:
        """Where the request for a public URL really goes."""
        if not _same_origin(url, self.public_url):
            return url
        parts = urlsplit(url)
        return f"{_origin(self.address)}{parts.path or '/'}{'?' + parts.query if parts.query else ''}"


def _prepare(method: Method, url: str, form: Mapping[str, str] | None) -> requests.PreparedRequest:
    headers = {"User-Agent": "TwilioProxy/1.1", "Accept": "*/*"}
    query = urlencode(form or {})
    if method == "POST":
        headers["Content-Type"] = "application/x-www-form-urlencoded; charset=UTF-8"
        return requests.Request("POST", url, headers=headers, data=query).prepare()
    separator = "&" if urlsplit(url).query else "?"
    return requests.Request("GET", f"{url}{separator}{query}" if query else url, headers=headers).prepare()


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _check_characters(form: Mapping[str, str]) -> None:
    try:
        "".join(form.values()).encode()
    except UnicodeEncodeError as error:
        raise PhoneError("What was typed holds characters that cannot be sent.") from error


def _same_origin(one: str, other: str) -> bool:
    return _origin(one).lower() == _origin(other).lower()


def _read(response: requests.Response, path: str, most_bytes: int) -> bytes:
    deadline = time.monotonic() + ANSWER_SECONDS
    body = bytearray()
    for chunk in response.iter_content(16 * 1024):
        body += chunk
        if len(body) > most_bytes:
            raise PhoneError(f"The answer of {path} is larger than {most_bytes // 1024} kB.", 11750)
        if time.monotonic() > deadline:
            raise PhoneError(f"{path} took more than {ANSWER_SECONDS:.0f} seconds to answer.", 11205)
    return bytes(body)


def _check_status(answer: _Answer) -> None:
    if not 200 <= answer.status < 300:  # noqa: PLR2004
        raise PhoneError(f"{answer.path} answered with status {answer.status}.", 11200)


def _decode(answer: _Answer) -> str:
    charset = answer.content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'") or "utf-8"
    try:
        text = answer.body.decode(charset)
    except (ValueError, LookupError) as error:
        raise PhoneError(f"The answer of {answer.path} is not {charset}.", 12100) from error
    if text[:1] != "<" and text.lstrip("\ufeff \t\r\n").startswith("<?xml"):
        raise PhoneError(f"The answer of {answer.path} has a blank before <?xml.", 12100)
    return text
