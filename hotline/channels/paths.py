"""The addresses of a call: language, node and what else must hold, so that a call goes on when Redis does not."""

from __future__ import annotations

from dataclasses import dataclass

_TEXTED = "texted."


@dataclass(frozen=True, slots=True)
class VoicePlace:
    """Where a call stands. Names of nodes hold no underscore: after it stands how often nothing led on.

    `texted` where a text is being sent, of which the caller is then told what became of it.
    """

    language: str
    node: str
    misses: int = 0
    texted: bool = False

    @property
    def path(self) -> str:
        """Plain ASCII without a query string, such as /voice/es/main, /voice/es/main_2 or /voice/es/texted.scams."""
        misses = f"_{self.misses}" if self.misses else ""
        return f"/voice/{self.language}/{_TEXTED if self.texted else ''}{self.node}{misses}"

    @classmethod
    def of(cls, language: str, step: str) -> VoicePlace:
        """The place that a path names; anything odd in it is read as no misses."""
        node, _, misses = step.removeprefix(_TEXTED).partition("_")
        counted = int(misses) if misses.isascii() and misses.isdigit() and len(misses) == 1 else 0
        return cls(language, node, counted, texted=step.startswith(_TEXTED))
