"""From one text to its language and topic, on this machine alone, by examples that stand in the data."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path

from hotline.locales import LOCALES
from hotline.script.model import SHORT_NUMBER_DIGITS, TOWN_TOPIC, ZIP_DIGITS, Script
from hotline.understanding.languages import learn_languages
from hotline.understanding.lessons import KEYS, UnderstandingError, read_lessons
from hotline.understanding.normal import words
from hotline.understanding.places import ANY_TOWN, Split, places_of
from hotline.understanding.topics import learn_topics
from hotline.understanding.understood import COMMAND_PREFIX, EMERGENCY, NONE, Guess, Understood

# Danger to life comes first even where something else is likelier, up to so many times: missing it costs more than a
# needless 911.
_EMERGENCY_FROM = 0.08
_EMERGENCY_OUTWEIGHS = 5
# Below this no topic is likelier than that the line does not know.
_UNDERSTOOD_FROM = 0.12
# An example, written just so, means what it stands for, though its words alone may say little.
_KNOWN_BY_HEART = 0.9
_MOST_ALTERNATIVES = 3
_WORTH_SAYING = 0.05
_LANGUAGE_COMMAND = f"{COMMAND_PREFIX}language"


class Understanding:
    """Learns once, from `examples.toml` and `commands.toml` of each language; answers from memory, in any thread."""

    def __init__(self, script: Script, locales: Path = LOCALES) -> None:
        """Raises UnderstandingError where a file is missing or wrong, with the file and the word."""
        lessons = read_lessons(script, locales)
        if not lessons.examples:
            raise UnderstandingError(f"{script.source_language}/examples.toml: there are no examples; add some")
        self._commands = lessons.commands
        self._names = lessons.names
        self._source_language = script.source_language
        self._keys = lessons.keys
        phones = [organisation.phone or "" for organisation in script.organisations.values()]
        self._short_numbers = frozenset(phone for phone in phones if len(phone) == SHORT_NUMBER_DIGITS)
        self._beside_keys = lessons.beside_keys
        self._places = places_of(script)
        examples = [(self._places.marked(example.words), example.topic) for example in lessons.examples]
        self._known = dict(examples)
        self._topics = learn_topics(examples)
        self._languages = learn_languages(
            ((example.words, example.language) for example in lessons.examples), script.source_language
        )

    def understand(self, text: str, language: str | None = None, *, asked_for_town: bool = False) -> Understood:
        """What a text says in a conversation held in `language`, if one is chosen. Takes any text and never raises.

        `asked_for_town` where a short text is likely to be a place, so that it is taken for one even if misspelt.
        """
        said = self._with_short_numbers(words(text))
        return self._steering(" ".join(said), language) or self._telling(said, language, asked_for_town=asked_for_town)

    def keys(self, text: str, language: str | None = None) -> str | None:
        """The key that a text stands for ("1", "(1)", "uno", "press one"), or the five of a ZIP code.

        In a conversation held in `language`, words of the source language stand for keys too, but not of others: the
        word for one in one language means something else in the next.
        """
        if text.strip() in KEYS:
            return text.strip()
        spoken = (language, self._source_language) if language else tuple(self._keys)
        beside = frozenset[str]().union(*(self._beside_keys[code] for code in spoken))
        said = [word for word in words(text) if word not in beside]
        joined = "".join(_digits(word) or self._key_in(spoken, word) for word in said)
        return joined if " " not in joined and len(joined) in {1, ZIP_DIGITS} else None

    def _key_in(self, languages: Iterable[str], word: str) -> str:
        """The key that a word stands for in the first of the languages that knows it; a blank where none does."""
        return next((self._keys[code][word] for code in languages if word in self._keys[code]), " ")

    def _with_short_numbers(self, said: tuple[str, ...]) -> tuple[str, ...]:
        """The words with "nine one one" and "9 1 1" as "911", for each number of three digits that the script knows."""
        joined: list[str] = []
        for word in said:
            joined.append(word)
            digits = "".join(_digits(last) or self._key_in(self._keys, last) for last in joined[-SHORT_NUMBER_DIGITS:])
            if digits in self._short_numbers:
                joined[-SHORT_NUMBER_DIGITS:] = [digits]
        return tuple(joined)

    def _steering(self, plain_text: str, language: str | None) -> Understood | None:
        """The command that the whole text is."""
        name = self._names.get(plain_text)
        if name:
            return Understood(name, Guess(_LANGUAGE_COMMAND, 1.0), asks_for_language=name)
        owners = [owner for owner, commands in self._commands.items() if plain_text in commands]
        if not owners:
            return None
        owner = language if language in owners else owners[0]
        command = self._commands[owner][plain_text]
        # A command steers a conversation; in whose words does not change its language.
        begins = language is None and len(owners) == 1
        return Understood(owner if begins else None, Guess(f"{COMMAND_PREFIX}{command}", 1.0))

    def _telling(self, said: tuple[str, ...], language: str | None, *, asked_for_town: bool) -> Understood:
        named = self._places.split(said, whole=asked_for_town)
        says_more = any(word != ANY_TOWN for word in named.words)
        best, *others = self._guesses(named.words) if says_more else _about(named)
        return Understood(
            language=self._languages.language(named.words, language),
            best=best,
            alternatives=tuple(guess for guess in others if guess.confidence >= _WORTH_SAYING)[:_MOST_ALTERNATIVES],
            towns=named.towns,
            outside=named.outside,
        )

    def _guesses(self, read: tuple[str, ...]) -> list[Guess]:
        """Every topic, the likeliest first, but danger to life before all, and NONE before what is hardly likely."""
        confidences = self._topics.confidences(read)
        if read in self._known:
            confidences = {topic: confidence * (1 - _KNOWN_BY_HEART) for topic, confidence in confidences.items()}
            confidences[self._known[read]] += _KNOWN_BY_HEART
        highest = max(confidences.values())
        understood = highest >= _UNDERSTOOD_FROM
        danger_from = max(_EMERGENCY_FROM, highest / _EMERGENCY_OUTWEIGHS)

        def rank(guess: Guess) -> tuple[bool, bool, float]:
            is_danger = guess.topic == EMERGENCY and guess.confidence >= danger_from
            return not is_danger, understood or guess.topic != NONE, -guess.confidence

        return sorted((Guess(topic, confidence) for topic, confidence in confidences.items()), key=rank)


def _about(named: Split) -> list[Guess]:
    """What a text means that holds nothing but places, or nothing at all."""
    return [Guess(TOWN_TOPIC if named.towns or named.outside else NONE, 1.0)]


def _digits(word: str) -> str | None:
    """The digits of a word in any script, such as "٣"; None for other words."""
    return "".join(str(unicodedata.digit(sign)) for sign in word) if word.isdigit() else None
