"""From one text to its language and topic, on this machine alone, by examples that stand in the data."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from hotline.locales import LOCALES
from hotline.logs import Log
from hotline.script.model import SHORT_NUMBER_DIGITS, TOWN_TOPIC, ZIP_DIGITS, Script
from hotline.understanding.encoder import ENCODER_FILE, Encoder, EncoderError, Floats, load_encoder
from hotline.understanding.languages import LanguageModel
from hotline.understanding.lessons import KEYS, Steering, UnderstandingError, read_steering
from hotline.understanding.normal import window, words
from hotline.understanding.places import ANY_TOWN, Split, places_of
from hotline.understanding.topics import log_softmax
from hotline.understanding.trained import TRAINED_FILE, Trained, read_trained, require_current
from hotline.understanding.understood import COMMAND_PREFIX, EMERGENCY, GREETING, NONE, Guess, Understood

# Danger to life comes first even where something else is likelier, up to so many times: missing it costs more than a
# needless 911.
_EMERGENCY_FROM = 0.2
_EMERGENCY_OUTWEIGHS = 4
# Below this no topic is likelier than that the line does not know.
_UNDERSTOOD_FROM = 0.12
# An example, written just so, means what it stands for, though its words alone may say little.
_KNOWN_BY_HEART = 0.9
_MOST_ALTERNATIVES = 3
_WORTH_SAYING = 0.01
_LANGUAGE_COMMAND = f"{COMMAND_PREFIX}language"

# It is the same for every release, and the largest thing in memory.
_shared_encoder = cache(load_encoder)

log = Log(__name__)


class Understanding:
    """Knows what was learned from the examples, and the words that steer; answers from memory, in any thread."""

    def __init__(self, script: Script, steering: Steering, trained: Trained, encoder: Encoder | None) -> None:
        """Without an encoder a text is told by its looks alone. `hints` are phrases to listen for, by language."""
        self._source_language = script.source_language
        self._words = steering
        phones = [organisation.phone or "" for organisation in script.organisations.values()]
        self._short_numbers = frozenset(phone for phone in phones if len(phone) == SHORT_NUMBER_DIGITS)
        self._places = places_of(script)
        # Whoever learned the same shares it as long as it is held here.
        self._trained = trained
        self._told = frozenset((*script.topics, EMERGENCY, GREETING, NONE))
        self._languages = LanguageModel(trained.languages, script.languages, script.source_language)
        self._encoder = encoder
        self.hints = trained.hints

    @property
    def reads_meaning(self) -> bool:
        """Whether more than the looks of a text is understood."""
        return self._encoder is not None

    def understand(self, text: str, language: str | None = None, *, asked_for_town: bool = False) -> Understood:
        """What a text says in a conversation held in `language`, if one is chosen. Takes any text and never raises.

        `asked_for_town` where a short text is likely to be a place, so that it is taken for one even if misspelt.
        """
        said = self._with_short_numbers(words(text))
        return self._steering(" ".join(said), language) or self._telling(
            text, said, language, asked_for_town=asked_for_town
        )

    def keys(self, text: str, language: str | None = None) -> str | None:
        """The key that a text stands for ("1", "(1)", "uno", "press one"), or the five of a ZIP code.

        In a conversation held in `language`, words of the source language stand for keys too, but not of others: the
        word for one in one language means something else in the next.
        """
        if text.strip() in KEYS:
            return text.strip()
        spoken = (language, self._source_language) if language else tuple(self._words.keys)
        beside = frozenset[str]().union(*(self._words.beside_keys[code] for code in spoken))
        said = [word for word in words(text) if word not in beside]
        joined = "".join(_digits(word) or self._key_in(spoken, word) for word in said)
        return joined if " " not in joined and len(joined) in {1, ZIP_DIGITS} else None

    def _key_in(self, languages: Iterable[str], word: str) -> str:
        """The key that a word stands for in the first of the languages that knows it; a blank where none does."""
        return next((self._words.keys[code][word] for code in languages if word in self._words.keys[code]), " ")

    def _with_short_numbers(self, said: tuple[str, ...]) -> tuple[str, ...]:
        """The words with "nine one one" and "9 1 1" as "911", for each number of three digits that the script knows."""
        joined: list[str] = []
        for word in said:
            joined.append(word)
            digits = "".join(
                _digits(last) or self._key_in(self._words.keys, last) for last in joined[-SHORT_NUMBER_DIGITS:]
            )
            if digits in self._short_numbers:
                joined[-SHORT_NUMBER_DIGITS:] = [digits]
        return tuple(joined)

    def _steering(self, plain_text: str, language: str | None) -> Understood | None:
        """The command that the whole text is."""
        name = self._words.names.get(plain_text)
        if name:
            return Understood(name, Guess(_LANGUAGE_COMMAND, 1.0), asks_for_language=name)
        owners = [owner for owner, commands in self._words.commands.items() if plain_text in commands]
        if not owners:
            return None
        owner = language if language in owners else owners[0]
        command = self._words.commands[owner][plain_text]
        # A command steers a conversation; in whose words does not change its language.
        begins = language is None and len(owners) == 1
        return Understood(owner if begins else None, Guess(f"{COMMAND_PREFIX}{command}", 1.0))

    def _telling(self, text: str, said: tuple[str, ...], language: str | None, *, asked_for_town: bool) -> Understood:
        named = self._places.split(said, whole=asked_for_town)
        says_more = any(word != ANY_TOWN for word in named.words)
        vector = self._encoder.encode(window(text)) if self._encoder and says_more else None
        best, *others = self._guesses(named.words, vector) if says_more else _about(named)
        sounds = log_softmax(self._trained.sound(vector)) if vector is not None else None
        return Understood(
            language=self._languages.language(named.words, language, sounds),
            best=best,
            alternatives=tuple(guess for guess in others if guess.confidence >= _WORTH_SAYING)[:_MOST_ALTERNATIVES],
            towns=named.towns,
            outside=named.outside,
        )

    def _guesses(self, read: tuple[str, ...], vector: Floats | None) -> list[Guess]:
        """Every topic, the likeliest first, but danger to life before all, and NONE before what is hardly likely."""
        confidences = self._trained.topics.confidences(read, vector)
        places, _ = self._trained.known.find((" ".join(read),))
        if len(places):
            confidences = {topic: confidence * (1 - _KNOWN_BY_HEART) for topic, confidence in confidences.items()}
            confidences[self._trained.topics.topics[int(self._trained.known.rows[places[0], 0])]] += _KNOWN_BY_HEART
        confidences = {topic: confidence for topic, confidence in confidences.items() if topic in self._told}
        highest = max(confidences.values())
        understood = highest >= _UNDERSTOOD_FROM
        danger_from = max(_EMERGENCY_FROM, highest / _EMERGENCY_OUTWEIGHS)

        def rank(guess: Guess) -> tuple[bool, bool, float]:
            is_danger = guess.topic == EMERGENCY and guess.confidence >= danger_from
            return not is_danger, understood or guess.topic != NONE, -guess.confidence

        return sorted((Guess(topic, confidence) for topic, confidence in confidences.items()), key=rank)


def load_understanding(
    script: Script, locales: Path = LOCALES, *, trained: Path = TRAINED_FILE, encoder: Path = ENCODER_FILE
) -> Understanding:
    """Of what was trained last, with the words that steer as they stand now.

    An encoder that cannot be loaded is done without, and said in the log. Raises UnderstandingError.
    """
    learned = read_trained(trained)
    try:
        require_current(learned, locales, script.languages)
    except UnderstandingError as error:
        log.warning("examples have changed since they were learned; run: hotline understand train", error=error)
    return Understanding(script, read_steering(script, locales), learned, _encoder(encoder))


def _encoder(path: Path) -> Encoder | None:
    try:
        return _shared_encoder(path)
    except EncoderError as error:
        log.warning("texts are understood by their looks alone", error=error)
        return None


def _about(named: Split) -> list[Guess]:
    """What a text means that holds nothing but places, or nothing at all."""
    return [Guess(TOWN_TOPIC if named.towns or named.outside else NONE, 1.0)]


def _digits(word: str) -> str | None:
    """The digits of a word in any script, such as "٣"; None for other words."""
    return "".join(str(unicodedata.digit(sign)) for sign in word) if word.isdigit() else None
