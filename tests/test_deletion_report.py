from __future__ import annotations

from dataclasses import replace

from hotline.deletion_report import deletion_lines, troubles
from hotline.store.deletions import DeletionsState

GOOD = DeletionsState(waiting=12, overdue_seconds=3, trouble="", given_up={})
TEXT, CALL = f"SM{'a' * 32}", f"CA{'b' * 32}"


def test_where_all_goes_well_nothing_is_told_but_what_waits() -> None:
    assert list(troubles(GOOD)) == []
    assert list(deletion_lines(GOOD)) == ["Waiting: 12"]


def test_a_worker_that_does_not_run_is_told_with_its_remedy() -> None:
    (line,) = troubles(replace(GOOD, overdue_seconds=7200))
    assert "120 minutes" in line
    assert "`hotline worker`" in line


def test_what_keeps_twilio_from_deleting_is_told_with_its_remedy() -> None:
    assert "TWILIO_AUTH_TOKEN" in next(troubles(replace(GOOD, trouble="20003")))
    assert "by itself" in next(troubles(replace(GOOD, trouble="20429")))


def test_what_was_given_up_is_told_by_its_reasons_and_listed() -> None:
    state = replace(GOOD, given_up={TEXT: "20009", CALL: "20009"})
    (line,) = troubles(state)
    assert "2, for the reason 20009" in line
    assert list(deletion_lines(state))[2:] == [f"  {TEXT}  20009", f"  {CALL}  20009"]
