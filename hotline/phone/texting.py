"""Texting the hotline: one message in, the replies out."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from itertools import takewhile

from hotline.phone.errors import PhoneError
from hotline.phone.forms import WHATSAPP, text_form
from hotline.phone.line import Line, Method
from hotline.phone.mailbox import TextMessage
from hotline.phone.twiml import Verb, parse
from hotline.phone.vocabulary import E164, vocabulary

TEXT_PATH = "/sms"
MOST_REPLIES = 10
MOST_DOCUMENTS = 50


@dataclass(slots=True)
class OptOuts:
    """Who said STOP, as Twilio keeps it for a number; `refused` are the replies that error 21610 kept back."""

    numbers: set[str] = field(default_factory=set)
    refused: list[TextMessage] = field(default_factory=list)


def send_text(line: Line, sender: str, body: str, *, opt_outs: OptOuts | None = None) -> tuple[TextMessage, ...]:
    """What arrives on the sender's phone after a text, Twilio's own answers first.

    `sender` is a number in E.164 form, with `whatsapp:` before it for WhatsApp; `opt_outs` is changed by STOP and
    START, which WhatsApp does not have. Raises PhoneError or TwimlError where Twilio logs an error and stays silent.
    """
    if not re.fullmatch(rf"({WHATSAPP})?{E164}", sender):
        raise PhoneError("A sender is a number such as +12035550123 or whatsapp:+12035550123.")
    longest = vocabulary().longest_text
    if len(body) > longest:
        raise PhoneError(f"A text has at most {longest} characters.")
    opt_outs = OptOuts() if opt_outs is None else opt_outs
    answered = () if sender.startswith(WHATSAPP) else _answer_of_twilio(line, sender, body, opt_outs)
    replies = _replies(line, text_form(line, f"SM{secrets.token_hex(16)}", sender, body))
    kept_back = tuple(reply for reply in replies if reply.to in opt_outs.numbers)
    opt_outs.refused.extend(kept_back)
    return answered + tuple(reply for reply in replies if reply not in kept_back)


def _answer_of_twilio(line: Line, sender: str, body: str, opt_outs: OptOuts) -> tuple[TextMessage, ...]:
    word, words = body.strip().upper(), vocabulary().opt_out
    if word in words.stop and sender not in opt_outs.numbers:
        opt_outs.numbers.add(sender)
        answer = words.stop_answer
    elif word in words.start and sender in opt_outs.numbers:
        opt_outs.numbers.discard(sender)
        answer = words.start_answer
    elif word in words.help and sender not in opt_outs.numbers:
        answer = words.help_answer
    else:
        return ()
    return (TextMessage(line.number, sender, answer, by_twilio=True),)


def _replies(line: Line, form: dict[str, str]) -> tuple[TextMessage, ...]:
    """The `<Message>`s of the documents that the text leads to; where one fails, of the fallback in its place."""
    replies: list[TextMessage] = []
    method: Method = "POST"
    url, fallback = line.resolve(TEXT_PATH), line.text_fallback_url
    for _ in range(MOST_DOCUMENTS):
        try:
            answer = line.fetch(method, url, form)
            verbs = parse(answer.body, "messaging")
        except PhoneError as error:
            if fallback is None or error.code is None:
                raise
            form = {**form, "ErrorCode": str(error.code), "ErrorUrl": url}
            method, url, fallback = line.fallback_method, line.resolve(fallback), None
            continue
        messages = list(takewhile(lambda verb: verb.name != "Redirect", verbs))
        replies += [_reply(line, form, message) for message in messages]
        if len(replies) > MOST_REPLIES:
            raise PhoneError(f"More than {MOST_REPLIES} replies to one text.", 14109)
        if len(messages) == len(verbs):
            return tuple(replies)
        redirect = verbs[len(messages)]
        method = "GET" if redirect.get("method") == "GET" else "POST"
        url = line.resolve(redirect.text.strip(), answer.url)
    raise PhoneError(f"More than {MOST_DOCUMENTS} documents for one text.", 14106)


def _reply(line: Line, form: dict[str, str], message: Verb) -> TextMessage:
    body = message.children[0].text if message.children else message.text
    if not body.strip():
        raise PhoneError("A <Message> is empty.", 14103)
    longest = vocabulary().longest_text
    if len(body) > longest:
        raise PhoneError(f"A <Message> of {len(body)} characters is too long, {longest} are allowed.", 14103)
    origin = message.get("from") or form["To"]
    if origin.removeprefix(WHATSAPP) != line.number:
        raise PhoneError("A <Message> comes from a number that is not the hotline's.", 14102)
    return TextMessage(sender=origin, to=message.get("to") or form["From"], body=body)
