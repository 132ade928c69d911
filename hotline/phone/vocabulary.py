"""What Twilio knows: verbs, attributes, languages, voices and limits, read from vocabulary.json."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal
from urllib.parse import urlsplit

Channel = Literal["voice", "messaging"]

# The REST API's codes for recipients that no text reaches.
UNREACHABLE = 21612
LANDLINE = 21614

E164 = r"\+[1-9][0-9]{6,14}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What an attribute may hold."""

    kind: Literal["one_of", "words", "boolean", "integer", "number", "pattern", "hints", "url", "text"]
    values: frozenset[str] = frozenset()
    minimum: int = 0
    maximum: int | None = None
    longest: int = 0
    pattern: str = ""

    def refusal(self, value: str) -> str | None:
        """Why `value` is not allowed, None if it is."""
        match self.kind:
            case "one_of":
                refusal = None if value in self.values else _not_among(self.values)
            case "words":
                words = value.split()
                refusal = None if words and self.values.issuperset(words) else _not_among(self.values)
            case "boolean":
                refusal = None if value in {"true", "false"} else "must be true or false"
            case "integer":
                refusal = self._refuse_integer(value)
            case "number":
                refusal = None if re.fullmatch(E164, value) else "must be a number such as +12035550123"
            case "pattern":
                refusal = None if re.fullmatch(self.pattern, value) else f"must match {self.pattern}"
            case "hints":
                refusal = self._refuse_hints(value)
            case "url":
                refusal = refuse_url(value)
            case "text":
                refusal = None if value.strip() else "must not be empty"
        return refusal

    def _refuse_integer(self, value: str) -> str | None:
        if value in self.values:
            return None
        if not re.fullmatch(r"[0-9]{1,9}", value):
            return "must be a whole number"
        if int(value) < self.minimum or (self.maximum is not None and int(value) > self.maximum):
            return f"must be at least {self.minimum}" + (f" and at most {self.maximum}" if self.maximum else "")
        return None

    def _refuse_hints(self, value: str) -> str | None:
        hints = value.split(",")
        if self.maximum is not None and len(hints) > self.maximum:
            return f"has {len(hints)} hints, {self.maximum} are allowed"
        if any(len(hint.strip()) > self.longest for hint in hints):
            return f"has a hint of more than {self.longest} characters"
        return None


@dataclass(frozen=True, slots=True)
class Element:
    """A verb or noun: its attributes, what may stand inside it, and whether it holds text."""

    attributes: Mapping[str, Rule]
    children: frozenset[str]
    text: Literal["required", "optional", "none"]


@dataclass(frozen=True, slots=True)
class OptOutWords:
    """The words that Twilio answers itself, and what it says to them."""

    stop: frozenset[str]
    start: frozenset[str]
    help: frozenset[str]
    stop_answer: str
    start_answer: str
    help_answer: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All of vocabulary.json. `voices` is keyed by language; basic voices speak any language.

    `message_refusals` are what the REST API says, by its codes, with the fields {to}, {sender}, {longest} and {path};
    `refused_numbers` are those to which it sends nothing, with the code.
    """

    documents: Mapping[Channel, frozenset[str]]
    elements: Mapping[str, Element]
    not_played: frozenset[str]
    audio_types: frozenset[str]
    say_limits: Mapping[str, int]
    longest_text: int
    say_languages: frozenset[str]
    gather_languages: frozenset[str]
    basic_voices: frozenset[str]
    voices: Mapping[str, frozenset[str]]
    opt_out: OptOutWords
    message_refusals: Mapping[int, str]
    refused_numbers: Mapping[str, int]


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary, read once."""
    data = json.loads(files("hotline.phone").joinpath("vocabulary.json").read_text(encoding="utf-8"))
    lists = {
        "say_languages": frozenset[str](data["say_languages"]),
        "gather_languages": frozenset[str](data["gather_languages"]),
        "voices": frozenset[str](data["basic_voices"]).union(*data["voices"].values()),
    }
    words = data["opt_out"]
    return Vocabulary(
        documents={channel: frozenset(names) for channel, names in data["documents"].items()},
        elements={name: _element(entry, lists) for name, entry in data["elements"].items()},
        not_played=frozenset(data["not_played"]),
        audio_types=frozenset(data["audio_types"]),
        say_limits=data["say_limits"],
        longest_text=data["longest_text"],
        say_languages=lists["say_languages"],
        gather_languages=lists["gather_languages"],
        basic_voices=frozenset(data["basic_voices"]),
        voices={language: frozenset(names) for language, names in data["voices"].items()},
        opt_out=OptOutWords(
            stop=frozenset(words["stop"]),
            start=frozenset(words["start"]),
            help=frozenset(words["help"]),
            stop_answer=words["stop_answer"],
            start_answer=words["start_answer"],
            help_answer=words["help_answer"],
        ),
        message_refusals={int(code): sentence for code, sentence in data["message_refusals"].items()},
        refused_numbers={number: int(code) for code, numbers in data["refused_numbers"].items() for number in numbers},
    )


def refuse_url(value: str) -> str | None:
    """Why `value` cannot be a webhook address, None if it can: http(s) or relative, without blanks."""
    if not value or re.search(r"[\s\x00-\x1f\\<>\"]", value):
        return "must be an http, https or relative address without blanks"
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"", "http", "https"} or (parts.scheme and not parts.hostname):
        return "must be an http, https or relative address"
    return None


def _element(entry: Mapping[str, Any], lists: Mapping[str, frozenset[str]]) -> Element:
    return Element(
        attributes={name: _rule(rule, lists) for name, rule in entry["attributes"].items()},
        children=frozenset(entry["children"]),
        text=entry["text"],
    )


def _rule(entry: Mapping[str, Any], lists: Mapping[str, frozenset[str]]) -> Rule:
    if entry["kind"] == "listed":
        return Rule(kind="one_of", values=lists[entry["list"]])
    return Rule(
        kind=entry["kind"],
        values=frozenset(entry.get("values", entry.get("also", ()))),
        minimum=entry.get("min", 0),
        maximum=entry.get("max"),
        longest=entry.get("max_characters", 0),
        pattern=entry.get("pattern", ""),
    )


def _not_among(values: frozenset[str]) -> str:
    if len(values) > 12:  # noqa: PLR2004
        return f"is not one of the {len(values)} values that Twilio knows"
    return "must be one of " + ", ".join(sorted(values))
