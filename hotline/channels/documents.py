"""Rendered replies, kept for a moment: on a bad day thousands ask the same, and words take longest to put together."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from hotline.dialogue.reply import Reply, Say

# What a document is made of may change on the disk: a recording is added, a sound is made.
KEPT_SECONDS = 10.0
# Of some kilobytes each.
MOST_KEPT = 2048


class Documents:
    """Documents by all that they are made from. May be used by many threads at once; `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, str] = {}
        self._until = 0.0

    def of(self, reply: Reply, rendered: Hashable, render: Callable[[Reply], str]) -> str:
        """What `render` makes of a reply; `rendered` tells apart the ways in which it does."""
        kept = self._of_now()
        key = (rendered, *key_of(reply))
        document = kept.get(key)
        if document is None:
            document = render(reply)
            if len(kept) < MOST_KEPT:
                kept[key] = document
        return document

    def _of_now(self) -> dict[Hashable, str]:
        now = self._clock()
        if now >= self._until:
            self._kept, self._until = {}, now + KEPT_SECONDS
        return self._kept


def key_of(reply: Reply) -> tuple[Hashable, ...]:
    """All of a reply that a document can show."""
    return (
        reply.language,
        reply.node,
        reply.misses,
        tuple(map(_key_of_say, reply.says)),
        tuple((choice.key, choice.spoken_only, _key_of_say(choice.label)) for choice in reply.choices),
        reply.notice,
        _key_of_say(reply.introduction),
        _key_of_say(reply.stamp),
        reply.effect,
        reply.wants_town,
        reply.slowly,
        reply.leads_on_by_itself,
    )


def _key_of_say(say: Say | None) -> Hashable:
    # What is filled in rests on something or not; on what does not show.
    return say and (say.message, say.language, say.rests_on is None, tuple(say.arguments.items()))
