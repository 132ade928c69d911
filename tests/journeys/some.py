"""Journeys made up for tests."""

from __future__ import annotations

from hotline.journeys.walk import Journey


def journey(language: str, topic: str, *, useful: float = 8.0) -> Journey:
    return Journey(
        language=language,
        topic=topic,
        keys=3,
        keys_after_language=2,
        useful_seconds=useful,
        part_seconds=useful + 20,
        texts=1,
        segments=4,
        call_cost=0.0412,
        text_cost=0.059,
    )
