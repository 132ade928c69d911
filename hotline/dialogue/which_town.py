"""Which of several towns is meant. The address of a call carries them: no session ever holds a town."""

from __future__ import annotations

from dataclasses import dataclass

from hotline.script.model import MOST_CHOICES, WHICH_TOWN_NODES, Script


@dataclass(frozen=True, slots=True)
class WhichTown:
    """`asked_at` is the node that asked for a place, and so tells what for; `slugs` are two towns or more."""

    asked_at: str
    slugs: tuple[str, ...]

    @property
    def node(self) -> str:
        """Such as "which-town.groton.stonington"."""
        return ".".join((WHICH_TOWN_NODES[self.asked_at], *self.slugs))

    @classmethod
    def among(cls, asked_at: str, slugs: tuple[str, ...]) -> WhichTown:
        """As many of the towns as keys can choose from."""
        return cls(asked_at, slugs[:MOST_CHOICES])

    @classmethod
    def of(cls, script: Script, node: str | None) -> WhichTown | None:
        """What a node asks; None where it does not ask this, or names what the script does not know any more."""
        name, *slugs = (node or "").split(".")
        asked_at = next((asked_at for asked_at, which in WHICH_TOWN_NODES.items() if which == name), None)
        known = [slug for slug in dict.fromkeys(slugs) if slug in script.towns]
        if asked_at is None or known != slugs or not 1 < len(known) <= MOST_CHOICES:
            return None
        return cls(asked_at, tuple(known))


def asks_for_town(node: str | None) -> bool:
    """Whether what is written or said at a node is taken for a place."""
    return (node or "").partition(".")[0] in {*WHICH_TOWN_NODES, *WHICH_TOWN_NODES.values()}
