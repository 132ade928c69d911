"""One webhook answered: load the session, advance, render, save."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from flask import g, request

from hotline.channels.paths import VoicePlace
from hotline.channels.text import bodies, render_nothing, render_text, text_of
from hotline.channels.voice import CallRenderer, render_no_call, render_refusal
from hotline.channels.wording import WrittenWording
from hotline.dialogue.advance import advance, begin_texting
from hotline.dialogue.heard import Arrival, Heard, Silence, TextEnded, TextOutcome, Unheard, Words
from hotline.dialogue.otherwise import farewell, is_urgent, not_forgotten
from hotline.dialogue.reply import Reply, SendText, Turn
from hotline.dialogue.session import Session
from hotline.dialogue.transferring import Transferring
from hotline.logs import Log
from hotline.releases.content import Content
from hotline.script.model import PERSON_TOPIC, Phrase
from hotline.settings import Settings
from hotline.store.counts import FAILED, Counted, Counts
from hotline.store.keys import Conversation
from hotline.store.sessions import Loaded, Sessions, Step
from hotline.store.texts import TextOutcomes
from hotline.understanding.understood import NONE, Guess, Understood
from hotline.web.counting import counted_of
from hotline.web.limits import MOST_ARRIVALS, MOST_STEPS_OF_A_CALL, Traffic, is_refused
from hotline.web.metrics import Metrics
from hotline.web.outgoing import ANSWER_SECONDS, Outgoing
from hotline.web.records import Records
from hotline.web.requests import (
    belongs_to_carrier,
    caller_of,
    heard_in_call,
    heard_in_text,
    is_fallback,
    is_over,
    is_report_on_a_message,
    language_of_number,
    place_of_failure,
    texter_of,
    transfer_ended,
)

# A little longer than Twilio may take to accept a text.
LONGEST_WAIT_SECONDS = ANSWER_SECONDS + 1.0

# A caller waits for all sounds of an answer that have yet to be made.
SOUND_SECONDS = 0.2

NOT_UNDERSTOOD = Understood(None, Guess(NONE, 0.0))

log = Log(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What webhooks are answered with. `now` is the time in Connecticut.

    `counts` is None where nothing is counted, `records` where Twilio keeps all, `metrics` where nobody watches.
    """

    settings: Settings
    sessions: Sessions
    counts: Counts | None
    records: Records | None
    outgoing: Outgoing
    outcomes: TextOutcomes
    traffic: Traffic
    now: Callable[[], datetime]
    metrics: Metrics | None = None

    @property
    def reports_on_texts(self) -> str | None:
        """The address for Twilio's reports on what became of texts; None where nobody needs to know."""
        return self.records.reports_on_texts if self.records else None

    def finish(self) -> None:
        """Sends what nobody waited for: the process ends."""
        for unsent in (self.counts, self.records):
            if unsent:
                unsent.finish()

    def note(self, error: Exception) -> None:
        """Logs a fault of ours without anybody's data, and counts it."""
        log.error("a webhook failed", endpoint=request.endpoint, error=error)
        with suppress(Exception):
            if self.metrics:
                self.metrics.failed()
            if self.counts:
                self.counts.add(self.now().date(), [Counted("", "", FAILED)])


@dataclass(frozen=True, slots=True)
class Answering:
    """The answer to one request, from the content of one release. The methods named as webhooks give its document."""

    tools: Tools
    content: Content
    form: Mapping[str, str]
    step: Step

    def sms(self) -> str:
        """A text comes in."""
        form = self.form
        if is_report_on_a_message(form) or belongs_to_carrier(form, self.content.script.carrier_words):
            return render_nothing()
        if is_refused(form.get("From", ""), self.tools.settings.text_countries):
            return render_nothing()
        texter = texter_of(form)
        loaded = self.tools.sessions.load(texter, self.step)
        session = self.known(loaded)
        turn = advance(self.content.script, session, self.heard(form.get("Body", ""), session))
        if self.is_too_much(loaded) and not is_urgent(self.content.script, turn.reply):
            return self.once_too_often(loaded, turn.reply.language)
        return self.finish(texter, loaded, turn, self.text)

    def voice(self) -> str:
        """A call comes in, or one goes on here for which something could not be fetched."""
        form = self.form
        if is_over(form):
            return render_no_call()
        caller = caller_of(form, self.content.script.hidden_callers)
        loaded = self.tools.sessions.load(caller, self.step)
        session = self.known(loaded)
        if loaded.arrivals > MOST_ARRIVALS and not is_fallback(form):
            return self.call_too_often(loaded, session.language or self.content.script.source_language)
        heard: Heard = Arrival(self.tools.now())
        if is_fallback(form):
            session, heard = self.after_failure(session)
        turn = advance(self.content.script, session, heard, by_phone=True)
        return self.finish(caller, loaded, turn, self.call)

    def voice_node(self, language: str, node: str) -> str:
        """A key, speech, silence, or what became of a text or a transfer, at a node of a call."""
        form = self.form
        if is_over(form):
            return render_no_call()
        caller = caller_of(form, self.content.script.hidden_callers)
        loaded = self.tools.sessions.load(caller, self.step)
        place = VoicePlace.of(language, node)
        session = self.standing_at(place, loaded.session)
        if session.turns > MOST_STEPS_OF_A_CALL:
            spoken = session.language or self.content.script.source_language
            return self.renderer().call(farewell(spoken, Phrase.GOODBYE))
        heard = self.heard_in_call(place, session, caller)
        if self.tools.metrics:
            self.tools.metrics.heard(heard)
        turn = advance(self.content.script, session, heard, by_phone=True)
        if isinstance(turn.reply.effect, SendText) and turn.session and not loaded.repeated:
            self.send_text(caller, turn.session)
        return self.finish(caller, loaded, turn, self.call)

    def heard(self, body: str, session: Session) -> Heard:
        """What a text says. A fault in the understanding costs no more than that it is not understood."""
        try:
            return heard_in_text(body, session, self.content.understanding, self.tools.now())
        except Exception as error:  # noqa: BLE001 - the menu is better than nothing, whatever went wrong
            self.tools.note(error)
            return Words(self.tools.now(), NOT_UNDERSTOOD)

    def is_too_much(self, loaded: Loaded) -> bool:
        """Whether a sender, or all of them together, write more than the line answers."""
        return self.tools.traffic.is_too_much() or loaded.arrivals > MOST_ARRIVALS

    def once_too_often(self, loaded: Loaded, language: str) -> str:
        """One polite notice, then silence."""
        if loaded.arrivals not in {1, MOST_ARRIVALS + 1}:
            return render_nothing()
        return self.text(farewell(language, Phrase.TOO_MANY))

    def call_too_often(self, loaded: Loaded, language: str) -> str:
        if loaded.arrivals > MOST_ARRIVALS + 1:
            return render_refusal()
        return self.renderer().call(farewell(language, Phrase.TOO_MANY))

    def finish(self, conversation: Conversation, loaded: Loaded, turn: Turn, render: Callable[[Reply], str]) -> str:
        """Renders, saves and counts a turn; its document."""
        document = render(turn.reply)
        saved = self.tools.sessions.save(conversation, loaded, turn.session, learned=turn.learned)
        if turn.session is None and loaded.record is not None and not saved:
            # It was said too early that everything is forgotten.
            document = render(not_forgotten(turn.reply))
        self.count(conversation, loaded, turn)
        return document

    def text(self, reply: Reply) -> str:
        written, reports = self.written, self.tools.reports_on_texts
        return self.content.documents.of(
            reply, ("text", self.content.catalogs.version, reports), lambda reply: render_text(reply, written, reports)
        )

    @property
    def written(self) -> WrittenWording:
        """With the address under which residents reach the line's pages."""
        return replace(self.content.written, site=self.tools.settings.public_url)

    def call(self, reply: Reply) -> str:
        renderer = self.renderer()
        how = (renderer.own_number, renderer.voices.recordings is None, self.content.catalogs.version)
        return self.content.documents.of(reply, how, renderer.call)

    def heard_in_call(self, place: VoicePlace, session: Session, caller: Conversation) -> Heard:
        if is_fallback(self.form):
            return Unheard(self.tools.now())
        if place.texted:
            outcome = self.tools.outcomes.wait(caller, LONGEST_WAIT_SECONDS)
            return TextEnded(self.tools.now(), outcome or TextOutcome.FAILED)
        hidden = self.content.script.hidden_callers
        return heard_in_call(self.form, session, partial(self.heard, session=session), self.tools.now(), hidden)

    def send_text(self, caller: Conversation, session: Session) -> None:
        """Sends what the call says here as a text; questions to it go on in the same language."""
        texter = Conversation("sms", caller.number)
        first = begin_texting(self.content.script, session, self.tools.now())

        def remember(outcome: TextOutcome) -> None:
            if outcome is TextOutcome.SENT and first.session:
                self.tools.sessions.begin(texter, first.session)
            self.tools.outcomes.put(caller, outcome)

        self.tools.outcomes.begin(caller)
        texts = bodies(text_of(first.reply, self.written))
        self.tools.outgoing.send(self.form.get("To", ""), caller.number, texts, remember)

    def renderer(self, *, with_sounds: bool = True) -> CallRenderer:
        """Renders for the number that was called; without sounds where one could not be fetched just now."""
        is_silent = is_fallback(self.form) or not with_sounds
        voices = self.content.voices.without_audio() if is_silent else self.content.voices.within(SOUND_SECONDS)
        return CallRenderer(self.content.spoken, voices, self.form.get("To", ""))

    def known(self, loaded: Loaded) -> Session:
        """The session, in the language of the number that was texted or called where it has none of its own."""
        session = loaded.session
        language = g.language = session.language or language_of_number(self.form, self.tools.settings.languages)
        return session if language == session.language else replace(session, language=language)

    def count(self, conversation: Conversation, loaded: Loaded, turn: Turn) -> None:
        """Counts a turn once, however often Twilio asks for it. That it cannot be counted costs nobody an answer."""
        if loaded.repeated:
            return
        if self.tools.metrics:
            self.tools.metrics.told(conversation.channel, turn)
        if not self.tools.counts:
            return
        try:
            self.tools.counts.add(self.tools.now().date(), counted_of(self.content.script, conversation, loaded, turn))
        except Exception as error:  # noqa: BLE001 - somebody waits for the answer
            self.tools.note(error)

    def floor(self, language: str | None, *, by_text: bool) -> str:
        """The menu, where all else failed; `language` is None where it is not known."""
        turn = advance(self.content.script, Session(language=language), Arrival(self.tools.now()), by_phone=not by_text)
        return self.text(turn.reply) if by_text else self.renderer(with_sounds=False).call(turn.reply)

    def after_failure(self, session: Session) -> tuple[Session, Heard]:
        """The session where it stood when something failed, and what was heard: nothing, or what became of a transfer.

        The failed address tells whom the caller was connected with; without Redis, also where the call stood.
        """
        place, ended = place_of_failure(self.form), transfer_ended(self.form, self.tools.now())
        if place and ended and (place.node == PERSON_TOPIC or Transferring.of(self.content.script, place.node)):
            return self.standing_at(place, session), ended
        if session.node or not place or self.failed_among_the_languages():
            return session, Unheard(self.tools.now())
        return self.standing_at(place, session), Unheard(self.tools.now())

    def failed_among_the_languages(self) -> bool:
        """Whether the sound that failed is one of the list of languages: it does not tell what the caller speaks."""
        _, mark, sound = self.form.get("ErrorUrl", "").partition("/audio/")
        voices = self.content.voices.within(SOUND_SECONDS)
        renderer = CallRenderer(self.content.spoken, voices, self.form.get("To", ""))
        turn = advance(self.content.script, Session(), Arrival(self.tools.now()), by_phone=True)
        # Whoever stays silent hears each page, and then each once more, slowly.
        for _ in range(2 * len(self.content.script.language_pages) if mark else 0):
            if f">/audio/{sound}<" in renderer.call(turn.reply):
                return True
            turn = advance(self.content.script, turn.session or Session(), Silence(self.tools.now()), by_phone=True)
        return False

    def standing_at(self, place: VoicePlace, session: Session) -> Session:
        """The session where the path says that the call stands, whatever Redis knows of it."""
        script = self.content.script
        # Before a language is chosen, its menu has the path of the source language, which then says nothing.
        tells_nothing = place.language == script.source_language and place.node in script.language_pages
        if tells_nothing or place.language not in script.languages:
            return replace(session, node=place.node, misses=place.misses)
        return replace(session, node=place.node, misses=place.misses, language=place.language, greeted=True)
