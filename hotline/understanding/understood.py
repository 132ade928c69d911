"""What was understood of one text."""

from __future__ import annotations

from dataclasses import dataclass

EMERGENCY = "emergency"
GREETING = "greeting"
NONE = "none"
COMMAND_PREFIX = "command:"


@dataclass(frozen=True, slots=True)
class Guess:
    """`topic` is a topic's slug, EMERGENCY, GREETING, NONE or a command; `confidence` from 0 to 1."""

    topic: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Understood:
    """`language` is None where the text does not tell; `towns` are slugs; `alternatives` follow the best guess.

    `outside` where a place is named that is not in Connecticut.
    """

    language: str | None
    best: Guess
    alternatives: tuple[Guess, ...] = ()
    towns: tuple[str, ...] = ()
    asks_for_language: str | None = None
    outside: bool = False

    @property
    def command(self) -> str | None:
        """The command's name, such as "menu"; None where the text is no command."""
        topic = self.best.topic
        return topic.removeprefix(COMMAND_PREFIX) if topic.startswith(COMMAND_PREFIX) else None
