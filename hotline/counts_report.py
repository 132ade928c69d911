"""How often the line understood, as lines of text. Few are not told exactly: they might tell of somebody."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hotline.dialogue.reply import Outcome

FEWEST = 5
_HEADINGS = {Outcome.UNDERSTOOD: "answered", Outcome.OFFERED: "offered choices", Outcome.MISSED: "not understood"}


def counts_lines(counts: Mapping[tuple[str, Outcome], int], days: int) -> Iterator[str]:
    """A table by language, that with the most first; the share is of those that were not understood."""
    heard = {language: sum(counts.get((language, outcome), 0) for outcome in Outcome) for language, _ in counts}
    if not heard:
        yield f"Nobody has written or said anything in words in the last {days} days."
        return
    yield f"What people wrote and said in words, in the last {days} days"
    yield "  ".join(["      ", *(f"{heading:>15}" for heading in _HEADINGS.values()), f"{'share':>6}"])
    for language in sorted(heard, key=lambda language: (-heard[language], language)):
        times = [counts.get((language, outcome), 0) for outcome in _HEADINGS]
        missed = counts.get((language, Outcome.MISSED), 0)
        share = f"{missed / heard[language]:.0%}" if missed >= FEWEST else "-"
        yield "  ".join([f"{language:6}", *(f"{_shown(number):>15}" for number in times), f"{share:>6}"])


def _shown(number: int) -> str:
    return f"<{FEWEST}" if 0 < number < FEWEST else f"{number:,}"
