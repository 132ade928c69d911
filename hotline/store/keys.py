"""Under what a conversation is kept in Redis: keyed hashes, which tell nobody who it is with."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from dataclasses import dataclass

# 96 bits: among a thousand million numbers, two share a key with a chance of one in a hundred thousand million.
_DIGEST_BYTES = 12
# What is told apart only within one conversation needs less.
_SHORT_BYTES = 6


@dataclass(frozen=True, slots=True)
class Conversation:
    """Who talks with the line, for the time of one request only: nothing of this is stored as it is.

    `call` is None for texts; a caller who hides the number is known by the call alone.
    """

    channel: str
    number: str
    call: str | None = None


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of a conversation under a secret. All of one number share a hash tag, and so a slot of a cluster.

    `language` and `arrivals` are those of all calls from a number.
    """

    session: str
    language: str
    steps: str
    arrivals: str
    texted: str

    @classmethod
    def of(cls, conversation: Conversation, secret: str) -> Keys:
        number = f"{{{_digest(secret, _DIGEST_BYTES, conversation.channel, conversation.number)}}}"
        call = f"{number}:{short_digest(secret, 'call', conversation.call)}" if conversation.call else number
        return cls(f"session:{call}", f"language:{number}", f"steps:{call}", f"arrivals:{number}", f"texted:{call}")


def short_digest(secret: str, *what: str) -> str:
    """A keyed hash of eight characters."""
    return _digest(secret, _SHORT_BYTES, *what)


def _digest(secret: str, size: int, *what: str) -> str:
    message = "\0".join(what).encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hmac.digest(secret.encode(), message, "sha256")[:size]).decode()
