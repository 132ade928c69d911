"""One resident's way to one topic, by phone and by text, as it is really heard and read."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from hotline.channels.segments import count_segments
from hotline.channels.wording import SpokenWording
from hotline.dialogue.reply import Choice, Say
from hotline.dialogue.scene import PERSON_KEY, targets_of
from hotline.dialogue.session import Session
from hotline.journeys.lengths import Lengths
from hotline.journeys.prices import Prices
from hotline.phone import calling
from hotline.phone.call import Call
from hotline.phone.line import Line
from hotline.phone.texting import send_text
from hotline.script.model import MAIN_MENU, PERSON_TOPIC, Phrase, Script


class JourneyError(Exception):
    """A way that should be there is not: what was expected, and what was heard."""


@dataclass(frozen=True, slots=True)
class Journey:
    """`keys` counts all that are pressed from pick-up on, `keys_after_language` those after the language is chosen.

    `useful_seconds` from pick-up to the first statement of the topic's way, for a caller who presses a key as soon as
    its choice is spoken; `part_seconds` to the end of the topic's first part. `texts` and `segments` answer one free
    text. The costs are in US dollars.
    """

    language: str
    topic: str
    keys: int
    keys_after_language: int
    useful_seconds: float
    part_seconds: float
    texts: int
    segments: int
    call_cost: float
    text_cost: float

    def as_json(self) -> dict[str, object]:
        return {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(self).items()}


def way_to(script: Script, topic: str) -> tuple[str, ...]:
    """The nodes from the main menu, which is left out, to a topic: the fewest keys. Raises JourneyError."""
    ways: deque[tuple[str, ...]] = deque([()])
    seen = {MAIN_MENU}
    while ways:
        way = ways.popleft()
        for target in targets_of(script, Session(node=way[-1] if way else MAIN_MENU)):
            if target == topic:
                return (*way, target)
            if target in script.menus and target not in seen:
                seen.add(target)
                ways.append((*way, target))
    raise JourneyError(f"no choice leads to {topic}")


@dataclass(slots=True)
class Caller:
    """Somebody who listens only as long as it takes. `elapsed` is in seconds since pick-up."""

    line: Line
    wording: SpokenWording
    lengths: Lengths
    call: Call
    elapsed: float = 0.0
    keys: int = 0
    spoken_characters: int = 0

    def choose_language(self, language: str) -> None:
        script = self.wording.script
        for page in script.language_pages:
            self._pay()
            for key, code in enumerate(script.language_pages[page], 1):
                if code == language:
                    name = Say(Phrase.LANGUAGE_CHOICE, {"language": (script.languages[code].name,)}, language=code)
                    self._press(Choice(str(key), name), language)
                    return
            self._hear(len(self.call.events))
            self.elapsed += self.call.waiting.timeout or 0
            self.call = calling.stay_silent(self.line, self.call)
        raise JourneyError(f"{language} is on no page of the languages")

    def go(self, node: str, onward: str, language: str) -> None:
        """Presses the key that leads from one node to another."""
        script = self.wording.script
        self._pay()
        if onward == PERSON_TOPIC:
            self._press(Choice(PERSON_KEY, Say(Phrase.PERSON)), language)
            return
        targets = targets_of(script, Session(node=node))
        self._press(Choice(str(targets.index(onward) + 1), Say(script.title(onward))), language)

    def hear_message(self, message: str, language: str) -> None:
        """Listens to one message, which must be said first."""
        self._pay()
        expected = self.wording.utterances(Say(message), language)
        said = [event.text for event in self.call.events[: len(expected)]]
        if said != [utterance.words for utterance in expected]:
            raise JourneyError(f"{message} in {language}: instead of its words, this was heard: {said}")
        self._hear(len(expected))

    def _press(self, choice: Choice, language: str) -> None:
        """Listens until a choice is spoken, and presses its key at once."""
        wanted = [
            [utterance.words for utterance in self.wording.utterances_of_choice(choice, language, phrase)]
            for phrase in (Phrase.CHOICE, Phrase.CHOICE_BRIEF)
        ]
        heard = [event.text or "" for event in self.call.events]
        ends = [end for words in wanted for end in _ends_of(words, heard)]
        if not ends:
            raise JourneyError(f"in {language}, none of these is heard: {wanted}; but: {heard}")
        self._hear(min(ends))
        self.keys += 1
        self.call = calling.press(self.line, self.call, choice.key)

    def _hear(self, events: int) -> None:
        self.elapsed += sum(self.lengths.seconds(event) for event in self.call.events[:events])

    def _pay(self) -> None:
        """What Twilio's voices say is paid for, heard or not."""
        self.spoken_characters += sum(len(event.text or "") for event in self.call.events if event.kind == "said")


@dataclass(frozen=True, slots=True)
class Walker:
    """Goes to topics on one line."""

    line: Line
    wording: SpokenWording
    lengths: Lengths
    prices: Prices

    def walk(self, language: str, topic: str, example: str) -> Journey:
        """Goes to a topic by phone, and texts `example` about it. Raises JourneyError, PhoneError or EspeakError."""
        script = self.wording.script
        caller = Caller(self.line, self.wording, self.lengths, calling.start_call(self.line, "anonymous"))
        caller.choose_language(language)
        keys_of_language, useful = caller.keys, None
        way = (PERSON_TOPIC,) if topic == PERSON_TOPIC else way_to(script, topic)
        for node, onward in zip((MAIN_MENU, *way), way, strict=False):
            caller.go(node, onward, language)
            if useful is None and (onward == topic or script.messages[script.menus[onward].message].provenance):
                useful = caller.elapsed
        caller.hear_message(script.topics[topic].parts[0].message, language)
        if caller.call.waiting.kind != "ended":
            calling.hang_up(self.line, caller.call)
        replies = send_text(self.line, _texter(language, topic, script), example)
        segments = sum(count_segments(reply.body).count for reply in replies)
        return Journey(
            language=language,
            topic=topic,
            keys=caller.keys,
            keys_after_language=caller.keys - keys_of_language,
            useful_seconds=useful or 0.0,
            part_seconds=caller.elapsed,
            texts=len(replies),
            segments=segments,
            call_cost=self.prices.call(caller.elapsed, caller.spoken_characters),
            text_cost=self.prices.texts(count_segments(example).count, segments),
        )


def _ends_of(words: list[str], heard: list[str]) -> Iterator[int]:
    """Where a run of words that are heard one after another is over."""
    for end in range(len(words), len(heard) + 1):
        if heard[end - len(words) : end] == words:
            yield end


def _texter(language: str, topic: str, script: Script) -> str:
    """A fictional number for each journey, so that each is somebody's first text."""
    place = list(script.languages).index(language) * len(script.topics) + list(script.topics).index(topic)
    return f"+1203555{place:04d}"
