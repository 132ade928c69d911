from __future__ import annotations

from hotline.understanding.lessons import Example
from hotline.understanding.normal import words
from hotline.understanding.tuning.slips import Slips


def _example(text: str, topic: str) -> Example:
    return Example(text, words(text), "es", topic)


DOOR = _example("La migra está tocando la puerta de mi casa", "ice-at-door")
EXAMPLES = [DOOR, _example("Buenos días", "greeting"), _example("¿Qué hora es?", "none")]


def test_the_same_seed_makes_the_same_slips() -> None:
    one, other = Slips(EXAMPLES, 1), Slips(EXAMPLES, 1)
    assert [one.of(DOOR) for _ in range(50)] == [other.of(DOOR) for _ in range(50)]


def test_slips_differ_but_most_of_the_text_stays() -> None:
    slips = Slips(EXAMPLES, 1)
    written = {slips.of(DOOR) for _ in range(200)}
    assert len(written) > 50
    told = set(words(DOOR.text))
    assert all(len(told & set(words(text))) >= len(told) - 4 for text in written)
    assert any("está" in text for text in written)
    assert any("esta tocando" in text for text in written)
    assert any(text.startswith("buenos d") for text in written)


def test_what_is_one_short_word_is_left_alone() -> None:
    short = _example("ok", "none")
    slips = Slips([*EXAMPLES, short], 1)
    assert all("ok" in slips.of(short) for _ in range(100))
