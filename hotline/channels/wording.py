"""The words of a reply: messages from the catalogs, their placeholders as the channel renders them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time

from babel.dates import format_skeleton, format_time, get_day_names
from babel.lists import format_list

from hotline.catalogs.catalog import Catalogs
from hotline.catalogs.english import kept_english, taken_words
from hotline.channels.direction import isolated
from hotline.channels.utterances import Utterance, marked, utterances
from hotline.dialogue.reply import Argument, Choice, Reply, Say
from hotline.script.model import ENGLISH_PLACEHOLDERS, REFERRAL_LINE, Language, Phrase, Script
from hotline.script.organisations import Weekday
from hotline.script.placeholders import CARD_PLACEHOLDER, fill

# Those that Babel writes into times and dates would alone turn a GSM-7 text into a dearer one.
_PLAIN_BLANKS = str.maketrans(dict.fromkeys("\u00a0\u2009\u202f", " "))
EXAMPLE_SITE = "https://hotline.example.org"
_TWO_STOPS = re.compile(r"(?<!\.)\.\.(?!\.)")


@dataclass(frozen=True, slots=True)
class Wording(ABC):
    """What is common to both channels. A message that is missing or stale is never shown in another language."""

    script: Script
    catalogs: Catalogs

    def words(self, say: Say, language: str) -> str:
        """A message, complete, in its own language or in the one given."""
        spoken_in = self.script.languages[say.language or language]
        text = self._current(say.message, spoken_in.code) or self._standing(say.message, spoken_in.code)
        text = self.quoting(text, self.script.messages[self._id(say.message)].text, spoken_in)
        filled = fill(text, lambda name: self.arranged(self._value(name, say.arguments, spoken_in), spoken_in))
        # Some languages shorten "year" after a date, also where the sentence ends.
        return _TWO_STOPS.sub(".", self.arranged(filled, spoken_in))

    def stamp(self, reply: Reply) -> Say | None:
        """Up to when what is said is known to be true; None where all of it is said to be being updated."""
        stating = [say for say in reply.says if say.rests_on or self.script.message(say.message).provenance]
        is_stated = any(self._current(say.message, say.language or reply.language) for say in stating)
        return reply.stamp if is_stated else None

    def notice(self, language: str) -> str:
        """The urgent notice, which the script has in this language."""
        spoken_in, notice = self.script.languages[language], self.script.notice
        text = self.quoting(notice.texts[language] if notice else "", self.english_of_notice, spoken_in)
        filled = fill(text, lambda name: self.arranged(self._contact(name, spoken_in), spoken_in))
        return self.arranged(filled, spoken_in)

    @property
    def english_of_notice(self) -> str:
        """What the notice may quote: its English or, where it has none, all the English of the script."""
        notice = self.script.notice
        own = notice.texts.get(self.script.source_language) if notice else None
        return own or " ".join(message.text for message in self.script.messages.values())

    def source_text(self, message: str) -> str:
        """The English of a message; what only a conversation can fill in stays a name in braces."""
        english = self.script.languages[self.script.source_language]
        return fill(
            self.script.messages[message].text,
            lambda name: self._contact(name, english) if "." in name else f"{{{name}}}",
        )

    def choice(self, choice: Choice, language: str, phrase: Phrase = Phrase.CHOICE) -> str:
        """One choice with its key, such as "1 More" or "More, press 1."."""
        spoken_in = choice.label.language or language
        values = {"key": self.key(choice.key, spoken_in), "choice": self.words(choice.label, spoken_in)}
        return fill(self._current(phrase, spoken_in) or "{key} {choice}", values.__getitem__)

    @property
    def referral_number(self) -> str:
        """The number that every way leads to."""
        return self.phone(self.script.organisations[REFERRAL_LINE].phone or "")

    @abstractmethod
    def phone(self, number: str) -> str:
        """A telephone number, given as E.164 or as three digits."""

    @abstractmethod
    def web(self, host: str, language: str) -> str:
        """A web address, given without its scheme."""

    @abstractmethod
    def card(self, language: Language) -> str:
        """The address of the card for the door."""

    @abstractmethod
    def key(self, key: str, language: str) -> str:
        """The name of a key."""

    @abstractmethod
    def day(self, day: date, language: Language) -> str:
        """The month of a day."""

    @abstractmethod
    def english(self, name: str, language: Language) -> str:
        """An English name in a text of a language."""

    @abstractmethod
    def quoting(self, text: str, source: str, language: Language) -> str:
        """A text that may quote its English, `source`."""

    @abstractmethod
    def arranged(self, text: str, language: Language) -> str:
        """A text or the value of a placeholder in the order in which it is read."""

    @abstractmethod
    def variants(self, message: str) -> tuple[str, ...]:
        """The ids under which this channel looks for a message, the best first."""

    def _current(self, message: str, language: str) -> str | None:
        """The text in a language; None where its translation is missing or stale."""
        return self.catalogs.text(language, self._id(message))

    def _standing(self, message: str, language: str) -> str:
        """What is said in a language instead of a text that is not ready in it.

        A standing text may itself be stale: its earlier wording is still better than a number alone. What holds nothing
        but placeholders, such as the name of a language, reads alike in every one.
        """
        source = self.script.messages[self._id(message)].text
        if not fill(source, lambda _: "").strip():
            return source
        is_label = self.script.messages[self._id(message)].is_label
        standing = self._id(Phrase.UPDATING_LABEL if is_label else Phrase.UPDATING)
        text = self.catalogs.text(language, standing) or self.catalogs.earlier(language, standing)
        return text or f"{{phone.{REFERRAL_LINE}}}"

    def _id(self, message: str) -> str:
        return next(id for id in self.variants(message) if id in self.script.messages)

    def _value(self, name: str, arguments: Mapping[str, Argument], language: Language) -> str:
        if "." in name:
            return self._contact(name, language)
        if name == CARD_PLACEHOLDER:
            return self.card(language)
        value = arguments[name]
        if name in ENGLISH_PLACEHOLDERS and isinstance(value, tuple):
            value = tuple(self.english(item, language) for item in value)
        return self._argument(value, language)

    def _contact(self, name: str, language: Language) -> str:
        kind, _, id = name.partition(".")
        organisation = self.script.organisations[id]
        match kind:
            case "phone":
                return self.phone(organisation.phone or "")
            case "text":
                return self.phone(organisation.text_line or "")
            case "url":
                return self.web(organisation.host or "", language.code)
            case _:
                return self.english(organisation.name, language)

    def _argument(self, value: Argument, language: Language) -> str:
        match value:
            case Weekday():
                words = str(get_day_names("wide", "stand-alone", language.locale)[value])
            case time():
                words = format_time(value, "short", locale=language.locale)
            case date():
                words = self.day(value, language)
            case _:
                words = _one_of(value, language)
        return words.translate(_PLAIN_BLANKS)


@dataclass(frozen=True, slots=True)
class WrittenWording(Wording):
    """For texts. `site` is the origin of the line's web pages: one that is reserved for examples, until it is known."""

    site: str = EXAMPLE_SITE

    def variants(self, message: str) -> tuple[str, ...]:
        return (message, f"{message}.voice")

    def arranged(self, text: str, language: Language) -> str:
        return isolated(text) if language.direction == "rtl" else text

    def phone(self, number: str) -> str:
        return number_as_read(number)

    def web(self, host: str, language: str) -> str:  # noqa: ARG002 - written alike in every language
        return host

    def card(self, language: Language) -> str:
        return f"{self.site}/card/{language.code}"

    def key(self, key: str, language: str) -> str:  # noqa: ARG002 - written alike in every language
        return key

    def day(self, day: date, language: Language) -> str:
        return format_skeleton("yMMM", day, locale=language.locale)

    def english(self, name: str, language: Language) -> str:  # noqa: ARG002 - written alike in every language
        return name

    def quoting(self, text: str, source: str, language: Language) -> str:  # noqa: ARG002 - written as it is
        return text


@dataclass(frozen=True, slots=True)
class SpokenWording(Wording):
    """For calls: numbers digit by digit, addresses and keys by their names.

    `hints` are phrases to listen for, by language.
    """

    hints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def variants(self, message: str) -> tuple[str, ...]:
        return (f"{message}.voice", message)

    def utterances(self, say: Say, language: str, *, slowly: bool = False) -> tuple[Utterance, ...]:
        """A message as it is spoken, each piece in the language of its words."""
        text = self.script.messages[self._id(say.message)].text
        return self._parted(self.words(say, language), say.language or language, text, slowly=slowly)

    def utterances_of_notice(self, language: str, *, slowly: bool = False) -> tuple[Utterance, ...]:
        """The urgent notice as it is spoken."""
        return self._parted(self.notice(language), language, self.english_of_notice, slowly=slowly)

    def utterances_of_choice(
        self, choice: Choice, language: str, phrase: Phrase, *, slowly: bool = False
    ) -> tuple[Utterance, ...]:
        """A choice as it is spoken, in full or briefly."""
        spoken_in = choice.label.language or language
        text = self.script.messages[self._id(choice.label.message)].text
        return self._parted(self.choice(choice, language, phrase), spoken_in, text, slowly=slowly)

    def _parted(self, words: str, language: str, source: str, *, slowly: bool) -> tuple[Utterance, ...]:
        return tuple(
            piece if piece.language == self._source else replace(piece, english=taken_words(source, piece.words))
            for piece in utterances(words, language, self._source, slowly=slowly)
        )

    def arranged(self, text: str, language: Language) -> str:  # noqa: ARG002 - what is heard has no direction
        return text

    def phone(self, number: str) -> str:
        """Digit by digit, and what is longer than a service number twice: "1, 8 0 0, 7 9 8, 0 6 7 1. 1, 8 0 0, ..."."""
        if not number.startswith("+1"):
            return " ".join(number)
        digits = ", ".join(" ".join(group) for group in ("1", number[2:5], number[5:8], number[8:]))
        return f"{digits}. {digits}"

    def web(self, host: str, language: str) -> str:
        """Spelt: "n h l e g a l dot o r g"."""
        names = {".": Phrase.WEB_DOT, "/": Phrase.WEB_SLASH, "-": Phrase.WEB_HYPHEN}
        return " ".join(self._current(names[sign], language) or sign if sign in names else sign for sign in host)

    def card(self, language: Language) -> str:
        """Too long to be remembered; it comes as a text."""
        return self.web(f"hotline/card/{language.code}", language.code)

    def key(self, key: str, language: str) -> str:
        name = {"*": Phrase.KEY_STAR, "#": Phrase.KEY_POUND}.get(key)
        return (self._current(name, language) if name else None) or key

    def day(self, day: date, language: Language) -> str:
        return format_skeleton("yMMMM", day, locale=language.locale)

    def english(self, name: str, language: Language) -> str:
        return name if language.code == self._source else marked(name)

    def quoting(self, text: str, source: str, language: Language) -> str:
        if language.code == self._source:
            return text
        pieces, done = [], 0
        for start, end in kept_english(source, text, self._names):
            pieces += [text[done:start], marked(text[start:end])]
            done = end
        return "".join((*pieces, text[done:]))

    @property
    def _names(self) -> Iterator[str]:
        yield from (town.name for town in self.script.towns.values())
        yield from (organisation.name for organisation in self.script.organisations.values())

    @property
    def _source(self) -> str:
        return self.script.source_language


def number_as_read(number: str) -> str:
    """A telephone number, given as E.164 or as three digits, as people read it: "1-800-798-0671"."""
    if not number.startswith("+1"):
        return number
    return f"1-{number[2:5]}-{number[5:8]}-{number[8:]}"


def _one_of(names: tuple[str, ...], language: Language) -> str:
    return format_list(names, style="or", locale=language.locale)
