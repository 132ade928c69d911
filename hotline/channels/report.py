"""What the line says, with its sources, dates and open doubts, as one HTML page for a lawyer's review."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jinja2 import Environment, PackageLoader, StrictUndefined

from hotline.channels.wording import WrittenWording
from hotline.dialogue.reply import Say
from hotline.script.model import Provenance, Script, Source
from hotline.script.organisations import Organisation


@dataclass(frozen=True, slots=True)
class Statement:
    """One text as residents read it, and what it rests on."""

    id: str
    text: str
    sources: tuple[Source, ...]
    provenance: Provenance
    overdue: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """What belongs together: a topic, or the towns. `anchor` names its place on the page."""

    anchor: str
    title: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """An organisation as residents are told of it. `number` is None where none may be given out."""

    organisation: Organisation
    number: str | None
    sources: tuple[Source, ...]


def render_report(script: Script, wording: WrittenWording, today: date) -> str:
    """The page, complete in itself: no address is loaded from it."""
    environment = Environment(
        loader=PackageLoader("hotline.channels"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    chapters = tuple(_chapters(script, wording, today))
    statements = [statement for chapter in chapters for statement in chapter.statements]
    return environment.get_template("report.html").render(
        today=today,
        chapters=chapters,
        statements=statements,
        doubts=[statement for statement in statements if statement.provenance.doubt],
        overdue=[statement for statement in statements if statement.overdue],
        contacts=tuple(_contacts(script, wording)),
        towns_without_rule=[town.name for town in script.towns.values() if town.rule is None],
    )


def _chapters(script: Script, wording: WrittenWording, today: date) -> Iterator[Chapter]:
    for topic in script.topics.values():
        ids = [id for part in topic.parts for id in (part.message, f"{part.message}.voice") if id in script.messages]
        title = wording.words(Say(topic.title), script.source_language)
        yield Chapter(topic.slug, f"{title} ({topic.slug})", tuple(_statements(script, wording, today, ids)))
    rules = [town.rule for town in script.towns.values() if town.rule]
    told = {part.message for _, part in script.parts.values()} | {*rules}
    others = [id for id in script.messages if id.removesuffix(".voice") not in told]
    yield Chapter("towns", "Towns", tuple(_statements(script, wording, today, rules)))
    yield Chapter("others", "Menus, phrases, organisations", tuple(_statements(script, wording, today, others)))


def _statements(script: Script, wording: WrittenWording, today: date, ids: list[str]) -> Iterator[Statement]:
    for message in (script.messages[id] for id in ids):
        if message.provenance:
            yield Statement(
                id=message.id,
                text=wording.source_text(message.id),
                sources=tuple(script.sources[source] for source in message.provenance.sources),
                provenance=message.provenance,
                overdue=today > message.provenance.review_by,
            )


def _contacts(script: Script, wording: WrittenWording) -> Iterator[Contact]:
    for organisation in script.organisations.values():
        told = organisation.phone and organisation.phone_certainty.may_be_told
        yield Contact(
            organisation=organisation,
            number=wording.phone(organisation.phone or "") if told else None,
            sources=tuple(script.sources[source] for source in organisation.provenance.sources),
        )
