from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest

from hotline.channels.graphemes import graphemes

if TYPE_CHECKING:
    from tests.peers.oracle import Peers

pytest_plugins = ("tests.peers.oracle",)

# One character, or two, of each class that the rules tell apart.
SAMPLES = "a\n\u200b\u0600\u200d🇺\u1100\u1161\u11a8가각☝🏽❤👩\u0903\u0301"
BLOCKS_RICH_IN_CLASSES = (
    range(0x2800),
    range(0xA640, 0xAC40),
    range(0xFB00, 0x10000),
    range(0x11000, 0x11E00),
    range(0x1D100, 0x1D300),
    range(0x1F180, 0x1FA00),
    range(0xE0000, 0xE0200),
)


@pytest.mark.parametrize(
    "clusters",
    [
        ["e\u0301", "a"],
        ["👩‍👩‍👧‍👦", "a"],
        ["👩🏽", "👩🏿"],
        ["🇺🇸", "🇵🇷", "a"],
        ["नि", "न"],
        ["한", "\u1112\u1161\u11ab"],
        ["\r", "\n"],
        ["\u0600a", "a"],
        [],
    ],
)
def test_clusters(clusters: list[str]) -> None:
    assert graphemes("".join(clusters)) == clusters


def test_every_short_sequence_of_classes_as_in_the_calculator(peers: Peers) -> None:
    assert_agreement(peers, ["".join(sequence) for sequence in itertools.product(SAMPLES, repeat=3)])


def test_long_sequences_of_classes_as_in_the_calculator(peers: Peers) -> None:
    source = random.Random(20261122)
    assert_agreement(peers, ["".join(source.choices(SAMPLES, k=source.randint(4, 14))) for _ in range(5000)])


@pytest.mark.parametrize(("before", "after"), [("a", "a"), ("👩", "🏽"), ("\u200d", "\u1161"), ("\u1100", "\u11a8")])
def test_the_class_of_each_character_as_in_the_calculator(peers: Peers, before: str, after: str) -> None:
    sequences = [before + chr(code) + after for block in BLOCKS_RICH_IN_CLASSES for code in block]
    assert_agreement(peers, ["\n".join(sequences[at : at + 32]) for at in range(0, len(sequences), 32)])


def assert_agreement(peers: Peers, texts: list[str]) -> None:
    disagreements = [
        (text, ours, theirs)
        for text, theirs in zip(texts, peers.graphemes(texts), strict=True)
        if (ours := graphemes(text)) != theirs
    ]
    assert not disagreements, disagreements[:3]
