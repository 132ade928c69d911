from __future__ import annotations

from hotline.counts_report import counts_lines
from hotline.dialogue.reply import Outcome


def test_each_language_has_a_line_and_the_share_that_was_not_understood() -> None:
    counts = {
        ("en", Outcome.UNDERSTOOD): 60,
        ("es", Outcome.UNDERSTOOD): 1200,
        ("es", Outcome.OFFERED): 100,
        ("es", Outcome.MISSED): 100,
    }
    lines = list(counts_lines(counts, 30))
    assert lines[0] == "What people wrote and said in words, in the last 30 days"
    assert lines[1].split() == ["answered", "offered", "choices", "not", "understood", "share"]
    assert [line.split() for line in lines[2:]] == [["es", "1,200", "100", "100", "7%"], ["en", "60", "0", "0", "-"]]


def test_few_are_not_told_exactly() -> None:
    counts = {("ht", Outcome.UNDERSTOOD): 1, ("ht", Outcome.OFFERED): 4, ("ht", Outcome.MISSED): 3}
    assert list(counts_lines(counts, 30))[2].split() == ["ht", "<5", "<5", "<5", "-"]


def test_without_any_a_sentence_says_so() -> None:
    assert list(counts_lines({}, 7)) == ["Nobody has written or said anything in words in the last 7 days."]
