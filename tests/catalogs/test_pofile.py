from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.catalogs.pofile import LARGEST, UNPRINTABLE, PoError, read, read_text, text_of, write

WritePo = Callable[[str], Path]


FIRST_LINE = 15  # of what follows the header
GOOD = 'msgctxt "a"\nmsgid "One"\nmsgstr "Uno"\n'

printable = st.text(max_size=60).filter(lambda text: not UNPRINTABLE.search(text) and "\r" not in text)


def contents(path: Path) -> dict[str | None, tuple[object, object]]:
    return {entry.msgctxt: (entry.msgid, entry.msgstr) for entry in read(path) if not entry.obsolete}


@pytest.mark.parametrize(
    ("entries", "line", "says"),
    [
        ('msgctxt "a"\nmsgid "One"\nmsgstr "Uno', 2, "quotes"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr Uno', 2, "quotes"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr "U"no"', 2, "quotes"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr "U\\no\\x07"', 2, "quotes"),
        ('msgctxt "a"\nmsgid "One"\n', 2, "ends within"),
        ('msgctxt "a"\n', 1, "ends within"),
        ('msgctxt "a"\nmsgid "One"\n\nmsgctxt "b"\nmsgid "Two"\nmsgstr ""', 3, "msgctxt cannot stand after msgid"),
        ('msgctxt "a"\nmsgid "One"\n# note\nmsgstr "Uno"', 2, "not complete"),
        ('msgctxt "a"\nmsgstr "Uno"', 1, "msgstr cannot stand after msgctxt"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr "Uno"\nmsgstr "Dos"', 3, "msgstr cannot stand after msgstr"),
        ('msgid "One"\nmsgid_plural "Many"\nmsgstr[0] "Uno"', 1, "msgid_plural"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr "U\u2028no"', 2, r"U\+2028"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr "U\x04no"', 2, r"U\+0004"),
        ('msgctxt "a"\nmsgid "One"\nmsgstr "U\u202eno"', 2, r"U\+202E"),
        ('msgctxt "a"\nmsgid ""\nmsgstr "Uno"', 2, "empty msgid"),
        ('#~ msgctxt "a"\n#~ msgid "One"\nmsgstr "Uno"', 2, "half of this entry"),
        ('#~ msgctxt "a"\n#~ msgid "One"\n#~ oops', 2, "quotes"),
        ('#| oops\nmsgctxt "a"\nmsgid "One"\nmsgstr "Uno"', 0, "after #|"),
        ('# note\n"Uno"', 1, "belongs to no keyword"),
        (f'{GOOD}#| "Earlier"\n{GOOD}', 3, "after #|"),
        ("<<<<<<< ours\n", 0, "quotes"),
        (GOOD + GOOD, 5, r"'a' stands on line 17 too"),
        (GOOD + GOOD.replace("One", "Other"), 5, r"'a' stands on line 17 too"),
        (GOOD + "".join(f"#~ {line}\n" for line in GOOD.splitlines()), 5, r"'a' stands on line 17 too"),
        ('msgid "One"\nmsgstr "Uno"\nmsgid "One"\nmsgstr "Uno"', 3, "this entry stands on line 16 too"),
        ('msgid ""\nmsgstr "Language: es"', 1, "this entry stands on line 3 too"),
    ],
)
def test_a_damaged_file_names_the_line(write_po: WritePo, entries: str, line: int, says: str) -> None:
    path = write_po(entries)
    with pytest.raises(PoError, match=says) as caught:
        read(path)
    assert f"hotline.po, line {FIRST_LINE + line}: " in str(caught.value)


def test_a_file_cut_anywhere_gives_an_error_or_whole_texts(write_po: WritePo) -> None:
    path = write_po(
        'msgctxt "a"\nmsgid "One \\"more\\" word"\nmsgstr "Una \\"palabra\\" más"\n\n#~ msgid "x"\n#~ msgstr "y"\n'
    )
    whole = path.read_bytes()
    complete = contents(path)["a"]
    outcomes = set()
    for size in range(len(whole)):
        path.write_bytes(whole[:size])
        try:
            outcomes.add(contents(path).get("a"))
        except PoError:
            outcomes.add(None)
    assert outcomes == {None, complete}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no header"),
        (b"# only a comment\n", "no header"),
        (b'msgid "One"\nmsgstr "Uno"\n', "no header"),
        (b'msgid ""\nmsgstr "Language: es\\n"\n', "charset=UTF-8"),
        (b'msgid ""\nmsgstr "Content-Type: text/plain; charset=ISO-8859-1\\n"\n', "charset=UTF-8"),
        ('msgid ""\nmsgstr ""\n\n# más\n'.encode("latin-1"), "line 4: this is not UTF-8"),
        ('msgid ""\nmsgstr ""\n'.encode("utf-16"), "line 1: this is not UTF-8"),
        (b"\x00" * 100, r"U\+0000"),
    ],
)
def test_a_file_that_is_no_utf_8_catalog_says_why(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "hotline.po"
    path.write_bytes(content)
    with pytest.raises(PoError, match=says):
        read(path)


@pytest.mark.parametrize("field", ["PO-Revision-Date: yesterday", "Plural-Forms: many", "Language: none", "oops"])
def test_a_slip_in_the_header_costs_no_text(write_po: WritePo, field: str) -> None:
    path = write_po(GOOD)
    path.write_text(path.read_text().replace("X-Note: kept", field))
    assert contents(path) == {"a": ("One", "Uno")}


def test_what_stands_before_the_header_belongs_to_no_entry(write_po: WritePo) -> None:
    path = write_po(GOOD)
    path.write_text(f"# reviewed: yes\n#, fuzzy\n{path.read_text()}")
    (entry,) = read(path)
    assert (entry.fuzzy, entry.tcomment) == (False, "")


def test_blanks_around_a_keyword_change_nothing(write_po: WritePo) -> None:
    path = write_po('  msgctxt"a"\nmsgid\t"One"\n\nmsgstr  ""\n  "Uno"\n')
    assert contents(path) == {"a": ("One", "Uno")}
    assert [(entry.msgctxt, entry.msgid, entry.msgstr) for entry in read(path)] == [("a", "One", "Uno")]


def test_what_is_no_ordinary_file_is_refused_without_reading_it(tmp_path: Path) -> None:
    pipe, folder, huge = tmp_path / "pipe.po", tmp_path / "folder.po", tmp_path / "huge.po"
    os.mkfifo(pipe)
    folder.mkdir()
    with huge.open("wb") as file:
        file.truncate(LARGEST + 1)
    for path, says in (
        (pipe, "not a file"),
        (folder, "not a file"),
        (huge, "too many"),
        (tmp_path / "no.po", "missing"),
    ):
        with pytest.raises(PoError, match=says):
            read(path)


@pytest.mark.parametrize("encode", [lambda text: text.replace("\n", "\r\n"), lambda text: f"\ufeff{text}"])
def test_windows_line_ends_and_byte_order_marks_change_nothing(write_po: WritePo, encode: Callable[[str], str]) -> None:
    path = write_po(GOOD)
    path.write_bytes(encode(path.read_text(encoding="utf-8")).encode())
    assert contents(path) == {"a": ("One", "Uno")}
    assert [entry.msgstr for entry in read(path)] == ["Uno"]
    assert read(path).metadata["X-Note"] == "kept"


def test_obsolete_entries_are_no_part_of_the_catalog_and_keep_their_previous_texts_for_editing(
    write_po: WritePo,
) -> None:
    path = write_po(
        '# note\n#, fuzzy\n#~| msgctxt "b"\n#~| msgid "Tw"\n#~| "ice"\n'
        '#~ msgctxt "b"\n#~ msgid "Two"\n#~ msgstr "Dos"\n'
    )
    assert contents(path) == {}
    (entry,) = read(path)
    assert (entry.obsolete, entry.tcomment, entry.flags, entry.previous_msgctxt, entry.previous_msgid) == (
        True,
        "note",
        ["fuzzy"],
        "b",
        "Twice",
    )


def test_comments_in_any_form_are_kept(write_po: WritePo) -> None:
    (entry,) = read(write_po(f"#tight\n## double\n#  indented\n#,fuzzy\n#:place.toml\n#.told\n{GOOD}"))
    assert entry.tcomment == "tight\n# double\n indented"
    assert (entry.flags, entry.occurrences, entry.comment) == (["fuzzy"], [("place.toml", "")], "told")


def test_a_text_is_read_as_a_file_is_and_errors_name_its_place(write_po: WritePo) -> None:
    path = write_po(f"#tight\n#\n#  indented\n#. told\n#.\n#. twice\n{GOOD}")
    text = path.read_text(encoding="utf-8")
    for given_text in (text, f"\ufeff{text}", text.replace("\n", "\r\n")):
        assert text_of(read_text("here", given_text)) == text_of(read(path))
    (entry,) = read_text("here", text)
    assert (entry.tcomment, entry.comment) == ("tight\n\n indented", "told\n\ntwice")
    with pytest.raises(PoError, match=r"^here, line 15: "):
        read_text("here", text.replace("#tight", "tight"))


@pytest.mark.usefixtures("gettext")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.dictionaries(printable.filter(bool), st.tuples(printable.filter(bool), printable, printable), max_size=4))
def test_any_printable_text_survives(tmp_path: Path, texts: dict[str, tuple[str, str, str]]) -> None:
    path = tmp_path / "hotline.po"
    file = polib.POFile()
    file.metadata = {"Content-Type": "text/plain; charset=UTF-8"}
    for context, (source, text, previous) in texts.items():
        file.append(polib.POEntry(msgctxt=context, msgid=source, msgstr=text, previous_msgid=previous, flags=["fuzzy"]))
    write(path, text_of(file))
    expected = {context: (source, text) for context, (source, text, _) in texts.items()}
    assert contents(path) == expected
    again = read(path)
    assert [entry.previous_msgid for entry in again] == [previous for _, _, previous in texts.values()]
    assert text_of(again) == path.read_text(encoding="utf-8")
    subprocess.run(["msgcat", "-o", path, path], check=True)
    assert contents(path) == expected


def test_a_write_changes_the_file_in_one_step_and_keeps_its_permissions(tmp_path: Path) -> None:
    path = tmp_path / "new" / "hotline.po"
    assert write(path, "one\n")
    assert path.stat().st_mode & 0o777 == 0o644
    path.chmod(0o600)
    link = tmp_path / "link.po"
    link.symlink_to(path)
    with path.open(encoding="utf-8") as reader:
        assert write(link, "two\n")
        assert reader.read() == "one\n"
    assert (path.read_text(), path.stat().st_mode & 0o777, link.is_symlink()) == ("two\n", 0o600, True)
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_the_same_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "hotline.po"
    write(path, "one\n")
    before = path.stat()
    assert not write(path, "one\n")
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
