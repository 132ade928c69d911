"""Twilio's webhooks. Each is one pass: verify, load the session, advance, render, save."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Response, abort, g, request
from werkzeug.exceptions import Forbidden, HTTPException, RequestEntityTooLarge

from hotline.channels.paths import VoicePlace
from hotline.channels.text import render_nothing, render_number, render_text
from hotline.channels.voice import render_call, render_no_call, render_transfer
from hotline.channels.wording import SpokenWording, WrittenWording
from hotline.dialogue.advance import advance
from hotline.dialogue.heard import Arrival
from hotline.dialogue.reply import Turn
from hotline.dialogue.session import Session
from hotline.script.model import Script
from hotline.settings import Settings
from hotline.store.counts import Counts
from hotline.store.sessions import Loaded, Sessions
from hotline.understanding.understanding import Understanding
from hotline.web.requests import (
    belongs_to_carrier,
    caller_of,
    heard_in_call,
    heard_in_text,
    is_form,
    is_over,
    is_report_on_a_message,
    raw_path_of,
    step_of,
    texter_of,
)
from hotline.web.signature import is_signed

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What the webhooks work with. `now` is the time in Connecticut."""

    settings: Settings
    script: Script
    sessions: Sessions
    counts: Counts
    understanding: Understanding
    written: WrittenWording
    spoken: SpokenWording
    now: Callable[[], datetime]

    def blueprint(self) -> Blueprint:
        blueprint = Blueprint("webhooks", __name__)
        blueprint.before_request(self.verify)
        blueprint.register_error_handler(Exception, self.answer_all_the_same)
        for path, endpoint, view in (
            ("/sms", "sms", self.sms),
            ("/sms/status", "sms_status", self.status),
            ("/voice", "voice", self.voice),
            ("/voice/status", "voice_status", self.status),
            ("/voice/<language>/<node>", "voice_node", self.voice_node),
        ):
            blueprint.add_url_rule(path, endpoint, view, methods=["POST"])
        return blueprint

    def verify(self) -> None:
        """Refuses whatever Twilio did not sign: 403, and nothing else happens."""
        try:
            signed = is_form(request) and is_signed(
                request.headers.get("X-Twilio-Signature", ""),
                public_url=self.settings.public_url,
                raw_path=raw_path_of(request),
                form=request.form,
                tokens=self.settings.auth_tokens,
            )
        except RequestEntityTooLarge:
            signed = False
        if not signed:
            abort(403)
        g.is_signed = True

    def sms(self) -> Response:
        """A text comes in."""
        form = request.form
        if is_report_on_a_message(form) or belongs_to_carrier(form, self.script.carrier_words):
            return _twiml(render_nothing())
        texter = texter_of(form)
        loaded = self.sessions.load(texter, step_of(request))
        heard = heard_in_text(form.get("Body", ""), loaded.session, self.understanding, self.now())
        turn = advance(self.script, loaded.session, heard)
        document = render_text(turn.reply, self.written)
        self.sessions.save(texter, loaded, turn.session, learned=turn.learned)
        self.count(turn, loaded)
        return _twiml(document)

    def voice(self) -> Response:
        """A call comes in."""
        form = request.form
        if is_over(form):
            return _twiml(render_no_call())
        caller = caller_of(form, self.script.hidden_callers)
        loaded = self.sessions.load(caller, step_of(request))
        turn = advance(self.script, loaded.session, Arrival(self.now()))
        document = render_call(turn.reply, self.spoken, form.get("To", ""))
        self.sessions.save(caller, loaded, turn.session, learned=turn.learned)
        return _twiml(document)

    def voice_node(self, language: str, node: str) -> Response:
        """A key, speech, silence or a transfer's outcome at a node of a call."""
        form = request.form
        if is_over(form):
            return _twiml(render_no_call())
        caller = caller_of(form, self.script.hidden_callers)
        loaded = self.sessions.load(caller, step_of(request))
        session = self.standing_at(VoicePlace.of(language, node), loaded.session)
        turn = advance(self.script, session, heard_in_call(form, session, self.understanding, self.now()))
        document = render_call(turn.reply, self.spoken, form.get("To", ""))
        self.sessions.save(caller, loaded, turn.session, learned=turn.learned)
        self.count(turn, loaded)
        return _twiml(document)

    def count(self, turn: Turn, loaded: Loaded) -> None:
        """Whether words were understood, once for each that was heard."""
        if turn.outcome and not loaded.repeated:
            self.counts.add(self.now().date(), turn.reply.language, turn.outcome)

    def status(self) -> Response:
        """Twilio's reports on what became of a text or a call. Nothing of them is kept."""
        return Response(status=204)

    def answer_all_the_same(self, error: Exception) -> Response | HTTPException:
        """Whatever went wrong here, a resident gets the referral number and a caller is connected with it."""
        if isinstance(error, HTTPException):
            return error
        if "is_signed" not in g:
            return Forbidden()
        log.error("%s: %s in %s", request.endpoint, type(error).__name__, _place_of(error))
        if request.path.startswith("/sms"):
            return _twiml(render_number(self.written))
        named = str((request.view_args or {}).get("language"))
        language = named if named in self.script.languages else self.script.source_language
        return _twiml(render_transfer(self.spoken, language, request.form.get("To", "")))

    def standing_at(self, place: VoicePlace, session: Session) -> Session:
        """The session where the path says that the call stands, whatever Redis knows of it."""
        session = replace(session, node=place.node, misses=place.misses)
        # Before a language is chosen, its menu has the path of the source language, which then says nothing.
        tells_nothing = place.language == self.script.source_language and place.node in self.script.language_pages
        if tells_nothing or place.language not in self.script.languages:
            return session
        return replace(session, language=place.language, greeted=True)


def _place_of(error: Exception) -> str:
    """Where an error was raised. Its text may hold what somebody wrote, so it is not told."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}, line {frame.lineno}"


def _twiml(document: str) -> Response:
    return Response(document, content_type="text/xml; charset=utf-8")
