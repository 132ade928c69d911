"""What people text, language by language and topic by topic, and what may be added to it. Pure."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from hotline.console.fields import INVISIBLE, visible
from hotline.releases.changes import examples_path, key_of, kind_of, parts_of
from hotline.releases.drafting import Drafted
from hotline.releases.examples import topics_by_text
from hotline.releases.files import Files
from hotline.script.model import Script
from hotline.store.drafts import Change, Value
from hotline.understanding.lessons import Steering
from hotline.understanding.normal import plain
from hotline.understanding.understanding import Understanding
from hotline.understanding.understood import EMERGENCY, GREETING, NONE, Understood

KIND = "example"
# What a text may be about beside the topics of the script.
OTHERS = {EMERGENCY: "Danger to life", GREETING: "A greeting", NONE: "Nothing for this line"}
MOST_LINES = 100
LONGEST = 400
ON_A_PAGE = 50
MOST_TRIED = 10
ANYBODY = "Write it as anybody could text it, without what belongs to one person."
# As many digits as a telephone number has, or that by which an office knows a person.
_MOST_DIGITS = 6
_DIGITS = re.compile(r"\d(?:[\s().\-/]*\d)*")
_ADDRESS = re.compile(r"\S@\S+\.\S|(?:https?://|www\.)\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Example:
    """`was` is the live topic where the draft has another; `removed` in the draft where it is live. `id` names it."""

    text: str
    topic: str
    was: str = ""
    removed: bool = False
    is_new: bool = False

    @property
    def id(self) -> str:
        """16 hexadecimal digits, which stand in addresses instead of the text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def in_draft(self) -> bool:
        return self.removed or self.is_new or bool(self.was)


@dataclass(frozen=True, slots=True)
class Counted:
    """How many examples a topic has, live and in the draft."""

    topic: str
    title: str
    live: int
    drafted: int


@dataclass(frozen=True, slots=True)
class Listed:
    """Those of one page, and how many there are in all."""

    examples: tuple[Example, ...]
    number: int
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.number // ON_A_PAGE))


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no example, and why. `stands_as` is the example that says the same of another topic."""

    line: str
    why: str
    stands_as: Example | None = None


@dataclass(frozen=True, slots=True)
class Sorted:
    """What of some lines can be added, what is there already, and what cannot be."""

    new: tuple[str, ...]
    known: tuple[str, ...]
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What the line understands of a text, live and with what was learned from the draft, if that was learned."""

    text: str
    before: Understood
    after: Understood | None

    @property
    def shown(self) -> str:
        return visible(self.text)

    @property
    def is_same(self) -> bool:
        return self.after is not None and self.after.best.topic == self.before.best.topic


def topics_of(script: Script) -> Mapping[str, str]:
    """The title, in English, of everything that a text may be about."""
    return {**{slug: script.messages[topic.title].text for slug, topic in script.topics.items()}, **OTHERS}


def examples_of(drafted: Drafted, language: str) -> tuple[Example, ...]:
    """All of a language, in the order of its file, then those that are removed in the draft."""
    live, now = _texts(drafted.base.files, language), _texts(drafted.files, language)
    present = [
        Example(text, topic, was=live[text] if text in live and live[text] != topic else "", is_new=text not in live)
        for text, topic in now.items()
    ]
    gone = [Example(text, topic, removed=True) for text, topic in live.items() if text not in now]
    return (*present, *gone)


def numbers(drafted: Drafted) -> Mapping[str, int]:
    """How many examples each language has in the draft."""
    return {code: len(_texts(drafted.files, code)) for code in drafted.content.script.languages}


def counts(script: Script, examples: Iterable[Example]) -> tuple[Counted, ...]:
    """How many examples each topic has."""
    live: Counter[str] = Counter()
    drafted: Counter[str] = Counter()
    for example in examples:
        live[example.was or example.topic] += not example.is_new
        drafted[example.topic] += not example.removed
    return tuple(Counted(slug, title, live[slug], drafted[slug]) for slug, title in topics_of(script).items())


def listed(
    examples: Iterable[Example], *, topic: str = "", search: str = "", changed: bool = False, page: int = 1
) -> Listed:
    """Those of a topic that hold what is searched for, without regard to case and accents; what is new comes first."""
    wanted = plain(search)
    found = [
        example
        for example in examples
        if (not topic or topic in {example.topic, example.was})
        and (not changed or example.in_draft)
        and (not wanted or wanted in _form(example.text))
    ]
    found.sort(key=lambda example: not example.in_draft)
    start = (page - 1) * ON_A_PAGE
    return Listed(tuple(found[start : start + ON_A_PAGE]), len(found), page)


def sort_out(
    lines: Iterable[str], topic: str, examples: Iterable[Example], script: Script, is_steering: Callable[[str], bool]
) -> Sorted:
    """Looks at each line that is to be an example of a topic. `is_steering` knows commands and keys."""
    standing = {_form(example.text): example for example in examples if not example.removed}
    carrier_words = {plain(word) for word in script.carrier_words}
    new: dict[str, str] = {}
    known: list[str] = []
    refused: list[Refused] = []
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        form = plain(line)
        stands_as = standing.get(form)
        if why := unfit(line) or _owned(line, form, carrier_words, is_steering):
            refused.append(Refused(line, why))
        elif stands_as and stands_as.topic != topic:
            refused.append(Refused(line, "", stands_as))
        elif stands_as or form in new:
            known.append(line)
        else:
            new[form] = line
    return Sorted(tuple(new.values()), tuple(known), tuple(refused))


def tried(texts: Iterable[str], live: Understanding, learned: Understanding | None) -> tuple[Tried, ...]:
    """Each text, whole, as the first of a conversation."""
    return tuple(Tried(text, live.understand(text), learned.understand(text) if learned else None) for text in texts)


def unfit(line: str) -> str:
    """Why a line is no example for anybody; empty where it may be one."""
    if found := INVISIBLE.search(line):
        return f"This holds an invisible character (U+{ord(found[0]):04X}). Write it anew."
    if len(line) > LONGEST:
        return f"This has {len(line):,} characters. Use {LONGEST} at most; people text less."
    if not plain(line):
        return "This holds no word."
    if _ADDRESS.search(line):
        return f"This holds an e-mail or web address. {ANYBODY}"
    if any(_digits_in(found[0]) > _MOST_DIGITS for found in _DIGITS.finditer(line)):
        return f"This holds a long number. {ANYBODY}"
    return ""


def steering_words(steering: Steering) -> frozenset[str]:
    """The plain forms of all that steers a conversation, in whatever language."""
    return frozenset((*steering.names, *(word for commands in steering.commands.values() for word in commands)))


def value_of(text: str, topic: str) -> Value:
    return {"text": text, "topic": topic}


def removed_value(example: Example) -> Value:
    return {"text": example.text, "topic": example.topic, "removed": True}


def example_key(language: str, text: str) -> str:
    return key_of(KIND, language, text)


def changed_in(drafted: Drafted) -> tuple[Change, ...]:
    """The changes of the draft that are to examples."""
    return tuple(change for change in drafted.draft.changes if kind_of(change.key) == KIND)


def languages_changed(drafted: Drafted) -> frozenset[str]:
    """Those whose examples the draft changes."""
    return frozenset(parts_of(change.key)[0] for change in changed_in(drafted))


# Most texts are looked at again and again.
@lru_cache(maxsize=1 << 16)
def _form(text: str) -> str:
    return plain(text)


def _texts(files: Files, language: str) -> Mapping[str, str]:
    return topics_by_text(files.get(examples_path(language), b""))


def _owned(line: str, form: str, carrier_words: Iterable[str], is_steering: Callable[[str], bool]) -> str:
    if form in carrier_words:
        return "This word belongs to the phone companies: it never reaches the line."
    if is_steering(line):
        return "This is a command of the line, and always works. It needs no example."
    return ""


def _digits_in(text: str) -> int:
    return sum(unicodedata.category(character) == "Nd" for character in text)
