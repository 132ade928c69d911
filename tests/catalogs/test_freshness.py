from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from hotline.catalogs.catalog import Catalogs
from hotline.catalogs.freshness import Due, Progress, due, progress
from hotline.script.model import Script

MakeScript = Callable[..., Script]


def test_a_statement_is_due_from_the_day_after_its_review_by(make_script: MakeScript) -> None:
    script = make_script({"a": "Sign nothing."})
    assert due(script, date(2027, 2, 1)) == ()
    assert due(script, date(2027, 2, 2)) == (
        Due("a", "phrases.toml", date(2027, 2, 1)),
        Due("referral_line", "organisations.toml", date(2027, 2, 1)),
    )


def test_progress_counts_what_is_translated_and_what_a_native_has_reviewed(
    make_script: MakeScript, write_po: Callable[[str], Path]
) -> None:
    script = make_script({"a": "One.", "b": "Two.", "c": "Three.", "d": "Four."})
    path = write_po(
        '# reviewed: yes\nmsgctxt "a"\nmsgid "One."\nmsgstr "Uno."\n\n'
        'msgctxt "b"\nmsgid "Two."\nmsgstr "Dos."\n\n'
        '# reviewed: yes\n#, fuzzy\nmsgctxt "c"\nmsgid "Three."\nmsgstr "Tres."\n'
    )
    assert list(progress(script, Catalogs(script, path.parents[2]))) == [Progress("es", 4, 2, 1)]
