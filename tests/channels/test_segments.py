from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from hotline.channels.segments import GSM_BASIC, GSM_EXTENSION, Segments, count_segments, ucs2_culprits

if TYPE_CHECKING:
    from tests.peers.oracle import Peers

pytest_plugins = ("tests.peers.oracle",)

ACCENTED_A = "a\u0301"
FAMILY = "👩‍👩‍👧‍👦"
LETTERS = (
    "abcdefghijklmnñopqrstuvwxyzáéíóúü¿¡",  # Spanish
    "abcdefghijklmnoprstuvwyzèò",  # Haitian Creole
    "aáàâãbcçdeéêfghiíjlmnoóôõpqrstuúvxz",  # Portuguese
    "aàâæbcçdeéèêëfghiîïjlmnoôœpqrstuùûüvxyÿ",  # French
    "aąbcćdeęfghijklłmnńoóprsśtuwyzźż",  # Polish
    "aăâbcdđeêghiklmnoôơpqrstuưvxyạảấầẩẫậ\u0300\u0301\u0303\u0309\u0323",  # Vietnamese, composed and decomposed
    "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя",  # Ukrainian
    "ابتثجحخدذرزسشصضطظعغفقكلمنهوي\u064b\u064e\u0650\u0651،؟",  # Arabic, with vowel signs
    "ټځڅډړږښګڼۍېىےژپچ\u200c\u200f",  # Pashto
    "अआइईउऊएऐओऔकखगघचछजझटठडढतथदधनपफबभमयरलवशषसह\u093e\u093f\u0940\u0941\u094d\u0902",  # Hindi
    "অআইঈউঊএঐওঔকখগঘঙচছজঝটঠডঢতথদধনপফবভমযরলশষসহ\u09be\u09bf\u09c0\u09cb\u09cd\u0982",  # Bengali
    "我你他们的了是在有不人这中大来上国个到说移民律师热线。，？",  # Chinese
    "가각힣한국어도움이필요\u1100\u1161\u11a8",  # Korean, whole syllables and their parts
)
EMOJI_PARTS = "😀👩👨👧👦🏽🏿❤✈⚖\ufe0f\u200d\u20e3🇺🇸🇵🇷☝⛹🩷🫱"
GSM = "".join(sorted(GSM_BASIC | GSM_EXTENSION))
ALPHABETS = (GSM, "".join(sorted(GSM_EXTENSION)) + "ab", "a\r\n", EMOJI_PARTS, *LETTERS)


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("ą" * 70, "UCS-2", 1),
        ("ą" * 71, "UCS-2", 2),
        ("ą" * 134, "UCS-2", 2),
        ("ą" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
    ],
)
def test_known_lengths(text: str, encoding: str, count: int) -> None:
    segments = count_segments(text)
    assert (segments.encoding, segments.count) == (encoding, count)


@pytest.mark.parametrize("character", ["`", "ç", "á", "í", "ó", "ú", "ê", "\u00a0", "\t", "’", "ł", "\x1b"])
def test_one_character_outside_gsm_makes_the_whole_text_ucs2(character: str) -> None:
    assert count_segments("a" * 69 + character) == Segments("UCS-2", units=70, count=1, room=0)


@pytest.mark.parametrize("character", "éñÑàèòùüÇ¿¡\r\n\fΩ")
def test_letters_and_breaks_within_gsm(character: str) -> None:
    assert count_segments(character).encoding == "GSM-7"


def test_an_extension_character_is_not_split_at_a_boundary() -> None:
    assert count_segments("a" * 152 + "€" + "a" * 152) == Segments("GSM-7", units=306, count=3, room=152)


def test_a_surrogate_pair_is_not_split_at_a_boundary() -> None:
    assert count_segments("ą" * 66 + "😀" + "ą" * 66) == Segments("UCS-2", units=134, count=3, room=66)


def test_an_accented_letter_is_not_split_at_a_boundary() -> None:
    assert count_segments("ą" * 66 + ACCENTED_A + "ą" * 66) == Segments("UCS-2", units=134, count=3, room=66)


def test_an_extension_character_is_one_unit_in_ucs2() -> None:
    assert count_segments("ą€") == Segments("UCS-2", units=2, count=1, room=68)


def test_half_of_a_surrogate_pair_counts_as_one_unit() -> None:
    assert count_segments("\ud83d") == Segments("UCS-2", units=1, count=1, room=69)


def test_culprits_come_once_each_in_order_of_appearance() -> None:
    assert ucs2_culprits("Voçê não paga: 😀 ç €") == ("ç", "ê", "ã", "😀")


def test_gsm_text_has_no_culprits() -> None:
    assert ucs2_culprits(GSM) == ()


def test_the_gsm_tables_are_those_of_the_calculator(peers: Peers) -> None:
    assert (len(GSM_BASIC), len(GSM_EXTENSION)) == (127, 10)
    assert_agreement(peers, [chr(code) for code in range(0x110000) if code < 0x3000 or code % 97 == 0])


def test_agreement_around_every_limit(peers: Peers) -> None:
    pieces = ("", "€", "ą", "😀", ACCENTED_A, "\r\n", "🇺🇸", "👍🏽", FAMILY, "한", "नि")
    texts = [
        filler * before + piece + filler * after
        for filler, limits in (("a", (153, 160, 306)), ("ą", (67, 70, 134, 201)))
        for limit in limits
        for before in range(limit - 3, limit + 2)
        for piece in pieces
        for after in (0, 2)
    ]
    assert_agreement(peers, texts)


def test_agreement_on_random_texts_of_many_languages(peers: Peers) -> None:
    source = random.Random(20261122)
    assert_agreement(peers, list(random_texts(source, 5000)))


def test_agreement_on_clusters_larger_than_a_segment(peers: Peers) -> None:
    giants = ["e" + "\u0301" * marks for marks in (0, 54, 59, 65, 66, 67, 68, 69, 70, 71, 133, 134, 200)]
    pairs = [first + second for first in giants for second in giants]
    assert_agreement(peers, ["ą" * before + pair + "ą" * 5 for before in (0, 1, 60, 66, 70) for pair in pairs])


def assert_agreement(peers: Peers, texts: Sequence[str]) -> None:
    disagreements = [
        (text, ours, theirs)
        for text, theirs in zip(texts, peers.segments(texts), strict=True)
        if (ours := count_segments(text)) != theirs
    ]
    assert not disagreements, disagreements[:3]


def random_texts(source: random.Random, count: int) -> Iterator[str]:
    """Texts of one to three alphabets or of any characters at all, most of them near a segment's limit."""
    for _ in range(count):
        length = max(0, source.choice((0, 20, 40, 67, 70, 70, 134, 153, 160)) + source.randint(-6, 6))
        anything = [random_character(source) for _ in range(20)]
        alphabets = source.sample((*ALPHABETS, anything), source.randint(1, 3))
        yield "".join(source.choices([character for alphabet in alphabets for character in alphabet], k=length))


def random_character(source: random.Random) -> str:
    """Any code point of any plane but a surrogate; low planes, where most marks are, come more often."""
    code = source.randrange(source.choice((0x80, 0x3000, 0x10000, 0x20000, 0x110000)))
    return "a" if 0xD800 <= code <= 0xDFFF else chr(code)
