"""The first page: what is live, what a person should do next, and how the line is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from hotline.console.charts import MOST_SERIES, bars, line, shares, small_multiples
from hotline.console.desk import Desk
from hotline.console.health_view import StoreHealth, health_of
from hotline.console.overview_view import matrix_of, needed, recorded_in
from hotline.console.pages import page
from hotline.console.use_view import NotUnderstood, Use, not_understood, told, use_of
from hotline.releases.divergence import Divergence, divergence
from hotline.releases.drafting import Base, Drafted
from hotline.releases.files import manifest_of, packaged_files
from hotline.releases.publishing import agreed_in
from hotline.script.model import Script
from hotline.store.deletions import Deletions
from hotline.store.durability import takes_writes, why_not_durable
from hotline.store.releases import Release

SHOWN_DAYS = 30


class _Recorded:
    """What is recorded, looked up anew only where the draft is another one."""

    def __init__(self) -> None:
        self._known: tuple[Drafted, Mapping[str, frozenset[str]]] | None = None

    def of(self, drafted: Drafted) -> Mapping[str, frozenset[str]]:
        known = self._known
        if known is None or known[0] is not drafted:
            known = self._known = (drafted, recorded_in(drafted))
        return known[1]


def register(blueprint: Blueprint, desk: Desk) -> None:
    recorded = _Recorded()

    @blueprint.get("/")
    def overview() -> ResponseReturnValue:
        now, drafted = desk.now(), desk.drafted()
        base, content, live = drafted.base, drafted.content, desk.live.content
        release = desk.releases.release(base.pointer.number) if base.pointer else None
        matrix = matrix_of(drafted, recorded.of(drafted), now.date())
        use = use_of(desk.counts.by_day(now.date() - timedelta(days=past) for past in range(SHOWN_DAYS)))
        return page(
            desk,
            "console/overview.html",
            speaking=desk.live.speaking.pointer,
            release=release,
            is_lost=base.pointer is not None and desk.releases.live() is None,
            draft=drafted.draft,
            problems=drafted.problems,
            needed=needed(content.script, matrix, live.script.notice, now),
            divergence=_divergence(desk, release, base),
            matrix=matrix,
            health=health_of(live, desk.releases.workers(now), desk.live.trouble, _store_health(desk)),
            use=use,
            charts=_Charts(live.script, use, not_understood(use, tuple(live.script.languages))),
            source=content.script.source_language,
            without_voice=[code for code, language in live.script.languages.items() if language.twilio is None],
        )


@dataclass(frozen=True, slots=True)
class _Charts:
    """Draws what the page has words for. What was never counted is not drawn."""

    script: Script
    use: Use
    by_language: Sequence[NotUnderstood]

    def begun(self, title: str, names: Mapping[str, str]) -> Markup:
        """Conversations by day; `names` are those of the channels."""
        numbers = {names.get(channel, channel): [*map(told, each)] for channel, each in self.use.begun.items()}
        if len(numbers) > MOST_SERIES:
            return small_multiples(title, self.use.days, numbers)
        return line(title, self.use.days, numbers) if numbers else Markup()

    def told(self, title: str) -> Markup:
        """How often each topic was told."""
        topics, messages = self.script.topics, self.script.messages
        labels = [messages[topics[slug].title].text if slug in topics else slug for slug in self.use.told]
        return bars(title, labels, [*map(told, self.use.told.values())], unit="times") if labels else Markup()

    def not_understood(self, title: str, names: Mapping[str, str]) -> Markup:
        """The share of what was heard in each language; `names` are those of the languages."""
        rows = [(names.get(one.language, one.language), one.share, told(one.heard)) for one in self.by_language]
        return shares(title, rows) if rows else Markup()


def _store_health(desk: Desk) -> StoreHealth:
    redis = desk.publishing.redis
    deletions = Deletions(redis).state() if desk.settings.deletes_at_twilio else None
    return StoreHealth(takes_writes(redis), why_not_durable(redis), deletions)


def _divergence(desk: Desk, release: Release | None, base: Base) -> Divergence:
    """How the live release and the package differ."""
    packaged = manifest_of(packaged_files())
    agreed = (agreed_in(desk.releases, release) or packaged) if base.pointer else base.manifest
    return divergence(base.manifest, packaged, agreed)
