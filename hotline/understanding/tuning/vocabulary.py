"""Which of e5's 250,000 pieces of words the line keeps: those of its languages that are not rare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hotline.understanding.pieces import BEGINNING, SPECIAL, Vocabulary
from hotline.understanding.tuning.e5 import E5

# e5's pieces stand in the order of how common they are; a letter is always kept.
_COMMON_LATIN = 45_000
_COMMON_OTHERS = 60_000
_OURS = (
    (0x20, 0x0250),  # Latin
    (0x02B0, 0x0300),  # marks that stand for letters
    (0x0400, 0x0500),  # Cyrillic
    (0x0600, 0x0700),  # Arabic
    (0x1E00, 0x1F00),  # Latin with the marks of Vietnamese
    (0x2010, 0x2040),  # punctuation
    (0x3000, 0x3040),  # Chinese punctuation
    (0x3400, 0xA000),  # Han
    (0xFF00, 0xFF61),  # wide punctuation
)


def pieces_kept(e5: E5, texts: Iterable[str]) -> list[int]:
    """The numbers of the pieces that are kept, among them all that the texts hold."""
    whole = Vocabulary(e5.pieces[SPECIAL:], [float(score) for score in e5.scores[SPECIAL:]])
    used = {number for text in texts for number in whole.numbers(text, most=len(text) + 1)}
    common = {number for number, piece in enumerate(e5.pieces) if number >= SPECIAL and _is_kept(number, piece)}
    return sorted((used | common) - set(range(SPECIAL)))


def vocabulary_of(e5: E5, kept: Sequence[int]) -> Vocabulary:
    return Vocabulary([e5.pieces[number] for number in kept], [float(e5.scores[number]) for number in kept])


def _is_kept(number: int, piece: str) -> bool:
    letters = piece.removeprefix(BEGINNING)
    if piece != piece.lower() or not all(any(first <= ord(sign) < end for first, end in _OURS) for sign in letters):
        return False
    is_latin = any("a" <= letter <= "z" for letter in letters)
    return len(letters) <= 1 or number < (_COMMON_LATIN if is_latin else _COMMON_OTHERS)
