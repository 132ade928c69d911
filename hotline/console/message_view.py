"""What the pages of one message show: its English, and one of its translations. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto

from hotline.catalogs.catalog import State, same_placeholders
from hotline.channels.utterances import plain
from hotline.console.message_history import text_in
from hotline.console.messages_view import Translated, is_overdue, translated
from hotline.console.naming import VOICE, Name, groups_of, is_spoken, name_in, written
from hotline.console.word_diff import Words, word_diff
from hotline.dialogue.reply import Say
from hotline.releases.changes import MEANING_SAME, key_of
from hotline.releases.content import Content
from hotline.releases.drafting import Drafted
from hotline.releases.things import digest_of_value
from hotline.script.model import PAGE_PLACEHOLDERS, PHRASE_PLACEHOLDERS, Language, Message, Provenance
from hotline.script.organisations import Organisation
from hotline.script.placeholders import is_argument, placeholders_in
from hotline.store.drafts import Change, Value

# Where what a message rests on is changed with the other facts of the same thing.
_WITH_FACTS = ("organisation", "town")


@dataclass(frozen=True, slots=True)
class Chip:
    """A placeholder, and what is filled in for it: `value` of `kind` ("phone") of the organisation `name`.

    For what the line fills in itself `name` is the placeholder's own, and there is no value.
    """

    placeholder: str
    kind: str
    name: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """A message in another language, as it stands beside the English. `said` is what residents get in that language."""

    language: Language
    translated: Translated
    said: str


@dataclass(frozen=True, slots=True)
class MessagePage:
    """The English of a message in the draft; `change` is that of the draft, `live` its text in the live release.

    `other` is the message that is heard where this one is read, or read where this one is heard. `meaning` is what was
    said of the draft's text, empty where nothing. `facts` are the kind and id of the thing whose page has its sources.
    """

    message: Message
    name: Name
    seen: str
    live: str | None
    change: Change | None
    meaning: str
    chips: tuple[Chip, ...]
    other: Message | None
    provenance: Provenance | None
    provenance_seen: str
    facts: tuple[str, str] | None
    is_overdue: bool
    sides: tuple[Side, ...]

    @property
    def may_be_dated(self) -> bool:
        """Whether somebody who changes its meaning can say here up to when it is right."""
        return self.live is not None and self.provenance is not None and self.facts is None

    @property
    def words(self) -> Words:
        """What the draft changes of the live text."""
        return word_diff(self.live or "", self.message.text)


class Refusal(Enum):
    """Why somebody cannot mark a translation as reviewed."""

    NOT_CURRENT = auto()
    DONE = auto()
    NO_REVIEWER = auto()
    OWN_TEXT = auto()


@dataclass(frozen=True, slots=True)
class TranslationPage:
    """A translation in the draft. `made_from` is the English that it was made from, None where it is today's.

    `meanwhile` is what residents get as long as it is not current; `before` and `after` are its neighbours.
    """

    message: Message
    name: Name
    language: Language
    translated: Translated
    seen: str
    review_seen: str
    live: str
    change: Change | None
    review: Change | None
    chips: tuple[Chip, ...]
    made_from: str | None
    meanwhile: str
    before: str | None
    after: str | None

    @property
    def english_words(self) -> Words | None:
        """How the English has changed since it was translated."""
        return None if self.made_from is None else word_diff(self.made_from, self.message.text)

    @property
    def words(self) -> Words:
        """What the draft changes of the live translation."""
        return word_diff(self.live, self.translated.text)


def message_page(drafted: Drafted, id: str, today: date) -> MessagePage:
    """Raises KeyError where there is no such message."""
    content = drafted.content
    message, key = content.script.messages[id], key_of("text", id)
    change = drafted.draft.change(key)
    other = written(id) if id.endswith(VOICE) else f"{id}{VOICE}"
    return MessagePage(
        message=message,
        name=name_in(content.script, id),
        seen=digest_of_value(drafted.value(key)),
        live=text_in(drafted.value_before(key)),
        change=change,
        meaning=str(change.value.get("meaning", "")) if change and change.value else "",
        chips=chips_for(content, message),
        other=content.script.messages.get(other),
        provenance=message.provenance,
        provenance_seen=digest_of_value(drafted.value(key_of("provenance", id))),
        facts=_facts(id),
        is_overdue=is_overdue(message, today),
        sides=sides_of(drafted, id),
    )


def translation_page(drafted: Drafted, id: str, language: str) -> TranslationPage:
    """Raises KeyError where there is no such message, or no catalog in that language."""
    content, key, review = drafted.content, key_of("translation", language, id), key_of("reviewed", language, id)
    if language not in content.catalogs.languages:
        raise KeyError(language)
    message, found = content.script.messages[id], translated(drafted, language, id, drafted.keys, recordings=True)
    entry = content.catalogs.entry(language, id)
    is_old = entry is not None and bool(entry.text.strip()) and entry.made_from != message.text
    order = [one.id for group in groups_of(content.script) for one in group.names]
    place = order.index(id)
    return TranslationPage(
        message=message,
        name=name_in(content.script, id),
        language=content.script.languages[language],
        translated=found,
        seen=digest_of_value(drafted.value(key)),
        review_seen=digest_of_value(drafted.value(review)),
        live=text_in(drafted.value_before(key)) or "",
        change=drafted.draft.change(key),
        review=drafted.draft.change(review),
        chips=tuple(_chip(content, name) for name in dict.fromkeys(placeholders_in(message.text))),
        made_from=entry.made_from if entry and is_old else None,
        meanwhile=said_in(content, language, id) if found.state is not State.CURRENT else "",
        before=order[place - 1] if place else None,
        after=order[place + 1] if place + 1 < len(order) else None,
    )


def sides_of(drafted: Drafted, id: str) -> tuple[Side, ...]:
    """A message in all languages but that of the source, as the draft has it."""
    content, keys = drafted.content, drafted.keys
    return tuple(
        Side(content.script.languages[code], translated(drafted, code, id, keys), said_in(content, code, id))
        for code in content.catalogs.languages
    )


def said_in(content: Content, language: str, id: str) -> str:
    """What residents get for a message in a language: its current text with its placeholders, or the standing text."""
    if (text := content.catalogs.text(language, id)) is not None:
        return text
    message = content.script.messages[id]
    wording = content.spoken if is_spoken(message) else content.written
    unfilled = {name: (f"{{{name}}}",) for name in placeholders_in(message.text) if is_argument(name)}
    return plain(wording.words(Say(id, unfilled), language))


def chips_for(content: Content, message: Message) -> tuple[Chip, ...]:
    """What an English text may name: what the line fills in there, and the numbers that may be given out."""
    own = PAGE_PLACEHOLDERS if message.is_on_page else PHRASE_PLACEHOLDERS.get(written(message.id), ())
    numbers = [f"phone.{one.id}" for one in content.script.organisations.values() if one.may_be_dialled]
    numbers += [f"text.{one.id}" for one in content.script.organisations.values() if one.may_be_texted]
    here = [name for name in placeholders_in(message.text) if name not in {*own, *numbers}]
    return tuple(_chip(content, name) for name in dict.fromkeys((*own, *here, *numbers)))


def chips_by_placeholder(content: Content, texts: Collection[str]) -> Mapping[str, Chip]:
    """What the placeholders of some texts stand for, by their names; texts with damaged braces are left out."""
    names = dict.fromkeys(name for text in texts for name in _names_in(text))
    return {name: _chip(content, name) for name in names}


def english_value(drafted: Drafted, id: str, text: str, meaning: str) -> Value:
    """The value of a change that makes a message's English `text`; as it is live, it has no meaning of its own."""
    is_live = text == text_in(drafted.value_before(key_of("text", id)))
    return {"text": text} if is_live else {"text": text, "meaning": meaning}


def translation_value(drafted: Drafted, language: str, id: str, text: str) -> Value:
    """The value of a change that makes a translation of today's English `text`.

    It names the English that it translates, unless it is the live translation, and current without any change.
    """
    base, today = drafted.base.content, drafted.content.script.messages[id].text
    before = base.script.messages.get(id)
    entry = base.catalogs.entry(language, id)
    is_live = before is not None and entry is not None and entry.text == text
    if is_live and base.catalogs.state(language, id) is State.CURRENT and _is_kept(drafted, id, before, today):
        return {"text": text}
    return {"text": text, "of": today}


def translation_changes(drafted: Drafted, language: str, id: str, text: str) -> dict[str, Value]:
    """The values, by their keys, that make a translation `text`: a mark that another one was reviewed goes away."""
    review = key_of("reviewed", language, id)
    change = drafted.draft.change(review)
    is_outdated = change is not None and text_in(change.value) != text
    return {
        key_of("translation", language, id): translation_value(drafted, language, id, text),
        **({review: drafted.value_before(review)} if is_outdated else {}),
    }


def may_be_kept(drafted: Drafted, id: str, text: str) -> bool:
    """Whether the live translations could stay with another English: where all placeholders are the same."""
    before = drafted.base.content.script.messages.get(id)
    return before is not None and same_placeholders(before.text, text)


def refusal_of(page: TranslationPage, *, is_reviewer: bool, authors: Collection[str], name: str) -> Refusal | None:
    """Why somebody cannot mark a translation as reviewed; None where nothing is against it."""
    if page.translated.state is not State.CURRENT:
        return Refusal.NOT_CURRENT
    if page.translated.is_reviewed:
        return Refusal.DONE
    if not is_reviewer:
        return Refusal.NO_REVIEWER
    return Refusal.OWN_TEXT if name in authors else None


def _is_kept(drafted: Drafted, id: str, before: Message | None, today: str) -> bool:
    """Whether what is current for the live English is so for the draft's."""
    change = drafted.draft.change(key_of("text", id))
    meaning = change.value.get("meaning") if change and change.value else None
    is_same = meaning == MEANING_SAME and may_be_kept(drafted, id, today)
    return is_same or (before is not None and before.text == today)


def _facts(id: str) -> tuple[str, str] | None:
    kind, _, rest = id.partition(".")
    return (kind, rest.partition(".")[0]) if kind in _WITH_FACTS else None


def _chip(content: Content, name: str) -> Chip:
    kind, dot, id = name.partition(".")
    organisation = content.script.organisations.get(id)
    if not dot or organisation is None:
        return Chip(f"{{{name}}}", "", name)
    return Chip(f"{{{name}}}", kind, organisation.name, _value(content, kind, organisation))


def _value(content: Content, kind: str, organisation: Organisation) -> str:
    match kind:
        case "phone":
            return content.written.phone(organisation.phone or "")
        case "text":
            return content.written.phone(organisation.text_line or "")
        case "url":
            return organisation.host or ""
        case _:
            return organisation.name


def _names_in(text: str) -> Sequence[str] | Iterator[str]:
    try:
        return placeholders_in(text)
    except ValueError:
        return ()
