"""A few examples of two languages, to learn from in a moment."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = {
    "en": {
        "ice-at-door": ["ice is at my door", "agents are knocking at the door", "they want to come into my house"],
        "detained": ["they took my brother", "where is my husband, ice has him", "my son was arrested by ice"],
        "none": ["nice weather", "who won the game", "my rent is too high"],
    },
    "es": {
        "ice-at-door": ["la migra toca la puerta", "hay agentes en mi casa", "tocan y dicen que son policias"],
        "detained": ["se llevaron a mi hermano", "ice tiene a mi esposo", "agarraron a mi hijo"],
        "none": ["que calor", "quien gano el partido", "la renta esta cara"],
    },
}


def write_examples(locales: Path) -> None:
    for language, topics in EXAMPLES.items():
        (locales / language).mkdir(parents=True)
        lines = (f"{topic} = {texts}\n" for topic, texts in topics.items())
        (locales / language / "examples.toml").write_text("".join(lines), encoding="utf-8")
