"""What `<Say>` makes audible, and how much of it Twilio takes."""

from __future__ import annotations

from urllib.parse import quote_plus

from hotline.phone.call import ENDLESS, Event
from hotline.phone.errors import PhoneError
from hotline.phone.twiml import Verb
from hotline.phone.vocabulary import vocabulary


def said(say: Verb) -> Event:
    """What a caller hears of a `<Say>`. Raises PhoneError 13521 if it is too long."""
    _check_length(say)
    return Event(
        kind="said",
        text=" ".join(spoken(say).split()),
        language=say.get("language") or _language_of(say.get("voice")),
        voice=say.get("voice"),
        times=repetitions(say),
    )


def repetitions(verb: Verb) -> int:
    return int(verb.get("loop") or 1) or ENDLESS


def spoken(verb: Verb) -> str:
    """The words inside, with a blank where a pause or a sentence mark parts them."""
    alias = verb.get("alias")
    if alias is not None:
        return alias
    words = "".join(part if isinstance(part, str) else spoken(part) for part in verb.content)
    return f" {words} " if verb.name in {"break", "p", "s"} else words


def _check_length(say: Verb) -> None:
    limits = vocabulary().say_limits
    provider = (say.get("voice") or "").partition(".")[0]
    written = _markup(say) if provider == "Google" else say.text
    most = limits.get(provider, limits["basic"])
    if len(written) > most:
        raise PhoneError(f"A <Say> of {len(written)} characters is too long, {most} are allowed.", 13521)
    encoded, most = len(quote_plus(written)), limits["url_encoded"]
    if encoded > most:
        raise PhoneError(f"A <Say> of {encoded} URL-encoded characters is too long, {most} are allowed.", 13521)


def _markup(verb: Verb) -> str:
    """The content as written, tags included."""
    return "".join(part if isinstance(part, str) else _element(part) for part in verb.content)


def _element(verb: Verb) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in verb.attributes)
    return f"<{verb.name}{attributes}>{_markup(verb)}</{verb.name}>"


def _language_of(voice: str | None) -> str:
    spoken_by = (language for language, voices in vocabulary().voices.items() if voice in voices)
    return next(spoken_by, "en-US")
