"""A reply as the TwiML of an SMS or WhatsApp answer."""

from __future__ import annotations

from twilio.twiml.messaging_response import MessagingResponse

from hotline.channels.parting import parted
from hotline.channels.wording import Wording
from hotline.dialogue.reply import Reply

# Twilio refuses a message of more than 1600 characters (error 14103).
MOST_CHARACTERS = 1600


def text_of(reply: Reply, wording: Wording) -> str:
    """What a resident reads: what is said, the choices, up to when it is true, and once what the line is."""
    notice = [wording.notice(reply.language)] if reply.notice else []
    said = [wording.words(say, reply.language) for say in reply.says]
    choices = [wording.choice(choice, reply.language) for choice in reply.choices if not choice.spoken_only]
    about = [wording.words(say, reply.language) for say in (wording.stamp(reply), reply.introduction) if say]
    return "\n\n".join("\n".join(lines) for lines in (notice, said, choices, about) if lines)


def render_text(reply: Reply, wording: Wording, reports: str | None = None) -> str:
    """The TwiML document. `reports` is the address at which Twilio is to report on each message, None for no report."""
    response = MessagingResponse()
    for body in bodies(text_of(reply, wording)):
        response.message(body, status_callback=reports)
    return str(response)


def render_number(wording: Wording, reports: str | None = None) -> str:
    """The TwiML document for when nothing else can be said: the referral number, alike in every language."""
    response = MessagingResponse()
    response.message(wording.referral_number, status_callback=reports)
    return str(response)


def render_nothing() -> str:
    """The TwiML document that sends nothing."""
    return str(MessagingResponse())


def bodies(text: str) -> list[str]:
    """A text in pieces that Twilio sends."""
    return parted(text, lambda piece: len(piece) <= MOST_CHARACTERS)
