"""The addresses of a call: language, node and the misses so far, so that a call goes on when Redis does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoicePlace:
    """Where a call stands. Names of nodes hold no underscore: after it stands how often nothing led on."""

    language: str
    node: str
    misses: int = 0

    @property
    def path(self) -> str:
        """Plain ASCII without a query string, such as /voice/es/main or /voice/es/main_2."""
        return f"/voice/{self.language}/{self.node}" + (f"_{self.misses}" if self.misses else "")

    @classmethod
    def of(cls, language: str, step: str) -> VoicePlace:
        """The place that a path names; anything odd in it is read as no misses."""
        node, _, misses = step.partition("_")
        return cls(language, node, int(misses) if misses.isascii() and misses.isdigit() and len(misses) == 1 else 0)
