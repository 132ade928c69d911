from __future__ import annotations

import csv
import gzip
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hotline.catalogs.catalog import State, entries_of, state_of
from hotline.catalogs.editing import with_note, with_reviewed, with_translation
from hotline.catalogs.exchange import (
    COLUMNS,
    ExchangeError,
    Imported,
    export_csv,
    export_po,
    imported,
    imported_csv,
    with_imported,
)
from hotline.catalogs.extract import make_template
from hotline.catalogs.merge import write_template
from hotline.catalogs.pofile import LARGEST, UNPRINTABLE, read_text
from hotline.locales import LOCALES
from hotline.script.loader import load_script
from hotline.script.model import Language, Script

MakeScript = Callable[..., Script]
Upload = Callable[[str], Imported]

SCRIPT = load_script()
SPANISH = (LOCALES / "es" / "LC_MESSAGES" / "hotline.po").read_text(encoding="utf-8")
HEADER = '#\nmsgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
TEXTS = {
    "door": "Keep it closed.",
    "call": "Call {phone.x}.",
    "sign": "Sign nothing.",
    "stale": "A new English.",
    "choice": "{key} {choice}",
}


def po(*entries: str) -> str:
    return HEADER + "\n".join(entries)


def entry(key: str, text: str, before: str = "", source: str = "") -> str:
    return f'{before}msgctxt "{key}"\nmsgid "{source or TEXTS[key]}"\nmsgstr "{text}"\n'


DOOR = entry("door", "No abra.")
CALL = entry("call", "Llame al {phone.x}.", "# careful\n# reviewed: yes\n")
SIGN = entry("sign", "")
STALE = entry("stale", "Vieja.", '#, fuzzy\n#| msgctxt "stale"\n#| msgid "An old English."\n')
CHOICE = entry("choice", "{key} {choice}")
GONE = '#~ msgctxt "gone"\n#~ msgid "Gone."\n#~ msgstr "Ido."\n'
NOW = po(DOOR, CALL, SIGN, STALE, CHOICE, GONE)


@pytest.fixture
def script(make_script: MakeScript) -> Script:
    return make_script(TEXTS)


@pytest.fixture
def upload(script: Script) -> Upload:
    return lambda text: imported(NOW, text.encode(), script, script.languages["es"])


def spanish() -> Language:
    return SCRIPT.languages["es"]


def row(**cells: str) -> bytes:
    """A CSV file of one row; its other cells are those of a message as it is."""
    output = io.StringIO(newline="")
    writer = csv.DictWriter(output, COLUMNS)
    writer.writeheader()
    usual = {"id": "door", "english": TEXTS["door"], "translation": "No abra.", "state": "current", "note": ""}
    writer.writerow({**usual, **cells})
    return output.getvalue().encode()


def test_what_comes_back_as_it_left_changes_nothing(upload: Upload) -> None:
    assert upload(NOW) == Imported()
    assert upload(NOW).changes_nothing
    assert export_po(NOW).decode() == NOW


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (DOOR, entry("door", "Cierre."), Imported(translations={"door": "Cierre."})),
        (DOOR, entry("door", " No\\nabra. "), Imported()),
        (DOOR, entry("door", " Cierre.\\n"), Imported(translations={"door": "Cierre."})),
        (SIGN, entry("sign", "No firme."), Imported(translations={"sign": "No firme."})),
        (STALE, entry("stale", "Nueva."), Imported(translations={"stale": "Nueva."})),
        (STALE, entry("stale", "Vieja."), Imported(translations={"stale": "Vieja."}, unfuzzied=("stale",))),
        (STALE, entry("stale", "Nueva.", "#, fuzzy\n"), Imported(unfinished=("stale",))),
        (DOOR, entry("door", "No abra.", "#, fuzzy\n"), Imported(unfinished=("door",))),
        (DOOR, entry("door", "Cierre.", "#, fuzzy\n"), Imported(unfinished=("door",))),
        (DOOR, entry("door", ""), Imported(unfinished=("door",))),
        (DOOR, entry("door", "Cierre.", source="Close it."), Imported(outdated=("door",))),
        (DOOR, entry("door", "No abra.", source="Close it."), Imported()),
        (DOOR, entry("door", "No abra.", "# Reviewed: yes\n"), Imported(reviewed=("door",))),
        (
            DOOR,
            entry("door", "Cierre.", "# reviewed: yes\n"),
            Imported(translations={"door": "Cierre."}, reviewed=("door",)),
        ),
        (CALL, entry("call", "Llame al {phone.x}."), Imported()),
        (DOOR, entry("door", "No abra.", "# one\n#\n# two\n"), Imported(notes={"door": "one\ntwo"})),
        (SIGN, entry("sign", "", "# how?\n"), Imported(notes={"sign": "how?"})),
        (SIGN, entry("sign", "", "# reviewed: yes\n"), Imported()),
        (DOOR, "", Imported()),
        (DOOR, DOOR + "\n" + entry("new", "Nuevo.", source="New."), Imported(unknown=("new",))),
        (DOOR, DOOR + "\n" + entry("new", "", source="New."), Imported()),
        (GONE, GONE.replace("#~ ", ""), Imported()),
        (GONE, GONE.replace("#~ ", "").replace("Ido", "Idos"), Imported(unknown=("gone",))),
        (GONE, "", Imported()),
    ],
)
def test_only_what_has_really_changed_is_found(
    upload: Upload, script: Script, before: str, after: str, found: Imported
) -> None:
    uploaded = NOW.replace(before, after)
    assert upload(uploaded) == found
    assert imported(with_imported(NOW, found, script), uploaded.encode(), script, spanish()).changes_nothing


def test_a_review_that_was_of_the_text_before_does_not_count_for_a_new_one(upload: Upload, script: Script) -> None:
    found = upload(NOW.replace("Llame al {phone.x}.", "Al {phone.x}."))
    assert found == Imported(translations={"call": "Al {phone.x}."})
    assert not entries_of(read_text("", with_imported(NOW, found, script)))["call"].reviewed


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Llame.", "placeholders"),
        ("Llame al {phone.x} {phone.x}.", "placeholders"),
        ("Llame al {phone.y}.", "placeholders"),
        ("Llame al {phone.x.", "placeholders"),
        ("{" * 4000, "placeholders"),
        ("Llame\\ral {phone.x}. " + "x" * 5000, "5,0"),
    ],
)
def test_a_text_that_cannot_be_said_is_a_problem_and_changes_nothing(upload: Upload, text: str, says: str) -> None:
    found = upload(NOW.replace("Llame al {phone.x}.", text))
    assert found == Imported(problems=found.problems)
    (problem,) = found.problems
    assert problem.startswith("call: ")
    assert says in problem


def test_what_is_taken_changes_its_own_entries_alone(upload: Upload, script: Script) -> None:
    uploaded = NOW.replace("No abra.", "Cierre.").replace('msgstr ""\n\n#, fuzzy', 'msgstr "No firme."\n\n#, fuzzy')
    assert with_imported(NOW, upload(uploaded), script) == uploaded
    reviewed = uploaded.replace('msgctxt "sign"', '# note\n# reviewed: yes\nmsgctxt "sign"')
    assert with_imported(NOW, upload(reviewed), script) == reviewed


def test_texts_without_their_message_are_one_problem(upload: Upload) -> None:
    found = upload(NOW.replace('msgctxt "door"\n', "").replace('msgctxt "sign"\n', ""))
    assert found == Imported(problems=found.problems)
    (problem,) = found.problems
    assert "msgctxt" in problem


@pytest.mark.parametrize("language", ["fr", "fr_FR", "FR-ca", "esperanto"])
def test_a_file_of_another_language_is_refused(script: Script, language: str) -> None:
    uploaded = NOW.replace("charset=UTF-8\\n", f"charset=UTF-8\\nLanguage: {language}\\n")
    with pytest.raises(ExchangeError, match=f"another language .{language}"):
        imported(NOW, uploaded.encode(), script, script.languages["es"])


@pytest.mark.parametrize("language", ["", "es", "es_US", "es-419", "ES@latin", "es.UTF-8"])
def test_a_file_of_the_language_or_of_none_is_taken(script: Script, language: str) -> None:
    uploaded = NOW.replace("charset=UTF-8\\n", f"charset=UTF-8\\nLanguage: {language}\\n")
    assert imported(NOW, uploaded.encode(), script, script.languages["es"]) == Imported()


def zipped(text: str) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("es.po", text * 1000)
    return output.getvalue()


@pytest.mark.timed
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xef\xbb\xbf", "no PO file|columns"),
        (b"x" * (LARGEST + 1), "more than 8,000,000 bytes"),
        (b"x" * 50_000_000, "more than 8,000,000 bytes"),
        (b"\n" * 7_000_000, "empty"),
        (b"x\n" * 200_000, "too many or too long"),
        (b"x" * 1_000_000, "too many or too long"),
        (zipped(NOW), "archive or a spreadsheet"),
        (gzip.compress(NOW.encode()), "archive or a spreadsheet"),
        (NOW.encode("utf-16"), "UTF-16"),
        (NOW.encode("utf-16-be"), "UTF-16"),
        (b"\x00" * 100, "UTF-16, or no text"),
        (NOW.replace("abra", "abrió").encode("latin-1"), "line 7: this is not UTF-8"),
        (b"\x8d\x11\xf0" * 21 + b"\xff\x00", "UTF|archive"),
        (b"<html><body>Sign in</body></html>", "no PO file|columns"),
    ],
)
def test_a_hostile_file_gives_one_clear_error_at_once(script: Script, content: bytes, says: str) -> None:
    began = perf_counter()
    with pytest.raises(ExchangeError, match=says):
        imported(NOW, content, script, script.languages["es"])
    with pytest.raises(ExchangeError, match=says):
        imported_csv(NOW, content, script)
    assert perf_counter() - began < 1.0


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (NOW + "\n" + entry("door", "Otra."), r"'door' stands on line 7 too"),
        (NOW.replace("UTF-8", "ISO-8859-1"), "charset=UTF-8"),
        (NOW.replace("UTF-8", "CHARSET"), "charset=UTF-8"),
        (NOW.removeprefix(HEADER), "no header"),
        (NOW.replace("No abra.", "No abra"), ""),
        (NOW.replace('"No abra."', '"No abra.'), "line 7"),
        (NOW.replace("No abra.", "No\u2028abra."), r"U\+2028"),
        (NOW[:118], "ends within|quotes"),
    ],
)
def test_a_damaged_po_file_names_the_line(script: Script, text: str, says: str) -> None:
    if not says:
        assert imported(NOW, text.encode(), script, script.languages["es"]).translations == {"door": "No abra"}
        return
    with pytest.raises(ExchangeError, match=says):
        imported(NOW, text.encode(), script, script.languages["es"])


@pytest.mark.timed
@pytest.mark.parametrize(
    "entries",
    [
        ("# " + "x" * 77 + "\n") * 90_000 + DOOR,
        'msgctxt "door"\nmsgid "Keep it closed."\nmsgstr ""\n' + ('"' + "x" * 77 + '"\n') * 90_000,
        'msgctxt "door"\nmsgid "Keep it closed."\nmsgstr ""\n' + ('"' + "{" * 90_000 + '"\n') * 80,
        'msgctxt "door"\nmsgid "Keep it closed."\nmsgstr ""\n' + ('"' + "\\n" * 45_000 + '"\n') * 80,
        "".join(f'msgctxt "{number}"\nmsgid "x"\nmsgstr "y"\n' for number in range(30_000)),
    ],
)
@pytest.mark.slow
def test_the_largest_files_take_seconds_at_most(script: Script, entries: str) -> None:
    began = perf_counter()
    found = imported(NOW, (HEADER + entries).encode(), script, script.languages["es"])
    assert not found.translations
    assert perf_counter() - began < 10


def test_a_spreadsheet_of_the_catalog_says_how_far_each_text_is(script: Script) -> None:
    content = export_csv(NOW, script)
    assert content.startswith(b"\xef\xbb\xbfid,english,translation,state,note\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [
        list(COLUMNS),
        ["door", TEXTS["door"], "No abra.", "current", ""],
        ["call", TEXTS["call"], "Llame al {phone.x}.", "reviewed", "careful"],
        ["sign", TEXTS["sign"], "", "missing", ""],
        ["stale", TEXTS["stale"], "Vieja.", "stale", ""],
        ["choice", TEXTS["choice"], "{key} {choice}", "current", ""],
    ]
    assert imported_csv(NOW, content, script) == Imported()


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"translation": "Cierre."}, Imported(translations={"door": "Cierre."})),
        ({"translation": "Cierre.\r\n"}, Imported(translations={"door": "Cierre."})),
        ({"translation": ""}, Imported(unfinished=("door",))),
        ({"state": "stale"}, Imported()),
        ({"state": ""}, Imported()),
        ({"state": " Reviewed "}, Imported(reviewed=("door",))),
        ({"note": "a\r\nb"}, Imported(notes={"door": "a\nb"})),
        ({"note": "a\x07"}, Imported(problems=("door: the note holds an invisible character (U+0007); delete it",))),
        ({"english": "Close it."}, Imported()),
        ({"english": "Close it.", "translation": "Cierre."}, Imported(outdated=("door",))),
        ({"english": " Keep it\nclosed. ", "translation": "Cierre."}, Imported(translations={"door": "Cierre."})),
        ({"id": "call", "english": TEXTS["call"], "translation": "{phone.x}!", "state": "reviewed"},
         Imported(translations={"call": "{phone.x}!"})),
        ({"id": "stale", "english": TEXTS["stale"], "translation": "Vieja.", "state": "stale"}, Imported()),
        ({"id": "stale", "english": TEXTS["stale"], "translation": "Nueva.", "state": "stale"},
         Imported(translations={"stale": "Nueva."})),
        ({"id": "stale", "english": TEXTS["stale"], "translation": "Vieja.", "state": "current"},
         Imported(translations={"stale": "Vieja."}, unfuzzied=("stale",))),
        ({"id": "sign", "english": TEXTS["sign"], "translation": "No firme.", "state": "missing"},
         Imported(translations={"sign": "No firme."})),
        ({"id": "sign", "english": TEXTS["sign"], "translation": "", "state": "current"}, Imported()),
        ({"id": "new", "english": "New.", "translation": "Nuevo."}, Imported(unknown=("new",))),
        ({"id": "gone", "english": "Gone.", "translation": "Ido."}, Imported()),
        ({"id": "", "english": "", "translation": "", "state": "", "note": ""}, Imported()),
    ],
)  # fmt: skip
def test_only_what_was_changed_in_a_spreadsheet_is_found(
    script: Script, cells: Mapping[str, str], found: Imported
) -> None:
    assert imported_csv(NOW, row(**cells), script) == found


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"state": "done"}, "line 2: 'done' is no state; write one of current, missing, reviewed, stale"),
        ({"translation": "x" * 99_000 + "\n" + "x" * 99_000}, "field limit"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(script: Script, cells: Mapping[str, str], says: str) -> None:
    with pytest.raises(ExchangeError, match=says):
        imported_csv(NOW, row(**cells), script)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id,english,state\r\n", "'translation' is missing"),
        ("door,Keep it closed.,No abra.\r\n", "'id' is missing"),
        (NOW, "'id' is missing"),
        ("id,english,translation\r\ndoor,Keep\r\n", "line 2: it has 2 cells, and the first line names 3 columns"),
        ("id,english,translation\r\ndoor,Keep,it,closed\r\n", "it has 4 cells"),
        ("id,english,translation\r\ndoor,a,b\r\ndoor,a,b\r\n", "line 3: the message 'door' stands in two rows"),
        ('id,english,translation\r\ndoor,a,"b\r\n', "line 2: unexpected end"),
        ('id,english,translation\r\ndoor,a,"b"c\r\n', "line 2: "),
        ("id,english,translation\r\ndoor\0,a,b\r\n", "no text at all"),
    ],
)
def test_a_damaged_csv_file_names_the_line(script: Script, text: str, says: str) -> None:
    with pytest.raises(ExchangeError, match=says):
        imported_csv(NOW, text.encode(), script)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_spreadsheets_of_other_countries_are_read(script: Script, delimiter: str, end: str) -> None:
    rows = csv.reader(io.StringIO(export_csv(NOW, script).decode("utf-8-sig"), newline=""))
    output = io.StringIO(newline="")
    csv.writer(output, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL).writerows(rows)
    assert imported_csv(NOW, output.getvalue().encode(), script) == Imported()
    changed = output.getvalue().replace("No abra.", "Cierre, por favor; gracias.")
    assert imported_csv(NOW, changed.encode(), script).translations == {"door": "Cierre, por favor; gracias."}


@settings(deadline=None, max_examples=40)
@given(st.text("'=+-@\t ＝＋－＠|a\"\n", min_size=1).filter(str.strip), st.text("'=+-@a\n", max_size=5))
def test_no_cell_is_run_as_a_formula_and_none_is_corrupted(text: str, note: str) -> None:
    now = with_note(
        with_translation(SPANISH, "welcome", SCRIPT.messages["welcome"].text, text, reviewed=False), "welcome", note
    )
    content = export_csv(now, SCRIPT)
    cells = [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) for cell in cells)
    assert imported_csv(now, content, SCRIPT) == Imported()
    found = imported_csv(SPANISH, content, SCRIPT)
    assert with_imported(SPANISH, found, SCRIPT) == now


@settings(deadline=None, max_examples=20)
@given(
    st.dictionaries(
        st.sampled_from([id for id, message in SCRIPT.messages.items() if "{" not in message.text]),
        st.tuples(
            st.text(min_size=1).filter(
                lambda text: text.strip() and not UNPRINTABLE.search(text) and "{" not in text and "}" not in text
            ),
            st.booleans(),
        ),
        max_size=5,
    )
)
def test_any_translations_come_back_through_po_and_csv(texts: dict[str, tuple[str, bool]]) -> None:
    after = SPANISH
    for id, (text, reviewed) in texts.items():
        after = with_translation(after, id, SCRIPT.messages[id].text, text, reviewed=reviewed)
    for found in (
        imported(SPANISH, export_po(after), SCRIPT, spanish()),
        imported_csv(SPANISH, export_csv(after, SCRIPT), SCRIPT),
    ):
        assert with_imported(SPANISH, found, SCRIPT) == after


@pytest.mark.parametrize("path", sorted(LOCALES.glob("*/LC_MESSAGES/hotline.po")), ids=lambda path: path.parts[-3])
def test_the_catalogs_come_back_as_they_left(path: Path) -> None:
    now, language = path.read_text(encoding="utf-8"), SCRIPT.languages[path.parts[-3]]
    assert imported(now, export_po(now), SCRIPT, language) == Imported()
    assert imported_csv(now, export_csv(now, SCRIPT), SCRIPT) == Imported()


def edited_spanish() -> str:
    """The Spanish catalog with a stale, an untranslated and a reviewed message, and a note."""
    now = with_reviewed(with_note(SPANISH, "welcome", "Se dice así."), "welcome", reviewed=True)
    message = read_text("es", now)[1]
    stale = f'#, fuzzy\n#| msgctxt "{message.msgctxt}"\n#| msgid "Before."\nmsgctxt "{message.msgctxt}"'
    now = now.replace(f'msgctxt "{message.msgctxt}"', stale)
    last = next(found for found in reversed(read_text("es", now)) if not found.obsolete)
    return now.replace(f'msgstr "{last.msgstr}"', 'msgstr ""')


def tool(name: str) -> str:
    """A program, on the path or beside this Python."""
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip(f"{name} is not installed; get it with: pip install babel translate-toolkit")
    return found


def run(*command: str | Path) -> None:
    subprocess.run(command, capture_output=True, check=True)


@pytest.mark.usefixtures("gettext")
@pytest.mark.parametrize(
    "command",
    [
        ("msgcat",),
        ("msgcat", "--width=40"),
        ("msgcat", "--no-wrap", "--sort-output"),
        ("msgcat", "--width=1", "--sort-by-file", "--no-location"),
        ("msgattrib", "--no-obsolete"),
        ("msgattrib", "--clear-previous"),
        ("msgconv", "--to-code=UTF-8", "--indent"),
        ("msguniq",),
    ],
    ids=" ".join,
)
def test_gettexts_tools_change_nothing(tmp_path: Path, command: tuple[str, ...]) -> None:
    now, left, back = edited_spanish(), tmp_path / "left.po", tmp_path / "back.po"
    left.write_bytes(export_po(now))
    run("msgfmt", "-c", "-o", os.devnull, left)
    run(*command, left, "-o", back)
    assert back.read_bytes() != left.read_bytes()
    assert imported(now, back.read_bytes(), SCRIPT, spanish()) == Imported()
    windows = b"\xef\xbb\xbf" + back.read_bytes().replace(b"\n", b"\r\n")
    assert imported(now, windows, SCRIPT, spanish()) == Imported()


@pytest.mark.usefixtures("gettext")
@pytest.mark.parametrize("options", [(), ("--previous", "--width=60"), ("--no-fuzzy-matching",)])
def test_msgmerge_with_todays_template_changes_nothing(tmp_path: Path, options: tuple[str, ...]) -> None:
    now, left, back = edited_spanish(), tmp_path / "left.po", tmp_path / "back.po"
    left.write_bytes(export_po(now))
    write_template(tmp_path / "hotline.pot", make_template(SCRIPT))
    run("msgmerge", "--quiet", *options, left, tmp_path / "hotline.pot", "-o", back)
    assert imported(now, back.read_bytes(), SCRIPT, spanish()) == Imported()


@pytest.mark.usefixtures("gettext")
def test_a_translator_at_work_changes_what_she_changed(tmp_path: Path) -> None:
    """As Poedit saves it: rewrapped, sorted, with header fields of its own."""
    now, left, back = edited_spanish(), tmp_path / "left.po", tmp_path / "back.po"
    file = read_text("es", export_po(now).decode())
    stale = next(found for found in file if found.fuzzy)
    stale.msgstr, stale.flags, stale.previous_msgid, stale.previous_msgctxt = "Nueva.", [], None, None
    door = next(found for found in file if found.msgctxt == "topic.ice-at-door.title")
    door.msgstr, door.tcomment = "En la casa", "Mejor así."
    file.metadata["X-Generator"] = "Poedit 3.5"
    file.metadata["Language"] = "es"
    left.write_text(str(file), encoding="utf-8")
    run("msgcat", "--width=79", "--sort-by-file", left, "-o", back)
    assert imported(now, back.read_bytes(), SCRIPT, spanish()) == Imported(
        translations={str(stale.msgctxt): "Nueva.", "topic.ice-at-door.title": "En la casa"},
        notes={"topic.ice-at-door.title": "Mejor así."},
    )


@pytest.mark.usefixtures("gettext")
@pytest.mark.parametrize("charset", ["ISO-8859-1", "CP1252"])
def test_another_encoding_is_refused_in_plain_words(tmp_path: Path, charset: str) -> None:
    left, back = tmp_path / "left.po", tmp_path / "back.po"
    left.write_bytes(export_po(SPANISH))
    run("msgconv", f"--to-code={charset}", left, "-o", back)
    with pytest.raises(ExchangeError, match="save it with the encoding UTF-8"):
        imported(SPANISH, back.read_bytes(), SCRIPT, spanish())


@pytest.mark.parametrize("options", [(), ("--previous",), ("--no-fuzzy-matching", "--width=50")])
def test_pybabel_changes_nothing(tmp_path: Path, options: tuple[str, ...]) -> None:
    now, path = edited_spanish(), tmp_path / "es.po"
    path.write_bytes(export_po(now))
    write_template(tmp_path / "hotline.pot", make_template(SCRIPT))
    pybabel = tool("pybabel")
    run(pybabel, "update", "--input-file", tmp_path / "hotline.pot", "--output-file", path, "--locale=es", *options)
    assert path.read_bytes() != export_po(now)
    assert imported(now, path.read_bytes(), SCRIPT, spanish()) == Imported()
    run(pybabel, "compile", "--input-file", path, "--output-file", tmp_path / "es.mo")


def test_po2csv_and_back_changes_nothing(tmp_path: Path) -> None:
    left, table, back = tmp_path / "left.po", tmp_path / "left.csv", tmp_path / "back.po"
    left.write_bytes(export_po(SPANISH))
    run(tool("po2csv"), "--progress=none", left, table)
    run(tool("csv2po"), "--progress=none", f"--template={left}", table, back)
    assert imported(SPANISH, back.read_bytes(), SCRIPT, spanish()) == Imported()


def test_xliff_that_has_lost_the_message_ids_is_refused(tmp_path: Path) -> None:
    """po2xliff writes no context."""
    left, table, back = tmp_path / "left.po", tmp_path / "left.xlf", tmp_path / "back.po"
    left.write_bytes(export_po(SPANISH))
    run(tool("po2xliff"), "--progress=none", left, table)
    run(tool("xliff2po"), "--progress=none", table, back)
    with pytest.raises(ExchangeError, match="stands on line"):
        imported(SPANISH, back.read_bytes(), SCRIPT, spanish())


def test_the_states_of_a_spreadsheet_are_those_of_the_catalog() -> None:
    now = edited_spanish()
    rows = csv.DictReader(io.StringIO(export_csv(now, SCRIPT).decode("utf-8-sig"), newline=""))
    states = {row["id"]: row["state"] for row in rows}
    entries = entries_of(read_text("es", now))
    assert set(states.values()) == {*State, "reviewed"}
    assert states["welcome"] == "reviewed"
    assert {id for id, state in states.items() if state in {"current", "reviewed"}} == {
        id for id, message in SCRIPT.messages.items() if state_of(message, entries.get(id)) is State.CURRENT
    }
