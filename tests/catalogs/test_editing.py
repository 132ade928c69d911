from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.catalogs.catalog import Entry, State, entries_of, state_of
from hotline.catalogs.editing import (
    as_written,
    brought_up_to_date,
    on_one_line,
    reworded,
    translation_of,
    with_note,
    with_reviewed,
    with_translation,
)
from hotline.catalogs.extract import make_template
from hotline.catalogs.pofile import UNPRINTABLE, PoError, read_text, text_of
from hotline.locales import LOCALES
from hotline.script.editing import MOST_CHARACTERS, EditError
from hotline.script.model import Script

MakeScript = Callable[..., Script]

DAY = date(2026, 11, 23)
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
DOOR = '#. A note\n#: phrases.toml\nmsgctxt "door"\nmsgid "Keep it closed."\nmsgstr "No abra."\n'
STALE = (
    "# careful\n# reviewed: yes, of an earlier text\n#, fuzzy, python-brace-format\n"
    '#| msgctxt "call"\n#| msgid "Call now."\nmsgctxt "call"\nmsgid "Call {phone.x}."\nmsgstr "Llame."\n'
)
EMPTY = 'msgctxt "sign"\nmsgid "Sign nothing."\nmsgstr ""\n'
GONE = '#~ msgctxt "more"\n#~ msgid "More"\n#~ msgstr "Más"\n'
PO = "\n".join((HEADER, DOOR, STALE, EMPTY, GONE))
SPANISH = (LOCALES / "es" / "LC_MESSAGES" / "hotline.po").read_text(encoding="utf-8")


def entry(po: str, message: str) -> Entry | None:
    return entries_of(read_text("test.po", po)).get(message)


def comments(po: str, message: str) -> str:
    return next(found.tcomment for found in read_text("test.po", po) if found.msgctxt == message)


def test_a_translation_is_of_todays_english_and_not_fuzzy_any_more() -> None:
    edited = with_translation(PO, "call", "Call {phone.x} now.", "Llame al {phone.x} ahora.", reviewed=False)
    new = (
        "# careful\n#, python-brace-format\n"
        'msgctxt "call"\nmsgid "Call {phone.x} now."\nmsgstr "Llame al {phone.x} ahora."\n'
    )
    assert edited == PO.replace(STALE, new)


@pytest.mark.parametrize("reviewed", [True, False])
def test_a_new_translation_is_reviewed_only_where_it_is_said_so(*, reviewed: bool) -> None:
    before = with_reviewed(reworded(PO, "door", "Keep it closed.", "Keep it shut.", DAY), "door", reviewed=True)
    after = entry(with_translation(before, "door", "Keep it shut.", "Cierre.", reviewed=reviewed), "door")
    assert after == Entry("Keep it shut.", "Cierre.", fuzzy=False, reviewed=reviewed, reworded=None)


def test_a_translation_that_is_there_already_changes_nothing() -> None:
    assert with_translation(PO, "door", "Keep it closed.", " No\nabra. ", reviewed=False) == PO


def test_a_message_that_the_catalog_does_not_hold_yet_is_added_before_the_obsolete_ones() -> None:
    edited = with_translation(PO, "new", "New.", "Nuevo.", reviewed=True)
    added = '# reviewed: yes\nmsgctxt "new"\nmsgid "New."\nmsgstr "Nuevo."\n\n'
    assert edited == text_of(read_text("test.po", PO)).replace("#~ msgctxt", f"{added}#~ msgctxt", 1)


def test_english_that_comes_back_is_not_there_twice() -> None:
    edited = with_translation(PO, "more", "More", "Otra", reviewed=False)
    assert '#~ msgctxt "more"' not in edited
    assert translation_of(edited, "more") == "Otra"
    both = PO + '\nmsgctxt "more"\nmsgid "More of it"\nmsgstr ""\n'
    assert entry(with_translation(both, "more", "More", "Otra", reviewed=False), "more") is not None


def test_blanks_that_belong_to_a_language_are_kept() -> None:
    assert as_written(" « Fermez\u202f: \r\n\tici\u00a0» \n") == "« Fermez\u202f: ici\u00a0»"
    assert on_one_line("一\u3000二\n三") == "一\u3000二 三"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        (" \n\t", "empty"),
        ("\u00a0", "empty"),
        ("a\x00", r"U\+0000"),
        ("a\u2028b", r"U\+2028"),
        ("a\x85b", r"U\+0085"),
        ("\ud800", r"U\+D800"),
        ("x" * (MOST_CHARACTERS + 1), "5,001 characters"),
    ],
)
def test_what_cannot_be_said_is_refused(text: str, says: str) -> None:
    with pytest.raises(EditError, match=says):
        with_translation(PO, "door", "Keep it closed.", text, reviewed=False)


def test_a_review_is_marked_and_taken_back() -> None:
    marked = with_reviewed(PO, "door", reviewed=True)
    assert marked == PO.replace(DOOR, f"# reviewed: yes\n{DOOR}")
    assert with_reviewed(marked, "door", reviewed=True) == marked
    assert with_reviewed(marked, "door", reviewed=False) == PO


@pytest.mark.parametrize("message", ["call", "sign"])
def test_what_is_not_translated_cannot_be_reviewed(message: str) -> None:
    with pytest.raises(EditError, match="translate it first"):
        with_reviewed(PO, message, reviewed=True)


@pytest.mark.parametrize("message", ["more", "nothing", "", '"', "a\nb"])
def test_a_message_that_is_not_there_is_neither_reviewed_nor_noted(message: str) -> None:
    with pytest.raises(EditError, match="does not hold"):
        with_reviewed(PO, message, reviewed=True)
    with pytest.raises(EditError, match="does not hold"):
        with_note(PO, message, "A note")
    assert translation_of(PO, message) is None


def test_a_note_leaves_the_marks() -> None:
    marked = with_reviewed(with_note(PO, "door", "one\r\n\r\n two "), "door", reviewed=True)
    assert comments(marked, "door") == "one\ntwo\nreviewed: yes"
    assert comments(with_note(marked, "door", "Reviewed: yes\n, fuzzy"), "door") == ", fuzzy\nreviewed: yes"
    assert with_note(PO, "door", "") == PO
    with pytest.raises(EditError, match=r"U\+0007"):
        with_note(PO, "door", "a\x07")


def test_another_wording_keeps_the_translation_and_its_review(make_script: MakeScript) -> None:
    before = with_reviewed(PO, "door", reviewed=True)
    after = reworded(before, "door", "Keep it closed.", "Keep it shut.", DAY)
    kept = entry(after, "door")
    assert kept == Entry("Keep it shut.", "No abra.", fuzzy=False, reviewed=True, reworded=DAY)
    assert after.replace("# reworded: 2026-11-23\n", "").replace("Keep it shut.", "Keep it closed.") == before
    script = make_script({"door": "Keep it shut."})
    assert state_of(script.messages["door"], kept) is State.CURRENT
    merged = brought_up_to_date(after, make_template(script), script.languages["es"])
    assert entry(merged, "door") == kept


def test_the_last_of_two_wordings_is_the_one_that_is_marked() -> None:
    once = reworded(PO, "door", "Keep it closed.", "Keep it shut.", DAY)
    twice = reworded(once, "door", "Keep it shut.", "Hold it shut.", date(2026, 12, 1))
    assert comments(twice, "door") == "reworded: 2026-12-01"


@pytest.mark.parametrize(
    ("message", "before", "after"),
    [
        ("door", "Another English.", "Keep it shut."),
        ("door", "Keep it closed.", "Keep it closed, call {phone.x}."),
        ("call", "Call {phone.x}.", "Ring {phone.x}."),
        ("call", "Call now.", "Ring now."),
        ("sign", "Sign nothing.", "Do not sign."),
        ("more", "More", "More of it"),
        ("nothing", "One", "Two"),
    ],
)
def test_what_was_not_current_is_not_kept_by_another_wording(message: str, before: str, after: str) -> None:
    assert entries_of(read_text("", reworded(PO, message, before, after, DAY))) == entries_of(read_text("", PO))


def test_english_that_is_worded_as_once_before_is_not_there_twice() -> None:
    po = f'{PO}\n#~ msgctxt "door"\n#~ msgid "Keep it shut."\n#~ msgstr "Cierre."\n'
    edited = reworded(po, "door", "Keep it closed.", "Keep it shut.", DAY)
    assert entry(edited, "door") == Entry("Keep it shut.", "No abra.", fuzzy=False, reviewed=False, reworded=DAY)


@pytest.mark.parametrize("mark", ["reworded: someday", "reworded:", "reworded: 2026-13-01", "reworded"])
def test_a_mark_of_no_day_says_nothing(mark: str) -> None:
    found = entry(PO.replace(DOOR, f"# {mark}\n{DOOR}"), "door")
    assert found is not None
    assert found.reworded is None


def test_a_catalog_is_brought_up_to_date_and_loses_nothing(make_script: MakeScript) -> None:
    script = make_script({"door": "Keep the door closed.", "more": "More", "new": "New."})
    merged = brought_up_to_date(PO, make_template(script), script.languages["es"])
    assert [found.msgctxt for found in read_text("", merged)] == ["door", "more", "new", "call"]
    stale = Entry("Keep the door closed.", "No abra.", fuzzy=True, reviewed=False, previous="Keep it closed.")
    assert entry(merged, "door") == stale
    assert stale.made_from == "Keep it closed."
    assert entry(merged, "more") == Entry("More", "Más", fuzzy=False, reviewed=False)


@pytest.mark.timed
def test_each_entry_of_a_catalog_is_edited_alone() -> None:
    began, file = perf_counter(), read_text("es", SPANISH)
    in_use = [found for found in file if not found.obsolete]
    for found in in_use:
        assert with_translation(SPANISH, found.msgctxt, found.msgid, found.msgstr, reviewed=False) == SPANISH
        edited = with_translation(SPANISH, found.msgctxt, found.msgid, "Nuevo.", reviewed=False)
        old, new = SPANISH.split("\n"), edited.split("\n")
        assert [(a, b) for a, b in zip(old, new, strict=True) if a != b] == [
            (f'msgstr "{found.msgstr.replace(chr(34), chr(92) + chr(34))}"', 'msgstr "Nuevo."')
        ]
    assert (perf_counter() - began) / len(in_use) < 0.05


@pytest.mark.parametrize(
    "torn",
    [
        PO.replace("\n\n", "\n"),
        PO.replace("\n", "\r\n"),
        PO.replace("#, fuzzy, python-brace-format\n", "#, fuzzy, python-brace-format\n\n"),
        PO.replace('msgstr "Llame."', 'msgstr ""\n\n"Llame."'),
        PO.replace('msgctxt "call"\nmsgid "Call {', 'msgctxt ""\n"call"\nmsgid "Call {'),
        PO.replace('msgctxt "call"\nmsgid "Call {', 'msgctxt "call"\n\nmsgid "Call {'),
        PO.replace(STALE, f"{STALE}# a stray comment\n"),
        PO.replace(STALE, f"{STALE}\n# a comment of the next\n"),
        f"\ufeff{PO}",
        PO.removesuffix("\n"),
        PO.replace(f"{DOOR}\n", ""),
        PO.partition("#~")[0].strip(),
    ],
)
def test_a_file_in_any_shape_is_edited_rightly(torn: str) -> None:
    before = read_text("torn.po", torn)
    after = read_text("torn.po", with_translation(torn, "call", "Call {phone.x}.", "Llame {phone.x}.", reviewed=True))
    assert entries_of(after) == {
        **entries_of(before),
        "call": Entry("Call {phone.x}.", "Llame {phone.x}.", fuzzy=False, reviewed=True),
    }
    assert [found.obsolete for found in after] == [found.obsolete for found in before]
    assert {(found.tcomment, found.comment) for found in after if found.msgctxt != "call"} == {
        (found.tcomment, found.comment) for found in before if found.msgctxt != "call"
    }


@pytest.mark.parametrize("po", ["", "oops\n", HEADER + DOOR + DOOR, HEADER + 'msgctxt "door"\nmsgid "x"\n'])
def test_a_broken_catalog_is_not_edited(po: str) -> None:
    with pytest.raises(PoError, match="the catalog"):
        with_translation(po, "door", "Keep it closed.", "Cierre.", reviewed=False)


@settings(deadline=None)
@given(
    st.sampled_from(["door", "call", "sign", "more", "new", 'a "b"', "a\\", "ü.x"]),
    st.text(min_size=1).filter(lambda text: on_one_line(text) != "" and not UNPRINTABLE.search(on_one_line(text))),
    st.booleans(),
)
def test_any_translation_is_read_back_and_no_other_entry_changes(message: str, text: str, reviewed: bool) -> None:  # noqa: FBT001
    edited = with_translation(PO, message, "English.", text, reviewed=reviewed)
    assert entries_of(read_text("", edited)) == {
        **entries_of(read_text("", PO)),
        message: Entry("English.", on_one_line(text), fuzzy=False, reviewed=reviewed),
    }
    assert translation_of(edited, message) == on_one_line(text)


@pytest.mark.usefixtures("gettext")
def test_msgfmt_takes_what_was_edited(tmp_path: Path) -> None:
    po = with_reviewed(SPANISH, "welcome", reviewed=True)
    po = reworded(po, "welcome", read_text("", po)[0].msgid, "Welcome.", DAY)
    po = with_note(with_translation(po, "new", "New.", 'Nuevo "\\', reviewed=True), "new", "~| odd\n, fuzzy")
    path = tmp_path / "es.po"
    path.write_text(po, encoding="utf-8")
    found = subprocess.run(["msgfmt", "-c", "-o", "/dev/null", path], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stderr) == (0, "")
