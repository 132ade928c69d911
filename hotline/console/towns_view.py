"""What the pages of towns show, computed from the draft."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hotline.dialogue.reply import Say
from hotline.releases.changes import key_of
from hotline.releases.drafting import Drafted
from hotline.script.model import Phrase, Provenance
from hotline.script.towns import RuleKind, Town
from hotline.understanding.normal import plain

KIND = "town"
# What residents are told of a town's rule lies in this message.
RULE = "rule"


class Show(StrEnum):
    """Which towns a list has."""

    ALL = "all"
    WITH_RULE = "with-rule"
    WITHOUT_RULE = "without-rule"
    OVERDUE = "overdue"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Row:
    """One town of the list; `provenance` is of its rule, None where it has none."""

    slug: str
    name: str
    county: str
    kind: RuleKind | None
    provenance: Provenance | None
    is_overdue: bool
    is_changed: bool

    def is_shown(self, show: Show) -> bool:
        match show:
            case Show.ALL:
                return True
            case Show.WITH_RULE:
                return self.kind is not None
            case Show.WITHOUT_RULE:
                return self.kind is None
            case Show.OVERDUE:
                return self.is_overdue
            case Show.CHANGED:
                return self.is_changed


@dataclass(frozen=True, slots=True)
class Page:
    """One town in the draft. `told` is what residents are told of it, in English, whether it has a rule or none.

    `had_rule` is whether it has one in the live release.
    """

    town: Town
    provenance: Provenance | None
    told: str
    is_overdue: bool
    had_rule: bool
    is_changed: bool


def rows(drafted: Drafted, today: date, search: str = "", county: str = "") -> tuple[Row, ...]:
    """The towns of the draft, those that a search finds by a name of theirs or a ZIP code."""
    sought = plain(search)
    return tuple(
        _row(drafted, town, today)
        for town in drafted.content.script.towns.values()
        if county in {"", town.county}
        and any(sought in plain(name) for name in (town.slug, *town.names, *town.zips, *town.shared_zips))
    )


def page(drafted: Drafted, slug: str, today: date) -> Page:
    """Raises KeyError where there is no such town."""
    content = drafted.content
    town = content.script.towns[slug]
    provenance = provenance_of_rule(drafted, town)
    live = drafted.base.content.script.towns.get(slug)
    return Page(
        town=town,
        provenance=provenance,
        told=content.written.words(Say(town.rule), content.script.source_language)
        if town.rule
        else told_without_rule(drafted, town),
        is_overdue=provenance is not None and today > provenance.review_by,
        had_rule=live is not None and live.rule is not None,
        is_changed=_is_changed(drafted, town),
    )


def told_without_rule(drafted: Drafted, town: Town) -> str:
    """What residents are told of a town that has no rule of its own, in English."""
    said = Say(Phrase.TOWN_WITHOUT_RULE, {"town": (town.name,)})
    return drafted.content.written.words(said, drafted.content.script.source_language)


def provenance_of_rule(drafted: Drafted, town: Town) -> Provenance | None:
    return drafted.content.script.messages[town.rule].provenance if town.rule else None


def rule_of(slug: str) -> str:
    """The message by which a town's rule is told, whether it has one or not."""
    return f"{KIND}.{slug}.{RULE}"


def _row(drafted: Drafted, town: Town, today: date) -> Row:
    provenance = provenance_of_rule(drafted, town)
    return Row(
        slug=town.slug,
        name=town.name,
        county=town.county,
        kind=town.kind,
        provenance=provenance,
        is_overdue=provenance is not None and today > provenance.review_by,
        is_changed=_is_changed(drafted, town),
    )


def _is_changed(drafted: Drafted, town: Town) -> bool:
    rule = rule_of(town.slug)
    return not drafted.keys.isdisjoint({key_of(KIND, town.slug), key_of("text", rule), key_of("provenance", rule)})
