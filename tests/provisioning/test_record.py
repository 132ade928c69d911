from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hotline.provisioning.record import RecordError, keep, last, put_away
from hotline.provisioning.resources import Change, Kind, Resource
from tests.conftest import NOW

NUMBER = Resource(Kind.NUMBER, "PN1", "+12035550100", {})
CHANGES = (
    Change(NUMBER, "voice_url", "", "https://hotline.example.org/voice", ""),
    Change(NUMBER, "voice_caller_id_lookup", before=True, after=False, why=""),
    Change(NUMBER, "trunk_sid", None, "", ""),
)


def test_what_was_changed_is_read_again(tmp_path: Path) -> None:
    keep(tmp_path, NOW, CHANGES)
    done = last(tmp_path)
    assert done.at == NOW
    assert done.changes == CHANGES


def test_the_last_record_is_undone_first_and_then_the_one_before(tmp_path: Path) -> None:
    keep(tmp_path, NOW, CHANGES[:1])
    keep(tmp_path, NOW + timedelta(hours=1), CHANGES[1:])
    put_away(last(tmp_path))
    assert last(tmp_path).changes == CHANGES[:1]
    put_away(last(tmp_path))
    with pytest.raises(RecordError, match="Nothing was changed from here"):
        last(tmp_path)


@pytest.mark.parametrize(
    "damaged",
    ["", "{", "[]", '{"at": "x", "changes": []}', '{"at": "2026-11-22T12:00:00-05:00", "changes": [{}]}'],
)
def test_a_record_that_is_damaged_says_what_to_do(tmp_path: Path, damaged: str) -> None:
    keep(tmp_path, NOW, CHANGES).write_text(damaged)
    with pytest.raises(RecordError, match=r"cannot be read. Set the number by hand"):
        last(tmp_path)
