"""All routes of the application as an OpenAPI description, from which schemathesis makes requests."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TypeAlias

from flask import Flask
from schemathesis import openapi
from schemathesis.schemas import BaseSchema
from werkzeug.routing import Rule

Json: TypeAlias = Mapping[str, object]

OWN = {"OPTIONS", "HEAD"}
FORM, FILES = "application/x-www-form-urlencoded", "multipart/form-data"
# What may stand in any of them.
QUERIES = ("q", "page", "language", "state", "topic", "show", "after", "next", "from", "to", "seen")
HEADERS = ("X-Twilio-Signature", "I-Twilio-Idempotency-Token", "Range", "If-None-Match", "If-Modified-Since", "Accept")
WEBHOOK_FIELDS = (
    *("From", "To", "Body", "MessageSid", "CallSid", "CallStatus", "Digits", "SpeechResult", "DialCallStatus"),
    *("ErrorCode", "ErrorUrl", "OptOutType", "MessageStatus", "NumMedia", "MediaUrl0", "FromCity", "FromZip"),
)

_OPEN = re.compile(r"<(?:(\w+):)?(\w+)>")


def description(app: Flask, fields: Collection[str], known: Mapping[str, Collection[str]]) -> BaseSchema:
    """`fields` are names in forms; `known` what stands at the open parts of addresses somewhere, beside anything."""
    paths: dict[str, dict[str, Json]] = {}
    for rule in app.url_map.iter_rules():
        path = _OPEN.sub(r"{\2}", rule.rule)
        for method in sorted((rule.methods or set()) - OWN):
            names = WEBHOOK_FIELDS if rule.endpoint.startswith("webhooks.") else fields
            paths.setdefault(path, {})[method.lower()] = _operation(rule, method, names, known)
    schema = openapi.from_dict({"openapi": "3.0.3", "info": {"title": "The line", "version": "1"}, "paths": paths})
    schema.app = app
    return schema


def _operation(rule: Rule, method: str, fields: Collection[str], known: Mapping[str, Collection[str]]) -> Json:
    described = {
        "operationId": f"{method} {rule.endpoint}",
        "parameters": [
            *(_parameter("path", name, known.get(name, ())) for name in sorted(rule.arguments)),
            *(_parameter("query", name) for name in QUERIES),
            *(_parameter("header", name) for name in HEADERS),
        ],
        "responses": {"default": {"description": "Anything."}},
    }
    if method == "GET":
        return described
    form = {"schema": {"type": "object", "properties": {name: {"type": "string"} for name in sorted(fields)}}}
    return {**described, "requestBody": {"content": {FORM: form, FILES: form}}}


def _parameter(where: str, name: str, known: Collection[str] = ()) -> Json:
    text = {"type": "string", "minLength": 1} if where == "path" else {"type": "string"}
    either = {"anyOf": [{"enum": sorted(known)}, text]} if known else text
    return {"in": where, "name": name, "required": where == "path", "schema": either}
