"""How hard the English is to read: the grade of Flesch and Kincaid, in years of school.

Kincaid, Fishburne, Rogers and Chissom, Derivation of new readability formulas for Navy enlisted personnel (1975).
"""

from __future__ import annotations

import re
from collections.abc import Collection

from hotline.catalogs.names import WORD
from hotline.script.placeholders import fill

_END = re.compile(r"(?<!\b[A-Z])[.?!]+(?=[\s\"”)]|$)")
_VOWELS = re.compile(r"[aeiouy]+")
# Written at the end and not heard: the e of "state", "states" and "asked", not that of "people", "places" and "needed".
_SILENT = re.compile(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeioucsxzgly])es$|(?<=[aeiou]l)es$|(?<=[^aeioutdy])ed$")
# Where vowels that stand together are two syllables: "guardian", "being", "area", "create", "January", "employer".
_APART = re.compile(r"(?<![cgstx])i(?=[aou])|(?<=[aeou])ing|reas?$|eate|(?<![gq])u(?=a)|(?<=[aeo])y(?=[aeiou])")


def grade(text: str, names: Collection[str]) -> float:
    """The grade of an English text. What the line fills in, a number and a name count as one syllable each."""
    text = fill(text, lambda _: "it")
    words = WORD.findall(text)
    sentences = len(_END.findall(text)) or 1
    spoken = sum(1 if word in names else syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59 if words else 0.0


def syllables(word: str) -> int:
    """About how many syllables an English word has: of this line's words one in fifty is counted wrong."""
    word = word.casefold().removesuffix("'s")
    heard = len(_VOWELS.findall(word)) + len(_APART.findall(word))
    return max(1, heard - 1 if _SILENT.search(word) else heard)
