"""Twilio's REST side for messages, as far as the hotline uses it: what it sends goes into the phone's mailbox."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from hmac import compare_digest

from flask import Blueprint, Response, jsonify, request

from hotline.channels.segments import count_segments
from hotline.phone.forms import API_VERSION
from hotline.phone.mailbox import Mailbox, TextMessage
from hotline.phone.vocabulary import E164, vocabulary

WRONG_CREDENTIALS = 20003
NOT_FOUND = 20404
NO_NUMBER = 21211
NO_BODY, NO_FROM, NO_TO = 21602, 21603, 21604
NOT_OURS = 21606
OPTED_OUT = 21610
TOO_LONG = 21617

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
STATUS = {WRONG_CREDENTIALS: 401, NOT_FOUND: 404}


def rest_blueprint(mailbox: Mailbox, account_sid: str, auth_token: str, number: str) -> Blueprint:
    """The API of an account with one number. Where the blueprint is mounted is the API's base address."""
    api = Blueprint("twilio_api", __name__)

    @api.before_request
    def refuse_strangers() -> Response | None:
        given = request.authorization
        if given and _same(given.username, account_sid) and _same(given.password, auth_token):
            return None
        refusal = _refusal(WRONG_CREDENTIALS)
        refusal.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
        return refusal

    @api.post(f"/{API_VERSION}/Accounts/{account_sid}/Messages.json")
    def create() -> Response:
        draft = _draft(request.form, number)
        code = _what_is_wrong(draft, number) or (OPTED_OUT if mailbox.has_opted_out(draft.to) else None)
        if code:
            return _refusal(code, to=draft.to, sender=draft.sender, longest=vocabulary().longest_text)
        mailbox.deliver(draft)
        return _answer(201, _resource(draft, account_sid, request.form.get("MessagingServiceSid")))

    @api.route("/<path:path>", methods=METHODS)
    def other(path: str) -> Response:
        return _refusal(NOT_FOUND, path=f"/{path}")

    return api


def _draft(form: Mapping[str, str], number: str) -> TextMessage:
    """What a request asks to send. A messaging service chooses the sender itself, and the line has one number."""
    sender = form.get("From") or (number if form.get("MessagingServiceSid") else "")
    return TextMessage(sender=sender, to=form.get("To", ""), body=form.get("Body", ""))


def _what_is_wrong(draft: TextMessage, number: str) -> int | None:
    """The code of the first thing that Twilio would object to."""
    objections = (
        (NO_TO, not draft.to),
        (NO_FROM, not draft.sender),
        (NO_BODY, not draft.body.strip()),
        (NO_NUMBER, not re.fullmatch(E164, draft.to)),
        (NOT_OURS, draft.sender != number),
        (TOO_LONG, len(draft.body) > vocabulary().longest_text),
    )
    return next((code for code, holds in objections if holds), None) or vocabulary().refused_numbers.get(draft.to)


def _resource(message: TextMessage, account_sid: str, service_sid: str | None) -> dict[str, object]:
    """The message as Twilio shows it before it goes out; a messaging service has not chosen its sender by then."""
    now = format_datetime(datetime.now(UTC))
    sid = f"SM{secrets.token_hex(16)}"
    uri = f"/{API_VERSION}/Accounts/{account_sid}/Messages/{sid}"
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": message.body,
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": None if service_sid else message.sender,
        "messaging_service_sid": service_sid,
        "num_media": "0",
        "num_segments": "0" if service_sid else str(count_segments(message.body).count),
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "accepted" if service_sid else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": message.to,
        "uri": f"{uri}.json",
    }


def _refusal(code: int, **fields: object) -> Response:
    status = STATUS.get(code, 400)
    error = {
        "code": code,
        "message": vocabulary().message_refusals[code].format_map(fields),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return _answer(status, error)


def _answer(status: int, fields: Mapping[str, object]) -> Response:
    answer = jsonify(fields)
    answer.status_code = status
    return answer


def _same(given: str | None, expected: str) -> bool:
    return given is not None and compare_digest(given.encode(), expected.encode())
