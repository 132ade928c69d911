"""What a message costs at its longest: segments as a text, seconds when it is spoken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from itertools import product

from hotline.catalogs.alphabets import LATIN, Alphabet
from hotline.catalogs.catalog import Catalogs
from hotline.catalogs.findings import Remark
from hotline.channels.segments import Segments, count_segments, ucs2_culprits
from hotline.channels.utterances import plain
from hotline.channels.wording import SpokenWording, Wording, WrittenWording
from hotline.dialogue.reply import Argument, Choice, Say
from hotline.script.model import Language, Message, Phrase, Script
from hotline.script.organisations import Weekday
from hotline.script.placeholders import is_argument, placeholders_in

# What is urgent must fit a phone that shows three texts; a text in UCS-2 has less than half the room in each.
FIRST_ROOM = 3
# Five of them for a number that is said twice.
MOST_SECONDS = 35
# As many towns as one text may have to name.
MOST_TOWNS = 3

# What a voice passes over between the digits of a number that it reads one by one.
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[ ,.-]+(?=\d)")
_LATIN = re.compile(r"[A-Za-z]+(?: +[A-Za-z]+)*")


@dataclass(frozen=True, slots=True)
class Measure:
    """`segments` is None for what is only spoken, `seconds` for what is only written."""

    language: str
    message_id: str
    segments: Segments | None
    seconds: float | None


def measures(script: Script, catalogs: Catalogs, alphabets: Mapping[str, Alphabet]) -> Iterator[Measure]:
    """Every message that may be said, in every language with an alphabet, filled in with the longest that may come."""
    for code in script.languages:
        for id in script.messages:
            if measure := measure_of(script, catalogs, alphabets, code, id):
                yield measure


def measure_of(
    script: Script, catalogs: Catalogs, alphabets: Mapping[str, Alphabet], language: str, message_id: str
) -> Measure | None:
    """One message in one language; None where it may not be said, stands on a page or its alphabet is not known."""
    written, spoken = WrittenWording(script, catalogs), SpokenWording(script, catalogs)
    alphabet, english = alphabets.get(language), alphabets.get(script.source_language)
    if alphabet is None or english is None or catalogs.text(language, message_id) is None:
        return None
    message, said_in = script.messages[message_id], script.languages[language]
    if message.is_on_page:
        return None
    return Measure(
        language,
        message_id,
        segments=_segments(written, message, said_in) if message.room is not None else None,
        seconds=max(seconds_of(plain(text), alphabet, english) for text in fillings(spoken, message, said_in))
        if _is_spoken(script, message)
        else None,
    )


def too_long(script: Script, measure: Measure) -> Iterator[Remark]:
    """Where a message costs more than it may."""
    message, segments = script.messages[measure.message_id], measure.segments
    if segments and message.room and segments.count > (room := _room(script, message, segments)):
        what = f"it takes {segments.count} segments of {segments.encoding} ({segments.units} units); {room} at most"
        yield Remark(what, "shorten it")
    if measure.seconds is not None and measure.seconds > MOST_SECONDS:
        what = f"it takes {measure.seconds:.1f} seconds to say; {MOST_SECONDS} at most"
        yield Remark(what, "shorten it, or give it a shorter 'voice'")


def seconds_of(text: str, alphabet: Alphabet, english: Alphabet) -> float:
    """How long a text is spoken, by the measured rates of its language, and of English where that is quoted in it."""
    text = _BETWEEN_DIGITS.sub("", text)
    digits = sum(character.isdigit() for character in text)
    quoted = 0 if alphabet.script == LATIN else sum(map(len, _LATIN.findall(text)))
    others = len(text) - digits - quoted
    return (
        others / alphabet.characters_a_second + quoted / english.characters_a_second + digits * alphabet.seconds_a_digit
    )


def _room(script: Script, message: Message, segments: Segments) -> int:
    later = {part.message for topic in script.topics.values() for part in topic.parts[1:]}
    room = message.room or 0
    return room if message.id in later or segments.encoding == "UCS-2" else min(room, FIRST_ROOM)


def _is_spoken(script: Script, message: Message) -> bool:
    return f"{message.id}.voice" not in script.messages


def _segments(wording: Wording, message: Message, language: Language) -> Segments:
    texts = fillings(wording, message, language)
    return count_segments(max(texts, key=lambda text: (bool(ucs2_culprits(text)), len(text))))


def fillings(wording: Wording, message: Message, language: Language) -> Iterator[str]:
    """A message as the channel renders it, with each of the things that may fill it and may be the longest."""
    if (phrase := message.id.removesuffix(".voice")) in {Phrase.CHOICE, Phrase.CHOICE_BRIEF}:
        for label in wording.script.messages.values():
            if label.is_label and not _arguments(label) and not label.id.endswith(".voice"):
                yield wording.choice(Choice("0", Say(label.id)), language.code, Phrase(phrase))
        return
    names = _arguments(message)
    for values in product(*(_LONGEST[name](wording.script) for name in names)):
        yield wording.words(Say(message.id, dict(zip(names, values, strict=True))), language.code)


def _arguments(message: Message) -> list[str]:
    """The placeholders that the dialogue fills in."""
    return list(dict.fromkeys(name for name in placeholders_in(message.text) if is_argument(name)))


def _dates(_: Script) -> Iterable[Argument]:
    return [date(2028, month, 28) for month in range(1, 13)]


def _days(_: Script) -> Iterable[Argument]:
    return Weekday


def _times(_: Script) -> Iterable[Argument]:
    return [time(0, 30), time(12, 30), time(23, 30)]


def _languages(script: Script) -> Iterable[Argument]:
    return [(language.name,) for language in script.languages.values()]


def _town(script: Script) -> Iterable[Argument]:
    return [tuple(_longest_towns(script)[:1])]


def _towns(script: Script) -> Iterable[Argument]:
    return [tuple(_longest_towns(script)[:MOST_TOWNS])]


def _organisation(script: Script) -> Iterable[Argument]:
    return [(max((one.name for one in script.organisations.values()), key=len),)]


def _longest_towns(script: Script) -> list[str]:
    return sorted((town.name for town in script.towns.values()), key=len, reverse=True)


_LONGEST: Mapping[str, Callable[[Script], Iterable[Argument]]] = {
    "closes": _times,
    "date": _dates,
    "day": _days,
    "language": _languages,
    "organisation": _organisation,
    "time": _times,
    "town": _town,
    "towns": _towns,
}
