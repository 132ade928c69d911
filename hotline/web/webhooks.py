"""Twilio's webhooks: what is not signed is refused, and everything else is answered, whatever goes wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import Blueprint, Request, Response, abort, g, request
from werkzeug.exceptions import Forbidden, HTTPException, RequestEntityTooLarge
from werkzeug.local import LocalProxy

from hotline.channels.text import render_number
from hotline.releases.content import Content
from hotline.web.answering import Answering, Tools
from hotline.web.requests import is_form, is_report_on_a_message, raw_path_of, step_of
from hotline.web.signature import is_signed

_HEADERS = (
    ("Content-Type", "text/xml; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
)


class Twiml(Response):
    """A document for Twilio, with all of its headers: they need not be looked at one by one."""

    def __init__(self, document: str) -> None:
        super().__init__(document, headers=_HEADERS)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """Each request is answered from what `live` gives at its beginning, wholly."""

    tools: Tools
    live: Callable[[], Content]

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("webhooks", __name__)
        if self.tools.metrics:
            blueprint.before_request(_begin)
            blueprint.after_request(self.measure)
        blueprint.before_request(self.verify)
        blueprint.register_error_handler(Exception, self.answer_all_the_same)
        for path, endpoint, view in (
            ("/sms", "sms", self.sms),
            ("/sms/status", "sms_status", self.sms_status),
            ("/voice", "voice", self.voice),
            ("/voice/status", "voice_status", self.voice_status),
            ("/voice/<language>/<node>", "voice_node", self.voice_node),
        ):
            blueprint.add_url_rule(path, endpoint, view, methods=["POST"])
        return blueprint

    def verify(self) -> None:
        """Refuses whatever Twilio did not sign: 403, and nothing else happens."""
        settings, asked = self.tools.settings, _this_request()
        try:
            signed = is_form(asked) and is_signed(
                asked.headers.get("X-Twilio-Signature", ""),
                public_url=settings.public_url,
                raw_path=raw_path_of(asked),
                form=asked.form,
                tokens=settings.auth_tokens,
            )
        except RequestEntityTooLarge:
            signed = False
        metrics = self.tools.metrics
        if not signed:
            if metrics:
                metrics.refused()
            abort(403)
        g.is_signed = True
        if metrics and (code := asked.form.get("ErrorCode")):
            metrics.reported(code)

    def measure(self, response: Response) -> Response:
        """How long somebody waited for an answer."""
        if self.tools.metrics and "is_signed" in g:
            channel = "sms" if request.path.startswith("/sms") else "voice"
            self.tools.metrics.turned(channel, time.perf_counter() - g.begun)
        return response

    def sms(self) -> Response:
        if records := self.tools.records:
            is_report = is_report_on_a_message(request.form)
            (records.text_reported if is_report else records.text_came)(request.form)
        return Twiml(self._answering().sms())

    def voice(self) -> Response:
        if records := self.tools.records:
            records.call_reported(request.form)
        return Twiml(self._answering().voice())

    def voice_node(self, language: str, node: str) -> Response:
        return Twiml(self._answering().voice_node(language, node))

    def sms_status(self) -> Response:
        """Twilio's reports on what became of a text. Nothing of them is kept but which record is to be deleted."""
        if records := self.tools.records:
            records.text_reported(request.form)
        return Response(status=204)

    def voice_status(self) -> Response:
        """Twilio's reports on what became of a call."""
        if records := self.tools.records:
            records.call_reported(request.form)
        return Response(status=204)

    def answer_all_the_same(self, error: Exception) -> Response | HTTPException:
        """Whatever went wrong here, a resident gets the menu, or else the referral number."""
        if isinstance(error, HTTPException):
            return error
        if "is_signed" not in g:
            return Forbidden()
        self.tools.note(error)
        answering, by_text = self._answering(), request.path.startswith("/sms")
        content = answering.content
        named = (request.view_args or {}).get("language", g.get("language"))
        language = named if named in content.script.languages else None
        try:
            return Twiml(answering.floor(language, by_text=by_text))
        except Exception as another:  # noqa: BLE001 - below this there is one more floor
            self.tools.note(another)
        if by_text:
            return Twiml(render_number(content.written, self.tools.reports_on_texts))
        return Twiml(answering.renderer(with_sounds=False).last_resort(language or content.script.source_language))

    def _answering(self) -> Answering:
        asked = _this_request()
        # Werkzeug's own form makes an error for each name that is not there.
        form = asked.form.to_dict()
        return Answering(self.tools, self.live(), form, step_of(asked, form))


def _begin() -> None:
    g.begun = time.perf_counter()


def _this_request() -> Request:
    """The request itself: what stands for it in every thread looks it up anew for each of its fields."""
    return cast("LocalProxy[Request]", request)._get_current_object()  # noqa: SLF001 - it is documented
