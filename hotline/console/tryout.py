"""Trying the draft in the browser phone before anybody else hears it: the line itself, in this process."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from hotline.console.desk import Desk
from hotline.console.security import PREFIX
from hotline.console.tryout_view import suggestions, tried
from hotline.dialogue.scene import keys_of_language
from hotline.phone.calling import VOICE_PATH
from hotline.phone.in_process import InProcessAdapter
from hotline.phone.line import Line
from hotline.phone.mailbox import Mailbox
from hotline.phone.rest import rest_blueprint
from hotline.phone.web import PhoneLanguage, Place, phone_blueprint
from hotline.releases.content import Content
from hotline.settings import Settings
from hotline.store.sessions import Sessions
from hotline.store.texts import TextOutcomes
from hotline.web.answering import Tools
from hotline.web.audio import audio_blueprint
from hotline.web.limits import Traffic
from hotline.web.outgoing import Outgoing
from hotline.web.webhooks import Webhooks

# 555-01xx is kept for fiction in the North American numbering plan.
NUMBER = "+12035550100"
TWILIO_PATH = "/twilio"
FOLDER = "trials"
MOST_REQUEST_BYTES = 128 * 1024

_PLACE = Place(name="trial", path="/try", template="console/tryout.html", sounds=f"{PREFIX}/try")


@dataclass(frozen=True, slots=True)
class Trial:
    """The line of the draft and its phone. Nothing of it is reached but through the console's own pages."""

    desk: Desk
    settings: Settings
    mailbox: Mailbox

    @classmethod
    def at(cls, desk: Desk) -> Trial:
        """With secrets of its own, which every worker makes alike, so that it shares nothing with the line."""
        settings = desk.settings

        def secret_of(what: str) -> str:
            return hmac.digest(settings.secret_key.encode(), f"draft {what}".encode(), "sha256").hex()

        own = replace(
            settings,
            account_sid=f"AC{secret_of('account')[:32]}",
            auth_tokens=(secret_of("token"),),
            secret_key=secret_of("sessions"),
            twilio_api=f"{settings.public_url}{TWILIO_PATH}",
            languages={},
        )
        return cls(desk, own, Mailbox(settings.data / FOLDER))

    def content(self) -> Content:
        return self.desk.drafted().content

    def contents(self) -> Iterable[Content]:
        """The draft may have been changed since a sound was named; what it shares with the line is found there."""
        yield self.content()
        yield from self.desk.live.contents

    def app(self) -> Flask:
        """The line's webhooks and Twilio's REST side. Nothing is counted."""
        app = Flask("hotline-draft", static_folder=None)
        app.config["MAX_CONTENT_LENGTH"] = MOST_REQUEST_BYTES
        redis, secret = self.desk.publishing.redis, self.settings.secret_key
        tools = Tools(
            records=None,
            settings=self.settings,
            sessions=Sessions(redis, (secret,)),
            counts=None,
            outgoing=Outgoing(self.settings, InProcessAdapter(app.wsgi_app)),
            outcomes=TextOutcomes(redis, secret),
            traffic=Traffic(self.settings.most_texts),
            now=self.desk.now,
        )
        app.register_blueprint(Webhooks(tools, self.content).blueprint())
        app.register_blueprint(audio_blueprint(self.contents))
        account, token = self.settings.account_sid, self.settings.auth_tokens[0]
        app.register_blueprint(rest_blueprint(self.mailbox, account, token, NUMBER), url_prefix=TWILIO_PATH)
        return app

    def line(self, app: Flask) -> Line:
        return Line(
            address=self.settings.public_url,
            public_url=self.settings.public_url,
            auth_token=self.settings.auth_tokens[0],
            account_sid=self.settings.account_sid,
            number=NUMBER,
            fallback_url=f"{self.settings.public_url}{VOICE_PATH}",
            adapter=partial(InProcessAdapter, app.wsgi_app),
        )

    def languages(self) -> tuple[PhoneLanguage, ...]:
        drafted = self.desk.drafted()
        script = drafted.content.script
        return tuple(
            PhoneLanguage(
                code=language.code,
                name=language.name,
                direction=language.direction,
                keys=keys_of_language(script, language.code),
                suggestions=suggestions(drafted, language.code),
            )
            for language in script.languages.values()
        )


def register(blueprint: Blueprint, desk: Desk) -> None:
    trial = Trial.at(desk)
    trial.mailbox.empty()
    line = trial.line(trial.app())
    phone = phone_blueprint(lambda: line, trial.languages, trial.mailbox, _PLACE)
    phone.register_blueprint(audio_blueprint(trial.contents))

    @phone.context_processor
    def what_is_tried() -> dict[str, object]:
        return {"tried": tried(desk.drafted())}

    @blueprint.get("/try")
    def tryout() -> ResponseReturnValue:
        return redirect(url_for(f"console.{_PLACE.name}.page"), 303)

    blueprint.register_blueprint(phone)
