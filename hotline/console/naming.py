"""Messages by what they belong to, in the order in which residents meet them. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from hotline.script.model import MAIN_MENU, Message, Script

VOICE = ".voice"


class Home(StrEnum):
    """What a message belongs to."""

    MENU = "menu"
    TOPIC = "topic"
    PHRASES = "phrases"
    ORGANISATIONS = "organisations"
    TOWNS = "towns"
    PAGES = "pages"


class Piece(StrEnum):
    """Which text of its home a message is."""

    TITLE = "title"
    TEXT = "text"
    PART = "part"
    PHRASE = "phrase"
    HELP = "help"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Name:
    """A message by plain words: `of` is the title of its topic or menu, or the name of the organisation or town.

    A part is the one of `number` among `parts`, and `piece_name` its own name; so is that of a phrase. `spoken` where a
    caller hears it instead of the text that a resident reads.
    """

    id: str
    home: Home
    piece: Piece
    of: str = ""
    piece_name: str = ""
    number: int = 0
    parts: int = 0
    spoken: bool = False

    @property
    def group(self) -> str:
        """The slug of its group."""
        return self.id.split(".")[1] if self.home in {Home.MENU, Home.TOPIC} else self.home


@dataclass(frozen=True, slots=True)
class Group:
    """Messages of one home. `slug` names it in addresses; `title` is empty where the home has no text of its own."""

    slug: str
    home: Home
    title: str
    names: tuple[Name, ...]


def groups_of(script: Script) -> tuple[Group, ...]:
    """Every message of a script once: menus and topics as the choices lead through them, then all others."""
    groups = [_menu(script, node) if node in script.menus else _topic(script, node) for node in _walk(script)]
    phrases = tuple(
        Name(message.id, Home.PHRASES, Piece.PHRASE, piece_name=_words(written(message.id)), spoken=is_spoken(message))
        for message in script.messages.values()
        if message.file == "phrases.toml"
    )
    helps = tuple(
        Name(one.help, Home.ORGANISATIONS, Piece.HELP, one.name) for one in script.organisations.values() if one.help
    )
    rules = tuple(Name(town.rule, Home.TOWNS, Piece.RULE, town.name) for town in script.towns.values() if town.rule)
    pages = tuple(
        Name(message.id, Home.PAGES, Piece.PHRASE, piece_name=_words(message.id.partition(".")[2]))
        for message in script.messages.values()
        if message.is_on_page
    )
    others = (
        Group(Home.PHRASES, Home.PHRASES, "", phrases),
        Group(Home.ORGANISATIONS, Home.ORGANISATIONS, "", helps),
        Group(Home.TOWNS, Home.TOWNS, "", rules),
        Group(Home.PAGES, Home.PAGES, "", pages),
    )
    return tuple(group for group in (*groups, *others) if group.names)


def name_in(script: Script, id: str) -> Name:
    """Raises KeyError where there is no such message."""
    found = (name for group in groups_of(script) for name in group.names if name.id == id)
    name = next(found, None)
    if name is None:
        raise KeyError(id)
    return name


def written(id: str) -> str:
    """The id of the text that is read where this one is heard."""
    return id.removesuffix(VOICE)


def is_spoken(message: Message) -> bool:
    """Whether it is only heard."""
    return message.id.endswith(VOICE)


def _walk(script: Script) -> Iterator[str]:
    """Menus and topics, each once, where the first choice leads to it; then those that no choice leads to."""
    seen: set[str] = set()
    waiting = [*reversed((MAIN_MENU, *script.menus, *script.topics))]
    while waiting:
        node = waiting.pop()
        if node in seen or node not in {*script.menus, *script.topics}:
            continue
        seen.add(node)
        yield node
        if node in script.menus:
            waiting += reversed(script.menus[node].choices)


def _menu(script: Script, slug: str) -> Group:
    menu, title = script.menus[slug], script.messages[script.menus[slug].title].text
    ids = [(menu.title, Piece.TITLE), (menu.message, Piece.TEXT), (f"{menu.message}{VOICE}", Piece.TEXT)]
    names = tuple(
        Name(id, Home.MENU, piece, title, spoken=is_spoken(script.messages[id]))
        for id, piece in ids
        if id in script.messages
    )
    return Group(slug, Home.MENU, title, names)


def _topic(script: Script, slug: str) -> Group:
    topic = script.topics[slug]
    title = script.messages[topic.title].text
    names = [Name(topic.title, Home.TOPIC, Piece.TITLE, title)]
    for number, part in enumerate(topic.parts, 1):
        for id in (part.message, f"{part.message}{VOICE}"):
            if id in script.messages:
                spoken = is_spoken(script.messages[id])
                piece_name = _words(part.name)
                names.append(
                    Name(id, Home.TOPIC, Piece.PART, title, piece_name, number, len(topic.parts), spoken=spoken)
                )
    return Group(slug, Home.TOPIC, title, tuple(names))


def _words(name: str) -> str:
    """An id as words: "try-again" is "try again"."""
    return name.replace("-", " ").replace(".", " ").replace("_", " ")
