"""What a speech recogniser should listen for: phrases that tell much, as they are written with care."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from hotline.understanding.lessons import Example
from hotline.understanding.normal import HAN, alphabet, plain
from hotline.understanding.understood import GREETING, NONE

# Twilio takes 500 hints of 100 characters; few that tell much serve better than many.
_OF_EACH_TOPIC = 5
_MOST_WORDS = 3
_SHORTEST = 4
_LONGEST = 100
_LEAST_TIMES = 3
_TELLING = 0.6
_WORD = re.compile(r"[\u3400-\u9fff]+|(?:(?![\u3400-\u9fff])[^\W\d_])+(?:['’][^\W\d_]+)*")


def hints_of(examples: Iterable[Example]) -> tuple[str, ...]:
    """The phrases of one language that stand in several examples, most of them of one topic.

    Those in the alphabet that it is mostly written in, and each in its spelling with the most marks.
    """
    topics: dict[str, Counter[str]] = defaultdict(Counter)
    spellings: dict[str, set[str]] = defaultdict(set)
    alphabets: Counter[str] = Counter()
    for example in examples:
        forms = {phrase: plain(phrase) for phrase in _phrases(example.text)}
        alphabets.update(map(alphabet, forms))
        for form in set(forms.values()):
            topics[form][example.topic] += 1
        for phrase, form in forms.items():
            spellings[form].add(phrase)
    usual = max(alphabets, key=lambda alphabet: (alphabets[alphabet], alphabet), default="")
    of_topic: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for form, counted in topics.items():
        topic, times = counted.most_common(1)[0]
        is_telling = topic not in {GREETING, NONE} and times >= max(_LEAST_TIMES, _TELLING * counted.total())
        if is_telling and form and alphabet(form) == usual:
            of_topic[topic].append((-times, form))
    best = (form for found in of_topic.values() for _, form in sorted(found)[:_OF_EACH_TOPIC])
    return tuple(sorted({max(spellings[form], key=lambda phrase: (_marks(phrase), phrase)) for form in best}))


def _phrases(text: str) -> Iterator[str]:
    said = _WORD.findall(unicodedata.normalize("NFC", text.lower()))
    for word in said:
        if alphabet(word) == HAN:
            # Han stands without blanks; two to four characters are a word or two.
            yield from (word[start : start + length] for length in (2, 3, 4) for start in range(len(word) - length + 1))
    for length in range(1, _MOST_WORDS + 1):
        for start in range(len(said) - length + 1):
            phrase = " ".join(said[start : start + length])
            if _SHORTEST <= len(phrase) <= _LONGEST and alphabet(phrase) != HAN:
                yield phrase


def _marks(phrase: str) -> int:
    return len(unicodedata.normalize("NFD", phrase)) - len(phrase)
