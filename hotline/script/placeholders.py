"""Placeholders: {phone.x}, {text.x}, {name.x} and {url.x} name an organisation, {word} is filled in by the dialogue."""

from __future__ import annotations

from collections.abc import Callable
from string import Formatter

# The address of the card for the door, in the language spoken; it stands in a part of a topic.
CARD_PLACEHOLDER = "card"
ORGANISATION_KINDS = frozenset({"phone", "text", "name", "url"})


def placeholders_in(text: str) -> tuple[str, ...]:
    """The placeholders of a text in their order. Raises ValueError where its braces do not match."""
    found = []
    for _, name, specification, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name or specification or conversion:
            raise ValueError("a placeholder is a name between braces, such as {phone.referral_line}")
        found.append(name)
    return tuple(found)


def is_argument(name: str) -> bool:
    """Whether the dialogue says what a placeholder stands for, and not the data or the line's own address."""
    return "." not in name and name != CARD_PLACEHOLDER


def fill(text: str, value_of: Callable[[str], str]) -> str:
    """The text with each placeholder replaced by what `value_of` gives for its name."""
    return "".join(
        literal + (value_of(name) if name is not None else "") for literal, name, _, _ in Formatter().parse(text)
    )
