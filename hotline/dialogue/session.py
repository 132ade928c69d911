"""What is remembered of a conversation between turns."""

from __future__ import annotations

from dataclasses import dataclass, replace

MOST_STEPS_BACK = 6


@dataclass(frozen=True, slots=True)
class Session:
    """`turns` counts what was heard, so that no two states of one conversation are alike.

    `language` is None until it is known; `back` holds the nodes on the way here, the latest last; `offered` the nodes
    of a question that the line asked because it was unsure; `texts` counts those that a call asked for. Where it is not
    `kept`, nothing can be remembered or erased for the moment.
    """

    turns: int = 0
    language: str | None = None
    node: str | None = None
    back: tuple[str, ...] = ()
    misses: int = 0
    greeted: bool = False
    county: str | None = None
    offered: tuple[str, ...] = ()
    texts: int = 0
    kept: bool = True

    def at(self, node: str) -> Session:
        """The session after a step to `node`; the way back grows unless it is the node where it stands."""
        back = self.back if self.node in {None, node} else (*self.back, str(self.node))[-MOST_STEPS_BACK:]
        return replace(self, node=node, back=back, misses=0, offered=())

    def one_step_back(self) -> Session:
        """The session where it stood before; without a node where there is no way back."""
        return replace(self, node=self.back[-1] if self.back else None, back=self.back[:-1], misses=0, offered=())
