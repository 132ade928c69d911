"""What the line can say and where each choice leads: data, the same for every channel, written in English."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Literal

from babel import Locale

from hotline.script.notice import Notice
from hotline.script.organisations import Organisation
from hotline.script.placeholders import CARD_PLACEHOLDER
from hotline.script.towns import Naming, State, Town, is_outside, towns_with_zip

MOST_CHOICES = 5
# The keys 1 to 8; 9 leads to the next page.
LANGUAGES_ON_A_PAGE = 8
MAIN_MENU = "main"
EMERGENCY_MENU = "emergency"
LANGUAGE_NODE = "language"
TOWN_NODE = "town"
NEARBY_NODE = "nearby"
UNSURE_NODE = "unsure"
# Asks a caller which of several towns is meant; these follow in the node's name, parted by points.
WHICH_TOWN_NODES: Mapping[str, str] = {TOWN_NODE: "which-town", NEARBY_NODE: "which-town-nearby"}
PERSON_TOPIC = "talk-to-person"
TOWN_TOPIC = "my-town"
HELP_TOPIC = "legal-help"
REFERRAL_LINE = "referral_line"
ZIP_DIGITS = 5
# 911, 988, 211.
SHORT_NUMBER_DIGITS = 3


class Phrase(StrEnum):
    """The phrases that the dialogue and the channels say: message ids of phrases.toml."""

    WELCOME = "welcome"
    CHOICE = "choice"
    CHOICE_BRIEF = "choice-brief"
    MORE = "more"
    PERSON = "person"
    AS_OF = "as-of"
    OVERDUE = "overdue"
    UPDATING = "updating"
    UPDATING_LABEL = "updating-label"
    TRY_AGAIN = "try-again"
    STILL_HERE = "still-here"
    GOODBYE = "goodbye"
    UNSURE = "unsure"
    FORGOTTEN = "forgotten"
    NOT_FORGOTTEN = "not-forgotten"
    LANGUAGE = "language"
    LANGUAGE_TITLE = "language.title"
    LANGUAGE_CHOICE = "language-choice"
    TOWN = "town"
    TOWN_TITLE = "town.title"
    TOWN_UNKNOWN = "town-unknown"
    PLACE_HEARD = "place-heard"
    TOWN_WITHOUT_RULE = "town-without-rule"
    SEVERAL_TOWNS = "several-towns"
    TOWN_CHOICE = "town-choice"
    NOT_IN_CONNECTICUT = "not-in-connecticut"
    NEARBY = "nearby"
    NEARBY_TITLE = "nearby.title"
    NEARBY_LIST = "nearby-list"
    ANOTHER_PLACE = "another-place"
    OPEN_NOW = "open-now"
    OPENS = "opens"
    OPEN_ALWAYS = "open-always"
    HOLIDAY = "holiday"
    TRANSFER_OVER = "transfer-over"
    TRANSFER_NEXT = "transfer-next"
    TRANSFER_CLOSED = "transfer-closed"
    TRANSFER_FAILED = "transfer-failed"
    TEXT_ME = "text-me"
    TEXTING = "texting"
    TEXT_SENT = "text-sent"
    TEXT_STOPPED = "text-stopped"
    TEXT_CANNOT_ARRIVE = "text-cannot-arrive"
    TEXT_HIDDEN = "text-hidden"
    TEXT_LIMIT = "text-limit"
    TEXT_FAILED = "text-failed"
    NO_TRANSFER = "no-transfer"
    TOO_MANY = "too-many"
    KEY_STAR = "key-star"
    KEY_POUND = "key-pound"
    WEB_DOT = "web-dot"
    WEB_HYPHEN = "web-hyphen"
    WEB_SLASH = "web-slash"


# What the line fills in, beside the organisations that any message may name.
PHRASE_PLACEHOLDERS: Mapping[str, tuple[str, ...]] = {
    Phrase.CHOICE: ("key", "choice"),
    Phrase.CHOICE_BRIEF: ("key", "choice"),
    Phrase.AS_OF: ("date",),
    Phrase.OVERDUE: ("date",),
    Phrase.LANGUAGE_CHOICE: ("language",),
    Phrase.PLACE_HEARD: ("town",),
    Phrase.TOWN_WITHOUT_RULE: ("town",),
    Phrase.SEVERAL_TOWNS: ("towns",),
    Phrase.TOWN_CHOICE: ("town",),
    Phrase.OPEN_NOW: ("closes",),
    Phrase.OPENS: ("day", "time"),
    Phrase.TRANSFER_CLOSED: ("day", "time"),
    Phrase.TRANSFER_NEXT: ("organisation",),
}

# What the line fills in on its web pages: its number, and who answers for it and where.
PAGE_PLACEHOLDERS = ("number", "organisation", "contact")

# Names, which are English in every language.
ENGLISH_PLACEHOLDERS = frozenset({"organisation", "town", "towns"})

# Only ever spoken.
SPOKEN_PHRASES = frozenset(
    {
        Phrase.CHOICE_BRIEF,
        Phrase.KEY_POUND,
        Phrase.KEY_STAR,
        Phrase.NO_TRANSFER,
        Phrase.PLACE_HEARD,
        Phrase.TEXTING,
        Phrase.TEXT_CANNOT_ARRIVE,
        Phrase.TEXT_FAILED,
        Phrase.TEXT_HIDDEN,
        Phrase.TEXT_LIMIT,
        Phrase.TEXT_ME,
        Phrase.TEXT_SENT,
        Phrase.TEXT_STOPPED,
        Phrase.TRANSFER_NEXT,
        Phrase.WEB_DOT,
        Phrase.WEB_HYPHEN,
        Phrase.WEB_SLASH,
    }
)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a statement comes from: a title that a lawyer recognises and, where there is one, the address."""

    id: str
    title: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What a statement rests on. `as_of` is the day up to which the sources support it; past `review_by` it says so.

    `doubt` is what is open, for the lawyer who reviews it; residents are not told.
    """

    sources: tuple[str, ...]
    as_of: date
    review_by: date
    needs_lawyer_review: bool = False
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One text with an id: `id` is the context in every catalog, `text` the English msgid.

    `room` is the largest number of SMS segments that the text may fill; None where it is never texted. A label is a few
    words that stand beside a key. What stands on a page is neither texted nor said.
    """

    id: str
    text: str
    note: str
    file: str
    room: int | None
    provenance: Provenance | None = None
    is_label: bool = False
    is_on_page: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A short piece of a topic. Its node is `<topic>` for the first, `<topic>.<name>` for the others."""

    name: str
    node: str
    message: str


@dataclass(frozen=True, slots=True)
class Topic:
    slug: str
    title: str
    urgent: bool
    parts: tuple[Part, ...]
    next: tuple[str, ...]
    transfer: str | None
    file: str


@dataclass(frozen=True, slots=True)
class Menu:
    """Up to five choices, each a node; `message` is said before them."""

    slug: str
    title: str
    message: str
    choices: tuple[str, ...]
    file: str


@dataclass(frozen=True, slots=True)
class TwilioVoice:
    """A voice of Twilio's Say, and the code of the language that it speaks."""

    name: str
    language: str


@dataclass(frozen=True, slots=True)
class Language:
    """`name` is the language's own; `locale` is Babel's, for dates and lists.

    `twilio` is a voice of Twilio that speaks it, `stand_in` the nearest for when nothing else can, and `hear` the code
    that Gather takes for it; each is None where there is none. `espeak` is eSpeak NG's voice for it, and
    `words_a_minute` how fast that speaks.
    """

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    locale: Locale
    twilio: TwilioVoice | None
    stand_in: TwilioVoice | None
    hear: str | None
    espeak: str
    words_a_minute: int


@dataclass(frozen=True)
class Script:
    topics: Mapping[str, Topic]
    menus: Mapping[str, Menu]
    organisations: Mapping[str, Organisation]
    towns: Mapping[str, Town]
    languages: Mapping[str, Language]
    sources: Mapping[str, Source]
    messages: Mapping[str, Message]
    carrier_words: frozenset[str]
    hidden_callers: frozenset[str]
    outside: Mapping[str, State] = field(default_factory=dict)
    naming: Naming = field(default_factory=Naming)
    notice: Notice | None = None

    @cached_property
    def parts(self) -> Mapping[str, tuple[Topic, Part]]:
        """Every part by its node."""
        return {part.node: (topic, part) for topic in self.topics.values() for part in topic.parts}

    @cached_property
    def card_node(self) -> str | None:
        """Where the card for the door is handed out; None where it is nowhere."""
        card = f"{{{CARD_PLACEHOLDER}}}"
        return next((node for node, (_, part) in self.parts.items() if card in self.messages[part.message].text), None)

    @property
    def provenances(self) -> Iterator[Provenance]:
        """What all that is told rests on."""
        yield from (message.provenance for message in self.messages.values() if message.provenance)
        yield from (organisation.provenance for organisation in self.organisations.values())

    @cached_property
    def nodes(self) -> frozenset[str]:
        """Everywhere that a conversation can stand."""
        return frozenset({*self.menus, *self.parts, *self.language_pages, TOWN_NODE, NEARBY_NODE, UNSURE_NODE})

    @cached_property
    def language_pages(self) -> Mapping[str, tuple[str, ...]]:
        """The languages on each page of their menu, by the page's node: LANGUAGE_NODE, then "language-2" and so on."""
        codes = tuple(self.languages)
        pages = [codes[first : first + LANGUAGES_ON_A_PAGE] for first in range(0, len(codes), LANGUAGES_ON_A_PAGE)]
        return {
            LANGUAGE_NODE if number == 1 else f"{LANGUAGE_NODE}-{number}": page
            for number, page in enumerate(pages or [()], 1)
        }

    def languages_by_key(self, page: str) -> tuple[str, ...]:
        """The languages that the keys 1, 2, 3, ... choose on a page; empty where a node is none.

        Keys that a later page does not need are those of the first, for whoever presses a moment late.
        """
        here = self.language_pages.get(page, ())
        return (*here, *self.language_pages[LANGUAGE_NODE][len(here) :]) if here else ()

    @property
    def source_language(self) -> str:
        return next(iter(self.languages))

    def message(self, id: str) -> Message:
        """A message in the form that there is: written, or only spoken."""
        return self.messages.get(id) or self.messages[f"{id}.voice"]

    def title(self, node: str) -> str:
        """The message id by which a node is offered as a choice."""
        if node in self.menus:
            return self.menus[node].title
        if node in self.parts:
            return self.parts[node][0].title
        return Phrase.NEARBY_TITLE if node == NEARBY_NODE else Phrase.TOWN_TITLE

    def following(self, node: str) -> str | None:
        """The node of the part after this one."""
        if node not in self.parts:
            return None
        topic, part = self.parts[node]
        later = topic.parts[topic.parts.index(part) + 1 :]
        return later[0].node if later else None

    def towns_with_zip(self, code: str) -> tuple[str, ...]:
        """The slugs of the towns that a ZIP code serves, the one with the most people first."""
        return towns_with_zip(self.towns, code)

    def is_outside(self, zip_code: str) -> bool:
        """Whether five digits are a ZIP code of another state."""
        return is_outside(self.outside, zip_code)

    def onward(self, node: str) -> tuple[str, ...]:
        """Where a node's numbered choices lead, in the order of their keys, without the next part of a topic."""
        if node in self.menus:
            return self.menus[node].choices
        if node in self.parts:
            return self.parts[node][0].next
        return ()
