"""The words of a public page in one language: what is missing or stale is left out, never said in another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from markupsafe import Markup, escape

from hotline.channels.wording import number_as_read
from hotline.dialogue.reply import Argument, Say
from hotline.releases.content import Content
from hotline.script.model import Language, Phrase, Provenance
from hotline.settings import Identity

# As `number_as_read` writes them, and as a contact may be given.
_NUMBER = re.compile(r"1-(\d{3})-(\d{3})-(\d{4})", re.ASCII)
_ADDRESS = re.compile(r"https://[^\s<>\"]+[^\s<>\".,;:)]|[^\s<>@:]+@[^\s<>@]+[^\s<>@.,;:)]")


@dataclass(frozen=True, slots=True)
class PageWording:
    """What one page says of `content` on a day. `identity` is None where the settings do not say whose line it is."""

    content: Content
    language: Language
    identity: Identity | None
    today: date
    _rests_on: list[Provenance] = field(default_factory=list)
    _left_out: list[str] = field(default_factory=list)

    def say(self, name: str) -> Markup | None:
        """A text of the page, with what can be called or opened as links; None where it is not ready."""
        return self.message(f"page.{name}")

    def plain(self, name: str) -> str:
        """A text without links, for titles; empty where it is not ready."""
        found = self.say(name)
        return found.striptags() if found else ""

    def message(self, id: str) -> Markup | None:
        """As `say`, of any message."""
        if self.content.catalogs.text(self.language.code, id) is None:
            self._left_out.append(id)
            return None
        if provenance := self.content.script.messages[id].provenance:
            self._rests_on.append(provenance)
        return linked(self.content.written.words(Say(id, self._arguments), self.language.code))

    def dated(self, id: str) -> tuple[Markup, Markup | None] | None:
        """A message with the day up to which it alone is known to be right; None where it is not ready."""
        alone = replace(self, _rests_on=[], _left_out=self._left_out)
        text = alone.message(id)
        return (text, alone.stamp) if text else None

    def english(self, name: str) -> str:
        """The English of a text that is shown in English to whoever reads no other language."""
        return self.content.script.messages[f"page.{name}"].text

    @property
    def stamp(self) -> Markup | None:
        """Up to when all that was said so far is known to be right; past a review date it says so."""
        if not self._rests_on:
            return None
        is_overdue = any(one.review_by < self.today for one in self._rests_on)
        oldest = min(one.as_of for one in self._rests_on)
        phrase = Phrase.OVERDUE if is_overdue else Phrase.AS_OF
        return linked(self.content.written.words(Say(phrase, {"date": oldest}), self.language.code))

    @property
    def updating(self) -> Markup | None:
        """What is said once for all texts that were left out so far; None where there is none."""
        if not self._left_out:
            return None
        return linked(self.content.written.words(Say(Phrase.UPDATING), self.language.code))

    @property
    def _arguments(self) -> Mapping[str, Argument]:
        if self.identity is None:
            return {}
        return {
            "number": (number_as_read(self.identity.number),),
            "organisation": (self.identity.organisation,),
            "contact": (self.identity.contact,),
        }


def linked(text: str) -> Markup:
    """A text with its telephone numbers, addresses of the web and of mail as links."""
    with_numbers = _NUMBER.sub(
        lambda found: f'<a href="tel:+1{"".join(found.groups())}" dir="ltr">{found[0]}</a>', str(escape(text))
    )
    return Markup(_ADDRESS.sub(_link, with_numbers))  # noqa: S704 - it was escaped before


def _link(found: re.Match[str]) -> str:
    address = found[0]
    return f'<a href="{address if address.startswith("https://") else f"mailto:{address}"}" dir="ltr">{address}</a>'
