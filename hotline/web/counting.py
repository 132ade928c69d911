"""What a turn is for the counts."""

from __future__ import annotations

from collections.abc import Iterator

from hotline.dialogue.reply import Reply, Turn
from hotline.script.model import Script
from hotline.store.counts import BEGUN, TOLD, Counted
from hotline.store.keys import Conversation
from hotline.store.sessions import Loaded


def counted_of(script: Script, conversation: Conversation, loaded: Loaded, turn: Turn) -> Iterator[Counted]:
    """A conversation's first turn, words understood or not, a topic told."""
    channel, language = conversation.channel, turn.reply.language
    # Without Redis every turn would look like the first.
    if loaded.record is not None and not loaded.session.turns:
        is_unknown = turn.session is not None and turn.session.language is None
        yield Counted(channel, "" if is_unknown else language, BEGUN)
    if turn.outcome:
        yield Counted(channel, language, turn.outcome.value)
    if topic := _topic_told(script, turn.reply):
        yield Counted(channel, language, TOLD, topic)


def _topic_told(script: Script, reply: Reply) -> str | None:
    """The topic of which a part is told here; not where it is only said once more to somebody who did not follow."""
    topic, part = script.parts.get(reply.node, (None, None))
    is_told = part is not None and not reply.misses and any(say.message == part.message for say in reply.says)
    return topic.slug if topic and is_told else None
