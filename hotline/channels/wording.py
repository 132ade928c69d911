"""The words of a reply in one language: messages from the catalogs, their placeholders as the channel renders them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton
from babel.lists import format_list

from hotline.catalogs.catalog import Catalogs
from hotline.dialogue.reply import Choice, Say
from hotline.script.model import REFERRAL_LINE, Language, Script
from hotline.script.placeholders import fill


@dataclass(frozen=True, slots=True)
class Wording(ABC):
    """What is common to both channels. A message that is missing or stale is never shown in another language."""

    script: Script
    catalogs: Catalogs

    def words(self, say: Say, language: str) -> str:
        """A message, complete, in its own language or in the one given."""
        spoken_in = say.language or language
        text = self._text(say.message, spoken_in)
        if text is None:
            return self.phone(self.script.organisations[REFERRAL_LINE].phone or "")
        return fill(text, lambda name: self._value(name, say.arguments, self.script.languages[spoken_in]))

    def choice(self, choice: Choice, language: str) -> str:
        """One choice with its key, such as "1 More" or "More, press 1."."""
        spoken_in = choice.label.language or language
        values = {"key": self.key(choice.key, spoken_in), "choice": self.words(choice.label, spoken_in)}
        template = self._text("choice", spoken_in)
        return fill(template, values.__getitem__) if template else f"{values['key']} {values['choice']}"

    @abstractmethod
    def phone(self, number: str) -> str:
        """A telephone number, given as E.164 or as three digits."""

    @abstractmethod
    def web(self, host: str, language: str) -> str:
        """A web address, given without its scheme."""

    @abstractmethod
    def key(self, key: str, language: str) -> str:
        """The name of a key."""

    @abstractmethod
    def day(self, day: date, language: Language) -> str:
        """The month of a day."""

    @abstractmethod
    def variants(self, message: str) -> tuple[str, ...]:
        """The ids under which this channel looks for a message, the best first."""

    def _text(self, message: str, language: str) -> str | None:
        """The text in a language; a standing text of the same language where there is no current translation."""
        standing = "updating-label" if message.endswith(".title") or message in LABELS else "updating"
        for wanted in (message, standing):
            id = next(id for id in self.variants(wanted) if id in self.script.messages)
            if (text := self.catalogs.text(language, id)) is not None:
                return text
        return None

    def _value(self, name: str, arguments: Mapping[str, date | tuple[str, ...]], language: Language) -> str:
        kind, _, id = name.partition(".")
        if not id:
            value = arguments[name]
            return self.day(value, language) if isinstance(value, date) else _one_of(value, language)
        organisation = self.script.organisations[id]
        match kind:
            case "phone":
                return self.phone(organisation.phone or "")
            case "url":
                return self.web(organisation.host or "", language.code)
            case _:
                return organisation.name


# Short messages that stand beside a key.
LABELS = frozenset({"more", "person", "language-choice"})


@dataclass(frozen=True, slots=True)
class WrittenWording(Wording):
    """For texts."""

    def variants(self, message: str) -> tuple[str, ...]:
        return (message, f"{message}.voice")

    def phone(self, number: str) -> str:
        """ "1-800-798-0671"."""
        if not number.startswith("+1"):
            return number
        return f"1-{number[2:5]}-{number[5:8]}-{number[8:]}"

    def web(self, host: str, language: str) -> str:  # noqa: ARG002 - written alike in every language
        return host

    def key(self, key: str, language: str) -> str:  # noqa: ARG002 - written alike in every language
        return key

    def day(self, day: date, language: Language) -> str:
        return format_skeleton("yMMM", day, locale=language.locale)


@dataclass(frozen=True, slots=True)
class SpokenWording(Wording):
    """For calls: numbers digit by digit, addresses and keys by their names."""

    def variants(self, message: str) -> tuple[str, ...]:
        return (f"{message}.voice", message)

    def phone(self, number: str) -> str:
        """ "1, 8 0 0, 7 9 8, 0 6 7 1"."""
        if not number.startswith("+1"):
            return " ".join(number)
        return ", ".join(" ".join(group) for group in ("1", number[2:5], number[5:8], number[8:]))

    def web(self, host: str, language: str) -> str:
        dot, slash = self.words(Say("web-dot"), language), self.words(Say("web-slash"), language)
        return host.replace(".", f" {dot} ").replace("/", f" {slash} ")

    def key(self, key: str, language: str) -> str:
        name = {"*": "key-star", "#": "key-pound"}.get(key)
        return self.words(Say(name), language) if name else key

    def day(self, day: date, language: Language) -> str:
        return format_skeleton("yMMMM", day, locale=language.locale)


def _one_of(names: tuple[str, ...], language: Language) -> str:
    return format_list(names, style="or", locale=language.locale)
