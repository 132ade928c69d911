"""How the line was used, for the overview: numbers by day, channel, language and topic. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hotline.counts_report import FEWEST
from hotline.dialogue.reply import Outcome
from hotline.store import counts
from hotline.store.counts import Day


@dataclass(frozen=True, slots=True)
class Use:
    """How the line was used in some days, the first first.

    `begun` is how many conversations began on each of them, by channel; `told` how often a topic was told in all of
    them, that which was told most first; `words` what became of words that were heard, by language.
    """

    days: tuple[date, ...]
    begun: Mapping[str, tuple[int, ...]]
    told: Mapping[str, int]
    words: Mapping[str, Mapping[Outcome, int]]
    failed: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.begun or self.told or self.words)

    @property
    def all_begun(self) -> tuple[int, ...]:
        """Conversations on each day, by any channel."""
        return tuple(sum(times) for times in zip(*self.begun.values(), strict=True)) or (0,) * len(self.days)


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """How often words in a language were not understood; `share` is None where that was too seldom to be told."""

    language: str
    heard: int
    missed: int
    share: float | None


def told(number: int) -> int | None:
    """A number as charts show it; None for few, which are not told exactly: they might tell of somebody."""
    return None if 0 < number < FEWEST else number


def use_of(counted: Mapping[date, Day]) -> Use:
    days = tuple(sorted(counted))
    begun: Counter[tuple[str, date]] = Counter()
    told: Counter[str] = Counter()
    words: dict[str, Counter[Outcome]] = {}
    failed = 0
    for day in days:
        for what, times in counted[day].items():
            match what.what:
                case counts.BEGUN:
                    begun[what.channel, day] += times
                case counts.TOLD:
                    told[what.topic] += times
                case counts.FAILED:
                    failed += times
                case outcome:
                    words.setdefault(what.language, Counter())[Outcome(outcome)] += times
    channels = sorted({channel for channel, _ in begun})
    return Use(
        days=days,
        begun={channel: tuple(begun[channel, day] for day in days) for channel in channels},
        told=dict(sorted(told.items(), key=lambda item: (-item[1], item[0]))),
        words=words,
        failed=failed,
    )


def not_understood(use: Use, languages: Sequence[str]) -> tuple[NotUnderstood, ...]:
    """By language, that with the most words heard first; languages that the line does not speak any more come last."""
    found = []
    for language, outcomes in use.words.items():
        heard, missed = sum(outcomes.values()), outcomes.get(Outcome.MISSED, 0)
        found.append(NotUnderstood(language, heard, missed, missed / heard if missed >= FEWEST else None))
    return tuple(sorted(found, key=lambda one: (one.language not in languages, -one.heard, one.language)))
